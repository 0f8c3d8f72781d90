import type { Fix } from 'gatepass';

import { CopyButton } from '../parts/CopyButton';
import { Tabs } from '../parts/Tabs';
import { useTexts } from '../texts';

/** One finding's fixes, a tab for each tool. */
export function Fixes({ fixes }: { fixes: Fix[] }) {
  const { t } = useTexts();
  const tabs = fixes.map(({ tool, text }) => ({
    id: tool,
    label: t.diagnosis.tools[tool],
    panel: (
      <div className="code-block">
        <CopyButton text={text} />
        <pre data-prose={tool === 'console' || undefined}>{text}</pre>
      </div>
    ),
  }));
  return <Tabs label={t.diagnosis.fixes} tabs={tabs} />;
}
