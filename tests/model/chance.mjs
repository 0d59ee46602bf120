// Chance that a seed repeats (mulberry32).
export class Chance {
  constructor(seed) {
    this.state = seed >>> 0;
  }
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  below(number) {
    return Math.floor(this.next() * number);
  }
  is(likely) {
    return this.next() < likely;
  }
  of(list) {
    return list[this.below(list.length)];
  }
  /** Up to `most` of what `make` gives; undefined for none, since FHIR has no empty list. */
  some(most, make) {
    const list = Array.from({ length: this.below(most + 1) }, make);
    return list.length > 0 ? list : undefined;
  }
  maybe(likely, make) {
    return this.is(likely) ? make() : undefined;
  }
}
