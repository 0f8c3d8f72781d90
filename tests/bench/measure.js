// Times things against each other: in turns, so that what else the machine does falls on all alike.

const median = (times) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];

/**
 * Runs each subject `rounds` times, in turns, `calls` at a time, and gives the median time of a call in microseconds.
 * `subjects` maps names to async functions.
 */
export async function compare(subjects, { rounds, calls }) {
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (const run of Object.values(subjects)) await repeat(run, calls);
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(subjects)) times[name].push((await repeat(run, calls)) / calls);
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}

async function repeat(run, calls) {
  const start = performance.now();
  for (let call = 0; call < calls; call++) await run();
  return (performance.now() - start) * 1000;
}
