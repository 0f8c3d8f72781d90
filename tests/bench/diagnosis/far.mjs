// Servers that are some milliseconds away: a SOCKS proxy that hands everything on a little later.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** What goes to `near` (a port) is not held up, so that only the APIs are far. `milliseconds` is for the way there and back. */
export async function startDelay({ milliseconds, near }) {
  const sockets = new Set();
  const keep = (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  };
  const server = createServer((client) => {
    keep(client);
    const parts = reader(client);
    open(client, parts).then(
      ({ target, port }) => {
        keep(target);
        const delay = port === near ? 0 : milliseconds / 2;
        forward(client, target, delay, parts.rest());
        forward(target, client, delay);
      },
      () => client.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    for (const socket of sockets) socket.destroy();
    await once(server.close(), 'close');
  };
  return { port: server.address().port, stop };
}

/** The handshake of RFC 1928, as far as browsers use it: no authentication, CONNECT. */
async function open(client, parts) {
  const [, methods] = await parts.take(2);
  await parts.take(methods);
  client.write(Buffer.from([5, 0]));
  const [, , , type] = await parts.take(4);
  const host = type === 1 ? [...(await parts.take(4))].join('.') : String(await parts.take((await parts.take(1))[0]));
  const port = (await parts.take(2)).readUInt16BE();
  const target = connect(port, host === 'localhost' ? '127.0.0.1' : host);
  target.on('error', () => client.destroy());
  await once(target, 'connect');
  client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
  return { target, port };
}

/** Takes bytes off a socket by the number. */
function reader(socket) {
  let held = Buffer.alloc(0);
  let wanted;
  const serve = () => {
    if (!wanted || held.length < wanted.length) return;
    const { length, resolve } = wanted;
    wanted = undefined;
    resolve(held.subarray(0, length));
    held = held.subarray(length);
  };
  const onData = (bytes) => {
    held = Buffer.concat([held, bytes]);
    serve();
  };
  socket.on('data', onData);
  return {
    take: (length) =>
      new Promise((resolve) => {
        wanted = { length, resolve };
        serve();
      }),
    rest: () => {
      socket.off('data', onData);
      return held;
    },
  };
}

function forward(from, to, delay, first = Buffer.alloc(0)) {
  // Timers of one length fire in the order in which they were set.
  const later = delay > 0 ? (run) => setTimeout(run, delay) : (run) => run();
  const write = (bytes) => later(() => to.writable && to.write(bytes));
  if (first.length > 0) write(first);
  from.on('data', write);
  from.on('end', () => later(() => to.end()));
  from.on('close', () => later(() => to.destroy()));
}
