// What a resource says to a search parameter: FHIR's own SearchParameters, and ours, evaluated by a
// FHIRPath library. Numbers are the text they were sent as.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4/index.js';

const require = createRequire(import.meta.url);

/** A JSON text with each number as its digits. */
export const parse = (text) =>
  JSON.parse(text, (_, value, context) => (typeof value === 'number' ? context.source : value));

/** What the alternatives of an expression say about one type, in a spelling every library reads. */
function expression_for(type, expression) {
  const own = expression
    .split(' | ')
    .filter(
      (part) =>
        part.replace(/^\(/, '').startsWith(`${type}.`) || part === type || /^(Resource|DomainResource)\./.test(part),
    );
  return own
    .join(' | ')
    .replace(/\(([\w.]+) as (\w+)\)/g, '$1.ofType($2)')
    .replace(
      /\.as\((\w)(\w*)\)/g,
      (_, first, rest) => `.ofType(${/^DateTime$/.test(first + rest) ? 'dateTime' : first + rest})`,
    )
    .replace(/\.where\(resolve\(\) is (\w+)\)/g, ".where(reference.startsWith('$1/'))");
}
const component_expression = (text) =>
  expression_for(
    '',
    text
      .split(' | ')
      .map((part) => `.${part}`)
      .join(' | '),
  )
    .split(' | ')
    .map((part) => part.slice(1))
    .join(' | ');

/** R4's composite takes a text alone, the parameter that it cites the text of a concept too: we go by the latter. */
const as_cited = {
  'http://hl7.org/fhir/SearchParameter/Observation-value-string': 'value.as(string) | value.as(CodeableConcept).text',
};

export class Definitions {
  constructor(mappings) {
    const place = path.dirname(require.resolve('hl7.fhir.r4.examples/package.json'));
    const bundle = JSON.parse(fs.readFileSync(path.join(place, 'Bundle-searchParams.json')));
    const ours = fs.readdirSync(path.join(mappings, 'fhir')).filter((name) => name.startsWith('SearchParameter-'));
    this.all = [
      ...bundle.entry.map((entry) => entry.resource),
      ...ours.map((name) => JSON.parse(fs.readFileSync(path.join(mappings, 'fhir', name)))),
    ];
    this.by_url = new Map(this.all.map((one) => [one.url, one]));
    this.found = new Map();
    this.compiled = new Map();
  }

  /** {type, code, kind, expression, parts}; undefined: FHIR and we define no such parameter. */
  find(type, code) {
    const key = `${type} ${code}`;
    if (!this.found.has(key)) this.found.set(key, this.look_up(type, code));
    return this.found.get(key);
  }
  look_up(type, code) {
    const one = this.all.find(
      (each) =>
        each.code === code &&
        each.base.some((base) => base === type || base === 'Resource' || base === 'DomainResource') &&
        each.expression,
    );
    if (!one) return undefined;
    const parts = (one.component ?? []).map((part) => ({
      kind: this.by_url.get(part.definition).type,
      expression: component_expression(as_cited[part.definition] ?? part.expression),
    }));
    return { type, code, kind: one.type, expression: one.expression, parts };
  }

  /** The elements an expression leads to. `resolve(reference)`: a resource, or undefined. */
  evaluate(resource, type, expression, resolve) {
    const [before, ...behind] = expression.split('.resolve().');
    if (behind.length > 0)
      return this.evaluate(resource, type, before, resolve)
        .map((reference) => resolve(reference.reference))
        .filter(Boolean)
        .flatMap((target) => this.run(`${target.resourceType}.${behind.join('.resolve().')}`, target));
    return this.run(expression_for(type, expression), resource);
  }
  run(expression, resource) {
    if (expression === '') return [];
    if (!this.compiled.has(expression)) this.compiled.set(expression, fhirpath.compile(expression, r4));
    return this.compiled.get(expression)(resource);
  }
  /** Of a part of a composite, below one element; `base` is where that lies in its type. */
  part(element, base, expression) {
    const key = `${base}: ${expression}`;
    if (!this.compiled.has(key)) this.compiled.set(key, fhirpath.compile({ base, expression }, r4));
    return this.compiled.get(key)(element);
  }
}
