// The local user pool, held against amazon-cognito-identity-js.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { AuthenticationDetails, CognitoUser, CognitoUserPool } from 'amazon-cognito-identity-js';
import { startLocalAws } from './local-aws.js';

const NEW_PASSWORD = 'New-password-10';

let aws;
before(async () => { aws = await startLocalAws(); });
after(() => aws.stop());
beforeEach(() => aws.reset());

class MemoryStorage {
  #items = new Map();
  getItem(key) { return this.#items.get(key) ?? null; }
  setItem(key, value) { this.#items.set(key, value); }
  removeItem(key) { this.#items.delete(key); }
  clear() { this.#items.clear(); }
}

function cognitoUser(username) {
  const { userPoolId, clientId, endpoint } = aws.userPool;
  const storage = new MemoryStorage();
  const pool = new CognitoUserPool({ UserPoolId: userPoolId, ClientId: clientId, endpoint, Storage: storage });
  return new CognitoUser({ Username: username, Pool: pool, Storage: storage });
}

const authenticate = (user, username, password) => new Promise((resolve, reject) => {
  user.authenticateUser(new AuthenticationDetails({ Username: username, Password: password }), {
    onSuccess: (session) => resolve({ session }),
    onFailure: reject,
    newPasswordRequired: (userAttributes, requiredAttributes) => resolve({ userAttributes, requiredAttributes }),
  });
});

const callback = (call) => new Promise((resolve, reject) => {
  call((error, result) => (error ? reject(error) : resolve(result)));
});

/** What the pool says to a refresh token. The library itself asks for seven seconds again before it believes a refusal. */
async function refusalOf(refreshToken) {
  const response = await fetch(aws.userPool.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    body: JSON.stringify({
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      ClientId: aws.userPool.clientId,
      AuthParameters: { REFRESH_TOKEN: refreshToken.getToken() },
    }),
  });
  assert.equal(response.status, 400);
  return (await response.json()).message;
}

for (const flow of ['USER_SRP_AUTH', 'USER_PASSWORD_AUTH']) {
  test(`${flow}: the right password signs in`, async () => {
    const user = cognitoUser(aws.admin.username);
    user.setAuthenticationFlowType(flow);
    const { session } = await authenticate(user, aws.admin.username, aws.admin.password);
    const claims = session.getIdToken().decodePayload();
    assert.equal(claims.iss, aws.issuer);
    assert.equal(claims['cognito:username'], aws.admin.username);
    assert.ok(claims['cognito:groups'].includes('admin'));
    assert.ok(session.isValid());
  });

  test(`${flow}: a wrong password and an unknown user are refused alike`, async () => {
    for (const username of [aws.admin.username, 'nobody']) {
      const user = cognitoUser(username);
      user.setAuthenticationFlowType(flow);
      await assert.rejects(authenticate(user, username, 'Wrong-password-1'), {
        name: 'NotAuthorizedException',
        message: 'Incorrect username or password.',
      });
    }
  });

  test(`${flow}: a temporary password has to be replaced`, async () => {
    const { username, password } = aws.newcomer;
    const user = cognitoUser(username);
    user.setAuthenticationFlowType(flow);
    const { userAttributes, requiredAttributes } = await authenticate(user, username, password);
    assert.ok(userAttributes.email.includes('@'));
    assert.deepEqual(requiredAttributes, []);
    const complete = (newPassword) => new Promise((resolve, reject) => {
      user.completeNewPasswordChallenge(newPassword, {}, { onSuccess: resolve, onFailure: reject });
    });
    await assert.rejects(complete('short'), { name: 'InvalidPasswordException' });
    assert.ok((await complete(NEW_PASSWORD)).isValid());
    await assert.rejects(authenticate(cognitoUser(username), username, password), { name: 'NotAuthorizedException' });
    assert.ok((await authenticate(cognitoUser(username), username, NEW_PASSWORD)).session.isValid());
  });
}

test('an attribute that the pool requires is asked for and kept', async () => {
  await aws.patch([{ op: 'add', path: '/userPool/requiredAttributes', value: ['nickname'] }]);
  const { username, password } = aws.newcomer;
  const user = cognitoUser(username);
  const { requiredAttributes } = await authenticate(user, username, password);
  assert.deepEqual(requiredAttributes, ['nickname']);
  const session = await new Promise((resolve, reject) => {
    user.completeNewPasswordChallenge(NEW_PASSWORD, { nickname: 'Nana' }, { onSuccess: resolve, onFailure: reject });
  });
  assert.equal(session.getIdToken().decodePayload().nickname, 'Nana');
});

test('refreshing gives tokens of the same session', async () => {
  const user = cognitoUser(aws.general.username);
  const { session } = await authenticate(user, aws.general.username, aws.general.password);
  const refreshed = await callback((done) => user.refreshSession(session.getRefreshToken(), done));
  const [before, now] = [session, refreshed].map((each) => each.getIdToken().decodePayload());
  assert.notEqual(now.jti, before.jti);
  assert.equal(now.origin_jti, before.origin_jti);
  assert.equal(now.auth_time, before.auth_time);
});

test('the account is open to the access token until the user signs out everywhere', async () => {
  const user = cognitoUser(aws.general.username);
  const { session } = await authenticate(user, aws.general.username, aws.general.password);
  const attributes = await callback((done) => user.getUserAttributes(done));
  assert.equal(attributes.find(({ Name }) => Name === 'sub').Value, session.getIdToken().decodePayload().sub);
  await new Promise((resolve, reject) => user.globalSignOut({ onSuccess: resolve, onFailure: reject }));
  assert.equal(await refusalOf(session.getRefreshToken()), 'Refresh Token has been revoked');
});

test('signing out revokes the refresh token', async () => {
  const user = cognitoUser(aws.general.username);
  const { session } = await authenticate(user, aws.general.username, aws.general.password);
  const refreshToken = session.getRefreshToken();
  await new Promise((resolve) => { user.signOut(resolve); });
  assert.equal(await refusalOf(refreshToken), 'Refresh Token has been revoked');
});
