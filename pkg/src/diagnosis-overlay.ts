import { styles } from './diagnosis-overlay-styles.js';
import { languageOf, markOf, wordsFor, type Words } from './diagnosis-words.js';
import type { Diagnosis, Evidence, Finding, Fix, Layer } from './types.js';

/** Shows a diagnosis in the shadow of `host`; what it returns takes it away. It does not take the focus: the app is being used. */
export function show(host: HTMLElement, diagnosis: Diagnosis, dismiss: () => void): () => void {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const page = host.ownerDocument;
  // Neither a <style> nor a style attribute, which a page's policy can forbid.
  root.adoptedStyleSheets = [styles()];

  let before: EventTarget | null = null;
  const close = () => {
    // Nobody is left at the top of the page.
    if (page.activeElement === host && before instanceof HTMLElement) before.focus();
    dismiss();
  };
  const escape = (event: KeyboardEvent) => {
    // A dialog of the app's that has the focus is closed by its own Escape.
    if (event.key === 'Escape' && !event.defaultPrevented && [host, page.body, null].includes(page.activeElement as HTMLElement)) close();
  };
  const enter = ({ relatedTarget }: FocusEvent) => {
    before = relatedTarget ?? before;
  };
  page.addEventListener('keydown', escape);
  host.addEventListener('focusin', enter);
  root.replaceChildren(card(diagnosis, close), announcement(diagnosis));
  return () => {
    page.removeEventListener('keydown', escape);
    host.removeEventListener('focusin', enter);
    root.replaceChildren();
  };
}

/** What a screen reader says, once: nothing of the card itself is live. */
function announcement(diagnosis: Diagnosis): HTMLElement {
  const [{ title }] = diagnosis.findings;
  return element('p', { role: 'alert', lang: languageOf(diagnosis), class: 'unseen' }, `gatepass: ${title}`);
}

function card(diagnosis: Diagnosis, close: () => void): HTMLElement {
  const { verdict, evidence, request } = diagnosis;
  const [first, ...others] = diagnosis.findings;
  const words = wordsFor(diagnosis);
  return element(
    'section', { 'aria-labelledby': 'headline', lang: languageOf(diagnosis), class: 'card' },
    button('×', close, { class: 'close', 'aria-label': words.dismiss, title: `${words.dismiss} (Esc)` }),
    element('p', { class: 'call' }, element('b', { 'data-verdict': verdict }, words.verdict[verdict]), element('code', {}, `${request.method} ${request.url}`)),
    element('h2', { id: 'headline' }, first.title),
    way(diagnosis, words),
    ...explained(first, words),
    others.length > 0 && folded(words.others, ...others.map((finding) => folded(finding.title, ...explained(finding, words)))),
    evidence.length > 0 && folded(words.evidence, element('ul', { class: 'evidence' }, ...evidence.map(seen))),
    element('p', { class: 'docs' }, `${words.docs}: `, element('code', {}, `gatepass/${first.docs}`)),
  );
}

const WAY: Layer[] = ['page', 'network', 'cloudfront', 'api-gateway', 'authorizer', 'integration'];
/** Layers that stand in the place of another. */
const PLACE: Partial<Record<Layer, Layer>> = { client: 'page', emulator: 'api-gateway', iam: 'authorizer', cognito: 'authorizer' };

/** The way of the call, with the place where it broke. */
function way({ verdict, findings: [{ layer }], request }: Diagnosis, words: Words): HTMLElement {
  const place = PLACE[layer] ?? layer;
  const named = verdict === 'ambiguous' ? words.probably(words.layer[layer]) : words.layer[layer];
  const direct = new URL(request.url).hostname.includes('.lambda-url.');
  const passed = (stop: Layer) => stop !== 'cloudfront' && !(direct && (stop === 'api-gateway' || stop === 'authorizer'));
  const stops = WAY.filter((stop) => stop === place || passed(stop));
  return element(
    'ol', { class: 'way', 'aria-label': words.way },
    ...stops.map((stop) => (stop === place ? element('li', { 'aria-current': 'step' }, named) : element('li', {}, words.layer[stop]))),
  );
}

function explained({ detail, fixes }: Finding, words: Words): HTMLElement[] {
  const [first, ...others] = fixes.map((one) => fix(one, words));
  if (!first) return [element('p', {}, detail)];
  first.setAttribute('open', '');
  return [element('p', {}, detail), element('h3', {}, words.fixes), first, ...others];
}

function fix({ tool, text }: Fix, words: Words): HTMLElement {
  const code = element('code', {}, text);
  const copy = button(words.copy, () => {
    void copied(text, code, words).then((done) => {
      copy.textContent = done;
    });
  }, { class: 'copy', 'aria-live': 'polite' });
  const name = words.tool[tool];
  return folded(name, element('div', { class: 'fix' }, element('pre', { role: 'region', 'aria-label': name, tabindex: '0' }, code), copy));
}

async function copied(text: string, code: HTMLElement, words: Words): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return words.copied;
  } catch {
    getSelection()?.selectAllChildren(code);
    return words.selected;
  }
}

function seen(item: Evidence): HTMLElement {
  return element('li', { 'data-mark': markOf(item) }, item.text);
}

function folded(summary: string, ...content: (HTMLElement | false)[]): HTMLElement {
  return element('details', {}, element('summary', {}, summary), ...content);
}

function button(label: string, press: () => void, attributes: Record<string, string>): HTMLElement {
  const made = element('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', press);
  return made;
}

function element(name: string, attributes: Record<string, string>, ...children: (HTMLElement | string | false)[]): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== false));
  return made;
}
