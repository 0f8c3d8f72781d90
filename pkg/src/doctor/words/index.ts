/** What the doctor says of its own; what is said of the call is in the diagnosis. */
import type { Locale } from '../../types.js';
import { en } from './en.js';
import { ja } from './ja.js';

export type Words = typeof en;

export const WORDS: Record<Locale, Words> = { en, ja };
