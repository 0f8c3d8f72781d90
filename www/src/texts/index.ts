import { createContext, useContext } from 'react';

import type { Bilingual } from '../outputs';
import { en } from './en';
import { ja } from './ja';

export type Locale = 'en' | 'ja';

export const textsOf = { en, ja };

export const LocaleContext = createContext<Locale>('en');

/** The page's texts, and the choice among those that come in both languages. */
export function useTexts() {
  const locale = useContext(LocaleContext);
  return { t: textsOf[locale], locale, of: (text: Bilingual) => text[locale] };
}
