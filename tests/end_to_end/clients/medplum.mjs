// @medplum/core's client: pages of 1,000, GETs gathered into one batch, another FHIR path, conditional creates.
import { MedplumClient } from '@medplum/core';

import { answer, refused, settings, tell } from './tls.mjs';

let batches = 0;
const counted = (url, options) => {
  if (options?.method === 'POST' && String(url).endsWith('/fhir/')) ++batches;
  return fetch(url, options);
};
const options = { baseUrl: new URL('/', settings.base).href, fhirUrlPath: 'fhir/', fetch: counted };
const client = new MedplumClient({ ...options, cacheTime: 0 });

const got = await answer(async (question) => {
  const found = [];
  for await (const page of client.searchResourcePages(question.type, `${question.query}&_count=5`)) found.push(...page);
  return found;
});
const thousand = await client.searchResources('Observation', '_count=1000');

const gathering = new MedplumClient({ ...options, autoBatchTime: 50 });
const [patients, reports, result] = await Promise.all([
  gathering.searchResources('Patient', '_count=1000'),
  gathering.searchResources('DiagnosticReport', '_count=1000'),
  gathering.readResource('Observation', thousand[0].id),
]);

const named = { resourceType: 'Patient', identifier: [{ system: 'urn:oid:1.2.3', value: 'MEDPLUM' }] };
const condition = 'identifier=urn:oid:1.2.3|MEDPLUM';
const made = await client.createResourceIfNoneExist(named, condition);
const again = await client.createResourceIfNoneExist(named, condition);
const changed = await client.updateResource({ ...made, active: true });
const upserted = await client.upsertResource({ ...named, active: true }, condition);
const history = await client.readHistory('Patient', made.id);
const outcome_of = (error) => error.outcome;
tell({
  got,
  thousand: thousand.length,
  batches,
  gathered: [patients.length, reports.length, result.id === thousand[0].id],
  once: made.id === again.id,
  changed: changed.meta.versionId,
  upserted: upserted.meta.versionId,
  versions: history.entry.length,
  everything: (await client.readPatientEverything(patients[0].id)).entry[0].resource.resourceType,
  unknown: await refused(
    () => client.searchResources('Observation', 'cycle-dai=21'),
    (error) => error.outcome.issue[0].details.coding[0].code,
    outcome_of,
  ),
  nobody: await refused(
    () => client.readResource('Patient', 'nobody'),
    (error) => error.outcome.issue[0].details.coding[0].code,
    outcome_of,
  ),
});
