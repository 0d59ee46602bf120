// Decimals as exact fractions, never through a double; units of one kind by the UCUM library that
// fhirpath.js brings along.
import { createRequire } from 'node:module';

const require = createRequire(createRequire(import.meta.url).resolve('fhirpath'));
const ucum = require('@lhncbc/ucum-lhc').UcumLhcUtils.getInstance();

/** {value, low, high}, as fractions [top, bottom]: the number, and the stretch that its digits name (R4: 14 is [13.5, 14.5)). */
export function decimal(text) {
  const parts = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!parts) return null;
  const [, sign, whole, fraction = '', exponent = '0'] = parts;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const scale = Number(exponent) - fraction.length - 2; // two digits behind the last
  const of = (hundreds) => (scale >= 0 ? [hundreds * 10n ** BigInt(scale), 1n] : [hundreds, 10n ** BigInt(-scale)]);
  // R4's own examples: 100 is [99.5, 100.5); but 1e2 is [95, 105), to one digit more than is written.
  const half = parts[4] === undefined ? 50n : 5n;
  return { value: of(100n * digits), low: of(100n * digits - half), high: of(100n * digits + half) };
}
const times = ([a, b], [c, d]) => [a * c, b * d];
/** Less than, equal, greater than: below, at, above 0. */
const compare = ([a, b], [c, d]) => (a * d < c * b ? -1 : a * d > c * b ? 1 : 0);

/** How a stored number stands to what is asked. With a comparator only what is certain matches. */
export function number_matches(prefix, asked, stored, comparator = '', ratio = [1n, 1n]) {
  const value = times(stored.value, ratio);
  const at = (edge) => compare(value, edge);
  const inside = at(asked.low) >= 0 && at(asked.high) < 0;
  const tenth = times(asked.value, [asked.value[0] < 0n ? -1n : 1n, 10n]);
  const away = (sign) => [asked.value[0] * tenth[1] + sign * tenth[0] * asked.value[1], asked.value[1] * tenth[1]];
  if (comparator === '') {
    switch (prefix) {
      case 'eq':
        return inside;
      case 'ne':
        return !inside;
      case 'gt':
      case 'sa':
        return at(asked.value) > 0;
      case 'lt':
      case 'eb':
        return at(asked.value) < 0;
      case 'ge':
        return at(asked.value) >= 0;
      case 'le':
        return at(asked.value) <= 0;
      case 'ap':
        return at(away(-1n)) >= 0 && at(away(1n)) <= 0;
    }
  }
  const upward = comparator[0] === '>',
    reaches = comparator.endsWith('='); // does the edge itself belong to it?
  switch (prefix) {
    case 'gt':
    case 'sa':
      return upward && (reaches ? at(asked.value) > 0 : at(asked.value) >= 0);
    case 'ge':
      return upward && at(asked.value) >= 0;
    case 'lt':
    case 'eb':
      return !upward && (reaches ? at(asked.value) < 0 : at(asked.value) <= 0);
    case 'le':
      return !upward && at(asked.value) <= 0;
    case 'ne':
      return upward ? at(asked.high) >= 0 : reaches ? at(asked.low) < 0 : at(asked.low) <= 0;
    default:
      return false; // eq, ap: it may be anything
  }
}

// Units that UCUM counts as plain numbers, or as nothing that can be compared, stand for themselves
// (gateway/README.md): here for a base unit that no result of ours has.
const stand_in = (code) => code.replace('[IU]', 'C').replace('[HPF]', 'rad').replace('mol', 'cd');
const annotation = (code) => (code.match(/\{[^}]*\}/g) ?? []).join();

const ratios = new Map();
/** What turns a number in `from` into one in `to`, as a fraction; null: they are of two kinds. */
export function unit_ratio(from, to) {
  if (from === to) return [1n, 1n];
  const key = `${from} ${to}`;
  if (!ratios.has(key))
    ratios.set(key, annotation(from) === annotation(to) ? library_ratio(stand_in(from), stand_in(to)) : null);
  return ratios.get(key);
}
function library_ratio(from, to) {
  const said = ucum.convertUnitTo(from, 1, to);
  if (said.status !== 'succeeded') return null;
  const whole = (number) => BigInt(Math.round(number * 1e6));
  // The library counts in doubles; the ratios of units in use have few digits one way or the other.
  return said.toVal >= 1 ? [whole(said.toVal), 1_000_000n] : [1_000_000n, whole(1 / said.toVal)];
}
