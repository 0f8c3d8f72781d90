import type { Fix } from 'gatepass';

import { CopyButton } from '../parts/CopyButton';
import { Tabs } from '../parts/Tabs';
import { useTexts } from '../texts';

/** One finding's fixes, a tab for each tool; the first of a tool's is the best. */
export function Fixes({ fixes }: { fixes: Fix[] }) {
  const { t } = useTexts();
  const tools = [...new Set(fixes.map(({ tool }) => tool))];
  const tabs = tools.map((tool) => ({
    id: tool,
    label: t.diagnosis.tools[tool],
    panel: fixes
      .filter((fix) => fix.tool === tool)
      .map(({ text }) => (
        <div key={text} className="code-block">
          <CopyButton text={text} />
          <pre data-prose={tool === 'console' || undefined}>{text}</pre>
        </div>
      )),
  }));
  return <Tabs label={t.diagnosis.fixes} tabs={tabs} />;
}
