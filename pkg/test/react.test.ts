import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { Window } from 'happy-dom';
import { act, createElement, StrictMode, useState, type FunctionComponent } from 'react';
import { renderToString } from 'react-dom/server';
import type { ChallengeAnswer, Client, ClientEvent, Diagnosis, Session, SignInOptions, SignInStep } from '../src/index.js';
import { GatepassProvider, useDiagnosis, useSession, useSignIn, type SessionState, type SignIn } from '../src/react.js';

const SESSION = { username: 'hanako' } as Session;
const CHALLENGE: SignInStep = { status: 'challenge', challenge: 'NEW_PASSWORD_REQUIRED', requiredAttributes: [], userAttributes: {} };

/** A client whose answers the test gives. */
function fakeClient() {
  const listeners = new Set<(event: ClientEvent) => void>();
  const fake = {
    answer: (): Promise<Session | null> => Promise.resolve(null),
    step: (): Promise<SignInStep> => Promise.resolve({ status: 'signed-in', session: SESSION }),
    asked: [] as unknown[],
    listeners,
    emit: (event: ClientEvent) => {
      for (const listener of listeners) listener(event);
    },
  };
  const client = {
    session: () => fake.answer(),
    signIn: (options: SignInOptions) => (fake.asked.push(options), fake.step()),
    respondToChallenge: (answer: ChallengeAnswer) => (fake.asked.push(answer), fake.step()),
    subscribe: (listener: (event: ClientEvent) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as Client;
  return { ...fake, fake, client };
}

before(() => {
  const window = new Window();
  Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true });
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: window.navigator });
});

/** What React makes of a change, when all of it is done. */
async function settled(change: () => unknown): Promise<void> {
  await act(async () => {
    await change();
  });
}

async function render(client: Client, ...components: FunctionComponent[]) {
  const { createRoot } = await import('react-dom/client');
  const root = createRoot(document.createElement('div'));
  const children = components.map((component, key) => createElement(component, { key }));
  await settled(() => {
    root.render(createElement(StrictMode, null, createElement(GatepassProvider, { client }, children)));
  });
  return () => settled(() => {
    root.unmount();
  });
}

test('the file is marked for the client, on its first line', () => {
  assert.match(readFileSync('test/dist/src/react.js', 'utf8'), /^'use client';\n/);
});

test('on a server the session is loading, and nothing is asked', () => {
  const { client, fake } = fakeClient();
  fake.answer = () => assert.fail('asked');
  const Status = () => useSession().status;
  assert.equal(renderToString(createElement(GatepassProvider, { client }, createElement(Status))), 'loading');
});

test('a hook without a provider says what is missing', () => {
  const Status = () => useSession().status;
  assert.throws(() => renderToString(createElement(Status)), /GatepassProvider/);
});

test('useSession follows the session, with one reading for all components', async () => {
  const { client, fake, emit, listeners } = fakeClient();
  let asked = 0;
  fake.answer = () => (asked++, Promise.resolve(null));
  const states: SessionState[] = [];
  const last = () => states.at(-1);
  const Shown = () => {
    states.push(useSession());
    return null;
  };
  const unmount = await render(client, Shown, Shown);
  assert.equal(states[0]?.status, 'loading');
  assert.equal(last()?.status, 'signed-out');
  assert.equal(asked, 1, 'StrictMode subscribes twice');
  assert.equal(listeners.size, 1);

  fake.answer = () => Promise.resolve(SESSION);
  await settled(() => {
    emit({ type: 'signed-in' });
  });
  assert.deepEqual(last(), { status: 'signed-in', session: SESSION });

  // A passing error signs nobody out.
  fake.answer = () => Promise.reject(new Error('offline'));
  await settled(() => {
    emit({ type: 'token-refreshed' });
  });
  assert.equal(last()?.status, 'signed-in');

  await settled(() => {
    emit({ type: 'session-expired' });
  });
  assert.equal(last()?.status, 'signed-out');

  const failure = new Error('storage');
  fake.answer = () => Promise.reject(failure);
  await settled(() => {
    emit({ type: 'signed-in' });
  });
  const failed = last();
  assert.ok(failed?.status === 'failed');
  assert.equal(failed.error, failure);

  fake.answer = () => Promise.resolve(SESSION);
  await settled(failed.retry);
  assert.equal(last()?.status, 'signed-in');

  await unmount();
  assert.equal(listeners.size, 0);
});

test('who was signed in is forgotten when nobody looks any more', async () => {
  const { client, fake } = fakeClient();
  fake.answer = () => Promise.resolve(SESSION);
  const states: SessionState['status'][] = [];
  const Shown = () => {
    states.push(useSession().status);
    return null;
  };
  await (await render(client, Shown))();
  assert.equal(states.at(-1), 'signed-in');
  states.length = 0;
  fake.answer = () => Promise.resolve(null);
  await render(client, Shown);
  assert.deepEqual([states[0], states.at(-1)], ['loading', 'signed-out']);
  assert.ok(!states.includes('signed-in'));
});

test('a component that takes over from another does not see the session loading', async () => {
  const { client, fake } = fakeClient();
  fake.answer = () => Promise.resolve(SESSION);
  const states: SessionState['status'][] = [];
  const Shown = () => {
    states.push(useSession().status);
    return null;
  };
  let turn: (page: string) => void = () => undefined;
  const Pages = () => {
    const [page, setPage] = useState('a');
    turn = setPage;
    return createElement(Shown, { key: page });
  };
  await render(client, Pages);
  states.length = 0;
  await settled(() => {
    turn('b');
  });
  assert.deepEqual([...new Set(states)], ['signed-in']);
});

test('a reading that was overtaken by a sign-out is dropped', async () => {
  const { client, fake, emit } = fakeClient();
  let state: SessionState | undefined;
  const Shown = () => {
    state = useSession();
    return null;
  };
  await render(client, Shown);
  const { promise, resolve } = late<Session | null>();
  fake.answer = () => promise;
  await settled(async () => {
    emit({ type: 'signed-in' });
    emit({ type: 'signed-out' });
    resolve(SESSION);
    await promise;
  });
  assert.equal(state?.status, 'signed-out');
});

test('useSignIn goes from step to step and keeps a challenge open that was answered wrongly', async () => {
  const { client, fake, emit } = fakeClient();
  const shown: { form?: SignIn } = {};
  const Form = () => {
    shown.form = useSignIn();
    return null;
  };
  const form = () => shown.form ?? assert.fail('not rendered');
  await render(client, Form);
  assert.deepEqual([form().step, form().pending, form().error], [null, false, null]);

  const wrong = new Error('wrong password');
  fake.step = () => Promise.reject(wrong);
  await settled(async () => {
    assert.equal(await form().signIn({ username: 'hanako', password: 'x' }), null);
  });
  assert.deepEqual([form().step, form().pending, form().error], [null, false, wrong]);

  const { promise, resolve } = late<SignInStep>();
  fake.step = () => promise;
  let signingIn: Promise<unknown> = Promise.resolve();
  await settled(() => {
    signingIn = form().signIn({ username: 'hanako', password: 'y' });
  });
  assert.deepEqual([form().pending, form().error], [true, null]);
  await settled(async () => {
    resolve(CHALLENGE);
    await signingIn;
  });
  assert.deepEqual([form().step, form().pending], [CHALLENGE, false]);

  fake.step = () => Promise.reject(wrong);
  await settled(() => form().respondToChallenge({ newPassword: 'short' }));
  assert.deepEqual([form().step, form().error], [CHALLENGE, wrong]);

  fake.step = () => Promise.resolve({ status: 'signed-in', session: SESSION });
  await settled(() => form().respondToChallenge({ newPassword: 'long enough' }));
  assert.deepEqual([form().step?.status, form().error], ['signed-in', null]);
  assert.deepEqual(fake.asked.at(-1), { newPassword: 'long enough' });

  // The step holds tokens.
  await settled(() => {
    emit({ type: 'token-refreshed' });
  });
  assert.equal(form().step?.status, 'signed-in');
  await settled(() => {
    emit({ type: 'signed-out' });
  });
  assert.equal(form().step, null);
});

test('useDiagnosis shows the latest until it is dismissed', async () => {
  const { client, emit } = fakeClient();
  let shown: ReturnType<typeof useDiagnosis> | undefined;
  const Banner = () => {
    shown = useDiagnosis();
    return null;
  };
  await render(client, Banner);
  assert.equal(shown?.diagnosis, null);
  const diagnosis = { verdict: 'certain' } as Diagnosis;
  await settled(() => {
    emit({ type: 'signed-in' });
    emit({ type: 'diagnosis', diagnosis });
  });
  assert.equal(shown.diagnosis, diagnosis);
  await settled(() => shown?.dismiss());
  assert.equal(shown.diagnosis, null);
});

function late<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
