import type { Theme } from '../preferences';
import { themes } from '../preferences';
import { type Locale, useTexts } from '../texts';
import { Choice } from './Choice';
import { Mark } from './Mark';

interface Props {
  theme: Theme;
  onTheme: (theme: Theme) => void;
  locale: Locale;
  onLocale: (locale: Locale) => void;
}

const themeSigns: Record<Theme, string> = { auto: '◐', light: '☀', dark: '☾' };

/** The bar at the top: the name, the language, the colours. */
export function Bar({ theme, onTheme, locale, onLocale }: Props) {
  const { t } = useTexts();
  return (
    <header className="bar">
      <p className="brand">
        <Mark />
        gatepass
      </p>
      <Choice
        label={t.language}
        value={locale}
        options={[
          { value: 'en', label: 'English', text: 'EN' },
          { value: 'ja', label: '日本語', text: '日本語' },
        ]}
        onChoose={onLocale}
      />
      <Choice
        label={t.theme.label}
        value={theme}
        options={themes.map((value) => ({ value, label: t.theme[value], text: themeSigns[value] }))}
        onChoose={onTheme}
      />
    </header>
  );
}
