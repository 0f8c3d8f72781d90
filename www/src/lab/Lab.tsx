import type { Client } from 'gatepass';
import { useState } from 'react';

import type { Outputs, Scenario } from '../outputs';
import { useTexts } from '../texts';
import { ScenarioList } from './ScenarioList';
import { ScenarioView } from './ScenarioView';

interface Props {
  outputs: Outputs;
  client: Client;
  username: string | null;
}

/** The scenario lab: choose a broken set-up, see why it fails, mend it. */
export function Lab({ outputs, client, username }: Props) {
  const { t } = useTexts();
  const [scenarios, setScenarios] = useState(outputs.scenarios);
  const [chosenId, setChosenId] = useState(() => scenarios.find((scenario) => scenario.article === '000')?.id);
  const chosen = scenarios.find((scenario) => scenario.id === chosenId) ?? scenarios[0];

  const replace = (turned: Scenario) => {
    setScenarios((all) => all.map((scenario) => (scenario.id === turned.id ? turned : scenario)));
  };

  if (!chosen) return null;
  return (
    <section className="lab" aria-labelledby="lab-heading">
      <header className="section-head">
        <h2 id="lab-heading">{t.lab.heading}</h2>
        <p>{t.lab.lead}</p>
      </header>
      <div className="lab-body">
        <ScenarioList scenarios={scenarios} chosen={chosen} onChoose={setChosenId} />
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
