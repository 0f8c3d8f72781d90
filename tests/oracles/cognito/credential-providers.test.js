// The local identity pool and STS, held against the credential providers of AWS's SDK for JavaScript.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { GetIdCommand, GetOpenIdTokenCommand } from '@aws-sdk/client-cognito-identity';
import { InitiateAuthCommand } from '@aws-sdk/client-cognito-identity-provider';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromCognitoIdentity, fromCognitoIdentityPool } from '@aws-sdk/credential-provider-cognito-identity';
import { fromWebToken } from '@aws-sdk/credential-provider-web-identity';
import { clientsOf, startLocalAws } from './local-aws.js';

const role = (name) => `arn:aws:iam::123456789012:role/${name}`;

let aws;
let idp;
let identity;
before(async () => {
  aws = await startLocalAws();
  ({ idp, identity } = clientsOf(aws));
});
after(() => aws.stop());
beforeEach(() => aws.reset());

async function logins({ username, password }) {
  const AuthParameters = { USERNAME: username, PASSWORD: password };
  const ClientId = aws.userPool.clientId;
  const answer = await idp.send(new InitiateAuthCommand({ AuthFlow: 'USER_PASSWORD_AUTH', ClientId, AuthParameters }));
  return { [aws.issuer.replace('https://', '')]: answer.AuthenticationResult.IdToken };
}

const fromPool = (options) =>
  fromCognitoIdentityPool({ client: identity, identityPoolId: aws.identityPool.identityPoolId, ...options })();

/** The classic flow: the pool's own token for an identity, which STS takes for a role. */
async function openIdToken(Logins) {
  const IdentityPoolId = aws.identityPool.identityPoolId;
  const { IdentityId } = await identity.send(new GetIdCommand({ IdentityPoolId, Logins }));
  return identity.send(new GetOpenIdTokenCommand({ IdentityId, Logins }));
}

const fromSts = (webIdentityToken, roleArn, options) =>
  fromWebToken({
    webIdentityToken,
    roleArn,
    roleSessionName: 'web',
    clientConfig: { region: aws.region, endpoint: aws.sts.endpoint, maxAttempts: 1 },
    ...options,
  })();

const refusedByRole = (promise) =>
  assert.rejects(promise, { name: 'AccessDenied', message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity' });

const isFresh = ({ accessKeyId, sessionToken, expiration }) => {
  assert.match(accessKeyId, /^ASIA[A-Z2-7]{16}$/);
  assert.ok(sessionToken);
  const seconds = (expiration.getTime() - Date.now()) / 1_000;
  assert.ok(seconds > 3_500 && seconds < 3_700, `${seconds}`);
};

test('fromCognitoIdentityPool gets a user’s and a guest’s credentials, each of one identity', async () => {
  const user = await fromPool({ logins: await logins(aws.general) });
  isFresh(user);
  assert.equal((await fromPool({ logins: await logins(aws.general) })).identityId, user.identityId);
  const guest = await fromPool();
  isFresh(guest);
  assert.notEqual(guest.identityId, user.identityId);
});

test('fromCognitoIdentity takes what the app’s back end has got for its user', async () => {
  const { identityId, token } = await aws.control('developer-identity', { user: 'hanako' });
  const get = (logins) => fromCognitoIdentity({ client: identity, identityId, logins })();
  isFresh(await get({ 'cognito-identity.amazonaws.com': token }));
  await assert.rejects(get({}), { name: 'NotAuthorizedException' });
});

test('fromWebToken gets the credentials of a role that trusts the token, and of no other', async () => {
  await aws.patch([{ op: 'replace', path: '/identityPool/roleMappings', value: {} }]);
  const user = await openIdToken(await logins(aws.general));
  isFresh(await fromSts(user.Token, role('general')));
  const guest = await openIdToken();
  isFresh(await fromSts(guest.Token, role('guest')));
  await refusedByRole(fromSts(guest.Token, role('general')));
  await refusedByRole(fromSts(user.Token, role('guest')));
});

test('fromWebToken tells a token that has expired from one that is none', async () => {
  await aws.patch([{ op: 'replace', path: '/identityPool/roleMappings', value: {} }]);
  const { Token } = await openIdToken(await logins(aws.general));
  await assert.rejects(fromSts(`${Token}x`, role('general')), { name: 'InvalidIdentityTokenException' });
  await aws.advance(600);
  await assert.rejects(fromSts(Token, role('general')), { name: 'ExpiredTokenException' });
});

test('fromWebToken passes a duration and a policy on', async () => {
  const { token } = await aws.control('developer-identity', { user: 'hanako' });
  const { expiration } = await fromSts(token, role('general'), { durationSeconds: 900 });
  assert.ok(expiration.getTime() - Date.now() < 901_000);
  await assert.rejects(fromSts(token, role('general'), { durationSeconds: 7_200 }), { name: 'ValidationError' });
  await assert.rejects(fromSts(token, role('general'), { policy: '{' }), { name: 'MalformedPolicyDocumentException' });
});

test('what the providers get is a signature’s worth at STS until it expires', async () => {
  const { identityId, token } = await aws.control('developer-identity', { user: 'hanako' });
  const logins = { 'cognito-identity.amazonaws.com': token };
  const enhanced = await fromCognitoIdentity({ client: identity, identityId, logins })();
  const classic = await fromSts(token, role('general'));
  const whoIs = (credentials) => {
    const sts = new STSClient({ region: aws.region, endpoint: aws.sts.endpoint, credentials, maxAttempts: 1 });
    return sts.send(new GetCallerIdentityCommand());
  };
  const assumed = 'arn:aws:sts::123456789012:assumed-role/general';
  assert.equal((await whoIs(enhanced)).Arn, `${assumed}/CognitoIdentityCredentials`);
  assert.equal((await whoIs(classic)).Arn, `${assumed}/web`);
  await aws.control('credentials/expire', { accessKeyId: classic.accessKeyId });
  await assert.rejects(whoIs(classic), { name: 'ExpiredToken' });
  assert.ok(await whoIs(enhanced));
  await assert.rejects(whoIs({ ...enhanced, secretAccessKey: 'wrong' }), { name: 'SignatureDoesNotMatch' });
});
