/** Servers that answer with bytes of the test's own. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** Listens on loopback until the test ends. `answer` has each connection, and the head of the first request on it. */
export async function rawServer(t: TestContext, answer: (socket: Socket, head: string) => void, host = '127.0.0.1'): Promise<{ origin: string; heads: string[] }> {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let head = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      const known = head.includes('\r\n\r\n');
      head += chunk.toString('latin1');
      if (known || !head.includes('\r\n\r\n')) return;
      heads.push(head);
      answer(socket, head);
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, heads };
}

/** An answer as text, with a length. */
export function http(status: string, headers: Record<string, string | string[]> = {}, body = ''): string {
  const lines = Object.entries(headers).flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}\r\n`));
  return `HTTP/1.1 ${status}\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
