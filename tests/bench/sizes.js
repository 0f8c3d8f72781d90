// What a page downloads for each of the peers: bundled and minified with esbuild, compressed with brotli 11.
import { execFileSync } from 'node:child_process';
import { brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';

const PEERS = {
  'aws-amplify auth + api': `
    export { Amplify } from 'aws-amplify';
    export { signIn, confirmSignIn, signOut, fetchAuthSession } from 'aws-amplify/auth';
    export { get, post } from 'aws-amplify/api';`,
  'aws-amplify auth': `
    export { Amplify } from 'aws-amplify';
    export { signIn, confirmSignIn, signOut, fetchAuthSession } from 'aws-amplify/auth';`,
  'amazon-cognito-identity-js + aws4fetch': `
    export { CognitoUserPool, CognitoUser, AuthenticationDetails } from 'amazon-cognito-identity-js';
    export { AwsClient } from 'aws4fetch';`,
  'amazon-cognito-identity-js + credential provider + @smithy/signature-v4 + axios': `
    export { CognitoUserPool, CognitoUser, AuthenticationDetails } from 'amazon-cognito-identity-js';
    export { fromCognitoIdentityPool } from '@aws-sdk/credential-provider-cognito-identity';
    export { SignatureV4 } from '@smithy/signature-v4';
    export { HttpRequest } from '@smithy/protocol-http';
    export { Sha256 } from '@aws-crypto/sha256-js';
    export { default as axios } from 'axios';`,
  'auth0-spa-js': `export { createAuth0Client } from '@auth0/auth0-spa-js';`,
};

export const SIGNER = 'gatepass/sigv4, its module';

/** Bytes by what is bundled; ours are the page and the diagnosis of `cargo xtask build`. */
export async function sizes() {
  const measured = execFileSync(process.execPath, [new URL('../../pkg/scripts/sizes.mjs', import.meta.url).pathname], {
    encoding: 'utf8',
  });
  const ours = new Map(JSON.parse(measured).map(({ what, brotli }) => [what, brotli]));
  const rows = {
    gatepass: ours.get('page'),
    'gatepass, the diagnosis (en)': ours.get('diagnosis, en'),
    'gatepass, the diagnosis (ja)': ours.get('diagnosis, ja'),
    [SIGNER]: ours.get('sigv4 module'),
  };
  for (const [name, source] of Object.entries(PEERS)) rows[name] = await bundled(source);
  return rows;
}

async function bundled(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: new URL('.', import.meta.url).pathname },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    define: { global: 'globalThis' },
  });
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
  return outputFiles.reduce((sum, { contents }) => sum + brotliCompressSync(contents, options).length, 0);
}
