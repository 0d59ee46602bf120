// Numbers as they were written: what a browser would shorten ("12.40") keeps its digits.
export class Digits {
  constructor(readonly text: string) {}
  toString() { return this.text; }
  valueOf() { return Number(this.text); }
}

interface Source { source?: string }

/** JSON in which a number that JavaScript would write otherwise is a Digits. Browsers that do not tell the source give the number. */
export function parseExact(text: string): unknown {
  const revive = (_: string, value: unknown, context?: Source) =>
    typeof value === "number" && context?.source !== undefined && context.source !== String(value) ? new Digits(context.source) : value;
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
}
