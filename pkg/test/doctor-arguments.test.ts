/** The doctor's command line: what it is read into, and what is written to who gets it wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mistake, readArguments, type Command } from '../src/doctor/arguments.js';
import { WORDS } from '../src/doctor/words/index.js';

const URL = 'https://api.example.com/items';
const REST = ['doctor', URL, '--origin', 'https://app.example.com'];
const read = (given: string[], environment: Record<string, string> = {}) => readArguments(given, environment);

function doctor(extra: string[], environment?: Record<string, string>): Command & { command: 'doctor' } {
  const command = read([...REST, ...extra], environment);
  assert.ok(command.command === 'doctor');
  return command;
}

function mistake(given: string[], environment?: Record<string, string>): string {
  try {
    read(given, environment);
  } catch (error) {
    assert.ok(error instanceof Mistake, String(error));
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
  return assert.fail(`accepted ${given.join(' ')}`);
}

test('what is left out', () => {
  assert.deepEqual(doctor([]), {
    command: 'doctor',
    locale: 'en',
    request: { url: URL, origin: 'https://app.example.com', method: 'GET', headers: [], credentials: 'same-origin' },
    options: { engine: 'chromium', locale: 'en', send: 'safe', kind: undefined, auth: 'none' },
    tokenOnStdin: false,
    data: undefined,
    timeout: 10_000,
    tools: [],
    output: 'text',
    colour: 'auto',
  });
});

test('all of it', () => {
  const given =
    '--method put --header x-a:1 --header X-B:  --credentials include --token abc --kind rest-api --auth iam --engine firefox --data {} --send all --timeout 2.5 --tool sam --tool cdk --json --locale ja --no-color';
  assert.deepEqual(doctor(given.split(' ').map((word) => (word === '{}' ? '{"a":1}' : word)).filter(Boolean)), {
    command: 'doctor',
    locale: 'ja',
    request: {
      url: URL,
      origin: 'https://app.example.com',
      method: 'PUT',
      headers: [['x-a', '1'], ['X-B', ''], ['authorization', 'Bearer abc']],
      credentials: 'include',
    },
    options: { engine: 'firefox', locale: 'ja', send: 'all', kind: 'rest-api', auth: 'iam' },
    tokenOnStdin: false,
    data: '{"a":1}',
    timeout: 2500,
    tools: ['sam', 'cdk'],
    output: 'json',
    colour: 'never',
  });
});

test('a body makes it a POST', () => {
  assert.equal(doctor(['--data', 'x']).request.method, 'POST');
  assert.equal(doctor(['--data', '', '--method', 'DELETE']).request.method, 'DELETE');
});

test('a method is normalised as fetch does, which leaves patch alone', () => {
  for (const [given, sent] of [['delete', 'DELETE'], ['Post', 'POST'], ['patch', 'patch'], ['PATCH', 'PATCH']] as const) {
    assert.equal(doctor(['--method', given]).request.method, sent);
  }
});

test('a token comes from the option, from standard input or from the environment, and a header goes before the environment', () => {
  assert.deepEqual(doctor([], { GATEPASS_TOKEN: 'Bearer abc\n' }).request.headers, [['authorization', 'Bearer abc']]);
  assert.deepEqual(doctor(['--header', 'Authorization: own'], { GATEPASS_TOKEN: 'abc' }).request.headers, [['Authorization', 'own']]);
  const stdin = doctor(['--token', '-'], { GATEPASS_TOKEN: 'abc' });
  assert.deepEqual([stdin.tokenOnStdin, stdin.request.headers, stdin.options.auth], [true, [], 'bearer']);
});

test('what is attached is read from the headers', () => {
  assert.equal(doctor(['--token', 'abc']).options.auth, 'bearer');
  assert.equal(doctor(['--header', 'authorization: bearer abc']).options.auth, 'bearer');
  assert.equal(doctor(['--header', 'authorization: AWS4-HMAC-SHA256 Credential=…'.replace('…', 'x')]).options.auth, 'iam');
});

test('origins of all kinds of pages', () => {
  for (const origin of ['http://localhost:5173', 'https://[::1]:8443', 'null', 'capacitor://localhost', 'chrome-extension://abcdef']) {
    const command = read(['doctor', URL, '--origin', origin]);
    assert.ok(command.command === 'doctor');
    assert.equal(command.request.origin, origin);
  }
});

test('help and version, whatever else is there', () => {
  for (const given of [['--help'], ['-h'], ['doctor', '--help'], ['doctor', 'x', '-h']]) assert.equal(read(given).command, 'help');
  for (const given of [['--version'], ['-v']]) assert.equal(read(given).command, 'version');
});

test('the language is the option’s, else the environment’s', () => {
  assert.equal(read(['--help'], { LANG: 'ja_JP.UTF-8' }).locale, 'ja');
  assert.equal(read(['--help'], { LC_ALL: 'C', LANG: 'ja_JP.UTF-8' }).locale, 'en');
  assert.equal(read(['--help'], { LC_ALL: '', LC_MESSAGES: 'ja_JP', LANG: 'C' }).locale, 'ja');
  assert.equal(read(['--help', '--locale=en'], { LANG: 'ja_JP.UTF-8' }).locale, 'en');
  assert.match(mistake(['--locale', 'ja', 'doctor']), /URL がありません/);
});

test('a mistake is one line that says what to write', () => {
  for (const [given, words] of [
    [[], /write 'gatepass doctor <url> --origin <origin>'/],
    [['docter'], /no command 'docter'; write 'gatepass doctor/],
    [['doctor'], /URL is missing; write 'gatepass doctor https:/],
    [['doctor', 'api.example.com'], /'api\.example\.com' is not an absolute http or https URL; write one such as/],
    [['doctor', 'ftp://api.example.com/'], /not an absolute http or https URL/],
    [['doctor', 'file:///etc/passwd'], /not an absolute http or https URL/],
    [['doctor', URL], /write '--origin https:\/\/app\.example\.com'/],
    [['doctor', URL, '--origin', 'https://app.example.com/app'], /write '--origin https:\/\/app\.example\.com'/],
    [['doctor', URL, '--origin', 'https://app.example.com/'], /write '--origin https:\/\/app\.example\.com'/],
    [['doctor', URL, '--origin', 'HTTPS://App.example.com:443'], /write '--origin https:\/\/app\.example\.com'/],
    [['doctor', URL, '--origin', 'app.example.com'], /write '--origin https:\/\/app\.example\.com'/],
    [['doctor', URL, '--origin', '*'], /write '--origin https:\/\/app\.example\.com'/],
    [[...REST, 'x'], /'x' is one argument too many/],
    [[...REST, '--orign', 'x'], /no option '--orign'; write '--origin'/],
    [[...REST, '--xyzzy'], /no option '--xyzzy'; 'gatepass --help' lists them/],
    [[...REST, '-x'], /no option '-x'/],
    [[...REST, '--method'], /--method needs a value/],
    [['doctor', URL, '--origin', '--json'], /--origin needs a value/],
    [[...REST, '--json=yes'], /--json takes no value/],
    [[...REST, '--method', 'TRACE'], /--method takes GET, HEAD, POST, PUT, PATCH, DELETE, or OPTIONS, not 'TRACE'/],
    [[...REST, '--tool', 'pulumi'], /--tool takes console, sam, cloudformation, terraform, cdk, cli, or code, not 'pulumi'/],
    [[...REST, '--engine', 'opera'], /--engine takes chromium, firefox, webkit, or spec, not 'opera'/],
    [[...REST, '--credentials', 'yes'], /--credentials takes omit, same-origin, or include/],
    [[...REST, '--kind', 'alb'], /--kind takes http-api/],
    [[...REST, '--auth', 'jwt'], /--auth takes none/],
    [[...REST, '--send', 'no'], /--send takes safe or all/],
    [[...REST, '--locale', 'fr'], /--locale takes en or ja/],
    [[...REST, '--timeout', '0'], /--timeout takes a number of seconds from 0\.1 to 600, not '0'/],
    [[...REST, '--timeout', '10s'], /--timeout takes/],
    [[...REST, '--header', 'x-a'], /write --header 'content-type: application\/json'/],
    [[...REST, '--header', 'x a: b'], /HTTP does not allow the header 'x a'/],
    [[...REST, '--header', 'x-a: b\r\nc: d'], /HTTP does not allow the header 'x-a'/],
    [[...REST, '--header', 'Host: x'], /the browser lets no script set 'Host'/],
    [[...REST, '--header', 'Sec-Fetch-Mode: x'], /lets no script set/],
    [[...REST, '--header', 'Origin: https://b.test'], /write '--origin https:\/\/b\.test'/],
    [[...REST, '--header', 'Cookie: a=b'], /write '--credentials include'/],
    [[...REST, '--token', ''], /the token is empty/],
    [[...REST, '--token', 'a b'], /write the token alone/],
    [[...REST, '--token', 'a', '--header', 'authorization: b'], /write one of them/],
    [[...REST, '--data', 'x', '--method', 'GET'], /no body with GET/],
  ] as [string[], RegExp][]) {
    assert.match(mistake(given), words);
    // in Japanese too, and with the same things to write
    assert.match(mistake(given, { LANG: 'ja_JP.UTF-8' }), given.includes('fr') ? words : /[ぁ-ん]/);
  }
});

test('no secret is repeated in a mistake', () => {
  for (const given of [
    [...REST, '--header', 'c2VjcmV0'],
    [...REST, '--header', 'x-a: c2VjcmV0\nx'],
    [...REST, '--header', 'cookie: c2VjcmV0'],
    [...REST, '--token', 'c2VjcmV0 c2VjcmV0'],
    ['doctor', 'https//user:c2VjcmV0@api.example.com/', '--origin', 'https://a.test'],
    ['doctor', 'ftp://user:c2VjcmV0@api.example.com/', '--origin', 'https://a.test'],
  ]) {
    assert.doesNotMatch(mistake(given), /c2VjcmV0/);
  }
});

test('both languages tell of the same options and exit codes', () => {
  const told = (help: string) => [...help.matchAll(/--[a-z-]+|^ {2}\d(?= )|[a-z]+-[a-z]+/gm)].map(String).filter((word, index, all) => all.indexOf(word) === index).sort();
  assert.deepEqual(told(WORDS.ja.help), told(WORDS.en.help));
});
