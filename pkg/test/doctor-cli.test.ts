/** The command as a shell runs it, with the module that is in the package. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Report } from '../src/exchange-types.js';
import { CLI } from './built.js';
import { http, rawServer } from './raw-server.js';

const ORIGIN = 'https://app.example.com';
const SECRET = 'secret-token-of-hanako';

interface Run {
  code: unknown;
  stdout: string;
  stderr: string;
}

async function run(given: string[], { input = '', environment = {} }: { input?: string; environment?: Record<string, string> } = {}): Promise<Run> {
  const child = spawn(process.execPath, [CLI, ...given], { env: { PATH: process.env['PATH'], LANG: 'C', ...environment } });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) child[stream].setEncoding('utf8').on('data', (text: string) => (said[stream] += text));
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as unknown[];
  return { code, ...said };
}

const doctor = (url: string, ...rest: string[]) => run(['doctor', url, '--origin', ORIGIN, ...rest]);

const CORS = { 'access-control-allow-origin': ORIGIN, 'access-control-allow-headers': 'authorization,x-api-key', 'access-control-allow-methods': 'GET,POST' };
const api = (t: Parameters<typeof rawServer>[0], answer: string, preflight = http('204 No Content', CORS)) =>
  rawServer(t, (socket, head) => socket.end(head.startsWith('OPTIONS') ? preflight : answer));

test('0: the page may read the answer', async (t) => {
  const { origin } = await api(t, http('200 OK', CORS, '{}'));
  const { code, stdout, stderr } = await doctor(`${origin}/items`, '--token', SECRET);
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^ok\[answered\].*\nok: the page may read the answer \(200\)\n$/s);
});

test('1: the browser blocks the call', async (t) => {
  const { origin } = await api(t, http('200 OK', { 'apigw-requestid': 'abc' }, '{}'));
  const { code, stdout, stderr } = await doctor(`${origin}/items`);
  assert.deepEqual([code, stderr], [1, '']);
  assert.match(stdout, /^error\[[a-z-]+\]: .*\n {3}\| {32}\^{9} must be https:\/\/app\.example\.com\n.*\nfix: .*\nerror: Chromium blocks this call: MissingAllowOriginHeader\n$/s);
});

test('2: the command line is wrong', async () => {
  for (const given of [[], ['doctor', 'ftp://x/'], ['doctor', 'http://127.0.0.1:1/', '--origin', `${ORIGIN}/app`], ['doctor', 'http://127.0.0.1:1/', '--origin', ORIGIN, '--tool', 'x']]) {
    const { code, stdout, stderr } = await run(given);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^gatepass: .+\n$/);
  }
});

test('3: the page may read an error', async (t) => {
  const { origin } = await api(t, http('404 Not Found', { ...CORS, 'apigw-requestid': 'abc' }, '{"message":"Not Found"}'));
  const { code, stdout } = await doctor(`${origin}/items`);
  assert.equal(code, 3);
  assert.match(stdout, /^warning\[not-found\].*\nwarning: the page may read the answer, but its status is 404\n$/s);
});

test('4: nothing answered', async () => {
  const { code, stdout } = await doctor('http://127.0.0.1:1/items');
  assert.equal(code, 4);
  assert.match(stdout, /! nobody listens there.*\nerror: nothing answered\n$/s);
});

test('where the environment names a proxy, a server that cannot be reached is no certain finding', async () => {
  const environment = { HTTPS_PROXY: 'http://user:secret@proxy.invalid:3128' };
  const { code, stdout, stderr } = await run(['doctor', 'https://nobody.invalid/', '--origin', ORIGIN, '--json'], { environment });
  assert.equal((JSON.parse(stdout) as Report).diagnosis.verdict, 'likely');
  assert.equal(code, 4);
  assert.match(stderr, /^gatepass: HTTPS_PROXY is set, and the doctor does not use it/);
  assert.doesNotMatch(stderr, /secret/);
  const own = await run(['doctor', 'https://nobody.invalid/', '--origin', ORIGIN, '--json'], { environment: { ...environment, NO_PROXY: '.invalid' } });
  assert.deepEqual([(JSON.parse(own.stdout) as Report).diagnosis.verdict, own.stderr], ['certain', '']);
});

test('help and version', async () => {
  const help = await run(['--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /Usage: gatepass doctor <url>.*Exit codes:/s);
  const version = await run(['--version']);
  assert.deepEqual([version.code, /^\d+\.\d+\.\d+\n$/.test(version.stdout)], [0, true]);
});

test('what is not a terminal gets no escape, and no token is ever printed', async (t) => {
  const { origin, heads } = await api(t, http('200 OK', CORS));
  for (const extra of [[], ['--json'], ['--locale', 'ja']]) {
    const { stdout } = await doctor(`${origin}/items?X-Amz-Security-Token=${SECRET}&X-Amz-Signature=${SECRET}`, '--token', SECRET, '--header', `x-api-key: ${SECRET}`, ...extra);
    assert.ok(!stdout.includes('\x1b') && !stdout.includes(SECRET), stdout);
  }
  assert.ok(heads.some((head) => head.includes(`authorization: Bearer ${SECRET}`) && head.includes(`x-api-key: ${SECRET}`)));
});

test('what may be a secret in a URL or in a redirect is not printed', async (t) => {
  const { origin } = await api(t, http('302 Found', { ...CORS, location: `/next?code=${SECRET}&state=1#access_token=${SECRET}` }));
  for (const extra of [[], ['--json']]) {
    const { stdout } = await doctor(`${origin}/items?token=${SECRET}#${SECRET}`, ...extra);
    assert.match(stdout, /token=/);
    assert.ok(!stdout.includes(SECRET), stdout);
  }
});

test('a token from standard input and from the environment', async (t) => {
  const { origin, heads } = await api(t, http('200 OK', CORS));
  await run(['doctor', origin, '--origin', ORIGIN, '--token', '-'], { input: 'from-stdin\n' });
  await run(['doctor', origin, '--origin', ORIGIN], { environment: { GATEPASS_TOKEN: 'from-environment' } });
  const sent = heads.map((head) => /authorization: (.*)\r/.exec(head)?.[1]).filter(Boolean);
  assert.deepEqual(sent, ['Bearer from-stdin', 'Bearer from-environment']);
  const empty = await run(['doctor', origin, '--origin', ORIGIN, '--token', '-'], { input: '\n' });
  assert.deepEqual([empty.code, empty.stdout], [2, '']);
});

test('the report as JSON', async (t) => {
  const gateway = { ...CORS, 'apigw-requestid': 'abc' };
  const { origin } = await api(t, http('200 OK', gateway), http('204 No Content', gateway));
  const { code, stdout } = await doctor(`${origin}/items`, '--header', 'x-team: blue', '--json');
  const report = JSON.parse(stdout) as Report;
  const said = [code, report.outcome, report.corsError, report.failedParameter, report.diagnosis.verdict];
  assert.deepEqual(said, [1, 'blocked', 'HeaderDisallowedByPreflightResponse', 'x-team', 'certain']);
  assert.equal(report.steps[0]?.request.url, `${origin}/items`);
});

test('in Japanese, by option and by environment', async (t) => {
  const { origin } = await api(t, http('200 OK', {}));
  const asked = await doctor(origin, '--locale', 'ja');
  const inherited = await run(['doctor', origin, '--origin', ORIGIN], { environment: { LANG: 'ja_JP.UTF-8' } });
  for (const { stdout } of [asked, inherited]) assert.match(stdout, /呼び出し元のページ.*直し方.*ブロックします/s);
});

test('only the fixes of the tool that was asked for', async (t) => {
  const { origin } = await api(t, http('200 OK', { 'apigw-requestid': 'abc' }));
  const { stdout } = await doctor(origin, '--kind', 'http-api', '--tool', 'terraform');
  assert.match(stdout, /\nfix: Terraform\n\n {4}.*allow_origins/s);
  assert.deepEqual(stdout.match(/^fix: .*/gm), ['fix: Terraform']);
});

test('a call that can change something is asked as a GET, and the text says so; or sent, if that is wanted', async (t) => {
  const { origin, heads } = await api(t, http('200 OK', CORS));
  const safe = await doctor(`${origin}/items`, '--data', '{"a":1}', '--token', SECRET);
  assert.match(safe.stdout, /> GET .*\(in the place of POST; --send all sends that\)/);
  assert.doesNotMatch(heads.join(''), /^POST|"a"/m);
  assert.match(heads.join(''), /^Access-Control-Request-Method: POST\r$/im);
  heads.length = 0;
  await doctor(`${origin}/items`, '--data', '{"a":1}', '--send', 'all', '--token', SECRET);
  assert.match(heads.join(''), /^POST \/items HTTP\/1\.1\r[^]*content-length: 7\r/im);
});

test('who stops reading ends the command in peace', async (t) => {
  const { origin } = await api(t, http('200 OK', {}));
  const child = spawn(process.execPath, [CLI, 'doctor', origin, '--origin', ORIGIN, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (text) => (stderr += String(text)));
  await once(child, 'close');
  assert.equal(stderr, '');
});

test('a bad server is a finding, within the time limit', async (t) => {
  const servers: [string, Parameters<typeof rawServer>[1], number][] = [
    ['hangs', () => undefined, 4],
    ['drops OPTIONS', (socket, head) => head.startsWith('GET') && socket.end(http('200 OK', CORS)), 1],
    ['drips', (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx-');
      const drip = setInterval(() => socket.write('x'), 20);
      socket.on('close', () => { clearInterval(drip); });
    }, 4],
    ['resets', (socket) => socket.resetAndDestroy(), 4],
    ['answers garbage', (socket) => socket.end('\u0000\u00ff garbage \r\n\r\n'), 4],
    ['has thousands of headers', (socket) => socket.end(http('200 OK', Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`x-${index}`, 'v'])))), 1],
    ['has a header without end', (socket) => socket.end(http('200 OK', { 'x-a': 'a'.repeat(400_000) })), 4],
    ['redirects for ever', (socket, head) => {
      const number = Number(/\/(\d+) /.exec(head)?.[1] ?? 0);
      socket.end(http('302 Found', { 'access-control-allow-origin': '*', location: `/${number + 1}` }));
    }, 1],
    ['redirects to itself', (socket) => socket.end(http('307 Temporary Redirect', { 'access-control-allow-origin': '*', location: '/' })), 1],
  ];
  await Promise.all(
    servers.map(async ([badness, answer, expected]) => {
      const { origin } = await rawServer(t, answer);
      const { code, stdout, stderr } = await doctor(origin, '--timeout', /^(?:hangs|drips|drops)/.test(badness) ? '2' : '30', ...(badness === 'drops OPTIONS' ? ['--token', 'x'] : []));
      assert.deepEqual([code, stderr], [expected, ''], `${badness}: ${stdout}${stderr}`);
      assert.match(stdout, /^error\[[a-z-]+\]: ./, badness);
      assert.ok(stdout.split('\n').length < 200, badness);
    }),
  );
});
