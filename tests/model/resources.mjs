// Random resources: each element that is searched by is there, or not, or several times.
// Prints transactions, one a line: node resources.mjs SEED
import { DataTypes, codes, how_many, ours, print } from './data_types.mjs';

const sexes = ['male', 'female', 'other', 'unknown'];

class Maker extends DataTypes {
  // -- what every resource has ----------------------------------------------------------------------
  resource(type, number) {
    const c = this.chance;
    const meta = {
      ...(c.is(0.4) ? { tag: [this.coding(this.words('tu'))] } : {}),
      ...(c.is(0.2) ? { security: [this.coding(this.words('s'))] } : {}),
      ...(c.is(0.3) ? { source: `${ours}/sender/${c.of(['LAB', 'ANY%7CLAB'])}` } : {}),
      ...(c.is(0.3)
        ? { profile: [c.of([`${ours}/StructureDefinition/a|1.0`, `${ours}/StructureDefinition/a`, 'http://other/x'])] }
        : {}),
    };
    return {
      resourceType: type,
      id: `m-${type.toLowerCase()}-${number}`,
      ...(Object.keys(meta).length > 0 ? { meta } : {}),
      ...this[type](),
    };
  }
  // -- the types: undefined members are left out when they are printed -------------------------------
  person() {
    const c = this.chance;
    return {
      identifier: c.some(2, () => this.identifier()),
      active: c.maybe(0.5, () => c.is(0.5)),
      name: c.some(2, () => this.name()),
      telecom: c.some(2, () => this.contact()),
      gender: c.maybe(0.7, () => c.of(sexes)),
      birthDate: c.maybe(0.8, () => this.date()),
    };
  }
  Patient() {
    const c = this.chance;
    return {
      ...this.person(),
      ...c.of([{}, {}, { deceasedBoolean: c.is(0.5) }, { deceasedDateTime: this.time() }]),
      communication: c.some(1, () => ({ language: this.concept(this.words('lm')) })),
      generalPractitioner: this.references(1, 'Practitioner', 'Organization'),
      managingOrganization: c.maybe(0.3, () => this.reference('Organization')),
      link: c.some(1, () => ({ other: this.reference('Patient', 'RelatedPerson'), type: 'seealso' })),
    };
  }
  RelatedPerson() {
    return {
      ...this.person(),
      patient: this.reference('Patient'),
      relationship: this.chance.some(1, () => this.concept(this.words('mf'))),
    };
  }
  Practitioner() {
    return { ...this.person(), communication: this.chance.some(1, () => this.concept(this.words('lm'))) };
  }
  PractitionerRole() {
    const c = this.chance;
    return {
      identifier: c.some(1, () => this.identifier()),
      active: c.maybe(0.5, () => c.is(0.5)),
      period: c.maybe(0.5, () => this.period()),
      practitioner: this.reference('Practitioner'),
      organization: c.maybe(0.5, () => this.reference('Organization')),
      code: c.some(2, () => this.concept(this.words('ro'))),
      specialty: c.some(2, () => this.concept(this.words('sp'))),
      location: this.references(2, 'Location'),
      telecom: c.some(2, () => this.contact()),
    };
  }
  Organization() {
    const c = this.chance;
    return {
      identifier: c.some(2, () => this.identifier()),
      active: c.maybe(0.5, () => c.is(0.5)),
      type: c.some(2, () => this.concept(this.words('ty'))),
      name: c.of(['Öz Lab', 'North Lab', 'Clinic']),
      alias: c.some(1, () => 'Nörd'),
      partOf: c.maybe(0.3, () => this.reference('Organization')),
    };
  }
  Location() {
    const c = this.chance;
    return {
      identifier: c.some(2, () => this.identifier()),
      status: c.maybe(0.6, () => c.of(['active', 'inactive'])),
      name: c.of(['Ward 1', 'Wärd 2']),
      operationalStatus: c.maybe(0.4, () => this.coding(this.words('OU'))),
      type: c.some(1, () => this.concept(this.words('ty'))),
      managingOrganization: c.maybe(0.5, () => this.reference('Organization')),
      partOf: c.maybe(0.3, () => this.reference('Location')),
    };
  }
  Device() {
    const c = this.chance;
    return {
      identifier: c.some(2, () => this.identifier()),
      status: c.maybe(0.6, () => c.of(['active', 'inactive'])),
      manufacturer: c.maybe(0.5, () => 'Zytø'),
      deviceName: c.some(1, () => ({ name: 'Cyto One', type: 'model-name' })),
      modelNumber: c.maybe(0.5, () => 'M1'),
      type: c.maybe(0.6, () => this.concept(this.words('ty'))),
      patient: c.maybe(0.5, () => this.reference('Patient')),
      owner: c.maybe(0.4, () => this.reference('Organization')),
      location: c.maybe(0.4, () => this.reference('Location')),
      url: c.maybe(0.4, () => c.of(['urn:d:1', 'urn:d:1:2'])),
    };
  }
  Encounter() {
    const c = this.chance;
    return {
      identifier: c.some(2, () => this.identifier()),
      status: c.of(['planned', 'finished']),
      class: this.coding(this.words('AI')),
      type: c.some(2, () => this.concept(this.words('ty'))),
      subject: this.subject(),
      period: c.maybe(0.7, () => this.period()),
      length: c.maybe(0.4, () => this.quantity()),
      participant: c.some(2, () => ({
        type: [this.concept(this.words('pq'))],
        individual: this.reference('Practitioner', 'RelatedPerson', 'PractitionerRole'),
      })),
      reasonCode: c.some(1, () => this.concept(this.words('rs'))),
      reasonReference: this.references(1, 'Observation'),
      location: c.some(1, () => ({ location: this.reference('Location'), period: c.maybe(0.5, () => this.period()) })),
      hospitalization: c.maybe(0.3, () => ({ specialArrangement: [this.concept(this.words('w'))] })),
      serviceProvider: c.maybe(0.4, () => this.reference('Organization')),
      partOf: c.maybe(0.3, () => this.reference('Encounter')),
      basedOn: this.references(1, 'ServiceRequest'),
    };
  }
  ServiceRequest() {
    const c = this.chance;
    return {
      identifier: c.some(2, () => this.identifier()),
      requisition: c.maybe(0.4, () => this.identifier()),
      status: c.of(['active', 'unknown']),
      intent: c.of(['order', 'plan']),
      priority: c.maybe(0.5, () => c.of(['routine', 'stat'])),
      category: c.some(2, () => this.concept(this.words('cd'))),
      code: c.maybe(0.9, () => this.concept(codes)),
      orderDetail: c.some(1, () => this.concept(this.words('od'))),
      subject: this.subject(),
      authoredOn: c.maybe(0.8, () => this.time()),
      ...c.of([{}, { occurrenceDateTime: this.time() }, { occurrencePeriod: this.period() }]),
      performerType: c.maybe(0.3, () => this.concept(this.words('pt'))),
      performer: this.references(1, 'Practitioner', 'Organization'),
      bodySite: c.some(1, () => this.concept(this.words('bs'))),
      basedOn: this.references(1, 'ServiceRequest'),
      replaces: this.references(1, 'ServiceRequest'),
    };
  }
  Specimen() {
    const c = this.chance;
    return {
      identifier: c.some(2, () => this.identifier()),
      accessionIdentifier: c.maybe(0.5, () => this.identifier()),
      status: c.maybe(0.7, () => c.of(['available', 'unavailable'])),
      type: c.maybe(0.8, () => this.concept(this.words('BT'))),
      subject: this.subject(),
      parent: this.references(1, 'Specimen'),
      collection: c.maybe(0.8, () => ({
        collector: c.maybe(0.5, () => this.reference('Practitioner', 'PractitionerRole')),
        method: c.maybe(0.5, () => this.concept(this.words('me'))),
        bodySite: c.maybe(0.5, () => this.concept(this.words('bs'))),
        ...c.of([{}, { collectedDateTime: this.time() }, { collectedPeriod: this.period() }]),
      })),
      container: c.some(2, () => ({
        identifier: c.some(1, () => this.identifier()),
        type: c.maybe(0.5, () => this.concept(this.words('ct'))),
      })),
    };
  }
  value() {
    const c = this.chance;
    return c.of([
      {},
      { valueQuantity: this.quantity() },
      { valueQuantity: this.quantity() },
      { valueQuantity: this.quantity() },
      { valueCodeableConcept: this.concept(this.words('np')) },
      { valueString: c.of(['Pozitif', 'POD 7 (day 21)', 'Ünklar', 'pos', 'see note, please']) },
      { valueDateTime: this.time() },
      { valuePeriod: this.period() },
    ]);
  }
  cycle() {
    const c = this.chance,
      part = (url, value) => c.maybe(0.6, () => ({ url, ...value }));
    // An offset has an anchor other than lmp (invariant cyc-1 of our extension).
    const counted = c.of([
      [],
      [{ url: 'anchor', valueCode: 'lmp' }],
      [
        { url: 'anchor', valueCode: c.of(['lh-surge', 'hcg-trigger']) },
        { url: 'offset', valueInteger: c.of([-3, 0, 5, 7, 7]) },
      ],
    ]);
    const parts = [
      part('day', { valueInteger: c.of([1, 9, 14, 20, 21, 21, 23]) }),
      ...counted,
      part('phase', { valueCode: c.of(['luteal', 'follicular']) }),
      part('cycleType', { valueCode: c.of(['natural', 'stimulated']) }),
      part('source', { valueCode: c.of(['derived-lmp', 'aoe-obx']) }),
      part('confidence', { valueCode: c.of(['stated', 'derived']) }),
    ].filter(Boolean);
    return parts.length > 0 ? { url: `${ours}/StructureDefinition/cycle-context`, extension: parts } : undefined;
  }
  Observation() {
    const c = this.chance,
      sample = `${ours}/CodeSystem/sample-type`;
    const extension = [
      c.maybe(0.7, () => this.cycle()),
      c.maybe(0.7, () => ({
        url: `${ours}/StructureDefinition/sample-type`,
        valueCodeableConcept: {
          coding: [{ system: sample, code: c.of(['peripheral-blood', 'endometrium', 'plasma']) }],
        },
      })),
    ].filter(Boolean);
    return {
      extension: extension.length > 0 ? extension : undefined,
      identifier: c.some(2, () => this.identifier()),
      basedOn: this.references(2, 'ServiceRequest'),
      partOf: this.references(1, 'Observation'),
      status: c.of(['final', 'corrected', 'cancelled']),
      category: c.some(2, () => this.concept(this.words('cd'))),
      code: this.concept(codes),
      subject: this.subject(),
      focus: this.references(1, 'Patient', 'Specimen'),
      encounter: c.maybe(0.5, () => this.reference('Encounter')),
      ...c.of([
        {},
        { effectiveDateTime: this.time() },
        { effectiveDateTime: this.time() },
        { effectivePeriod: this.period() },
        { effectiveInstant: this.instant() },
      ]),
      ...this.value(),
      dataAbsentReason: c.maybe(0.2, () => this.concept(this.words('ua'))),
      interpretation: c.some(2, () => this.concept(this.words('HL'))),
      method: c.maybe(0.4, () => this.concept(this.words('me'))),
      specimen: c.maybe(0.6, () => this.reference('Specimen')),
      hasMember: this.references(1, 'Observation'),
      derivedFrom: this.references(1, 'Observation', 'DocumentReference'),
      component: c.some(3, () => this.component()),
    };
  }
  component() {
    const c = this.chance;
    if (c.is(0.1))
      return {
        code: { coding: [{ system: `${ours}/CodeSystem/repro-immuno-observation`, code: 'endometrial-compartment' }] },
        valueCodeableConcept: this.concept(this.words('lr')),
      };
    return {
      code: this.concept(codes),
      ...c.of([
        {},
        { valueQuantity: this.quantity() },
        { valueQuantity: this.quantity() },
        { valueCodeableConcept: this.concept(this.words('np')) },
      ]),
      dataAbsentReason: c.maybe(0.2, () => this.concept(this.words('ua'))),
    };
  }
  DiagnosticReport() {
    const c = this.chance;
    return {
      identifier: c.some(2, () => this.identifier()),
      basedOn: this.references(1, 'ServiceRequest'),
      status: c.of(['final', 'amended']),
      category: c.some(2, () => this.concept(this.words('cd'))),
      code: this.concept(codes),
      subject: this.subject(),
      encounter: c.maybe(0.4, () => this.reference('Encounter')),
      ...c.of([{}, { effectiveDateTime: this.time() }, { effectivePeriod: this.period() }]),
      issued: c.maybe(0.7, () => this.instant()),
      specimen: this.references(2, 'Specimen'),
      result: this.references(4, 'Observation'),
      conclusionCode: c.some(2, () => this.concept(this.words('xy'))),
    };
  }
  DocumentReference() {
    const c = this.chance;
    return {
      masterIdentifier: c.maybe(0.5, () => this.identifier()),
      identifier: c.some(2, () => this.identifier()),
      status: 'current',
      type: c.maybe(0.8, () => this.concept(this.words('ty'))),
      category: c.some(2, () => this.concept(this.words('cd'))),
      subject: this.subject(),
      date: c.maybe(0.8, () => this.instant()),
      author: this.references(1, 'Practitioner', 'Organization', 'Device'),
      authenticator: c.maybe(0.3, () => this.reference('Practitioner')),
      custodian: c.maybe(0.3, () => this.reference('Organization')),
      description: c.maybe(0.5, () => c.of(['Bericht', 'Räport'])),
      relatesTo: c.some(1, () => ({
        code: c.of(['replaces', 'appends']),
        target: this.reference('DocumentReference'),
      })),
      securityLabel: c.some(1, () => this.concept(this.words('NR'))),
      content: [
        {
          attachment: {
            contentType: c.of(['application/pdf', 'text/plain']),
            url: c.maybe(0.5, () => 'urn:b:1'),
            language: c.maybe(0.4, () => c.of(['en', 'de'])),
          },
          format: c.maybe(0.4, () => this.coding(this.words('f'))),
        },
      ],
      context: c.maybe(0.7, () => ({
        encounter: this.references(1, 'Encounter'),
        event: c.some(1, () => this.concept(this.words('ev'))),
        period: this.period(),
        facilityType: this.concept(this.words('fa')),
        practiceSetting: this.concept(this.words('ps')),
        related: this.references(1, 'DiagnosticReport', 'Observation'),
      })),
    };
  }
  MessageHeader() {
    const c = this.chance;
    return {
      eventCoding: this.coding(this.words('RT')),
      source: { endpoint: c.of(['urn:e:1', 'urn:e:2']) },
      destination: c.some(1, () => ({
        endpoint: 'urn:e:3',
        target: this.reference('Device'),
        receiver: this.reference('Organization'),
      })),
      author: c.maybe(0.4, () => this.reference('Practitioner')),
      enterer: c.maybe(0.4, () => this.reference('PractitionerRole')),
      responsible: c.maybe(0.4, () => this.reference('Organization')),
      response: c.maybe(0.5, () => ({ identifier: c.of(['r1', 'r2']), code: c.of(['ok', 'fatal-error']) })),
    };
  }
  Provenance() {
    const c = this.chance;
    return {
      target: [this.reference('Patient', 'Observation'), this.reference('Observation')],
      recorded: this.instant(),
      location: c.maybe(0.3, () => this.reference('Location')),
      agent: [
        {
          type: c.maybe(0.5, () => this.concept(this.words('at'))),
          role: c.some(1, () => this.concept(this.words('ro'))),
          who: this.reference('Organization'),
        },
      ],
      entity: c.some(1, () => ({ role: 'source', what: this.reference('DocumentReference') })),
      signature: c.some(1, () => ({
        type: [this.coding(this.words('gh'))],
        when: this.instant(),
        who: this.reference('Practitioner'),
      })),
    };
  }
}
const seed = Number(process.argv[2]),
  maker = new Maker(seed);
const transaction = (entry) => print({ resourceType: 'Bundle', type: 'transaction', entry });
const put = (resource) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } });
const all = Object.entries(how_many).flatMap(([type, number]) => Array.from({ length: number }, (_, n) => [type, n]));
const first = all.map(([type, n]) => put(maker.resource(type, n)));
for (let at = 0; at < first.length; at += 50) console.log(transaction(first.slice(at, at + 50)));
// Then a fifth of all changes – patients too, whose identifiers others are searched by – and a few results go.
const again = all.filter(() => maker.chance.is(0.2));
console.log(
  transaction(
    again.map(([type, n]) =>
      maker.chance.is(0.2) && type === 'Observation'
        ? { request: { method: 'DELETE', url: `Observation/m-observation-${n}` } }
        : put(maker.resource(type, n)),
    ),
  ),
);
