// Times as FHIR.md §2.2 wants them searched: a stretch on the laboratory's own calendar, and a stretch
// of instants. Both in microseconds, as BigInt, [begin, end).

const form = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;
const second = 1_000_000n,
  minute = 60n * second,
  hour = 60n * minute;
export const never = -(2n ** 62n),
  for_ever = 2n ** 62n;

const local = (year, month, day) => BigInt(Date.UTC(year, month, day)) * 1000n;

/** {local: [begin, end), instant: [begin, end), timed, width} of what a text names; null: no time. */
export function stretch(text) {
  const parts = form.exec(text ?? '');
  if (!parts) return null;
  const [, y, mo, d, h, mi, s, fraction, zone] = parts;
  const year = +y,
    month = mo ? +mo - 1 : 0,
    day = d ? +d : 1;
  let begin = local(year, month, day),
    end;
  if (h) {
    begin += BigInt(h) * hour + BigInt(mi) * minute;
    let width = minute;
    if (s) {
      begin += BigInt(s) * second;
      width = second;
    }
    if (fraction) {
      const digits = fraction.slice(1);
      begin += BigInt(digits.padEnd(6, '0').slice(0, 6));
      width = digits.length < 6 ? 10n ** BigInt(6 - digits.length) : 1n;
    }
    end = begin + width;
  } else {
    end = d ? begin + 24n * hour : mo ? local(year, month + 1, 1) : local(year + 1, 0, 1);
  }
  let early = 14n * hour,
    late = -12n * hour; // of a zone that was not said
  if (zone) {
    const [hours, minutes] = zone === 'Z' ? [0, 0] : zone.slice(1).split(':').map(Number);
    const offset = (BigInt(hours) * 60n + BigInt(minutes)) * minute * (zone[0] === '-' ? -1n : 1n);
    early = late = offset;
  }
  return { local: [begin, end], instant: [begin - early, end - late], timed: Boolean(h), width: end - begin };
}

/** Of an element: a text, or a Period whose open ends are for ever. */
export function stretch_of(element) {
  if (typeof element === 'string') return stretch(element);
  const start = stretch(element.start),
    end = stretch(element.end);
  if (!start && !end) return null;
  return {
    local: [start?.local[0] ?? never, end?.local[1] ?? for_ever],
    instant: [start?.instant[0] ?? never, end?.instant[1] ?? for_ever],
  };
}

/** R4, search, prefixes: `range` is what is searched for, [b, e) what is stored. */
export function date_matches(prefix, asked, element, now) {
  const stored = stretch_of(element);
  if (!stored) return false;
  const [low, high] = asked.timed ? asked.instant : asked.local;
  const [b, e] = asked.timed ? stored.instant : stored.local;
  const within = low <= b && e <= high;
  switch (prefix) {
    case 'eq':
      return within;
    case 'ne':
      return !within;
    case 'gt':
      return e > high;
    case 'lt':
      return b < low;
    case 'ge':
      return e > high || within;
    case 'le':
      return b < low || within;
    case 'sa':
      return b >= high;
    case 'eb':
      return e <= low;
    case 'ap': {
      const distance = now < low ? low - now : now - low;
      const more = distance / 10n > asked.width ? distance / 10n : asked.width;
      return b < high + more && e > low - more;
    }
  }
  throw new Error(prefix);
}
