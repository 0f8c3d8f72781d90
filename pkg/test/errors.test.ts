import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { GatepassFailure } from '../src/errors.js';
import { createClient, diagnosisOf, isGatepassError } from '../src/index.js';

test("the error codes are those of the core, and the WebSocket helper's own", () => {
  const rust = /fn as_str[\s\S]*?\n {4}\}/.exec(readFileSync('../src/error.rs', 'utf8'))?.[0] ?? '';
  const face = /type GatepassErrorCode =[^;]*/.exec(readFileSync('src/types.ts', 'utf8'))?.[0] ?? '';
  const core = [...rust.matchAll(/=> "([^"]+)"/g)].map(([, code]) => code).sort();
  assert.ok(core.length > 20);
  const codes = [...core, 'handshake-refused', 'not-connected'].sort();
  assert.deepEqual([...face.matchAll(/'([^']+)'/g)].map(([, code]) => code).sort(), codes);
});

test('the page of errors lists every code', () => {
  const page = readFileSync('../docs/errors.md', 'utf8');
  const face = /type GatepassErrorCode =[^;]*/.exec(readFileSync('src/types.ts', 'utf8'))?.[0] ?? '';
  const listed = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code).sort();
  assert.deepEqual(listed, [...face.matchAll(/'([^']+)'/g)].map(([, code]) => code).sort());
});

test('the codes of findings are those of the diagnosis', () => {
  const rust = readFileSync('../src/diagnosis/code.rs', 'utf8');
  const face = /type FindingCode =[^;]*/.exec(readFileSync('src/diagnosis-types.ts', 'utf8'))?.[0] ?? '';
  const diagnosis = [...rust.matchAll(/^ {4}\w+ = "([^"]+)"/gm)].map(([, code]) => code).sort();
  assert.ok(diagnosis.length > 20);
  assert.deepEqual([...face.matchAll(/'([^']+)'/g)].map(([, code]) => code).sort(), diagnosis);
});

test('an error of the SDK is an Error', () => {
  const error = new GatepassFailure('network', 'What happened.', 'What to do.', true, 'why');
  assert.ok(error instanceof Error);
  assert.deepEqual(
    { name: error.name, code: error.code, message: error.message, help: error.help, retryable: error.retryable, cause: error.cause },
    { name: 'GatepassError', code: 'network', message: 'What happened.', help: 'What to do.', retryable: true, cause: 'why' },
  );
  assert.match(error.stack ?? '', /^GatepassError: What happened\./);
});

test('isGatepassError tells by name and code, in any realm', () => {
  assert.ok(isGatepassError(new GatepassFailure('network', '', '')));
  assert.ok(isGatepassError(runInNewContext("Object.assign(new Error('x'), { name: 'GatepassError', code: 'network' })")));
  for (const other of [null, undefined, 'GatepassError', new Error('x'), { name: 'GatepassError' }, new TypeError('x')]) {
    assert.equal(isGatepassError(other), false);
  }
  try {
    createClient(JSON.parse('[]') as object);
    assert.fail('an array was taken');
  } catch (error) {
    assert.ok(isGatepassError(error));
  }
});

test('diagnosisOf looks through causes, and ends', () => {
  const diagnosis = { verdict: 'certain' };
  const diagnosed = Object.assign(new TypeError('Failed to fetch (…)'), { diagnosis });
  assert.equal(diagnosisOf(diagnosed), diagnosis);
  assert.equal(diagnosisOf(new Error('x', { cause: new Error('y', { cause: diagnosed }) })), diagnosis);
  const circular = new Error('x');
  circular.cause = circular;
  for (const other of [circular, null, undefined, 'x', new Error('x')]) assert.equal(diagnosisOf(other), undefined);
});
