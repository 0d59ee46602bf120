// The whole store in memory, every resource asked about every criterion.
import { cut, matches, target, tokens } from './matching.mjs';

/** Short forms of FHIR.md §2.1 whose definition is a sentence, not an expression. */
const short_for = {
  'Specimen sample-type': '_has:Observation:specimen:sample-type',
  'DiagnosticReport sample-type': 'result.sample-type',
  'DiagnosticReport cycle-day': 'result.cycle-day',
};

/** An element that says nothing the parameter could find – a concept in words alone, a reference by name – is none. */
function is_searchable(kind, element) {
  if (kind === 'token') return tokens(element).some(([, code]) => code !== undefined);
  if (kind === 'reference') return target(element.reference) !== null;
  if (kind === 'quantity') return element.value !== undefined;
  return true;
}

export class Search {
  constructor(definitions, resources, now) {
    this.definitions = definitions;
    this.now = BigInt(now) * 1000n;
    this.by_type = Map.groupBy(resources, (resource) => resource.resourceType);
    this.by_key = new Map(resources.map((resource) => [`${resource.resourceType}/${resource.id}`, resource]));
    this.resolve = (reference) => {
      const key = target(reference);
      return key ? this.by_key.get(key.join('/')) : undefined;
    };
    this.values = new Map(); // of a resource, by parameter
  }

  /** The ids that "a=b&c=d" finds. */
  find(type, query) {
    const criteria = [...new URLSearchParams(query)];
    return (this.by_type.get(type) ?? [])
      .filter((resource) => criteria.every(([name, value]) => this.meets(resource, name, value)))
      .map((resource) => resource.id);
  }

  meets(resource, name, value) {
    const type = resource.resourceType;
    if (name.startsWith('_has:')) return this.is_referred(resource, name.slice('_has:'.length), value);
    const [, code, modifier = '', rest] = /^([\w-]+)(?::([\w-]+))?(?:\.(.*))?$/.exec(name);
    const whole = short_for[`${type} ${code}`];
    if (whole) return this.meets(resource, whole + name.slice(code.length), value);
    const parameter = this.definitions.find(type, code);
    if (rest) return this.leads_to(resource, parameter, modifier, rest, value);
    if (parameter.kind === 'reference' && modifier === 'identifier')
      return this.leads_to(resource, parameter, '', 'identifier', value);
    if (modifier === 'missing')
      return (
        this.values_of(resource, parameter).some((element) => is_searchable(parameter.kind, element)) ===
        (value === 'false')
      );
    const found = cut(value, ',').some((one) =>
      parameter.kind === 'composite'
        ? this.meets_together(resource, parameter, one)
        : this.values_of(resource, parameter).some((element) =>
            matches(parameter.kind, element, one, modifier === 'not' ? '' : modifier, this.now),
          ),
    );
    return modifier === 'not' ? !found : found;
  }

  values_of(resource, parameter) {
    const key = `${resource.resourceType}/${resource.id} ${parameter.code}`;
    if (!this.values.has(key))
      this.values.set(
        key,
        this.definitions.evaluate(resource, resource.resourceType, parameter.expression, this.resolve),
      );
    return this.values.get(key);
  }

  leads_to(resource, parameter, type, rest, value) {
    return this.values_of(resource, parameter)
      .map((element) => this.resolve(element.reference))
      .some(
        (next) =>
          next &&
          (type === '' || next.resourceType === type) &&
          this.knows(next.resourceType, rest) &&
          this.meets(next, rest, value),
      );
  }
  /** An untyped chain goes on where the type has the parameter. */
  knows(type, name) {
    const code = /^[\w-]+/.exec(name)[0];
    return (
      name.startsWith('_has:') || `${type} ${code}` in short_for || this.definitions.find(type, code) !== undefined
    );
  }
  /** Type:reference:parameter */
  is_referred(resource, rest, value) {
    const [, type, code, name] = /^(\w+):([\w-]+):(.*)$/.exec(rest);
    const parameter = this.definitions.find(type, code),
      key = `${resource.resourceType}/${resource.id}`;
    return (this.by_type.get(type) ?? []).some(
      (other) =>
        this.values_of(other, parameter).some((element) => target(element.reference)?.join('/') === key) &&
        this.meets(other, name, value),
    );
  }

  /** left$right, both of one element. */
  meets_together(resource, parameter, value) {
    const wanted = cut(value, '$');
    return this.definitions
      .evaluate(resource, resource.resourceType, parameter.expression, this.resolve)
      .some((element) =>
        parameter.parts.every((part, number) =>
          this.definitions
            .part(element, this.place_of(element, resource), part.expression)
            .some((found) => matches(part.kind, found, wanted[number], '', this.now)),
        ),
      );
  }
  place_of(element, resource) {
    return 'resourceType' in element ? resource.resourceType : `${resource.resourceType}.component`;
  }
}
