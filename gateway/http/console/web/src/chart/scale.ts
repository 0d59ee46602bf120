// Axes of a plot.
export interface Scale { from: number; to: number; at: (value: number) => number; ticks: number[] }

/** Steps that people count in. */
function step(span: number, most: number): number {
  const rough = span / most, power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((one) => one * power >= rough) ?? 10);
}

/** `values` from `begin` to `end` of the drawing, with room beside them. */
export function scaleOf(values: number[], begin: number, end: number, most = 5): Scale {
  let low = Math.min(...values), high = Math.max(...values);
  if (low === high) { const room = Math.abs(low) / 4 || 1; low -= room; high += room; }
  const one = step(high - low, most);
  if (low >= 0 && low < one * 2) low = 0;   // what cannot be negative stands on its ground
  const from = Math.floor(low / one) * one, to = Math.ceil(high / one) * one;
  const count = Math.round((to - from) / one);
  return { from, to, at: (value) => begin + ((value - from) / (to - from)) * (end - begin),
    ticks: Array.from({ length: count + 1 }, (_, at) => Number((from + at * one).toPrecision(12))) };
}

/** Days from 1, weeks from 0, with ticks at whole weeks of days or every so many weeks. */
export function timeScale(kind: "day" | "week", values: number[], begin: number, end: number): Scale {
  const least = kind === "day" ? 28 : 12, from = kind === "day" ? 1 : 0;
  const to = Math.max(least, Math.ceil(Math.max(...values)));
  const every = kind === "day" ? (to > 56 ? 14 : 7) : to > 20 ? 8 : 4;
  const ticks = kind === "day" ? [1, ...Array.from({ length: Math.floor(to / every) }, (_, at) => (at + 1) * every)]
    : Array.from({ length: Math.floor(to / every) + 1 }, (_, at) => at * every);
  return { from, to, ticks, at: (value) => begin + ((value - from) / (to - from)) * (end - begin) };
}
