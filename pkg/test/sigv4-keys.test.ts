/** `gatepass/sigv4` does not keep secrets for as long as the page lives. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { builtSigv4, builtSigv4Module } from './built.js';

const { signRequest } = await builtSigv4();
const { signerModule } = await builtSigv4Module();

const sign = (secretAccessKey: string) =>
  signRequest({ url: 'https://example.amazonaws.com/' }, { credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey }, region: 'us-east-1', service: 'service' });

test('a secret that does not sign is wiped', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { module } = await signerModule();
    const pass = () => {
      mock.timers.tick(5 * 60_000);
    };
    await sign('one');
    await sign('another');
    pass();
    await sign('another');
    pass();
    // What was used since is kept, once; of the other nothing was left.
    assert.equal(module.forgetKeys(), 0);
    await sign('another');
    assert.equal(module.forgetKeys(), 1);
    await sign('another');
    pass();
    assert.equal(module.forgetKeys(), 0);
    // Nothing was left, so nothing was waited for: signing begins to look anew.
    pass();
    await sign('another');
    pass();
    assert.equal(module.forgetKeys(), 0);
  } finally {
    mock.timers.reset();
  }
});
