// fhirclient (SMART JS): asks for all pages, flat; resolves references; takes the FHIR version from metadata.
import fhirclient from 'fhirclient';

import { answer, refused, settings, tell } from './tls.mjs';

const request = { url: 'http://localhost/', headers: { host: 'localhost' } }; // of the web server it thinks it is in
const storage = { get: async () => {}, set: async () => {}, unset: async () => {} };
const client = fhirclient(request, {}, storage).client({ serverUrl: settings.base });

const all = { pageLimit: 0, flat: true };
const got = await answer((question) => client.request(`${question.type}?${question.query}&_count=5`, all));
const pages = [];
await client.request('Observation?_count=7', { ...all, onPage: (page) => pages.push(page.length) });
const [with_patient] = await client.request('Observation?order=F8&category=laboratory&_count=1', {
  flat: true,
  resolveReferences: ['subject'],
});
tell({
  version: await client.getFhirVersion(),
  release: await client.getFhirRelease(),
  got,
  pages,
  resolved: with_patient.subject.resourceType,
  unknown: await refused(
    () => client.request('Observation?cycle-dai=21'),
    (error) => error.status ?? error.statusCode,
    () => ({ resourceType: 'OperationOutcome' }),
  ),
});
