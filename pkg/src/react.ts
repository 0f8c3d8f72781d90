'use client';
import { createContext, createElement, useCallback, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { isDevelopment } from './development.js';
import type { ChallengeAnswer, Client, Diagnosis, Session, SignInOptions, SignInStep } from './types.js';

const ClientContext = /* @__PURE__ */ createContext<Client | null>(null);

/** Gives the client to the hooks below it. */
export function GatepassProvider(props: { client: Client; children?: ReactNode }): ReactElement {
  return createElement(ClientContext.Provider, { value: props.client }, props.children);
}

function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error('This hook needs a <GatepassProvider client={…}> above it.');
  return client;
}

/** Who is signed in. `loading` on a server and until the session has been read. */
export type SessionState =
  | { status: 'loading' | 'signed-out'; session: null }
  | { status: 'signed-in'; session: Session }
  | { status: 'failed'; session: null; error: unknown; /** Reads the session again. */ retry: () => void };

/** The session, as it is now and whenever it changes. */
export function useSession(): SessionState {
  const store = sessionStore(useClient());
  return useSyncExternalStore(store.subscribe, store.get, () => LOADING);
}

const LOADING: SessionState = { status: 'loading', session: null };
const SIGNED_OUT: SessionState = { status: 'signed-out', session: null };

interface SessionStore {
  subscribe: (listener: () => void) => () => void;
  get: () => SessionState;
}
const stores = /* @__PURE__ */ new WeakMap<Client, SessionStore>();

/** One for each client, however many components ask. */
function sessionStore(client: Client): SessionStore {
  const kept = stores.get(client);
  if (kept) return kept;

  const listeners = new Set<() => void>();
  let state = LOADING;
  let reading = 0;
  let stop: (() => void) | undefined;

  const set = (next: SessionState) => {
    state = next;
    for (const listener of listeners) listener();
  };
  const read = async () => {
    const turn = ++reading;
    let next: SessionState;
    try {
      const session = await client.session();
      next = session ? { status: 'signed-in', session } : SIGNED_OUT;
    } catch (error) {
      // A passing error signs nobody out.
      next = state.session ? state : { status: 'failed', session: null, error, retry };
    }
    if (turn === reading && stop) set(next);
  };
  const retry = () => {
    set(LOADING);
    void read();
  };
  const watch = () =>
    client.subscribe(({ type }) => {
      if (type === 'signed-in' || type === 'token-refreshed') void read();
      if (type === 'signed-out' || type === 'session-expired') {
        reading++; // what is being read is no longer so
        set(SIGNED_OUT);
      }
    });

  const store: SessionStore = {
    subscribe(listener) {
      listeners.add(listener);
      if (!stop) {
        stop = watch();
        void read();
      }
      return () => {
        listeners.delete(listener);
        // Not at once: another component may take over in the same commit.
        queueMicrotask(() => {
          if (listeners.size) return;
          stop?.();
          stop = undefined;
          // What happens from now on is not heard of.
          reading++;
          state = LOADING;
        });
      };
    },
    get: () => state,
  };
  stores.set(client, store);
  return store;
}

/** A sign-in form's state. */
export interface SignIn {
  /** Where the sign-in stands: `null` before it begins, after it failed, and when the user is no longer signed in. */
  step: SignInStep | null;
  /** Whether an answer is awaited. */
  pending: boolean;
  /** What the last step failed with, else `null`. */
  error: unknown;
  /** Resolves to the next step, or to `null` if it failed. */
  signIn: (options: SignInOptions) => Promise<SignInStep | null>;
  /** Resolves to the next step, or to `null` if it failed; the challenge stays open. */
  respondToChallenge: (answer: ChallengeAnswer) => Promise<SignInStep | null>;
}

/** Signs in step by step; failures end up in `error`, not in a rejection. */
export function useSignIn(): SignIn {
  const client = useClient();
  const [state, setState] = useState<Pick<SignIn, 'step' | 'pending' | 'error'>>({ step: null, pending: false, error: null });
  const run = useCallback(async (start: () => Promise<SignInStep>, open: (step: SignInStep | null) => SignInStep | null) => {
    setState(({ step }) => ({ step, pending: true, error: null }));
    try {
      const step = await start();
      setState({ step, pending: false, error: null });
      return step;
    } catch (error) {
      setState(({ step }) => ({ step: open(step), pending: false, error }));
      return null;
    }
  }, []);
  useEffect(
    () =>
      client.subscribe(({ type }) => {
        if (type !== 'signed-out' && type !== 'session-expired') return;
        // The step holds the session's tokens. A challenge has none, and stays open.
        setState((last) => (last.step?.status === 'signed-in' ? { ...last, step: null } : last));
      }),
    [client],
  );
  return {
    ...state,
    signIn: useCallback((options) => run(() => client.signIn(options), () => null), [client, run]),
    respondToChallenge: useCallback((answer) => run(() => client.respondToChallenge(answer), (step) => step), [client, run]),
  };
}

/** The diagnosis of the latest call that failed, until it is dismissed. */
export function useDiagnosis(): { diagnosis: Diagnosis | null; dismiss: () => void } {
  const client = useClient();
  const [diagnosis, setDiagnosis] = useState<Diagnosis | null>(null);
  useEffect(
    () =>
      client.subscribe((event) => {
        if (event.type === 'diagnosis') setDiagnosis(event.diagnosis);
      }),
    [client],
  );
  const dismiss = useCallback(() => {
    setDiagnosis(null);
  }, []);
  return { diagnosis, dismiss };
}

/** When {@link DiagnosisOverlay} shows anything. */
export interface DiagnosisOverlayProps {
  /**
   * `development`: where `process.env.NODE_ENV` (which bundlers replace) is not `'production'`. `always`: in production, too.
   * @defaultValue `'development'`
   */
  when?: 'development' | 'always';
}

/** The latest diagnosis over the page, until it is dismissed. It is loaded with the first diagnosis, and nothing is rendered on a server. */
export function DiagnosisOverlay({ when = 'development' }: DiagnosisOverlayProps): ReactElement | null {
  const { diagnosis } = useDiagnosis();
  const [shown, setShown] = useState<Diagnosis | null>(null);
  const dismissed = useRef<Diagnosis>(null);
  const host = useRef<HTMLDivElement>(null);
  const wanted = when === 'always' || isDevelopment() ? diagnosis : null;
  useEffect(() => {
    // A call that fails over and over does not bring back what was dismissed.
    if (!wanted || wanted === dismissed.current) return;
    const place = host.current;
    // Whoever reads in the card keeps it until the focus has left it.
    const turn = () => {
      if (!place || document.activeElement !== place) setShown(wanted);
    };
    turn();
    place?.addEventListener('focusout', turn);
    return () => place?.removeEventListener('focusout', turn);
  }, [wanted, shown]);
  const card = wanted && shown;
  useEffect(() => {
    if (!card) return;
    let hide: (() => void) | undefined;
    let gone = false;
    const start = async () => {
      const { show } = await import('./diagnosis-overlay.js');
      if (gone || !host.current) return;
      hide = show(host.current, card, () => {
        dismissed.current = card;
        setShown(null);
      });
    };
    // What cannot be shown must not disturb the app; the console has it, too.
    start().catch(() => undefined);
    return () => {
      gone = true;
      hide?.();
    };
  }, [card]);
  return card && createElement('div', { ref: host });
}
