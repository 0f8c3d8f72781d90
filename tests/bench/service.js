// A Cognito that answers at once from memory, so that what is measured is the client's own work and nothing else.

const base64url = (value) =>
  btoa(JSON.stringify(value)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

const REGION = 'ap-northeast-1';
export const POOL = { userPoolId: `${REGION}_BenchPool`, clientId: '1benchclient0123456789' };
export const IDENTITY_POOL = { identityPoolId: `${REGION}:11111111-2222-3333-4444-555555555555` };
export const API = 'https://abc123.execute-api.ap-northeast-1.amazonaws.com';
export const USER = { username: 'hanako', password: 'Passw0rd!of-hanako' };
export const CREDENTIALS = {
  accessKeyId: 'ASIABENCHBENCHBENCH1',
  secretAccessKey: 'bench/secret/bench/secret/bench/secret+1',
  sessionToken: 'session/'.repeat(100),
};

/** Anything below the 3072-bit modulus will do: the client cannot tell it from a right one. */
const SRP_B = '5a'.repeat(384);
const SUB = '0f8fad5b-d9cb-469f-a165-70867728950e';

function token(use) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    sub: SUB,
    iss: `https://cognito-idp.${REGION}.amazonaws.com/${POOL.userPoolId}`,
    token_use: use,
    iat: now,
    auth_time: now,
    exp: now + 3600,
    ...(use === 'id' ? { aud: POOL.clientId, 'cognito:username': USER.username } : { client_id: POOL.clientId, username: USER.username }),
  };
  return `${base64url({ alg: 'RS256', kid: 'bench' })}.${base64url(claims)}.${'A'.repeat(342)}`;
}

const ANSWERS = {
  InitiateAuth: () => ({
    ChallengeName: 'PASSWORD_VERIFIER',
    ChallengeParameters: {
      SALT: '7f'.repeat(16),
      SECRET_BLOCK: btoa('secret block '.repeat(90)),
      SRP_B,
      USERNAME: USER.username,
      USER_ID_FOR_SRP: USER.username,
    },
    Session: 'bench-session',
  }),
  RespondToAuthChallenge: () => ({
    AuthenticationResult: {
      IdToken: token('id'),
      AccessToken: token('access'),
      RefreshToken: 'bench-refresh-token',
      ExpiresIn: 3600,
      TokenType: 'Bearer',
    },
    ChallengeParameters: {},
  }),
  GetId: () => ({ IdentityId: `${REGION}:99999999-8888-7777-6666-555555555555` }),
  GetCredentialsForIdentity: () => ({
    IdentityId: `${REGION}:99999999-8888-7777-6666-555555555555`,
    Credentials: {
      AccessKeyId: CREDENTIALS.accessKeyId,
      SecretKey: CREDENTIALS.secretAccessKey,
      SessionToken: CREDENTIALS.sessionToken,
      Expiration: Math.floor(Date.now() / 1000) + 3600,
    },
  }),
};

/** Takes the place of `fetch` for everything that runs in this realm. */
export function replaceFetch() {
  globalThis.fetch = async (input, init) => {
    const headers = new Headers(input instanceof Request ? input.headers : init?.headers);
    const operation = headers.get('x-amz-target')?.split('.').at(-1);
    const body = operation ? JSON.stringify((ANSWERS[operation] ?? (() => ({})))()) : 'ok';
    return new Response(body, { headers: { 'content-type': 'application/x-amz-json-1.1' } });
  };
}
