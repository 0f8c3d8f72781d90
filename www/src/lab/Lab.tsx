import type { Client } from 'gatepass';
import { useEffect, useMemo, useRef, useState } from 'react';

import type { Outputs, Scenario } from '../outputs';
import { useTexts } from '../texts';
import { readAddress, writeAddress } from './address';
import { Finder } from './Finder';
import { ScenarioList } from './ScenarioList';
import { ScenarioView } from './ScenarioView';
import { matcherOf, textOf } from './search';

interface Props {
  outputs: Outputs;
  client: Client;
  username: string | null;
}

/** The scenario lab: find a broken set-up, see why it fails, mend it. */
export function Lab({ outputs, client, username }: Props) {
  const { t } = useTexts();
  const [scenarios, setScenarios] = useState(outputs.scenarios);
  const [place, setPlace] = useState(readAddress);
  const lab = useRef<HTMLElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const index = useMemo(() => new Map(outputs.scenarios.map((scenario) => [scenario.id, textOf(scenario)])), [outputs]);

  const found = useMemo(() => scenarios.filter(matcherOf(place.query, index)), [scenarios, place.query, index]);
  const chosen =
    scenarios.find(({ id }) => id === place.chosen) ?? scenarios.find(({ article }) => article === '000') ?? scenarios[0];

  useEffect(() => {
    // An address that names a case is about the lab.
    if (readAddress().chosen !== '') lab.current?.scrollIntoView();
  }, []);
  useEffect(() => {
    writeAddress(place);
  }, [place]);

  const choose = (id: string) => {
    setPlace((last) => ({ ...last, chosen: id }));
  };
  const replace = (turned: Scenario) => {
    setScenarios((all) => all.map((scenario) => (scenario.id === turned.id ? turned : scenario)));
  };

  if (!chosen) return null;
  return (
    <section className="lab" aria-labelledby="lab-heading" ref={lab}>
      <header className="section-head">
        <h2 id="lab-heading">{t.lab.heading}</h2>
        <p>{t.lab.lead}</p>
      </header>
      <Finder
        scenarios={scenarios}
        index={index}
        query={place.query}
        found={found.length}
        onQuery={(query) => {
          setPlace((last) => ({ ...last, query }));
        }}
        onEnter={() => list.current?.querySelector<HTMLElement>('[role=option][tabindex="0"]')?.focus()}
      />
      <div className="lab-body">
        <ScenarioList scenarios={found} chosen={chosen} list={list} onChoose={choose} />
        <ScenarioView
          key={chosen.id}
          outputs={outputs}
          scenario={chosen}
          username={username}
          client={client}
          onTurned={replace}
        />
      </div>
    </section>
  );
}
