import { useEffect, useState } from 'react';

import { useTexts } from '../texts';

const SHOWN_FOR = 1600;

export function CopyButton({ text }: { text: string }) {
  const { t } = useTexts();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => {
      setCopied(false);
    }, SHOWN_FOR);
    return () => {
      clearTimeout(timer);
    };
  }, [copied]);

  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };

  return (
    <button type="button" className="copy" onClick={() => void copy()} aria-live="polite">
      {copied ? t.diagnosis.copied : t.diagnosis.copy}
    </button>
  );
}
