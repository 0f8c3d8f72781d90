// Starts the local AWS for one test file, on ports of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CognitoIdentityClient } from '@aws-sdk/client-cognito-identity';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';

/** The SDK's clients of both pools. */
export function clientsOf({ region, userPool, identityPool }) {
  // Nothing is signed: these operations are open to everybody. The SDK asks for credentials all the same.
  const common = { region, credentials: { accessKeyId: 'none', secretAccessKey: 'none' } };
  return {
    idp: new CognitoIdentityProviderClient({ ...common, endpoint: userPool.endpoint }),
    identity: new CognitoIdentityClient({ ...common, endpoint: identityPool.endpoint }),
  };
}

export async function startLocalAws() {
  const binary = process.env.LOCAL_AWS;
  if (!binary) throw new Error('LOCAL_AWS must name the local-aws binary; `cargo xtask test` sets it');
  const server = spawn(binary, ['--exit-with-stdin'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await Promise.race([
    once(createInterface(server.stdout), 'line'),
    once(server, 'exit').then(([code]) => { throw new Error(`local-aws ended with ${code} before it was ready`); }),
  ]);
  const { control } = JSON.parse(line);
  const post = async (path, body) => {
    const response = await fetch(`${control}/local-aws/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const outputs = await (await fetch(`${control}/local-aws/outputs.json`)).json();
  const user = (role) => outputs.users.find((user) => user.role === role);
  return {
    ...outputs,
    general: user('general'),
    admin: user('admin'),
    newcomer: user('must-change-password'),
    issuer: `https://cognito-idp.${outputs.region}.amazonaws.com/${outputs.userPool.userPoolId}`,
    /** Whatever else the control plane has. */
    control: post,
    reset: () => post('reset'),
    world: async () => (await fetch(`${control}/local-aws/world`)).json(),
    /** RFC 6902. */
    patch: (operations) => post('patch', operations),
    /** Moves the server's clock. */
    advance: (advanceSeconds) => post('clock', { advanceSeconds }),
    jwks: async () => {
      const { userPoolId, endpoint } = outputs.userPool;
      return (await fetch(`${endpoint}${userPoolId}/.well-known/jwks.json`)).json();
    },
    async stop() {
      server.stdin.end();
      if (server.exitCode === null) await once(server, 'exit');
    },
  };
}
