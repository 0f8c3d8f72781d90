// How good a diagnosis in the page was, beside the truth.

/** Which of them it was no page can know: to a script they are one. */
const UNREACHABLE = ['host-not-found', 'certificate-invalid', 'connection-refused'];

const names = ({ code }, { expect }) => code === expect.code || (code === 'unreachable' && UNREACHABLE.includes(expect.code));

/** The truth for a scenario: what Chromium said, or the fault itself where CORS has no word for it. */
const isTruth = (finding, row) => (row.truth?.corsError ? finding.corsError === row.truth.corsError : finding.corsError === null && names(finding, row));

/** What the rows of one run come to; `missed` names the scenarios. */
export function score(rows) {
  // A URL that no route matches is the browser's alone; some conditions are not to be had in every browser; and what works needs no diagnosis.
  const played = rows.filter(({ outcome, status, expect, routed }) => routed && (outcome === 'rejected') === (expect.status === undefined) && !(status < 400));
  const missed = (rule) => played.filter((row) => !rule(row)).map(({ id }) => id);
  const among = missed((row) => row.findings.some((finding) => isTruth(finding, row)));
  const named = missed((row) => row.findings.some((finding) => names(finding, row)));
  const failed = played.filter(({ outcome }) => outcome === 'rejected');
  const first = failed.filter((row) => !row.findings[0] || !isTruth(row.findings[0], row)).map(({ id }) => id);
  const wrong = missed((row) => row.verdict !== 'certain' || (names(row.findings[0], row) && isTruth(row.findings[0], row)));
  return {
    played: played.length,
    failed: failed.length,
    notHere: rows.filter((row) => !played.includes(row)).map(({ id }) => id),
    among,
    named,
    first,
    certain: played.filter(({ verdict }) => verdict === 'certain').length,
    wrong,
    milliseconds: median(failed.map(({ milliseconds }) => milliseconds)),
    slowest: Math.max(...failed.map(({ milliseconds }) => milliseconds)),
    requests: Math.max(...failed.map(({ requests }) => requests)),
  };
}

export const median = (numbers) => numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
