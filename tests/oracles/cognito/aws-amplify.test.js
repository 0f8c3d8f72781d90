// The local user pool and identity pool, held against aws-amplify.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Amplify } from 'aws-amplify';
import { confirmSignIn, fetchAuthSession, getCurrentUser, signIn, signOut } from 'aws-amplify/auth';
import { startLocalAws } from './local-aws.js';

let aws;
before(async () => { aws = await startLocalAws(); });
after(() => aws.stop());
beforeEach(async () => {
  await aws.reset();
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: aws.userPool.userPoolId,
        userPoolClientId: aws.userPool.clientId,
        userPoolEndpoint: aws.userPool.endpoint,
        identityPoolId: aws.identityPool.identityPoolId,
        identityPoolEndpoint: aws.identityPool.endpoint,
      },
    },
  });
  await signOut();
});

const signInWith = ({ username, password }, authFlowType = 'USER_SRP_AUTH') =>
  signIn({ username, password, options: { authFlowType } });

for (const authFlowType of ['USER_SRP_AUTH', 'USER_PASSWORD_AUTH']) {
  test(`${authFlowType}: the right password signs in, a wrong one is refused`, async () => {
    await assert.rejects(signInWith({ ...aws.general, password: 'Wrong-password-1' }, authFlowType), {
      name: 'NotAuthorizedException',
    });
    const { isSignedIn } = await signInWith(aws.general, authFlowType);
    assert.ok(isSignedIn);
    assert.equal((await getCurrentUser()).username, aws.general.username);
    const { tokens } = await fetchAuthSession();
    assert.equal(tokens.idToken.payload.iss, aws.issuer);
    assert.equal(tokens.accessToken.payload.client_id, aws.userPool.clientId);
  });

  test(`${authFlowType}: a temporary password has to be replaced`, async () => {
    const { nextStep } = await signInWith(aws.newcomer, authFlowType);
    assert.equal(nextStep.signInStep, 'CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED');
    await assert.rejects(confirmSignIn({ challengeResponse: 'short' }), { name: 'InvalidPasswordException' });
    const { isSignedIn } = await confirmSignIn({ challengeResponse: 'New-password-10' });
    assert.ok(isSignedIn);
  });
}

test('a forced refresh gives other tokens', async () => {
  await signInWith(aws.general);
  const before = (await fetchAuthSession()).tokens;
  const now = (await fetchAuthSession({ forceRefresh: true })).tokens;
  assert.notEqual(now.idToken.toString(), before.idToken.toString());
  assert.equal(now.idToken.payload.origin_jti, before.idToken.payload.origin_jti);
});

test('a refresh token rotates where the client rotates them', async () => {
  const path = '/userPool/clients/0/refreshTokenRotation';
  await aws.patch([{ op: 'add', path, value: { feature: 'ENABLED', retryGracePeriodSeconds: 0 } }]);
  await signInWith(aws.general);
  const before = (await fetchAuthSession()).tokens;
  for (let round = 0; round < 2; round += 1) {
    const { tokens } = await fetchAuthSession({ forceRefresh: true });
    assert.equal(tokens.idToken.payload.origin_jti, before.idToken.payload.origin_jti);
  }
});

test('the identity pool gives a user credentials, and the same identity each time', async () => {
  await signInWith(aws.general);
  const first = await fetchAuthSession();
  assert.match(first.credentials.accessKeyId, /^ASIA[A-Z2-7]{16}$/);
  assert.ok(first.credentials.secretAccessKey && first.credentials.sessionToken);
  assert.ok(first.credentials.expiration.getTime() > Date.now());
  await signOut();
  await signInWith(aws.general);
  assert.equal((await fetchAuthSession()).identityId, first.identityId);
  await signOut();
  await signInWith(aws.admin);
  assert.notEqual((await fetchAuthSession()).identityId, first.identityId);
});

test('guests get credentials only where the app asks for them and the pool lets them in', async () => {
  assert.equal((await fetchAuthSession()).credentials, undefined);
  const config = Amplify.getConfig();
  Amplify.configure({ Auth: { Cognito: { ...config.Auth.Cognito, allowGuestAccess: true } } });
  assert.match((await fetchAuthSession()).credentials.accessKeyId, /^ASIA/);
  await aws.patch([{ op: 'replace', path: '/identityPool/allowUnauthenticatedIdentities', value: false }]);
  await assert.rejects(fetchAuthSession({ forceRefresh: true }), { name: 'NotAuthorizedException' });
});
