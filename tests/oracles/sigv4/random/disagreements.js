// Where the signers that nobody here wrote disagree with each other: who stands alone, and which of them AWS follows. gatepass has to agree
// with the others; a disagreement that has gone, because a new version has changed its mind, fails the test.

/** A `+` of the query as what a form means by it. */
export const withoutPlus = (url) => url.replace(/\?.*$/s, (query) => query.replaceAll('+', '%20'));

const pathOf = ({ url }) => /^[a-z]+:\/\/[^/]+([^?]*)/.exec(url)[1];
const pairsOf = ({ url }) => (/\?(.*)$/s.exec(withoutPlus(url))?.[1] ?? '').split('&').filter((pair) => pair !== '');
const namesOf = (request) => pairsOf(request).map((pair) => decodeURIComponent(pair.split('=')[0]));

/** The path as S3 has it in its canonical request. */
function encodedAnew(path) {
  return path.replaceAll('+', '%20').replace(/%([\da-f]{2})|[^\w\-.~/]/gi, (character, hex) => {
    const byte = hex ? parseInt(hex, 16) : character.charCodeAt(0);
    const decoded = String.fromCharCode(byte);
    return /[\w\-.~/]/.test(decoded) ? decoded : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
  });
}

export const DISAGREEMENTS = [
  {
    what: 'a + in the query',
    alone: ['botocore', '@smithy/signature-v4'],
    // The crate reads a form's blank, as URLSearchParams does; what the callers of the other two hand over is a plus. Services differ as well, so none
    // is ever sent: gatepass reads a blank, and writes `%20` into the URL that is to be sent. For that one all of them agree.
    when: ({ url }) => withoutPlus(url) !== url,
    instead: (request) => ({ ...request, url: withoutPlus(request.url) }),
  },
  {
    what: 'a path that is encoded once, and not as S3 encodes it',
    alone: ['aws-sigv4', 'botocore', '@smithy/signature-v4'],
    // All three leave `!`, `+`, `%2F`, `%7E` and `%e3` as they are, because AWS's clients have encoded the key before they sign. S3 does not: by its
    // answers in pull request 4473 of aws-sdk-net it decodes the path that arrives, `%2F` to a slash and `+` to a space, and encodes that as its
    // documentation of signatures has it (`UriEncode`: every byte except the unreserved characters). So the signature is that of the path encoded
    // anew. For that all of them agree, and that is what they are asked for.
    when: (request) => !request.doubleEncode && encodedAnew(pathOf(request)) !== pathOf(request),
    instead: (request) => ({ ...request, url: request.url.replace(pathOf(request), encodedAnew) }),
  },
  {
    what: 'a path that is normalised and encoded once, or neither',
    alone: ['botocore', '@smithy/signature-v4'],
    // They know two ways alone, S3's and that of all other services. AWS's own suite has the others, and the crate does it.
    when: ({ normalizePath, doubleEncode }) => normalizePath !== doubleEncode,
  },
  {
    what: "S3's path for another service",
    alone: ['botocore'],
    // With that path goes the header `x-amz-content-sha256` there. Other services do not ask for it.
    when: ({ form, doubleEncode, contentSha256 }) => form === 'header' && !doubleEncode && contentSha256 === 'omit',
  },
  {
    what: 'a name without a value in the query',
    alone: ['@smithy/signature-v4'],
    // It leaves the name out. AWS signs it with an empty value: S3's documentation of signatures has `?acl` become `acl=`.
    when: (request) => pairsOf(request).some((pair) => !pair.includes('=')),
  },
  {
    what: 'escapes in the query that are no UTF-8',
    alone: ['aws-sigv4', '@smithy/signature-v4'],
    // The crate signs U+FFFD in their place, @smithy/signature-v4 is given texts and cannot be asked. What AWS gets is the bytes.
    when: ({ url }) => /\?.*%FF/s.test(url),
  },
  {
    what: 'a repeated name in the query of a signed URL',
    alone: ['botocore'],
    // It drops all but the first, from the signed URL too: what it signs is another request.
    when: (request) => request.form === 'query' && new Set(namesOf(request)).size < namesOf(request).length,
  },
  {
    what: 'a signed URL for a request with a body',
    alone: ['botocore'],
    // It moves the body into the query. The documentation says that the hash of the body is signed wherever the service is not S3.
    when: ({ form, payload }) => form === 'query' && payload !== null && payload !== '',
  },
  {
    what: 'whether a signed URL covers the body, against the ways of its service',
    alone: ['botocore'],
    // It goes by the service alone: never for S3, which says nothing of a hash in a URL and takes it for UNSIGNED-PAYLOAD (gatepass does so too),
    // always for others. Told otherwise by an option, the other two do as they are told.
    when: ({ form, payload, doubleEncode }) => form === 'query' && (payload === null) === doubleEncode,
  },
  {
    what: 'tabs in the value of a header',
    alone: ['aws-sigv4'],
    // The crate leaves them, the others fold them as they fold spaces; the documentation speaks of spaces alone, and no document tells what AWS
    // does. gatepass goes with the two, and so do AWS's C library and the suite's `get-header-value-multiline`, whose line breaks fold.
    when: ({ headers }) => headers.some(([, value]) => value.includes('\t')),
  },
];
