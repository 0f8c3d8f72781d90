// Adds the two JavaScript implementations, and writes what all agree on, every case on a line of its own.
const { readFileSync } = require('node:fs');
const { AuthenticationDetails, CognitoUser, CognitoUserPool } = require('amazon-cognito-identity-js');
const { default: AuthenticationHelper } = require('amazon-cognito-identity-js/lib/AuthenticationHelper');
const { default: BigInteger } = require('amazon-cognito-identity-js/lib/BigInteger');
const helper = require('cognito-srp-helper');
const CryptoJS = require('crypto-js');

const RealDate = Date;
let now = 0;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length > 0 ? given : [now * 1000]));
  }
};

const challenge = (c) => ({
  ChallengeName: 'PASSWORD_VERIFIER',
  ChallengeParameters: {
    USERNAME: c.userId, USER_ID_FOR_SRP: c.userId, SALT: c.salt, SRP_B: c.b, SECRET_BLOCK: c.secretBlock,
  },
});
const answer = (SRP_A, { TIMESTAMP, PASSWORD_CLAIM_SIGNATURE }) => ({ SRP_A, TIMESTAMP, PASSWORD_CLAIM_SIGNATURE });

function identityJs(c) {
  AuthenticationHelper.prototype.generateRandomSmallA = () => new BigInteger(c.a, 16);
  return new Promise((resolve, reject) => {
    let A;
    const user = new CognitoUser({
      Username: c.userId,
      Pool: new CognitoUserPool({ UserPoolId: c.userPoolId, ClientId: 'client' }),
    });
    user.client = {
      request(operation, request, done) {
        if (operation === 'InitiateAuth') {
          A = request.AuthParameters.SRP_A;
          done(null, challenge(c));
        } else {
          resolve(answer(A, request.ChallengeResponses));
        }
      },
    };
    const details = new AuthenticationDetails({ Username: c.userId, Password: c.password });
    user.authenticateUser(details, { onFailure: reject, onSuccess: reject });
  });
}

function srpHelper(c) {
  CryptoJS.lib.WordArray.random = () => CryptoJS.enc.Hex.parse(c.a);
  const session = helper.createSrpSession(c.userId, c.password, c.userPoolId, false);
  const signed = helper.signSrpSession(session, challenge(c));
  return answer(session.largeA, { TIMESTAMP: signed.timestamp, PASSWORD_CLAIM_SIGNATURE: signed.passwordSignature });
}

(async () => {
  const lines = [];
  for (const c of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
    now = c.now;
    c.answers['amazon-cognito-identity-js'] = await identityJs(c);
    c.answers['cognito-srp-helper'] = srpHelper(c);
    for (const name of c.leftOut ?? []) delete c.answers[name];
    const [answer, ...others] = new Set(Object.values(c.answers).map((each) => JSON.stringify(each)));
    if (others.length > 0) throw new Error(`${c.name}: the implementations do not agree`);
    lines.push(JSON.stringify({ ...c, answers: undefined, answer: JSON.parse(answer), agreedBy: Object.keys(c.answers) }));
  }
  console.log(`[\n${lines.join(',\n')}\n]`);
})();
