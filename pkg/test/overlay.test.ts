import assert from 'node:assert/strict';
import { afterEach, before, test } from 'node:test';
import { Window } from 'happy-dom';
import { act, createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { show } from '../src/diagnosis-overlay.js';
import type { Client, ClientEvent, Diagnosis } from '../src/index.js';
import { DiagnosisOverlay, GatepassProvider, type DiagnosisOverlayProps } from '../src/react.js';
import { AMBIGUOUS, DIAGNOSIS, JAPANESE } from './diagnoses.js';

const nodeEnv = process.env['NODE_ENV'];
let unmount: () => Promise<void> = () => Promise.resolve();
const written: string[] = [];

before(() => {
  const window = new Window();
  const { document, HTMLElement, CSSStyleSheet } = window;
  Object.assign(globalThis, { window, document, HTMLElement, CSSStyleSheet, IS_REACT_ACT_ENVIRONMENT: true });
  const clipboard = { writeText: (text: string) => (written.push(text), Promise.resolve()) };
  Object.defineProperty(globalThis, 'navigator', { value: { userAgent: '', clipboard }, configurable: true });
});

afterEach(async () => {
  await unmount();
  if (nodeEnv === undefined) delete process.env['NODE_ENV'];
  else process.env['NODE_ENV'] = nodeEnv;
});

function strike(key: string): void {
  document.dispatchEvent(new (window as unknown as Window).KeyboardEvent('keydown', { key }) as unknown as KeyboardEvent);
}

async function settled(change: () => unknown): Promise<void> {
  await act(async () => {
    await change();
    await import('../src/diagnosis-overlay.js');
    await new Promise(setImmediate);
  });
}

/** A page with the overlay, and what is in its shadow. */
async function open(props: DiagnosisOverlayProps = {}) {
  const { createRoot } = await import('react-dom/client');
  let listener: (event: ClientEvent) => void = () => undefined;
  const client = {
    subscribe: (given: typeof listener) => {
      listener = given;
      return () => undefined;
    },
  } as unknown as Client;
  const place = document.createElement('div');
  const app = document.createElement('button');
  document.body.replaceChildren(app, place);
  const root = createRoot(place);
  await settled(() => {
    root.render(createElement(GatepassProvider, { client }, createElement(DiagnosisOverlay, props)));
  });
  unmount = () =>
    settled(() => {
      root.unmount();
    });
  const shadow = () => place.firstElementChild?.shadowRoot ?? null;
  const emit = (diagnosis: Diagnosis) =>
    settled(() => {
      listener({ type: 'diagnosis', diagnosis });
    });
  const text = (selector: string) => shadow()?.querySelector(selector)?.textContent;
  const all = (selector: string) => [...(shadow()?.querySelectorAll(selector) ?? [])];
  const press = (key: string) =>
    settled(() => {
      strike(key);
    });
  return { place, app, shadow, emit, text, all, press };
}

test('headline, verdict, the place where it broke, the evidence and the fixes by tool', async () => {
  const { emit, text, all, shadow } = await open();
  await emit(DIAGNOSIS);
  assert.equal(text('h2'), 'The API does not allow http://localhost:5173.');
  assert.equal(text('b'), 'Certain');
  assert.equal(text('.call code'), 'GET https://api.example.com/items');
  assert.deepEqual(all('.way li').map((stop) => stop.textContent), ['Page', 'Network', 'API Gateway', 'Authorizer', 'Function']);
  assert.deepEqual(all('.way [aria-current]').map((stop) => stop.textContent), ['API Gateway']);
  assert.deepEqual(all('.evidence li').map((item) => item.textContent).at(-1), 'A GET with Authorization could be read, status 401.');
  assert.deepEqual(all('.evidence li').map((item) => item.getAttribute('data-mark')), ['✓', '✗', '•']);
  assert.deepEqual(all('details:has(> .fix) > summary').map((tool) => tool.textContent), ['SAM', 'AWS CLI']);
  assert.deepEqual(all('pre').map((place) => [place.getAttribute('role'), place.getAttribute('aria-label')]), [['region', 'SAM'], ['region', 'AWS CLI']]);
  assert.equal(text('pre'), "AllowOrigins:\n  - 'http://localhost:5173'");
  assert.equal(text('.docs code'), 'gatepass/docs/diagnosis.md#origin-not-allowed');
  assert.equal(shadow()?.adoptedStyleSheets.length, 1);
  assert.equal(all('style, [style]').length, 0, 'a strict policy forbids both');
});

test('a screen reader hears of it once, and finds it by its headline', async () => {
  const { emit, all, shadow } = await open();
  await emit(DIAGNOSIS);
  assert.deepEqual(all('[role=alert]').map((live) => live.textContent), ['gatepass: The API does not allow http://localhost:5173.']);
  assert.equal(all('[role=alert]')[0]?.getAttribute('lang'), 'en');
  const card = shadow()?.querySelector('section');
  assert.equal(shadow()?.getElementById(card?.getAttribute('aria-labelledby') ?? '')?.tagName, 'H2');
  assert.equal(card?.lang, 'en');
  assert.equal(card.querySelector('[role=alert], [aria-live]:not(button)'), null);
});

test('a fix is copied as it stands', async () => {
  const { emit, all } = await open();
  await emit(DIAGNOSIS);
  const [, second] = all('.copy') as HTMLButtonElement[];
  await settled(() => second?.click());
  assert.equal(written.at(-1), 'aws apigatewayv2 update-api --api-id abc123');
  assert.equal(second?.textContent, 'Copied');
});

test('other findings are at hand, and a Japanese diagnosis has Japanese labels', async () => {
  const { emit, text, all } = await open();
  await emit(AMBIGUOUS);
  assert.equal(text('b'), 'One of several');
  assert.ok(all('summary').some((summary) => summary.textContent === 'The API has no CORS configuration.'));
  assert.equal(text('.way [aria-current]'), 'probably API Gateway');
  await emit({ ...JAPANESE, verdict: 'ambiguous' });
  assert.equal(text('.way [aria-current]'), 'API Gateway (推定)');
  await emit(JAPANESE);
  assert.equal(text('b'), '有力');
  assert.equal(text('.copy'), 'コピー');
  assert.deepEqual(all('.way li').map((stop) => stop.textContent).slice(0, 2), ['ページ', 'ネットワーク']);
  assert.deepEqual(all('section, [role=alert]').map((told) => told.getAttribute('lang')), ['ja', 'ja']);
});

test('it is dismissed by its button or by Escape, and does not come back for the same failure', async () => {
  const { emit, press, shadow, place } = await open();
  await emit(DIAGNOSIS);
  await settled(() => shadow()?.querySelector<HTMLButtonElement>('.close')?.click());
  assert.equal(place.childElementCount, 0);
  await emit(DIAGNOSIS);
  assert.equal(place.childElementCount, 0);
  await emit(AMBIGUOUS);
  assert.equal(place.childElementCount, 1);
  await press('Enter');
  assert.equal(place.childElementCount, 1);
  await press('Escape');
  assert.equal(place.childElementCount, 0);
});

test("the app's focus is neither taken nor lost, and its own Escape is its own", async () => {
  const { emit, press, app, place, shadow } = await open();
  app.focus();
  await emit(DIAGNOSIS);
  assert.equal(document.activeElement, app);
  await press('Escape');
  assert.equal(place.childElementCount, 1, 'Escape belongs to what has the focus');
  app.blur();
  await press('Escape');
  assert.equal(shadow(), null);
});

test('who dismisses it from within is back where they were', async () => {
  const { emit, app, shadow } = await open();
  app.focus();
  await emit(DIAGNOSIS);
  const button = shadow()?.querySelector<HTMLButtonElement>('.close');
  button?.focus();
  assert.notEqual(document.activeElement, app);
  await settled(() => button?.click());
  assert.equal(document.activeElement, app);
});

test('whoever reads in it keeps it; the next one comes when they are done', async () => {
  const { emit, text, app, shadow } = await open();
  const focus = (selector: string) => settled(() => shadow()?.querySelector<HTMLElement>(selector)?.focus());
  await emit(DIAGNOSIS);
  await focus('.copy');
  await emit(AMBIGUOUS);
  assert.equal(text('b'), 'Certain');
  await settled(() => {
    app.focus();
  });
  assert.equal(text('b'), 'One of several');
  await focus('.copy');
  await emit(DIAGNOSIS);
  await settled(() => shadow()?.querySelector<HTMLButtonElement>('.close')?.click());
  assert.equal(text('b'), 'Certain', 'what waited is no less new for that');
});

test('only the host tells a function URL, which has no gateway before it', async () => {
  const { emit, all } = await open();
  const way = async (url: string) => {
    await emit({ ...DIAGNOSIS, findings: [{ ...DIAGNOSIS.findings[0], layer: 'integration' }], request: { ...DIAGNOSIS.request, url } });
    return all('.way li').map((stop) => stop.textContent);
  };
  assert.deepEqual(await way('https://abc.lambda-url.eu-west-1.on.aws/items'), ['Page', 'Network', 'Function']);
  assert.deepEqual(await way('https://api.example.com/a.lambda-url.b?c=.lambda-url.'), ['Page', 'Network', 'API Gateway', 'Authorizer', 'Function']);
});

test('in production it shows nothing, unless it is to show always', async () => {
  process.env['NODE_ENV'] = 'production';
  const quiet = await open();
  await quiet.emit(DIAGNOSIS);
  assert.equal(quiet.place.childElementCount, 0);
  await unmount();
  const shown = await open({ when: 'always' });
  await shown.emit(DIAGNOSIS);
  assert.equal(shown.text('b'), 'Certain');
});

test('on a server there is nothing', () => {
  const client = { subscribe: () => assert.fail('asked') } as unknown as Client;
  assert.equal(renderToString(createElement(GatepassProvider, { client }, createElement(DiagnosisOverlay))), '');
});

test('what has been taken away listens no longer', () => {
  const host = document.body.appendChild(document.createElement('div'));
  let dismissed = 0;
  const hide = show(host, DIAGNOSIS, () => dismissed++);
  strike('Escape');
  hide();
  strike('Escape');
  assert.deepEqual([dismissed, host.shadowRoot?.childElementCount], [1, 0]);
});
