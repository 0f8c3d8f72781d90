// The local user pool and identity pool, held against AWS's own SDK for JavaScript, cognito-srp-helper and
// aws-jwt-verify.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  GetCredentialsForIdentityCommand,
  GetIdCommand,
} from '@aws-sdk/client-cognito-identity';
import {
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { createSrpSession, signSrpSession, wrapAuthChallenge, wrapInitiateAuth } from 'cognito-srp-helper';
import { clientsOf, startLocalAws } from './local-aws.js';

const GENERAL_ROLE = 'arn:aws:iam::123456789012:role/general';
const ADMIN_ROLE = 'arn:aws:iam::123456789012:role/admin';

let aws;
let idp;
let identity;
before(async () => {
  aws = await startLocalAws();
  ({ idp, identity } = clientsOf(aws));
});
after(() => aws.stop());
beforeEach(() => aws.reset());

async function signIn({ username, password }) {
  const { userPoolId, clientId } = aws.userPool;
  const session = createSrpSession(username, password, userPoolId, false);
  const initiate = { ClientId: clientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters: { CHALLENGE_NAME: 'SRP_A', USERNAME: username } };
  const challenge = await idp.send(new InitiateAuthCommand(wrapInitiateAuth(session, initiate)));
  const signed = signSrpSession(session, challenge);
  const answer = { ClientId: clientId, ChallengeName: 'PASSWORD_VERIFIER', ChallengeResponses: { USERNAME: username } };
  const { AuthenticationResult } = await idp.send(new RespondToAuthChallengeCommand(wrapAuthChallenge(signed, answer)));
  return AuthenticationResult;
}

const refresh = (RefreshToken) =>
  idp.send(new GetTokensFromRefreshTokenCommand({ ClientId: aws.userPool.clientId, RefreshToken }));

const logins = (idToken) => ({ [aws.issuer.replace('https://', '')]: idToken });

async function credentials(idToken, more = {}) {
  const { IdentityId } = await identity.send(
    new GetIdCommand({ IdentityPoolId: aws.identityPool.identityPoolId, Logins: logins(idToken) }),
  );
  return identity.send(new GetCredentialsForIdentityCommand({ IdentityId, Logins: logins(idToken), ...more }));
}

async function verifiers() {
  const { userPoolId, clientId } = aws.userPool;
  const jwks = await aws.jwks();
  return ['id', 'access'].map((tokenUse) => {
    const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse });
    verifier.cacheJwks(jwks);
    return verifier;
  });
}

/** The token with its payload changed and its signature kept. */
function tampered(token) {
  const [header, payload, signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url'));
  const changed = Buffer.from(JSON.stringify({ ...claims, 'cognito:groups': ['admin'] })).toString('base64url');
  return [header, changed, signature].join('.');
}

test('cognito-srp-helper signs in, and its wrong password is refused', async () => {
  assert.ok((await signIn(aws.general)).IdToken);
  await assert.rejects(signIn({ ...aws.general, password: 'Wrong-password-1' }), { name: 'NotAuthorizedException' });
});

test('aws-jwt-verify accepts the tokens, each for its use', async () => {
  const { IdToken, AccessToken } = await signIn(aws.admin);
  const [id, access] = await verifiers();
  assert.equal((await id.verify(IdToken))['cognito:preferred_role'], ADMIN_ROLE);
  assert.equal((await access.verify(AccessToken)).username, aws.admin.username);
  await assert.rejects(id.verify(AccessToken), /Token use not allowed/);
  await assert.rejects(access.verify(IdToken), /Token use not allowed/);
});

test('aws-jwt-verify refuses a changed token, one for another client and one that has expired', async () => {
  const { IdToken, AccessToken } = await signIn(aws.general);
  const [id, access] = await verifiers();
  await assert.rejects(id.verify(tampered(IdToken)), /Invalid signature/);
  await assert.rejects(access.verify(tampered(AccessToken)), /Invalid signature/);
  await assert.rejects(id.verify(IdToken, { clientId: 'other' }), /audience/);
  await aws.advance(-7_200);
  const past = await signIn(aws.general);
  await assert.rejects(id.verify(past.IdToken), /expired/);
});

test('a client that rotates gets a new refresh token, and the old one is refused', async () => {
  const path = '/userPool/clients/0/refreshTokenRotation';
  await aws.patch([{ op: 'add', path, value: { feature: 'ENABLED', retryGracePeriodSeconds: 10 } }]);
  const first = await signIn(aws.general);
  const second = (await refresh(first.RefreshToken)).AuthenticationResult;
  assert.notEqual(second.RefreshToken, first.RefreshToken);
  assert.ok((await refresh(first.RefreshToken)).AuthenticationResult.IdToken, 'within the grace period');
  await aws.advance(10);
  await assert.rejects(refresh(first.RefreshToken), { name: 'RefreshTokenReuseException' });
  assert.ok((await refresh(second.RefreshToken)).AuthenticationResult.IdToken);
  const old = { ClientId: aws.userPool.clientId, AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: second.RefreshToken } };
  await assert.rejects(idp.send(new InitiateAuthCommand(old)), { name: 'InvalidParameterException' });
});

test('a revoked session and an expired access token close the account', async () => {
  const { AccessToken, RefreshToken } = await signIn(aws.general);
  const getUser = () => idp.send(new GetUserCommand({ AccessToken }));
  assert.equal((await getUser()).Username, aws.general.username);
  await aws.advance(3_600);
  await assert.rejects(getUser(), { name: 'NotAuthorizedException', message: 'Access Token has expired' });
  await aws.advance(-3_600);
  await idp.send(new RevokeTokenCommand({ ClientId: aws.userPool.clientId, Token: RefreshToken }));
  await assert.rejects(getUser(), { name: 'NotAuthorizedException', message: 'Access Token has been revoked' });
});

test('an exception carries its request id', async () => {
  const error = await refresh('unknown').catch((error) => error);
  assert.equal(error.name, 'NotAuthorizedException');
  assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
});

test('credentials are dated, and the caller may choose only a role of the token', async () => {
  const { IdToken } = await signIn(aws.admin);
  const { Credentials } = await credentials(IdToken);
  const seconds = (Credentials.Expiration.getTime() - Date.now()) / 1_000;
  assert.ok(seconds > 3_500 && seconds < 3_700, `${seconds}`);
  assert.ok((await credentials(IdToken, { CustomRoleArn: GENERAL_ROLE })).Credentials);
  const general = (await signIn(aws.general)).IdToken;
  await assert.rejects(credentials(general, { CustomRoleArn: ADMIN_ROLE }), { name: 'NotAuthorizedException' });
});

test('an open choice of role is denied where the mapping says so', async () => {
  const mapping = Object.keys((await aws.world()).identityPool.roleMappings)[0].replaceAll('/', '~1');
  await aws.patch([
    { op: 'replace', path: `/identityPool/roleMappings/${mapping}/ambiguousRoleResolution`, value: 'Deny' },
    { op: 'replace', path: '/userPool/groups/0/precedence', value: 5 },
    { op: 'replace', path: '/userPool/groups/1/precedence', value: 5 },
  ]);
  const { IdToken } = await signIn(aws.admin);
  await assert.rejects(credentials(IdToken), { name: 'NotAuthorizedException', message: /ambiguous/ });
  assert.ok((await credentials(IdToken, { CustomRoleArn: ADMIN_ROLE })).Credentials);
});

test('the identity pool takes nothing but a good ID token of its provider', async () => {
  const { IdToken, AccessToken } = await signIn(aws.general);
  await assert.rejects(credentials(tampered(IdToken)), { name: 'NotAuthorizedException', message: /Invalid login token/ });
  await assert.rejects(credentials(AccessToken), { name: 'NotAuthorizedException', message: /Invalid login token/ });
  const other = new GetIdCommand({
    IdentityPoolId: aws.identityPool.identityPoolId,
    Logins: { 'cognito-idp.us-east-1.amazonaws.com/us-east-1_Other': IdToken },
  });
  await assert.rejects(identity.send(other), { name: 'NotAuthorizedException', message: /not from a supported provider/ });
  await aws.advance(3_600);
  await assert.rejects(credentials(IdToken), { name: 'NotAuthorizedException', message: /Token expired/ });
});

test('an identity is its owner’s only, and an unknown pool or identity is not found', async () => {
  const [general, admin] = [await signIn(aws.general), await signIn(aws.admin)];
  const { IdentityId } = await credentials(general.IdToken);
  const get = (more) => identity.send(new GetCredentialsForIdentityCommand({ IdentityId, ...more }));
  await assert.rejects(get({}), { name: 'NotAuthorizedException', message: /forbidden/ });
  await assert.rejects(get({ Logins: logins(admin.IdToken) }), { name: 'NotAuthorizedException' });
  await assert.rejects(get({ IdentityId: `${aws.region}:unknown` }), { name: 'ResourceNotFoundException' });
  const unknown = new GetIdCommand({ IdentityPoolId: `${aws.region}:unknown` });
  await assert.rejects(identity.send(unknown), { name: 'ResourceNotFoundException' });
});

test('a pool without a role for the user says that it is set up wrongly', async () => {
  await aws.patch([
    { op: 'remove', path: '/identityPool/roleMappings' },
    { op: 'remove', path: '/identityPool/roles/authenticated' },
  ]);
  const { IdToken } = await signIn(aws.general);
  await assert.rejects(credentials(IdToken), { name: 'InvalidIdentityPoolConfigurationException' });
});
