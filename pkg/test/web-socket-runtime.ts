/** A socket and a clock of a test's own, for the WebSocket helper. */

/** What the browser would do with it, the test does. */
export class FakeSocket {
  static made: FakeSocket[] = [];
  readyState = 0;
  protocol = '';
  extensions = '';
  bufferedAmount = 0;
  binaryType = 'blob';
  readonly sent: unknown[] = [];
  closed: unknown[] | undefined;
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    if (url.includes('refused-by-browser')) throw new DOMException(`The URL '${url}' is invalid.`, 'SyntaxError');
    FakeSocket.made.push(this);
  }
  send(data: unknown) {
    this.sent.push(data);
  }
  close(...how: unknown[]) {
    if (how[0] === 1) throw new DOMException('', 'InvalidAccessError');
    this.closed = how;
  }
  open(protocol = '') {
    this.protocol = protocol;
    this.onopen?.(new Event('open'));
  }
  end(code: number, reason = '') {
    // Node has no CloseEvent before version 23.
    this.onclose?.(Object.assign(new Event('close'), { code, reason, wasClean: code !== 1006 }));
  }
  message(data: unknown) {
    this.onmessage?.(new MessageEvent('message', { data, origin: 'wss://abc123' }));
  }
}

export class FakeClock {
  now = 0;
  #timers: { at: number; run: () => void }[] = [];
  setTimeout = (run: () => void, milliseconds: number) => {
    const timer = { at: this.now + milliseconds, run };
    this.#timers.push(timer);
    return timer;
  };
  clearTimeout = (timer: unknown) => {
    this.#timers = this.#timers.filter((other) => other !== timer);
  };
  get waiting() {
    return this.#timers.length;
  }
  async pass(milliseconds: number) {
    const end = this.now + milliseconds;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.now = next.at;
      this.clearTimeout(next);
      next.run();
      await settled();
    }
    this.now = end;
  }
}

/** All that waits for nothing but a promise has run. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
