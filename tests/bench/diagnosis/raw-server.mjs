// Servers on loopback that write exactly the bytes they are told: duplicate headers, odd values, answers cut off.
import { once } from 'node:events';
import { createServer } from 'node:net';

const PAGE = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>bench</title>';
const BODILESS = new Set([204, 205, 304]);

/**
 * Three origins that share one script: path → `{ preflight, response }`, each `{ status, headers, body }` or nothing (the connection is
 * closed without an answer). `seen` has what arrived, in order.
 */
export async function startRawServers() {
  const script = new Map();
  const seen = [];
  const sockets = new Set();
  const servers = await Promise.all(['127.0.0.1', '127.0.0.1', 'localhost'].map((host) => listen(host, script, seen, sockets)));
  const [page, api, other] = servers.map(({ origin }) => origin);
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.map(({ server }) => once(server.close(), 'close')));
  };
  return { page, api, other, script, seen, stop };
}

async function listen(host, script, seen, sockets) {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A browser that gives a connection up resets it.
    socket.on('error', () => undefined);
    let received = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      for (let request = takeRequest(received); request; request = takeRequest(received)) {
        received = request.rest;
        seen.push(request);
        answer(socket, request, script);
      }
    });
  });
  // A browser's `localhost` may be either of the loopback addresses.
  server.listen(0, host === 'localhost' ? '::' : host);
  await once(server, 'listening');
  return { server, origin: `http://${host}:${server.address().port}` };
}

/** The first whole request, and what comes after it. */
function takeRequest(received) {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line, ...fields] = received.toString('latin1', 0, end).split('\r\n');
  const headers = fields.map((field) => {
    const colon = field.indexOf(':');
    return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
  });
  const length = Number(headers.find(([name]) => name === 'content-length')?.[1] ?? 0);
  const bodyEnd = end + 4 + length;
  if (received.length < bodyEnd) return undefined;
  const [method, path] = line.split(' ');
  return { method, path, headers, rest: received.subarray(bodyEnd) };
}

function answer(socket, { method, path, headers }, script) {
  if (path === '/') return socket.write(bytesOf({ status: 200, headers: [['content-type', 'text/html']], body: PAGE }, method), 'latin1');
  const asks = method === 'OPTIONS' && headers.some(([name]) => name === 'access-control-request-method');
  const scripted = script.get(path);
  const told = scripted?.[asks ? 'preflight' : 'response'];
  if (!told) return socket.destroy();
  socket.write(bytesOf(told, method), 'latin1');
  if (scripted.close) socket.end();
}

function bytesOf({ status, headers, body = '' }, method) {
  const bodiless = BODILESS.has(status);
  const length = bodiless ? [] : [`content-length: ${Buffer.byteLength(body, 'latin1')}`];
  const lines = [`HTTP/1.1 ${status} Scripted`, ...headers.map(([name, value]) => `${name}: ${value}`), ...length];
  return `${lines.join('\r\n')}\r\n\r\n${bodiless || method === 'HEAD' ? '' : body}`;
}
