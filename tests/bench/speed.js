// What the clients' own work costs, in Node and in a page alike.
import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from 'amazon-cognito-identity-js';
import { Amplify } from 'aws-amplify';
import * as amplify from 'aws-amplify/auth';
import { AwsClient } from 'aws4fetch';

import { createClient } from '../../pkg/dist/index.js';
import { compare } from './measure.js';
import { API, CREDENTIALS, IDENTITY_POOL, POOL, replaceFetch, USER } from './service.js';

/** Medians in microseconds: `{ 'srp sign-in': { gatepass: …, … }, … }`. */
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
    'sigv4, 1 KB POST': await compare(signatures(gp), { rounds: 25, calls: 200 }),
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

function signatures(gp) {
  const body = 'x'.repeat(1024);
  const url = `${API}/admin/items?color=red&size=3`;
  const headers = { 'content-type': 'application/json' };
  const { hostname, pathname } = new URL(url);
  const smithy = new SignatureV4({ credentials: CREDENTIALS, region: 'ap-northeast-1', service: 'execute-api', sha256: Sha256 });
  const request = () =>
    new HttpRequest({
      method: 'POST',
      protocol: 'https:',
      hostname,
      path: pathname,
      query: { color: 'red', size: '3' },
      headers: { ...headers, host: hostname },
      body,
    });
  const aws4fetch = new AwsClient({ ...CREDENTIALS, region: 'ap-northeast-1', service: 'execute-api' });
  return {
    gatepass: () => gp.sign(url, { method: 'POST', headers, body }),
    '@smithy/signature-v4': () => smithy.sign(request()),
    aws4fetch: () => aws4fetch.sign(url, { method: 'POST', headers, body }),
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
