import { DiagnosisOverlay, GatepassProvider } from 'gatepass/react';
import { useEffect, useMemo } from 'react';

import { makeClient } from './client';
import { Page } from './Page';
import type { Outputs } from './outputs';
import { Announcer } from './parts/Announcer';
import { Bar } from './parts/Bar';
import { useLocale, useTheme } from './preferences';
import { LocaleContext, textsOf } from './texts';

export function App({ outputs }: { outputs: Outputs }) {
  const [theme, setTheme] = useTheme();
  const [locale, setLocale] = useLocale();
  // Diagnoses come in the client's language. The session outlives the client: it is kept in the tab.
  const client = useMemo(() => makeClient(outputs, locale), [outputs, locale]);
  const t = textsOf[locale];

  useEffect(() => {
    document.title = t.title;
  }, [t]);

  return (
    <LocaleContext value={locale}>
      <GatepassProvider client={client}>
        <div className="page">
          <Bar theme={theme} onTheme={setTheme} locale={locale} onLocale={setLocale} />
          <Announcer>
            <Page outputs={outputs} client={client} />
          </Announcer>
          <footer className="foot">{t.footer}</footer>
        </div>
        {/* While developing, a call of the page's own that fails; the lab's set-ups have clients of their own. */}
        <DiagnosisOverlay />
      </GatepassProvider>
    </LocaleContext>
  );
}
