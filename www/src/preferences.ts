import { useEffect, useState } from 'react';

import type { Locale } from './texts';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const isTheme = (value: string | null): value is Theme => themes.some((theme) => theme === value);
const isLocale = (value: string | null): value is Locale => value === 'en' || value === 'ja';

// A preference is a nicety: a page whose storage is forbidden works without.
function recall(name: string): string | null {
  try {
    return localStorage.getItem(`gatepass-demo.${name}`);
  } catch {
    return null;
  }
}

function keep(name: string, value: string) {
  try {
    localStorage.setItem(`gatepass-demo.${name}`, value);
  } catch {
    return;
  }
}

export function useTheme() {
  const [theme, setTheme] = useState<Theme>(() => {
    const kept = recall('theme');
    return isTheme(kept) ? kept : 'auto';
  });
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  const choose = (chosen: Theme) => {
    keep('theme', chosen);
    setTheme(chosen);
  };
  return [theme, choose] as const;
}

export function useLocale() {
  const [locale, setLocale] = useState<Locale>(() => {
    const kept = recall('locale');
    if (isLocale(kept)) return kept;
    return navigator.language.startsWith('ja') ? 'ja' : 'en';
  });
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const choose = (chosen: Locale) => {
    keep('locale', chosen);
    setLocale(chosen);
  };
  return [locale, choose] as const;
}
