// Bytes to be hashed.

/** An `ArrayBuffer` or a view as bytes, without a copy. */
export const view = (bytes) =>
  ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes);

/** Whether the browser sends streams. Firefox makes a text of one. */
export const takesStreams = () =>
  !new Request('https://a', { method: 'POST', body: new ReadableStream(), duplex: 'half' }).headers.has('content-type');

/** A stream read to its end; `undefined` of one that is longer than `limit`. */
export const readToEnd = async (stream, limit) => {
  const reader = stream.getReader();
  const chunks = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    // Fetch, ReadableStream, "read all bytes".
    if (!(value instanceof Uint8Array)) throw new TypeError('A chunk of the body is no Uint8Array');
    length += value.length;
    if (length > limit) {
      reader.cancel().catch(() => undefined);
      return undefined;
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
};
