// Random numbers that come again with their seed, and how a failing case is made small.

/** A generator of choices: mulberry32. */
export function choices(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  /** An integer from 0 up to `limit`, which is left out. */
  const below = (limit) => Math.floor(next() * limit);
  const of = (list) => list[below(list.length)];
  /** A list of at most so many. */
  const some = (most, make) => Array.from({ length: below(most + 1) }, make);
  /** True once in so many times. */
  const once = (times) => below(times) === 0;
  return { below, of, some, once };
}

/**
 * The smallest case that still fails, found by leaving things away: elements of lists, and members of `optional`. `fails` takes cases and tells
 * of each whether it fails.
 */
export async function shrink(failing, fails) {
  for (;;) {
    const smaller = [...reductions(failing)];
    const verdicts = await fails(smaller);
    const next = smaller.find((_, at) => verdicts[at]);
    if (next === undefined) return failing;
    failing = next;
  }
}

/** The value with one thing left away, in each possible way. */
function* reductions(value, name) {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const at of value.keys()) yield value.toSpliced(at, 1);
    for (const [at, element] of value.entries()) for (const smaller of reductions(element)) yield value.with(at, smaller);
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    if (name === 'optional') yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
    for (const smaller of reductions(member, key)) yield { ...value, [key]: smaller };
  }
}
