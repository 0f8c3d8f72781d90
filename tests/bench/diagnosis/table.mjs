// The figures as a table, each beside what it must be.

/** One figure; `measured` is compared with `atLeast` or `atMost`, or only told. What is known to be missed is `held` where it is. */
export const figure = (name, measured, unit, { atLeast, atMost, held, missed = [], lines = [], note = '' } = {}) => {
  const kept = (atLeast === undefined || measured >= atLeast) && (atMost === undefined || measured <= atMost);
  return { name, measured, unit, must: atLeast ?? atMost, sign: atLeast !== undefined ? '≥' : atMost !== undefined ? '≤' : '', kept, isHeld: held !== undefined && measured >= held, missed, lines, note };
};

export const percent = (right, of) => (of === 0 ? 0 : (100 * right) / of);

/** `groups`: `[title, figures]`. */
export function print(groups) {
  for (const [title, figures] of groups) {
    console.log(`\n${title}`);
    const width = Math.max(...figures.map(({ name }) => name.length));
    for (const { name, measured, unit, must, sign, kept, missed, lines, note } of figures) {
      const verdict = sign === '' ? '      ' : kept ? 'kept  ' : 'MISSED';
      const value = `${shown(measured)}${unit}`.padStart(12);
      const bound = sign === '' ? '' : `${sign} ${shown(must)}${unit}`;
      console.log(`  ${verdict} ${name.padEnd(width)} ${value}  ${bound.padEnd(12)} ${note}`.trimEnd());
      for (const line of missed.length > 0 ? [missed.join(' '), ...lines] : lines) console.log(`         ${line}`);
    }
  }
}

const shown = (number) => (Number.isInteger(number) ? String(number) : number.toFixed(number < 100 ? 1 : 0));

/** Every difference, with all that is needed to see why. */
export function printDifferences(name, differences) {
  for (const { id, truth, said, request, exchange } of differences) {
    console.log(`\n${name}, ${id}`);
    console.log(`  the browser: ${JSON.stringify(truth)}`);
    console.log(`  we:          ${JSON.stringify(said)}`);
    console.log(`  request:     ${JSON.stringify(request)}`);
    console.log(`  exchange:    ${JSON.stringify(exchange)}`);
  }
}
