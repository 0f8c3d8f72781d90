import type { Scenario } from '../outputs';
import { useTexts } from '../texts';

interface Props {
  scenarios: Scenario[];
  chosen: Scenario;
  onChoose: (id: string) => void;
}

const byArticle = (a: Scenario, b: Scenario) => (a.article ?? '').localeCompare(b.article ?? '');

/** The set-ups, the articles' own first: a list where there is room, a select on a phone. */
export function ScenarioList({ scenarios, chosen, onChoose }: Props) {
  const { t, of } = useTexts();
  const groups = [
    { name: t.lab.articles, members: scenarios.filter(({ article }) => article !== undefined).sort(byArticle) },
    { name: t.lab.others, members: scenarios.filter(({ article }) => article === undefined) },
  ].filter((group) => group.members.length > 0);

  return (
    <>
      <label className="field scenario-select">
        {t.lab.choose}
        <select
          value={chosen.id}
          onChange={(event) => {
            onChoose(event.target.value);
          }}
        >
          {groups.map((group) => (
            <optgroup key={group.name} label={group.name}>
              {group.members.map((scenario) => (
                <option key={scenario.id} value={scenario.id}>
                  {scenario.id} {of(scenario.title)}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      <nav className="scenario-list" aria-label={t.lab.list}>
        {groups.map((group) => (
          <div key={group.name}>
            <h3 className="label">{group.name}</h3>
            <ul>
              {group.members.map((scenario) => (
                <li key={scenario.id}>
                  <button
                    type="button"
                    aria-current={scenario.id === chosen.id}
                    onClick={() => {
                      onChoose(scenario.id);
                    }}
                  >
                    <span className="scenario-id">{scenario.id}</span>
                    <span className="scenario-title">{of(scenario.title)}</span>
                    <span className="state" data-state={scenario.state}>
                      <span className="unseen">{t.lab[scenario.state]}</span>
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
    </>
  );
}
