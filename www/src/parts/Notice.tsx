import { useLocale, useTheme } from '../preferences';
import { textsOf } from '../texts';

/** What the page says before there is anything to show. */
export function Notice({ about }: { about: 'loading' | 'noOutputs' }) {
  useTheme();
  const [locale] = useLocale();
  return (
    <main className="page notice" aria-live="polite">
      {textsOf[locale][about]}
    </main>
  );
}
