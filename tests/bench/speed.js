// What the clients' own work costs, in Node and in a page alike.
import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from 'amazon-cognito-identity-js';
import { Amplify } from 'aws-amplify';
import * as amplify from 'aws-amplify/auth';
import { AwsClient } from 'aws4fetch';

import { createClient } from '../../pkg/dist/index.js';
import { signRequest } from '../../pkg/dist/sigv4.js';
import { compare } from './measure.js';
import { API, CREDENTIALS, IDENTITY_POOL, POOL, replaceFetch, USER } from './service.js';

/** Medians in microseconds: `{ 'srp sign-in': { medians: { gatepass: …, … }, least: …, drift: … }, … }`. */
export async function speed() {
  replaceFetch();
  const gp = createClient({
    userPool: POOL,
    identityPool: IDENTITY_POOL,
    storage: 'memory',
    routes: [
      { match: `${API}/items/*`, auth: 'bearer' },
      { match: `${API}/admin/*`, auth: 'iam' },
    ],
  });
  return {
    'srp sign-in': await compare(signIns(gp), { rounds: 9, calls: 1 }),
    'bearer call': await compare(bearerCalls(gp), { rounds: 25, calls: 200 }),
    'signed call, GET': await compare(signedCalls(gp, {}), { rounds: 25, calls: 200 }),
    'signed call, 1 KB POST': await compare(signedCalls(gp, POST), { rounds: 25, calls: 200 }),
    'sigv4, 1 KB POST': await compare(signatures(), { rounds: 25, calls: 200 }),
    'sigv4, 5 MB body': await compare(largeSignatures(), { rounds: 41, calls: 1 }),
  };
}

function signIns(gp) {
  const Pool = new CognitoUserPool({ UserPoolId: POOL.userPoolId, ClientId: POOL.clientId, Storage: storage() });
  Amplify.configure({
    Auth: { Cognito: { userPoolId: POOL.userPoolId, userPoolClientId: POOL.clientId, ...IDENTITY_POOL } },
  });
  return {
    gatepass: () => gp.signIn(USER),
    'amazon-cognito-identity-js': () =>
      new Promise((onSuccess, onFailure) => {
        const user = new CognitoUser({ Username: USER.username, Pool, Storage: storage() });
        const details = new AuthenticationDetails({ Username: USER.username, Password: USER.password });
        user.authenticateUser(details, { onSuccess, onFailure });
      }),
    'aws-amplify': async () => {
      await amplify.signIn(USER);
      await amplify.signOut();
    },
  };
}

function bearerCalls(gp) {
  return {
    gatepass: () => gp.fetch(`${API}/items/1`),
    'fetch by hand': () => fetch(`${API}/items/1`, { credentials: 'omit', headers: { authorization: 'Bearer a.b.c' } }),
  };
}

const ADMIN = `${API}/admin/items?color=red&size=3`;
const POST = { method: 'POST', headers: { 'content-type': 'application/json' }, body: 'x'.repeat(1024) };
const SCOPE = { region: 'ap-northeast-1', service: 'execute-api' };

/** The credentials are at hand; what is added is the signature, and all that `gp.fetch` does beside. */
function signedCalls(gp, init) {
  const credential = `${CREDENTIALS.accessKeyId}/20260101/${SCOPE.region}/${SCOPE.service}/aws4_request`;
  const signedHeaders = 'host;x-amz-date;x-amz-security-token';
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${'0'.repeat(64)}`;
  const signature = { authorization, 'x-amz-date': '20260101T000000Z', 'x-amz-security-token': CREDENTIALS.sessionToken };
  return {
    gatepass: () => gp.fetch(ADMIN, init),
    'fetch by hand': () => fetch(ADMIN, { credentials: 'omit', ...init, headers: { ...init.headers, ...signature } }),
  };
}

/** From what a caller has to the signed headers; each signer has its key cached. */
function signatures() {
  const { hostname, pathname } = new URL(ADMIN);
  const smithy = new SignatureV4({ credentials: CREDENTIALS, ...SCOPE, sha256: Sha256 });
  const request = () =>
    new HttpRequest({
      method: 'POST',
      protocol: 'https:',
      hostname,
      path: pathname,
      query: { color: 'red', size: '3' },
      headers: { ...POST.headers, host: hostname },
      body: POST.body,
    });
  const aws4fetch = new AwsClient({ ...CREDENTIALS, ...SCOPE });
  return {
    gatepass: () => signRequest({ url: ADMIN, ...POST }, { credentials: CREDENTIALS, ...SCOPE }),
    '@smithy/signature-v4': () => smithy.sign(request()),
    aws4fetch: () => aws4fetch.sign(ADMIN, POST),
  };
}

function largeSignatures() {
  const body = new Uint8Array(5 * 1024 * 1024).map((_, at) => at * 31);
  return {
    gatepass: () => signRequest({ url: ADMIN, method: 'POST', body }, { credentials: CREDENTIALS, ...SCOPE }),
    'crypto.subtle.digest': () => crypto.subtle.digest('SHA-256', body),
  };
}

/** A storage that only this benchmark sees. */
function storage() {
  const items = new Map();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    clear: () => items.clear(),
  };
}
