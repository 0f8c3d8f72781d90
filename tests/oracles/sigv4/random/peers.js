// The signers that nobody here wrote, each given the same requests. They answer `{ signature }`, or `{ error }` where they cannot.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

/** All of them: `ask` gives a list of answers for a list of requests. */
export function startPeers() {
  return {
    'aws-sigv4': program(subject('HTTP_REQUEST', 'the program http-request'), []),
    botocore: program(subject('PYTHON', 'a Python with botocore'), [fileURLToPath(new URL('../botocore_signer.py', import.meta.url))]),
    '@smithy/signature-v4': { ask: (requests) => Promise.all(requests.map(smithy)), stop: () => {} },
  };
}

function subject(variable, what) {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} must name ${what}; \`cargo xtask test oracles\` sets it`);
  return path;
}

/** A program that answers each line of its input with a line. */
function program(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const batches = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [batch] = batches;
    batch.answers.push(JSON.parse(line));
    if (batch.answers.length === batch.size) batches.shift().resolve(batch.answers);
  });
  child.on('exit', (code) => batches.forEach(({ reject }) => reject(new Error(`${command} ended with ${code} while it was asked`))));
  const ask = (requests) =>
    new Promise((resolve, reject) => {
      if (requests.length === 0) return resolve([]);
      batches.push({ size: requests.length, answers: [], resolve, reject });
      child.stdin.write(requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
    });
  return {
    ask,
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

async function smithy(request) {
  try {
    const { form, credentials, region, service, seconds, expiresIn, doubleEncode, contentSha256, sessionToken } = request;
    const { accessKeyId, secretAccessKey } = credentials;
    const signer = new SignatureV4({
      // A token that is appended after signing is no part of what is signed.
      credentials: sessionToken === 'signed' ? credentials : { accessKeyId, secretAccessKey },
      region,
      service,
      sha256: Sha256,
      uriEscapePath: doubleEncode,
      applyChecksum: contentSha256 === 'send',
    });
    const given = httpRequest(request);
    const signingDate = new Date(seconds * 1000);
    const names = new Set(Object.keys(given.headers));
    if (form === 'header') {
      const { headers } = await signer.sign(given, { signingDate });
      return { signature: /Signature=(\w+)/.exec(headers.authorization)[1] };
    }
    // It takes the payload's hash from this header, which is not sent.
    const hashed = new Set(['x-amz-content-sha256']);
    if (request.payload === null) given.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
    const how = { signingDate, expiresIn, unhoistableHeaders: new Set([...names, ...hashed]), unsignableHeaders: hashed };
    const { query } = await signer.presign(given, how);
    return { signature: query['X-Amz-Signature'] };
  } catch (error) {
    return { error: String(error) };
  }
}

/** The request in the parts in which an SDK's client hands it over. */
function httpRequest({ form, method, url, headers, payload, contentSha256 }) {
  const [, host, path, search] = /^[a-z]+:\/\/([^/]+)([^?]*)\??(.*)$/s.exec(url);
  const query = {};
  for (const pair of search.split('&').filter((pair) => pair !== '')) {
    const [, name, value] = /^([^=]*)(?:=(.*))?$/s.exec(pair);
    const key = decodeURIComponent(name);
    const decoded = value === undefined ? null : decodeURIComponent(value);
    // Of a repeated name it takes a list of texts.
    query[key] = key in query ? [query[key], decoded].flat().map((one) => one ?? '') : decoded;
  }
  const fields = { host };
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    // What is around a value is not part of it (RFC 9110, 5.5); it takes one value for each name.
    fields[key] = key in fields ? `${fields[key]},${value.trim()}` : value.trim();
  }
  if (form === 'header' && payload === null && contentSha256 === 'send') fields['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
  const body = payload ? Buffer.from(payload, 'base64') : undefined;
  return new HttpRequest({ method, hostname: host, path, query, headers: fields, body });
}
