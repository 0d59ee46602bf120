// Random searches with what they must find: node questions.mjs SEED NUMBER MAPPINGS SERVED RESOURCES
// SERVED: {"Observation": ["code", …], …}, the parameters that the server says it has. RESOURCES: all it
// stores, a searchset a line. Prints {"type", "query", "ids"}, one a line.
import fs from 'node:fs';

import { Chance } from './chance.mjs';
import { target, tokens } from './matching.mjs';
import { Search } from './search.mjs';
import { Definitions, parse } from './values.mjs';

const [seed, number, mappings, served_file, resources_file] = process.argv.slice(2);
const resources = fs
  .readFileSync(resources_file, 'utf8')
  .trim()
  .split('\n')
  .flatMap((line) => parse(line).entry.map((entry) => entry.resource));
const served = JSON.parse(fs.readFileSync(served_file));
const definitions = new Definitions(mappings),
  search = new Search(definitions, resources, Date.now());
const chance = new Chance(Number(seed));
const types = Object.keys(served).filter((type) => search.by_type.has(type));

const escaped = (text) => text.replace(/[,$|\\]/g, '\\$&');
const prefixes = ['', '', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'];
const modifiers = {
  token: ['not', 'missing'],
  string: ['exact', 'contains', 'missing'],
  reference: ['missing'],
  number: ['missing'],
  quantity: ['missing'],
  date: ['missing'],
  uri: ['missing', 'below', 'above'],
};

/** References to any type: they are not chained, and say so (gateway/fhir/search/parameters.hpp, `targets`). */
const not_chained = new Set([
  'Observation focus',
  'Observation part-of',
  'DocumentReference relatesto',
  'DocumentReference related',
  'MessageHeader target',
  'Provenance entity',
]);
/** Parameters that the server names and that are defined. */
const parameters_of = (type) =>
  (served[type] ?? [])
    .map(
      (code) =>
        definitions.find(type, code) ??
        (code === 'sample-type' ? { type, code, kind: 'token', expression: '' } : undefined),
    )
    .filter(Boolean);

/** A value of this element as a search would say it, or one beside it. */
function value_near(kind, element, name = '') {
  switch (kind) {
    case 'token':
      return token_near(element, name);
    case 'string':
      return string_near(element);
    case 'reference':
      return reference_near(element);
    case 'number':
      return chance.of(prefixes) + decimal_near(element);
    case 'quantity':
      return quantity_near(element);
    case 'date':
      return date_near(element, name);
    case 'uri':
      return escaped(chance.is(0.7) ? element : chance.is(0.5) ? element.slice(0, -2) : `${element}/x`);
  }
  throw new Error(kind);
}
function token_near(element, code_name) {
  const all = tokens(element).filter(([, code]) => code !== undefined);
  if (all.length === 0) return 'nothing';
  const [system, code] = chance.of(all);
  if (code_name === 'sender') return chance.is(0.5) ? code : escaped(code);
  if (system === undefined) return code_name === 'status' && chance.is(0.2) ? code.toUpperCase() : code;
  if (system === '') return chance.is(0.5) ? escaped(code) : `|${escaped(code)}`;
  return chance.of([
    escaped(code),
    `${escaped(system)}|${escaped(code)}`,
    `${escaped(system)}|${escaped(code)}`,
    `${escaped(system)}|`,
    `|${escaped(code)}`,
    `urn:none|${escaped(code)}`,
  ]);
}
function string_near(element) {
  const texts =
    typeof element === 'string' ? [element] : [element.family, ...(element.given ?? []), element.text].filter(Boolean);
  if (texts.length === 0) return 'nobody';
  const text = chance.of(texts),
    from = chance.is(0.7) ? 0 : chance.below(text.length);
  const part = chance.is(0.3) ? text : text.slice(from, from + 1 + chance.below(text.length));
  const said = chance
    .of([part, part.toUpperCase(), part.toLowerCase(), part.normalize('NFD').replace(/[\u0300-\u036f]/g, '')])
    .trim();
  return escaped(said === '' ? text : said);
}
function reference_near(element) {
  const key = target(element.reference);
  return key === null ? 'nobody' : chance.of([key[1], key.join('/'), `${key.join('/')}/_history/1`, 'nobody']);
}
function decimal_near(text) {
  return chance.of([
    text,
    text,
    text.replace(/\.\d+$/, ''),
    `${text.replace(/[eE].*$/, '')}${text.includes('.') ? '0' : '.0'}`,
    '14',
    '1e2',
    '0',
    '-3',
    '100.5',
  ]);
}
function quantity_near(element) {
  const number = chance.of(prefixes) + decimal_near(element.value ?? '1');
  const { system, code, unit } = element;
  const forms = [number];
  if (unit) forms.push(`${number}||${escaped(unit)}`);
  if (code) forms.push(`${number}||${escaped(code)}`);
  if (system && code)
    forms.push(`${number}|${system}|${code}`, `${number}|${system}|${code}`, `${number}|${system}|${code}`);
  if (system === 'http://unitsofmeasure.org')
    forms.push(`${number}|${system}|${chance.of(['/uL', '10*9/L', 'pg/mL', 'g/L', 'mmol/L', '%', 'h'])}`);
  return chance.of(forms);
}
function date_near(element, name) {
  const time = time_near(element),
    prefix = chance.of(prefixes);
  // Of a commit a moment ago "about then" changes while we ask; and who asks for what is newer than what
  // was seen last gets all of that millisecond again (FHIR.md §2.2, never miss).
  const depends_on_when = prefix === 'ap' || (time.includes('.') && /gt|sa/.test(prefix));
  return name === '_lastUpdated' && depends_on_when ? time : prefix + time;
}
function time_near(element) {
  const text = typeof element === 'string' ? element : chance.of([element.start, element.end].filter(Boolean));
  const zone = chance.of(['Z', '-05:00', '+05:30']);
  return chance.of([
    text,
    text,
    text.slice(0, 4),
    text.slice(0, 7),
    text.slice(0, 10),
    `${text.slice(0, 10).padEnd(7, '-03').padEnd(10, '-22')}T09:30${zone}`,
    '2025-03-22',
    `2025-03-22T09:30:00${zone}`,
    `2025-03-22T23:30:59.5${zone}`,
  ]);
}

/** Resources of the type that say something to the parameter; several tries, then any. */
function element_of(type, parameter) {
  for (let tries = 0; tries < 12; ++tries) {
    const elements = search.values_of(chance.of(search.by_type.get(type)), parameter);
    if (elements.length > 0) return chance.of(elements);
  }
  return undefined;
}
function composite_value(type, parameter) {
  for (let tries = 0; tries < 12; ++tries) {
    const resource = chance.of(search.by_type.get(type));
    const element = chance.of(
      definitions.evaluate(resource, type, parameter.expression, search.resolve).concat([undefined]),
    );
    if (element === undefined) continue;
    const values = parameter.parts.map((part) => {
      const found = definitions.part(element, search.place_of(element, resource), part.expression);
      return found.length > 0 ? value_near(part.kind, chance.of(found)) : undefined;
    });
    if (!values.includes(undefined)) return values.join('$');
  }
  return undefined;
}

/** [name, value] of one criterion; undefined: nothing to ask. */
function plain(type) {
  const parameter = chance.of(parameters_of(type));
  if (parameter.kind === 'composite') {
    const values = [
      composite_value(type, parameter),
      ...(chance.is(0.2) ? [composite_value(type, parameter)] : []),
    ].filter(Boolean);
    return values.length > 0 ? [parameter.code, values.join(',')] : undefined;
  }
  const { code, kind } = parameter;
  if (kind === 'token' && code === 'identifier' && chance.is(0.15)) {
    const one = element_of(type, parameter);
    if (one?.type)
      return [`${code}:of-type`, `${one.type.coding[0].system}|${one.type.coding[0].code}|${escaped(one.value)}`];
  }
  const modifier = chance.is(0.3) ? chance.of(modifiers[kind]) : '';
  if (modifier === 'missing' && code !== '_id' && code !== '_lastUpdated')
    return [`${code}:missing`, String(chance.is(0.5))];
  const shorthand = parameter.expression === '' || parameter.expression.includes('.resolve().');
  const asked = shorthand ? definitions.find('Observation', code) : parameter,
    of = shorthand ? 'Observation' : type;
  const values = Array.from({ length: chance.is(0.25) ? 2 : 1 }, () => element_of(of, asked))
    .filter((one) => one !== undefined)
    .map((element) => value_near(kind, element, code))
    .filter((value) => value !== '');
  if (values.length === 0) return undefined;
  return [code + (modifier && modifier !== 'missing' ? `:${modifier}` : ''), values.join(',')];
}
function reference_of(type) {
  const all = parameters_of(type).filter((one) => one.kind === 'reference' && !not_chained.has(`${type} ${one.code}`));
  return all.length > 0 ? chance.of(all) : undefined;
}
function chained(type, depth) {
  const parameter = reference_of(type),
    element = parameter && element_of(type, parameter),
    key = element && target(element.reference);
  if (!key || !served[key[0]] || !search.by_type.has(key[0])) return undefined;
  const inner = criterion(key[0], depth + 1);
  return inner && [`${parameter.code}:${key[0]}.${inner[0]}`, inner[1]];
}
function referred(type, depth) {
  const other = chance.of(types),
    parameter = reference_of(other),
    element = parameter && element_of(other, parameter);
  if (!element || target(element.reference)?.[0] !== type) return undefined;
  const inner = criterion(other, depth + 1);
  return inner && [`_has:${other}:${parameter.code}:${inner[0]}`, inner[1]];
}
function criterion(type, depth) {
  const dice = chance.next();
  if (depth < 2 && dice < 0.12) return chained(type, depth);
  if (depth < 2 && dice < 0.2) return referred(type, depth);
  return plain(type);
}

let asked = 0;
while (asked < Number(number)) {
  const type = chance.is(0.5) ? 'Observation' : chance.of(types);
  const criteria = Array.from({ length: 1 + chance.below(2) }, () => criterion(type, 0)).filter(Boolean);
  if (criteria.length === 0) continue;
  const query = new URLSearchParams(criteria).toString();
  console.log(JSON.stringify({ type, query, ids: search.find(type, query).sort() }));
  ++asked;
}
