/** What the doctor says of its own, beside the words that every diagnosis has; what is said of the call is in the diagnosis. */
import { WORDS as COMMON, type Words as Common } from '../../diagnosis-words.js';
import type { Locale } from '../../types.js';
import { en } from './en.js';
import { ja } from './ja.js';

export type Own = typeof en;
export type Words = Own & Pick<Common, 'verdict' | 'layer' | 'tool'>;

export const WORDS: Record<Locale, Words> = { en: { ...COMMON.en, ...en }, ja: { ...COMMON.ja, ...ja } };
