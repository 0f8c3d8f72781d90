import { type KeyboardEvent, type RefObject, useEffect } from 'react';

import type { Scenario } from '../outputs';
import { useTexts } from '../texts';
import type { Texts } from '../texts/en';

interface Props {
  scenarios: Scenario[];
  chosen: Scenario;
  list: RefObject<HTMLDivElement | null>;
  onChoose: (id: string) => void;
}

type Family = keyof Texts['lab']['families'];

/** A case's number begins with the letter of its family. */
const FAMILIES: Family[] = ['H', 'R', 'L', 'C', 'X', 'S', 'E'];

const families = (scenarios: Scenario[]) =>
  FAMILIES.map((family) => ({
    family,
    members: scenarios.filter(({ id }) => id.startsWith(family)).sort((a, b) => a.id.localeCompare(b.id)),
  })).filter(({ members }) => members.length > 0);

const PAGE = 8;
const STEPS: Partial<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: PAGE,
  PageUp: -PAGE,
  Home: -Infinity,
  End: Infinity,
};

/** The set-ups that were found: a list where there is room, a select on a phone. */
export function ScenarioList({ scenarios, chosen, list, onChoose }: Props) {
  const { t, of } = useTexts();
  const groups = families(scenarios);
  const inOrder = groups.flatMap(({ members }) => members);
  const isFound = scenarios.includes(chosen);
  const stop = isFound ? chosen : inOrder[0];

  useEffect(() => {
    // The list scrolls to what was chosen; the page stays where it is.
    const option = list.current?.querySelector<HTMLElement>('[aria-selected=true]');
    if (!list.current || !option) return;
    const { top, bottom } = list.current.getBoundingClientRect();
    const at = option.getBoundingClientRect();
    if (at.top < top) list.current.scrollBy(0, at.top - top - MARGIN);
    if (at.bottom > bottom) list.current.scrollBy(0, at.bottom - bottom + MARGIN);
  }, [list, chosen.id, scenarios]);

  const move = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || !stop) return;
    event.preventDefault();
    const at = Math.min(Math.max(inOrder.indexOf(stop) + step, 0), inOrder.length - 1);
    const next = inOrder[at];
    if (!next) return;
    onChoose(next.id);
    list.current?.querySelector<HTMLElement>(`[data-id="${next.id}"]`)?.focus({ preventScroll: true });
  };

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
          {!isFound && <OptionOf scenario={chosen} />}
          {groups.map(({ family, members }) => (
            <optgroup key={family} label={t.lab.families[family]}>
              {members.map((scenario) => (
                <OptionOf key={scenario.id} scenario={scenario} />
              ))}
            </optgroup>
          ))}
        </select>
      </label>
      <div className="scenario-list" role="listbox" aria-label={t.lab.list} tabIndex={-1} ref={list} onKeyDown={move}>
        {groups.length === 0 && <p className="note">{t.lab.nothingFound}</p>}
        {groups.map(({ family, members }) => (
          <div key={family} role="group" aria-label={t.lab.families[family]}>
            <p className="label" aria-hidden="true">
              {t.lab.families[family]} <span>{members.length}</span>
            </p>
            {members.map((scenario) => (
              <button
                key={scenario.id}
                type="button"
                role="option"
                data-id={scenario.id}
                aria-selected={scenario === chosen}
                tabIndex={scenario === stop ? 0 : -1}
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
            ))}
          </div>
        ))}
      </div>
    </>
  );
}

const MARGIN = 24;

function OptionOf({ scenario }: { scenario: Scenario }) {
  const { of } = useTexts();
  return (
    <option value={scenario.id}>
      {scenario.id} {of(scenario.title)}
    </option>
  );
}
