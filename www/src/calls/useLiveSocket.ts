import { type Client, isGatepassError } from 'gatepass';
import { connectWebSocket, type GatepassWebSocket } from 'gatepass/websocket';
import { useEffect, useRef, useState } from 'react';

/** Something that was heard of the connection. */
export type Line = { id: number } & (
  | { kind: 'open' }
  | { kind: 'message'; body: string; connection: string }
  | { kind: 'reconnecting'; code: number; delay: number }
  | { kind: 'error'; message: string; help: string }
  | { kind: 'close' }
);

type Told = Line extends infer L ? (L extends Line ? Omit<L, 'id'> : never) : never;

export type LiveState = 'closed' | 'connecting' | 'open';

const SHOWN = 6;

/** A connection that lasts until it is closed, the user leaves, or the page does; and the last of what was heard. */
export function useLiveSocket(client: Client, url: string) {
  const socket = useRef<GatepassWebSocket>(null);
  const count = useRef(0);
  const [state, setState] = useState<LiveState>('closed');
  const [lines, setLines] = useState<Line[]>([]);

  useEffect(
    () => () => {
      socket.current?.close();
    },
    [],
  );

  const tell = (next: LiveState, told: Told) => {
    const line: Line = { ...told, id: ++count.current };
    setState(next);
    setLines((before) => [...before, line].slice(-SHOWN));
  };

  const connect = () => {
    const opened = connectWebSocket(client, url);
    socket.current = opened;
    setState('connecting');
    setLines([]);
    opened.onopen = () => {
      tell('open', { kind: 'open' });
    };
    opened.onmessage = ({ data }) => {
      const { body, connectionId } = JSON.parse(String(data)) as { body: string; connectionId: string };
      tell('open', { kind: 'message', body, connection: connectionId });
    };
    opened.onreconnecting = ({ code, delay }) => {
      tell('connecting', { kind: 'reconnecting', code, delay });
    };
    opened.onerror = ({ error }) => {
      const { message, help } = isGatepassError(error) ? error : { message: String(error), help: '' };
      tell('connecting', { kind: 'error', message, help });
    };
    opened.onclose = () => {
      tell('closed', { kind: 'close' });
    };
  };

  return {
    state,
    lines,
    connect,
    send: (text: string) => socket.current?.send(text),
    close: () => socket.current?.close(),
  };
}
