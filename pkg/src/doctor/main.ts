/** The command, from its arguments to its exit code. */
import type { ExchangeModule } from '../exchange-types.js';
import { bearer, Mistake, readArguments, type Command } from './arguments.js';
import { examine } from './examination.js';
import { COLOURS, PLAIN } from './layout.js';
import { proxyFor } from './proxy.js';
import { render } from './render.js';
import { EXIT_CODE, verdictOf, withDoubt } from './verdict.js';
import { sendWithin } from './wire.js';
import { WORDS } from './words/index.js';

/** What the command has of its process. */
export interface Terminal {
  arguments: string[];
  environment: Record<string, string | undefined>;
  /** Columns, where standard output is a terminal. */
  columns: number | undefined;
  stdin: () => Promise<string>;
  stdout: (text: string) => void;
  stderr: (line: string) => void;
}

const WRONG = 2;
/** A column of text that is wider is hard to read. */
const WIDEST = 110;

/** Runs the command and gives its exit code. */
export async function main(terminal: Terminal, version: () => string, load: () => Promise<ExchangeModule>): Promise<number> {
  let command: Command | undefined;
  try {
    command = readArguments(terminal.arguments, terminal.environment);
    switch (command.command) {
      case 'help':
        terminal.stdout(WORDS[command.locale].help);
        return 0;
      case 'version':
        terminal.stdout(`${version()}\n`);
        return 0;
      case 'doctor':
        return await doctor(command, terminal, load);
    }
  } catch (error) {
    const message = error instanceof Mistake ? error.message : WORDS[command?.locale ?? 'en'].broken(String(error));
    terminal.stderr(`gatepass: ${message}\n`);
    return WRONG;
  }
}

async function doctor(command: Command & { command: 'doctor' }, terminal: Terminal, load: () => Promise<ExchangeModule>): Promise<number> {
  const { options, data, timeout, tools } = command;
  const words = WORDS[command.locale];
  const token = command.tokenOnStdin ? [bearer(await terminal.stdin(), words)] : [];
  const request = { ...command.request, headers: [...command.request.headers, ...token] };
  const module = await load();
  const send = sendWithin(timeout);
  const seen = await examine(module, request, options, (step) => send(step, data));
  const proxy = verdictOf(seen).ending === 'unreachable' ? proxyFor(request.url, terminal.environment) : undefined;
  const report = proxy === undefined ? seen : withDoubt(seen);
  if (command.output === 'json') {
    terminal.stdout(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const colour = command.colour === 'auto' && terminal.columns !== undefined && terminal.environment['TERM'] !== 'dumb';
    const page = { width: Math.min(terminal.columns ?? WIDEST, WIDEST), paint: colour ? COLOURS : PLAIN, words };
    terminal.stdout(render(report, { method: request.method, engine: options.engine, tools }, page));
  }
  if (proxy !== undefined) terminal.stderr(`gatepass: ${words.proxied(proxy)}\n`);
  return EXIT_CODE[verdictOf(report).ending];
}
