/** Which proxy the environment names for a URL. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyFor } from '../src/doctor/proxy.js';

const URL = 'https://api.example.com/items';

test('the variable of the scheme, or that of all', () => {
  assert.equal(proxyFor(URL, {}), undefined);
  assert.equal(proxyFor(URL, { HTTPS_PROXY: '' }), undefined);
  assert.equal(proxyFor(URL, { HTTPS_PROXY: 'http://proxy' }), 'HTTPS_PROXY');
  assert.equal(proxyFor(URL, { https_proxy: 'http://proxy' }), 'https_proxy');
  assert.equal(proxyFor(URL, { ALL_PROXY: 'http://proxy' }), 'ALL_PROXY');
  assert.equal(proxyFor(URL, { HTTP_PROXY: 'http://proxy' }), undefined);
  assert.equal(proxyFor('http://api.example.com/', { HTTP_PROXY: 'http://proxy' }), 'HTTP_PROXY');
});

test('not for hosts that are left out, nor for this machine', () => {
  for (const out of ['*', 'example.com', '.example.com', 'other.test, api.example.com', 'API.EXAMPLE.COM:443', '*.example.com']) {
    assert.equal(proxyFor(URL, { HTTPS_PROXY: 'http://proxy', NO_PROXY: out }), undefined, out);
  }
  for (const out of ['', 'ample.com', 'api.example.com:8443', 'example.com.test']) {
    assert.equal(proxyFor(URL, { HTTPS_PROXY: 'http://proxy', NO_PROXY: out }), 'HTTPS_PROXY', out);
  }
  for (const host of ['localhost:3000', 'api.localhost', '127.0.0.1:3000', '[::1]']) {
    assert.equal(proxyFor(`http://${host}/`, { HTTP_PROXY: 'http://proxy' }), undefined, host);
  }
});
