// Random values of FHIR's data types, in words so few that searches meet them.
import { Chance } from './chance.mjs';

export const ours = 'https://immunogate.example/fhir';
export const loinc = 'http://loinc.org';
const ucum = 'http://unitsofmeasure.org',
  own = 'urn:own';
const v2_types = 'http://terminology.hl7.org/CodeSystem/v2-0203';
export const how_many = {
  Organization: 4,
  Location: 4,
  Practitioner: 6,
  Patient: 14,
  RelatedPerson: 6,
  PractitionerRole: 6,
  Device: 6,
  Encounter: 14,
  ServiceRequest: 18,
  Specimen: 18,
  Observation: 110,
  DiagnosticReport: 24,
  DocumentReference: 12,
  MessageHeader: 6,
  Provenance: 8,
};
export const codes = [
  [loinc, '8112-5', 'NK cells'],
  [loinc, '9728-7', 'NK cells in blood'],
  [loinc, '8480-6', 'Systolic'],
  [own, 'NKP', 'NK %'],
  [own, 'nkp'],
  [undefined, 'NKP'],
];

/** A number by its digits, which no JavaScript number would keep; print() takes the mark away. */
const digits = (text) => `\u0001${text}`;
/** FHIR has no object without members. */
const is_empty = (value) => value?.constructor === Object && Object.values(value).every((one) => one === undefined);
export const print = (value) =>
  JSON.stringify(value, (_, one) => (is_empty(one) ? undefined : one)).replace(/"\\u0001([^"]*)"/g, '$1');

export class DataTypes {
  constructor(seed) {
    this.chance = new Chance(seed);
  }
  // -- data types ---------------------------------------------------------------------------------
  coding(codes) {
    const c = this.chance,
      [system, code, display] = c.of(codes);
    return {
      ...(system && c.is(0.9) ? { system } : {}),
      ...(c.is(0.97) ? { code } : {}),
      ...(display ? { display } : { display: code }),
    };
  }
  concept(codes) {
    const c = this.chance;
    if (c.is(0.05)) return { text: c.of(['free text', 'NK']) };
    return {
      coding: [this.coding(codes), ...(c.is(0.3) ? [this.coding(codes)] : [])],
      ...(c.is(0.3) ? { text: 'said so' } : {}),
    };
  }
  words(letters) {
    return letters.split('').map((code) => [this.chance.of([own, 'urn:other', undefined]), code]);
  }
  identifier() {
    const c = this.chance;
    return {
      ...(c.is(0.8) ? { system: c.of(['urn:mrn', 'urn:oid:1.2.3']) } : {}),
      value: c.of(['1', '2', '3', 'A1', 'a1', 'x|y', 'o,p', 'q$r', 's\\t']),
      ...(c.is(0.5) ? { type: { coding: [{ system: v2_types, code: c.of(['MR', 'PLAC', 'FILL']) }] } } : {}),
    };
  }
  name() {
    const c = this.chance;
    return {
      ...(c.is(0.9)
        ? { family: c.of(['Öz', 'Ozan', 'Kaya', 'Lind', 'Łoś', 'Straße', 'Ünal-Kaya', "O'Neil", 'van Dyk', 'Işık']) }
        : {}),
      given: [c.of(['Ada', 'Ayşe', 'José', 'Zoë', 'Mary Ann']), ...(c.is(0.3) ? ['Øystein'] : [])],
      ...(c.is(0.2) ? { prefix: ['Dr.'] } : {}),
      ...(c.is(0.2) ? { text: 'Called Ada' } : {}),
    };
  }
  contact() {
    const c = this.chance,
      system = c.of(['phone', 'email', 'fax']);
    return { system, value: system === 'email' ? c.of(['a@b.example', 'c@d.example']) : c.of(['+90 1', '0123']) };
  }
  date() {
    const c = this.chance,
      year = c.of(['2024', '2025', '2025', '2025']);
    const month = c.of(['01', '03', '03', '12']),
      day = c.of(['01', '22', '22', '28', '31']);
    return c.is(0.15) ? year : c.is(0.2) ? `${year}-${month}` : `${year}-${month}-${day}`;
  }
  time() {
    const c = this.chance,
      date = this.date();
    if (date.length < 10 || c.is(0.25)) return date;
    return (
      `${date}T${c.of(['00:00', '09:30', '09:30', '23:30', '23:59'])}:${c.of(['00', '00', '59', '30'])}` +
      `${c.is(0.3) ? c.of(['.5', '.500', '.123456']) : ''}${c.of(['Z', '-05:00', '+03:00', '+05:30', '+14:00', '-12:00'])}`
    );
  }
  instant() {
    for (;;) {
      const time = this.time();
      if (time.includes('T')) return time;
    }
  }
  period() {
    const c = this.chance,
      ends = [this.time(), this.time()].sort();
    const period = { ...(c.is(0.85) ? { start: ends[0] } : {}), ...(c.is(0.7) ? { end: ends[1] } : {}) };
    return Object.keys(period).length > 0 ? period : { start: ends[0] };
  }
  number() {
    return this.chance.of([
      '14',
      '14.2',
      '14.20',
      '13.5',
      '14.5',
      '5.10',
      '0.312',
      '312',
      '0.5',
      '-7',
      '1e2',
      '100',
      '99.999',
      '1E-3',
      '0',
      '0.000',
      '95',
      '105',
      '12345678901234567.10',
      '2.6',
      '2600',
    ]);
  }
  quantity() {
    const c = this.chance;
    const [unit, code] = c.of([
      ['%', '%'],
      ['10^9/L', '10*9/L'],
      ['/uL', '/uL'],
      ['10^3/uL', '10*3/uL'],
      ['ng/L', 'ng/L'],
      ['pg/mL', 'pg/mL'],
      ['g/L', 'g/L'],
      ['mg/dL', 'mg/dL'],
      ['IU/mL', '[IU]/mL'],
      ['IU/L', '[IU]/L'],
      ['ratio', '{ratio}'],
      ['mmol/L', 'mmol/L'],
      ['umol/L', 'umol/L'],
      ['min', 'min'],
      ['h', 'h'],
      ['1', '1'],
      ['U/L', 'U/L'],
    ]);
    return {
      value: digits(this.number()),
      ...(c.is(0.2) ? { comparator: c.of(['<', '<=', '>', '>=']) } : {}),
      unit,
      ...(c.is(0.85) ? { system: c.is(0.9) ? ucum : own, code } : {}),
    };
  }
  // -- what it refers to ---------------------------------------------------------------------------
  key(type) {
    const number = this.chance.below(how_many[type] + 1); // one more than there are
    return `${type}/m-${type.toLowerCase()}-${number}`;
  }
  reference(...types) {
    const c = this.chance;
    return {
      reference: this.key(c.of(types)) + (c.is(0.1) ? '/_history/1' : ''),
      ...(c.is(0.2) ? { display: 'somebody' } : {}),
    };
  }
  references(most, ...types) {
    return this.chance.some(most, () => this.reference(...types));
  }
  /** A reference to a patient mostly, so that what is about patients meets. */
  subject() {
    return this.chance.maybe(0.9, () => this.reference('Patient'));
  }
}
