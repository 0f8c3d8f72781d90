const CSS = `
:host { all: initial; }
* { box-sizing: border-box; margin: 0; padding: 0; font: inherit; color: inherit; }
.card {
  --back: #fff; --front: #1b1d22; --soft: #5a6170; --line: #dfe2e8; --code: #f4f5f8; --bad: #b3261e; --good: #1a6b3c; --link: #1f5fbf;
  position: fixed; z-index: 2147483647; right: 16px; bottom: 16px; width: 480px; max-width: calc(100vw - 32px); max-height: min(80vh, 720px);
  overflow: auto; overscroll-behavior: contain; padding: 16px 18px; border: 1px solid var(--line); border-top: 4px solid var(--bad); border-radius: 10px;
  background: var(--back); color: var(--front); color-scheme: light; font: 14px/1.6 system-ui, sans-serif; overflow-wrap: anywhere;
  box-shadow: 0 2px 6px rgb(0 0 0 / .12), 0 16px 40px rgb(0 0 0 / .18);
}
@media (prefers-color-scheme: dark) {
  .card { --back: #1d1f24; --front: #ebedf2; --soft: #a5adbb; --line: #383c45; --code: #282b32; --bad: #ff8a80; --good: #7ad3a0; --link: #8ab8ff; color-scheme: dark; }
}
@media (prefers-reduced-motion: no-preference) {
  .card { animation: rise .18s ease-out; }
  @keyframes rise { from { opacity: 0; transform: translateY(8px); } }
}
@media (max-width: 520px) { .card { right: 8px; bottom: 8px; max-width: none; width: calc(100vw - 16px); max-height: 70vh; padding: 12px 14px; } }
@media print { .card { display: none; } }
.call { display: flex; flex-wrap: wrap; margin: 0; gap: 2px 8px; align-items: baseline; font-size: 12px; color: var(--soft); }
b { padding: 0 8px; border: 1px solid currentColor; border-radius: 99px; font-weight: 600; white-space: nowrap; color: var(--soft); }
b[data-verdict=certain] { background: var(--bad); border-color: var(--bad); color: var(--back); }
b[data-verdict=likely] { color: var(--bad); }
h2 { margin-top: 6px; font-size: 17px; line-height: 1.4; font-weight: 650; }
h2::first-letter, summary::first-letter { text-transform: uppercase; }
h3 { margin-top: 14px; font-size: 12px; font-weight: 600; color: var(--soft); }
p { margin-top: 8px; }
code, pre { font: 12px/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.way { display: flex; flex-wrap: wrap; gap: 4px 0; margin-top: 10px; list-style: none; font-size: 12px; }
.way li:not(:last-child)::after { content: '→'; content: '→' / ''; margin: 0 6px; color: var(--soft); font-weight: 400; }
.way [aria-current] { color: var(--bad); font-weight: 700; }
.way [aria-current] ~ li { color: var(--soft); }
details { margin-top: 8px; border-top: 1px solid var(--line); padding-top: 8px; }
summary { cursor: pointer; font-weight: 600; }
summary::marker { color: var(--soft); }
details details { margin-left: 12px; }
.fix { position: relative; margin-top: 6px; }
pre { overflow: auto; max-height: 240px; padding: 10px 12px; border-radius: 6px; background: var(--code); white-space: pre-wrap; }
button { cursor: pointer; border: 1px solid var(--line); border-radius: 6px; background: var(--back); }
button:hover { border-color: var(--soft); }
.copy { margin-top: 6px; padding: 2px 12px; font-size: 12px; }
.close { position: sticky; top: 0; float: right; margin-left: 8px; width: 28px; height: 28px; font-size: 18px; line-height: 1; }
.evidence { list-style: none; margin-top: 6px; font-size: 13px; }
.evidence li { padding-left: 20px; text-indent: -20px; }
.evidence li::before { content: attr(data-mark); display: inline-block; width: 20px; text-indent: 0; color: var(--soft); }
.evidence [data-mark='✗']::before { color: var(--bad); }
.evidence [data-mark='✓']::before { color: var(--good); }
.docs { margin-top: 12px; font-size: 12px; color: var(--soft); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.unseen { position: fixed; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;

let sheet: CSSStyleSheet | undefined;

/** One constructed sheet for all overlays. */
export function styles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
