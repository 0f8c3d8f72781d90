// How good a diagnosis in the page was, beside the truth.

/** Which of them it was no page can know: to a script they are one. */
const UNREACHABLE = ['host-not-found', 'certificate-invalid', 'connection-refused'];

const names = ({ code }, { expect }) => code === expect.code || (code === 'unreachable' && UNREACHABLE.includes(expect.code));

/** The truth for a scenario: what Chromium said, or the fault itself where CORS has no word for it. */
const isTruth = (finding, row) => (row.truth?.corsError ? finding.corsError === row.truth.corsError : finding.corsError === null && names(finding, row));

/** These alone leave the score, each for a reason that is no fault of a diagnosis. */
const EXCUSED = {
  H08: { why: 'it works: there is nothing to diagnose' },
  E01: { engine: 'firefox', why: 'Firefox asks for no local network permission' },
  E02: { engine: 'firefox', why: 'Firefox asks for no local network permission' },
  E03: { engine: 'firefox', why: 'Firefox knows no targetAddressSpace' },
  E09: { engine: 'firefox', place: 'near', why: 'Firefox reaches loopback while offline' },
  E10: { why: 'no route matches the URL: the client hands it on, and says nothing' },
};
/** A page that is not on this machine is not played through the delaying proxy, which knows its name for another. */
const NOT_FAR = ['E01', 'E02', 'E05'];

const excuseOf = (id, engine, place) => {
  if (place === 'far' && NOT_FAR.includes(id)) return 'the page would be on another machine, and so is the proxy';
  const excuse = EXCUSED[id];
  return excuse && [engine, undefined].includes(excuse.engine) && [place, undefined].includes(excuse.place) ? excuse.why : undefined;
};

/** What the rows of one run come to: how many, and the ids of those that missed. `engine` and `place` (`near`, `far`) say what is excused. */
export function score(rows, engine, place) {
  const played = rows.filter(({ id }) => !excuseOf(id, engine, place));
  const excused = rows.filter((row) => !played.includes(row)).map(({ id }) => ({ id, why: excuseOf(id, engine, place) }));
  const toFail = played.filter(({ expect }) => expect.status === undefined);
  const unlike = idsOf(played.filter((row) => !isAsExpected(row)));
  // What fared otherwise than the scenario says stays in the count, and has missed.
  const missed = (some, rule) => idsOf(some.filter((row) => !isAsExpected(row) || !rule(row)));
  const rejected = played.filter(({ outcome }) => outcome === 'rejected');
  const isRight = (finding, row) => finding && names(finding, row) && isTruth(finding, row);
  return {
    played: played.length,
    failed: toFail.length,
    excused,
    unlike,
    among: missed(played, (row) => row.findings.some((finding) => isTruth(finding, row))),
    named: missed(played, (row) => row.findings.some((finding) => names(finding, row))),
    first: missed(toFail, (row) => row.findings[0] && isTruth(row.findings[0], row)),
    certain: played.filter(({ verdict }) => verdict === 'certain').length,
    wrong: idsOf(played.filter((row) => row.verdict === 'certain' && !isRight(row.findings[0], row))),
    milliseconds: median(rejected.map(({ milliseconds }) => milliseconds)),
    slowest: Math.max(...rejected.map(({ milliseconds }) => milliseconds)),
    requests: Math.max(...rejected.map(({ requests }) => requests)),
  };
}

/** Whether the call ended as the scenario says: failed, or with that status. */
const isAsExpected = ({ outcome, status, expect }) => (expect.status === undefined ? outcome === 'rejected' : status === expect.status);

const idsOf = (rows) => rows.map(({ id }) => id);

export const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
