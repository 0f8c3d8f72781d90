import { useEffect, useState } from 'react';

import { useTexts } from '../texts';
import { useAnnounce } from './Announcer';

const SHOWN_FOR = 1600;

export function CopyButton({ text }: { text: string }) {
  const { t } = useTexts();
  const announce = useAnnounce();
  const [label, setLabel] = useState<'copy' | 'copied' | 'copyForbidden'>('copy');

  useEffect(() => {
    if (label === 'copy') return;
    const timer = setTimeout(() => {
      setLabel('copy');
    }, SHOWN_FOR);
    return () => {
      clearTimeout(timer);
    };
  }, [label]);

  const copy = async () => {
    let came: 'copied' | 'copyForbidden' = 'copied';
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // A policy or the user forbids it, or the page is no secure context.
      came = 'copyForbidden';
    }
    setLabel(came);
    announce(t.diagnosis[came]);
  };

  return (
    <button type="button" className="copy" onClick={() => void copy()}>
      {t.diagnosis[label]}
    </button>
  );
}
