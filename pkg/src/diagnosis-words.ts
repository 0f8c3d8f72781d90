import type { Diagnosis, Evidence, Fix, Layer, Locale } from './types.js';

/** The words around a diagnosis, in its own language. */
export interface Words {
  verdict: Record<Diagnosis['verdict'], string>;
  layer: Record<Layer, string>;
  tool: Record<Fix['tool'], string>;
  fixes: string;
  evidence: string;
  /** Browsers log every request that fails. */
  probes: string;
  others: string;
  docs: string;
  way: string;
  /** A place that is one of several. */
  probably: (place: string) => string;
  copy: string;
  copied: string;
  /** Where a script may not copy, the text is selected. */
  selected: string;
  dismiss: string;
}

const NAMES = { sam: 'SAM', cloudformation: 'CloudFormation', terraform: 'Terraform', cdk: 'CDK', cli: 'AWS CLI' };
const SERVICES = { cloudfront: 'CloudFront', 'api-gateway': 'API Gateway', iam: 'IAM', cognito: 'Cognito' };

/** The doctor has them, too. */
export const WORDS: Record<Locale, Words> = {
  en: {
    verdict: { certain: 'Certain', likely: 'Likely', ambiguous: 'One of several' },
    layer: {
      ...SERVICES, client: 'Request', page: 'Page', network: 'Network', authorizer: 'Authorizer', integration: 'Function', emulator: 'Emulator',
    },
    tool: { ...NAMES, console: 'Console', code: 'Code' },
    fixes: 'How to mend it',
    evidence: 'What was tried, and what came back',
    probes: 'Errors above with gatepass-probe in their URL are of these tries.',
    others: 'It could also be',
    docs: 'More',
    way: 'Where it broke',
    probably: (place) => `probably ${place}`,
    copy: 'Copy',
    copied: 'Copied',
    selected: 'Selected',
    dismiss: 'Dismiss',
  },
  ja: {
    verdict: { certain: '確実', likely: '有力', ambiguous: '候補が複数' },
    layer: {
      ...SERVICES, client: 'リクエスト', page: 'ページ', network: 'ネットワーク', authorizer: 'オーソライザー', integration: '関数', emulator: 'エミュレーター',
    },
    tool: { ...NAMES, console: 'コンソール', code: 'コード' },
    fixes: '直し方',
    evidence: '試したことと、その結果',
    probes: '上のエラーのうち URL に gatepass-probe を含むものは、この診断のためのリクエストです。',
    others: 'ほかに考えられる原因',
    docs: '詳細',
    way: '問題の箇所',
    probably: (place) => `${place} (推定)`,
    copy: 'コピー',
    copied: 'コピーしました',
    selected: '選択しました',
    dismiss: '閉じる',
  },
};

const MARKS: Record<Evidence['outcome'], string> = {
  readable: '✓', opaque: '✓', yes: '✓', redirect: '→', failed: '✗', no: '✗',
};

/** An error that could be read is neither good nor bad: it depends on what was tried. */
export function markOf({ outcome, status = 0 }: Evidence): string {
  return status >= 400 ? '•' : MARKS[outcome];
}

export function languageOf({ findings: [{ detail }] }: Diagnosis): Locale {
  return /[ぁ-ヿ]/.test(detail) ? 'ja' : 'en';
}

export function wordsFor(diagnosis: Diagnosis): Words {
  return WORDS[languageOf(diagnosis)];
}
