/** The command line, read into what is to be done, or refused with one line that says what to write. */
import { parseArgs } from 'node:util';
import { FORBIDDEN_HEADER, isClose } from '../config.js';
import type { ExaminationOptions, ExchangeRequest, HeaderPairs } from '../exchange-types.js';
import type { Auth, Fix, Locale, RouteKind } from '../types.js';

import { WORDS, type Words } from './words/index.js';

type Header = HeaderPairs[number];
export type Tool = Fix['tool'];

/** What is to be done. */
export type Command = { locale: Locale } & (
  | { command: 'help' | 'version' }
  | {
      command: 'doctor';
      request: Required<Pick<ExchangeRequest, 'url' | 'origin' | 'method' | 'headers' | 'credentials'>>;
      options: Required<Pick<ExaminationOptions, 'engine' | 'locale' | 'send' | 'auth'>> & Pick<ExaminationOptions, 'kind'>;
      /** The token is still to be read. */
      tokenOnStdin: boolean;
      data: string | undefined;
      /** In milliseconds. */
      timeout: number;
      /** Those whose fixes are wanted; none: whatever helps most. */
      tools: Tool[];
      output: 'text' | 'json';
      colour: 'auto' | 'never';
    }
);

/** The command line is wrong: the message says what to write. */
export class Mistake extends Error {}

const OPTIONS = {
  origin: 'value',
  method: 'value',
  header: 'value',
  token: 'value',
  credentials: 'value',
  data: 'value',
  send: 'value',
  kind: 'value',
  auth: 'value',
  engine: 'value',
  tool: 'value',
  locale: 'value',
  timeout: 'value',
  json: 'flag',
  'no-color': 'flag',
  help: 'flag',
  version: 'flag',
} as const;
type Option = keyof typeof OPTIONS;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const KINDS = ['http-api', 'rest-api', 'function-url', 'cloudfront', 'sam-local', 'localstack', 'custom'] as const satisfies RouteKind[];
const AUTHS = ['none', 'bearer', 'iam'] as const satisfies Auth[];
const ENGINES = ['chromium', 'firefox', 'webkit', 'spec'] as const;
export const TOOLS = ['console', 'sam', 'cloudformation', 'terraform', 'cdk', 'cli', 'code'] as const satisfies Tool[];

type Environment = Record<string, string | undefined>;

/** Reads the arguments after `node gatepass`. Throws a {@link Mistake}. */
export function readArguments(given: string[], environment: Environment): Command {
  const locale = localeOf(given, environment);
  const words = WORDS[locale];
  const { all, last, has, rest } = readOptions(given, words);
  const choose = <T extends string>(name: Option, names: readonly T[]) => {
    const got = last(name);
    return got === undefined ? undefined : oneOf(words, name, names, got);
  };
  choose('locale', ['en', 'ja']);

  if (has('help')) return { command: 'help', locale };
  if (has('version')) return { command: 'version', locale };
  const [command, url, tooMany] = rest;
  if (command === undefined) throw new Mistake(words.noCommand);
  if (command !== 'doctor') throw new Mistake(words.unknownCommand(command));
  if (tooMany !== undefined) throw new Mistake(words.oneTooMany(tooMany));

  const data = last('data');
  const method = methodOf(last('method') ?? (data === undefined ? 'GET' : 'POST'), words);
  if (data !== undefined && /^(?:GET|HEAD)$/.test(method)) throw new Mistake(words.bodyOfGet(method));
  const headers = all('header').map((text) => header(text, words));
  const authorization = headers.find(([name]) => /^authorization$/i.test(name))?.[1];
  const token = last('token');
  if (authorization !== undefined && token !== undefined) throw new Mistake(words.twoTokens);
  const inherited = environment['GATEPASS_TOKEN'] === '' ? undefined : environment['GATEPASS_TOKEN'];
  const used = authorization === undefined ? (token ?? inherited) : undefined;
  const tokenOnStdin = token === '-';
  return {
    command,
    locale,
    request: {
      url: urlOf(url, words),
      origin: originOf(last('origin'), words),
      method,
      headers: used !== undefined && !tokenOnStdin ? [...headers, bearer(used, words)] : headers,
      credentials: choose('credentials', ['omit', 'same-origin', 'include']) ?? 'same-origin',
    },
    options: {
      engine: choose('engine', ENGINES) ?? 'chromium',
      locale,
      send: choose('send', ['safe', 'all']) ?? 'safe',
      kind: choose('kind', KINDS),
      auth: choose('auth', AUTHS) ?? authOf(authorization, used),
    },
    tokenOnStdin,
    data,
    timeout: timeoutOf(last('timeout') ?? '10', words),
    tools: all('tool').map((name) => oneOf(words, 'tool', TOOLS, name)),
    output: has('json') ? 'json' : 'text',
    colour: has('no-color') || environment['NO_COLOR'] ? 'never' : 'auto',
  };
}

/** The header that a token becomes. */
export function bearer(token: string, words: Words): Header {
  const text = token.trim().replace(/^Bearer +/i, '');
  if (!text) throw new Mistake(words.emptyToken);
  if (!/^[\w.~+/=-]+$/.test(text)) throw new Mistake(words.badToken);
  return ['authorization', `Bearer ${text}`];
}

/** In whose words a mistake is told. */
function localeOf(given: string[], { LC_ALL, LC_MESSAGES, LANG }: Environment): Locale {
  const at = given.findLastIndex((argument) => /^--locale(?:=|$)/.test(argument));
  const asked = given[at]?.split('=')[1] ?? (at < 0 ? undefined : given[at + 1]);
  const locale = asked ?? [LC_ALL, LC_MESSAGES, LANG].find((value) => value);
  return locale?.startsWith('ja') ? 'ja' : 'en';
}

function readOptions(given: string[], words: Words) {
  const { tokens } = parseArgs({
    args: given,
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: {
      ...Object.fromEntries(Object.entries(OPTIONS).map(([name, takes]) => [name, { type: takes === 'value' ? 'string' : 'boolean' } as const])),
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
  });
  const read: { name: Option; value: string }[] = [];
  const rest: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (!isOption(name)) throw new Mistake(words.unknownOption(rawName, closest(rawName)));
    if (OPTIONS[name] === 'flag' && value !== undefined) throw new Mistake(words.takesNone(rawName));
    // What looks like the next option is that, and no value.
    const missing = value === undefined || (!token.inlineValue && /^--./.test(value));
    if (OPTIONS[name] === 'value' && missing) throw new Mistake(words.needsValue(rawName));
    read.push({ name, value: value ?? '' });
  }
  const all = (name: Option) => read.filter((option) => option.name === name).map(({ value }) => value);
  return { rest, all, last: (name: Option) => all(name).at(-1), has: (name: Option) => all(name).length > 0 };
}

function isOption(name: string): name is Option {
  return Object.hasOwn(OPTIONS, name);
}

function closest(rawName: string): string | undefined {
  const option = Object.keys(OPTIONS).find((name) => isClose(`--${name}`, rawName.toLowerCase(), 2));
  return option && `--${option}`;
}

function oneOf<T extends string>(words: Words, name: Option, names: readonly T[], got: string): T {
  const found = names.find((each) => each === got);
  if (found === undefined) throw new Mistake(words.oneOf(`--${name}`, got, names));
  return found;
}

function urlOf(text: string | undefined, words: Words): string {
  if (text === undefined) throw new Mistake(words.noUrl);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // A password in a URL that cannot be read stays out of the message.
  if (!url || !/^https?:$/.test(url.protocol)) throw new Mistake(words.notAUrl(text.replace(/\/\/.*@/s, '//…@')));
  return url.href;
}

/** https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin, and what apps in shells have (capacitor://localhost). */
function originOf(text: string | undefined, words: Words): string {
  if (text === undefined) throw new Mistake(words.noOrigin);
  if (text === 'null') return text;
  const [meant] = /^[a-z][a-z\d+.-]*:\/\/[^/?#@\s]+/i.exec(text) ?? [];
  const url = meant !== undefined && URL.canParse(meant) ? new URL(meant) : undefined;
  const origin = url && (/^https?:$/.test(url.protocol) ? url.origin : meant);
  if (text !== origin) throw new Mistake(words.notAnOrigin(text, origin ?? 'https://app.example.com'));
  return text;
}

function methodOf(text: string, words: Words): string {
  const method = METHODS.find((each) => each === text.toUpperCase());
  if (!method) throw new Mistake(words.oneOf('--method', text, METHODS));
  // https://fetch.spec.whatwg.org/#concept-method-normalize
  return method === 'PATCH' ? text : method;
}

function header(text: string, words: Words): Header {
  const [, name, value] = /^([^:]+):(.*)$/s.exec(text) ?? [];
  // Without a colon it may be a value alone, and secret.
  if (name === undefined || value === undefined) throw new Mistake(words.notAHeader);
  const trimmed: [string, string] = [name.trim(), value.trim()];
  try {
    new Headers([trimmed]);
  } catch {
    throw new Mistake(words.badHeader(trimmed[0]));
  }
  if (/^origin$/i.test(trimmed[0])) throw new Mistake(words.headerOfOption(trimmed[0], `--origin ${trimmed[1]}`));
  if (/^cookie$/i.test(trimmed[0])) throw new Mistake(words.headerOfOption(trimmed[0], '--credentials include'));
  if (FORBIDDEN_HEADER.test(trimmed[0])) throw new Mistake(words.forbiddenHeader(trimmed[0]));
  return trimmed;
}

function authOf(authorization: string | undefined, token: string | undefined): Auth {
  if (token !== undefined || /^Bearer /i.test(authorization ?? '')) return 'bearer';
  return authorization?.startsWith('AWS4-') ? 'iam' : 'none';
}

function timeoutOf(text: string, words: Words): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds < 0.1 || seconds > 600) throw new Mistake(words.notATime(text));
  return seconds * 1000;
}
