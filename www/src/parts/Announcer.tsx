import { createContext, type ReactNode, useContext, useState } from 'react';

const Announce = createContext<(text: string) => void>(() => undefined);

/** Says something to a screen reader. */
export const useAnnounce = () => useContext(Announce);

/** The page's one live region: what is said is short, while what is shown may be long. */
export function Announcer({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: '', times: 0 });
  const [announce] = useState(() => (text: string) => {
    setSaid(({ times }) => ({ text, times: times + 1 }));
  });
  return (
    <Announce value={announce}>
      {children}
      <p className="unseen" role="status">
        {/* A new element each time: the same words are said again. */}
        <span key={said.times}>{said.text}</span>
      </p>
    </Announce>
  );
}
