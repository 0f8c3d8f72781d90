// Random choices that are the same in every run with the same seed.

/** Mulberry32: small, and more than good enough to choose test values. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1). */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  chance = (probability) => this.next() < probability;

  below = (limit) => Math.floor(this.next() * limit);

  pick = (choices) => choices[this.below(choices.length)];

  /** One of `[weight, choice]`. */
  weighted(choices) {
    let left = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    return choices.find(([weight]) => (left -= weight) < 0)[1];
  }

  /** Each with the given probability, in a random order. */
  some(choices, probability) {
    const chosen = choices.filter(() => this.chance(probability));
    return chosen.map((choice) => [this.next(), choice]).sort(([a], [b]) => a - b).map(([, choice]) => choice);
  }
}
