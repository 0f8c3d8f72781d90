#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { exchangeModule } from '../exchange-module.js';
import { main } from './main.js';

const { stdin, stdout, stderr } = process;

async function readAll(): Promise<string> {
  let text = '';
  for await (const chunk of stdin.setEncoding('utf8')) text += String(chunk);
  return text;
}

// Whoever reads may stop reading: `gatepass … | head`.
stdout.on('error', () => process.exit());

const code = await main(
  {
    arguments: process.argv.slice(2),
    environment: process.env,
    // Some terminals do not know their width.
    columns: stdout.isTTY ? (stdout.columns > 0 ? stdout.columns : 80) : undefined,
    stdin: readAll,
    stdout: (text) => stdout.write(text),
    stderr: (line) => stderr.write(line),
  },
  () => (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version,
  async () => (await exchangeModule()).module,
);
// A look-up of a host name that is still under way would keep the process.
stdout.write('', () => process.exit(code));
