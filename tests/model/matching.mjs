// Does one element meet one value of a search? FHIR R4, search, as FHIR.md §2.2 decides what R4 leaves
// open. Obvious, not quick.
import { date_matches, stretch } from './dates.mjs';
import { decimal, number_matches, unit_ratio } from './numbers.mjs';

/** Cuts at `separator`, not where a backslash stands before it; escapes stay in. */
export const cut = (text, separator) => {
  const parts = [''];
  for (let at = 0; at < text.length; ++at) {
    if (text[at] === separator) parts.push('');
    else parts[parts.length - 1] += text[at] === '\\' ? text[at] + (text[++at] ?? '') : text[at];
  }
  return parts;
};
const plain = (text) => text.replace(/\\([,$|\\])/g, '$1');

const letters = { ı: 'i', ß: 'ss', ø: 'o', đ: 'd', ł: 'l', æ: 'ae', œ: 'oe', þ: 'th', ð: 'd' };
/** Without case and accents. */
export const folded = (text) =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[ıßøđłæœþð]/g, (c) => letters[c])
    .replace(/\s+/g, ' ')
    .trim();

/** [system, code] of what is searched as a token. */
export function tokens(element) {
  if (typeof element !== 'object') return [[undefined, String(element)]];
  if (element.coding) return element.coding.map((coding) => [coding.system ?? '', coding.code]);
  if ('code' in element) return [[element.system ?? '', element.code]];
  if ('value' in element) return [[element.system ?? '', element.value]]; // Identifier, ContactPoint
  return [];
}
function token_matches(element, value, modifier) {
  if (modifier === 'of-type') {
    const [system, code, identifier] = cut(value, '|').map(plain);
    return (
      element.value === identifier &&
      (element.type?.coding ?? []).some((coding) => (coding.system ?? '') === system && coding.code === code)
    );
  }
  const parts = cut(value, '|').map(plain);
  const code = parts.at(-1),
    system = parts.length > 1 ? parts[0] : undefined;
  return tokens(element).some(([of, is]) => {
    if (of === undefined) return is.toLowerCase() === plain(value).toLowerCase(); // a code of FHIR's own, a boolean, a name
    return is !== undefined && (code === '' || is === code) && (system === undefined || of === system);
  });
}

/** The texts of an element that is searched as a string. */
function texts(element) {
  if (typeof element === 'string') return [element];
  return ['family', 'given', 'prefix', 'suffix', 'text'].flatMap((name) => element[name] ?? []);
}
function string_matches(element, value, modifier) {
  const asked = plain(value);
  return texts(element).some((text) => {
    if (modifier === 'exact') return text === asked;
    if (modifier === 'contains') return folded(text).includes(folded(asked));
    return folded(text).startsWith(folded(asked));
  });
}

/** [type, id] of a literal reference to something that a server has. */
export function target(reference) {
  const parts = /^([A-Z]\w+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/\w+)?$/.exec(reference ?? '');
  return parts ? [parts[1], parts[2]] : null;
}
function reference_matches(element, value, type) {
  const stored = target(element.reference);
  if (!stored) return false;
  const asked = value.replace(/\/_history\/.*/, '').split('/');
  const id = asked.pop(),
    of = asked.pop() ?? type;
  return stored[1] === id && (of === undefined || stored[0] === of);
}

function uri_matches(element, value, modifier) {
  const asked = plain(value);
  if (modifier === 'below') return element.startsWith(asked);
  if (modifier === 'above') return asked.startsWith(element);
  return element === asked;
}

function quantity_matches(element, prefix, number, system, code) {
  const stored = decimal(element.value ?? '');
  if (!stored) return false;
  if (code === undefined) return number_matches(prefix, number, stored, element.comparator);
  if (system === '')
    return (
      (element.code === code || element.unit === code) && number_matches(prefix, number, stored, element.comparator)
    );
  if (element.system !== system) return false;
  const ratio =
    system === 'http://unitsofmeasure.org'
      ? unit_ratio(element.code ?? '', code)
      : element.code === code
        ? [1n, 1n]
        : null;
  return ratio !== null && number_matches(prefix, number, stored, element.comparator, ratio);
}

const prefixed = (value) => /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)$/s.exec(value).slice(1);

/** `kind`: the parameter's; `modifier`: "" or what stands behind the colon. */
export function matches(kind, element, value, modifier, now) {
  switch (kind) {
    case 'token':
      return token_matches(element, value, modifier);
    case 'string':
      return string_matches(element, value, modifier);
    case 'reference':
      return reference_matches(element, value, modifier || undefined);
    case 'uri':
      return uri_matches(element, value, modifier);
  }
  const [prefix = 'eq', rest] = prefixed(value);
  if (kind === 'date') return date_matches(prefix, stretch(rest), element, now);
  if (kind === 'number') return number_matches(prefix, decimal(rest), decimal(element));
  const [number, system, code] = cut(rest, '|').map(plain);
  return quantity_matches(element, prefix, decimal(number), system, code);
}
