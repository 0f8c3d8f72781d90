import type { Client, Finding } from 'gatepass';
import { useRef, useState } from 'react';

import { OutcomeView } from '../calls/OutcomeView';
import { useCall } from '../calls/useCall';
import { type Outcome, outcomeOfError } from '../calls/outcome';
import { makeScenarioClient } from '../client';
import { needsPreflight } from '../diagnosis/stops';
import { callOf, type Outputs, routeOf, type Scenario, surroundingsOf, turnScenario } from '../outputs';
import { ActionButton } from '../parts/ActionButton';
import { useAnnounce } from '../parts/Announcer';
import { useTexts } from '../texts';
import { ByHand, byHandOf, canBeHere } from './ByHand';
import { consoleOf } from './console';
import { RequestView } from './RequestView';
import { kindOf } from './search';
import { send } from './send';
import { sendFromFrame } from './sendFromFrame';

interface Props {
  outputs: Outputs;
  scenario: Scenario;
  username: string | null;
  client: Client;
  onTurned: (scenario: Scenario) => void;
}

/** One broken set-up: its story, its request, what comes of it, and its fix. */
export function ScenarioView({ outputs, scenario, username, client, onTurned }: Props) {
  const { t, of, locale } = useTexts();
  const { outcome, pending, run } = useCall();
  const [turning, setTurning] = useState(false);
  const announce = useAnnounce();
  const sendButton = useRef<HTMLButtonElement>(null);
  const user = outputs.users.find(({ role }) => role === scenario.user);
  const signInFirst = user && user.username !== username ? user : null;
  const byHand = byHandOf(scenario);

  const sendIt = (current: Scenario) =>
    run(async () => {
      try {
        if (signInFirst) await client.signIn({ username: signInFirst.username, password: signInFirst.password });
      } catch (error) {
        return outcomeOfError(client, error);
      }
      const { csp } = surroundingsOf(current);
      if (csp !== undefined) return sendFromFrame({ policy: csp, outputs, locale, scenario: current });
      const own = makeScenarioClient(outputs, locale, current);
      try {
        return await send(own, current, locale);
      } finally {
        own.close();
      }
    });

  const turn = async (way: 'fix' | 'break') => {
    setTurning(true);
    announce(t.lab.applying);
    // The button that was pressed goes away.
    sendButton.current?.focus({ preventScroll: true });
    try {
      const turned = await turnScenario(scenario.id, way);
      onTurned(turned);
      await sendIt(turned);
    } finally {
      setTurning(false);
    }
  };

  const succeeded = outcome?.kind === 'answered' && !outcome.diagnosis;
  const { kind, auth } = routeOf(scenario);
  const { method, headers } = callOf(scenario);
  return (
    <article className="scenario" aria-labelledby="scenario-heading">
      <header>
        <p className="chips">
          <code className="chip">{scenario.id}</code>
          <span className="chip">{t.lab.kinds[kindOf(scenario)]}</span>
          {scenario.article !== undefined && (
            <span className="chip">
              {t.lab.article} {scenario.article}
            </span>
          )}
          {byHand === null && (
            <span className="chip state" data-state={scenario.state}>
              {t.lab[scenario.state]}
            </span>
          )}
        </p>
        <h3 id="scenario-heading">{of(scenario.title)}</h3>
        <p>{of(scenario.story)}</p>
      </header>
      <RequestView scenario={scenario} />
      {byHand !== null && <ByHand scenario={scenario} state={byHand} />}
      {canBeHere(byHand) ? (
        <div className="buttons">
          <ActionButton primary ref={sendButton} disabled={pending || turning} onAct={() => void sendIt(scenario)}>
            {signInFirst ? t.lab.signInAndSend(signInFirst.username) : outcome ? t.lab.sendAgain : t.lab.send}
          </ActionButton>
          {scenario.state === 'fixed' && (
            <ActionButton disabled={pending || turning} onAct={() => void turn('break')}>
              {t.lab.breakAgain}
            </ActionButton>
          )}
        </div>
      ) : (
        <Elsewhere scenario={scenario} />
      )}
      <div className="scenario-result" aria-busy={pending || turning}>
        {turning && !pending && <p className="note working">{t.lab.applying}</p>}
        {pending && <p className="note working">{t.lab.sending}</p>}
        {succeeded && scenario.state === 'fixed' && (
          <p className="mended">
            <strong>{t.calls.succeeds}</strong> {t.lab.fixedBy} {of(scenario.fixTitle)}
          </p>
        )}
        {succeeded && scenario.state === 'broken' && (
          <p className="dormant">{byHand === null ? t.lab.dormant : t.lab.byHand.notYet}</p>
        )}
        {outcome && (
          <OutcomeView
            outcome={outcome}
            way={{ kind, auth }}
            method={method}
            preflighted={needsPreflight(auth, method, headers)}
            {...(scenario.state === 'broken' && known(scenario, outcome))}
          />
        )}
        {outcome && scenario.state === 'broken' && (byHand === null || !succeeded) && (
          <div className="apply">
            <p>
              <span className="label">{t.lab.theFix}</span> {of(scenario.fixTitle)}
            </p>
            {byHand === null && (
              <ActionButton primary disabled={turning} onAct={() => void turn('fix')}>
                {t.lab.apply}
              </ActionButton>
            )}
          </div>
        )}
      </div>
    </article>
  );
}

/** A page cannot tell why nobody answers. */
const codeInPage = ({ layer, expect }: Scenario): string =>
  layer === 'network' && expect.netError !== undefined && expect.code !== 'offline' && expect.code !== 'preflight-connection-lost'
    ? 'unreachable'
    : expect.code;

/** What the lab knows of a failure, because it brought it about: no page can. */
function known(scenario: Scenario, outcome: Outcome): { consoleSays?: string | null; truth?: Finding | undefined } {
  if (outcome.kind === 'refused' || outcome.diagnosis === null) return {};
  const { findings, request } = outcome.diagnosis;
  const { corsError } = scenario.expect;
  const named = findings.filter((finding) => finding.code === codeInPage(scenario));
  return {
    consoleSays: outcome.kind === 'failed' && outcome.url ? consoleOf(scenario, outcome.url, request.origin) : null,
    truth: named.find((finding) => (finding.corsError ?? null) === corsError) ?? named[0],
  };
}

/** What a page that could be in the state would see. */
function Elsewhere({ scenario }: { scenario: Scenario }) {
  const { t, of } = useTexts();
  const says = consoleOf(scenario, callOf(scenario).url, `${surroundingsOf(scenario).page ?? 'https'}://app.example.com`);
  return (
    <>
      {says !== null && (
        <section>
          <h4 className="label">{t.lab.byHand.there}</h4>
          <pre className="console-says">{says}</pre>
        </section>
      )}
      <div className="apply">
        <p>
          <span className="label">{t.lab.theFix}</span> {of(scenario.fixTitle)}
        </p>
      </div>
    </>
  );
}
