// Times things against each other: in turns, so that what else the machine does falls on all alike.

const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

/**
 * Runs each subject `rounds` times, in turns, `calls` at a time. `medians` has the median time of a call in microseconds, `least` that of the fastest
 * round; `drift` tells how quiet the machine was: by what factor the medians of the run's two halves differ, for the subject for which they differ
 * most. `subjects` maps names to async functions.
 */
export async function compare(subjects, { rounds, calls }) {
  const names = Object.keys(subjects);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (const run of Object.values(subjects)) await repeat(run, calls);
  for (let round = 0; round < rounds; round++) {
    // Each follows each: what one leaves to the garbage collector does not always fall on the same other.
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) times[name].push((await repeat(subjects[name], calls)) / calls);
  }
  const ofEach = (figure) => Object.fromEntries(names.map((name) => [name, figure(times[name])]));
  return { medians: ofEach(median), least: ofEach((all) => Math.min(...all)), drift: Math.max(...Object.values(ofEach(drift))) };
}

function drift(times) {
  const half = Math.floor(times.length / 2);
  const [before, after] = [median(times.slice(0, half)), median(times.slice(half))];
  return Math.max(before / after, after / before);
}

async function repeat(run, calls) {
  const start = performance.now();
  for (let call = 0; call < calls; call++) await run();
  return (performance.now() - start) * 1000;
}
