// fhir-kit-client: reads .well-known and metadata, posts forms, follows links as given, If-Match.
import { Client } from 'fhir-kit-client';

import { answer, refused, settings, tell } from './tls.mjs';

const client = new Client({ baseUrl: settings.base });
const matches = (bundle) =>
  (bundle.entry ?? []).filter((entry) => entry.search.mode === 'match').map((entry) => entry.resource);
const parameters = (query) => {
  const all = {};
  for (const [name, value] of new URLSearchParams(query)) (all[name] ??= []).push(value);
  return all;
};

async function every_page(bundle) {
  const found = [];
  for (let page = bundle; page; page = await client.nextPage({ bundle: page })) found.push(...matches(page));
  return found;
}
const search = (question, options) =>
  client.search({ resourceType: question.type, searchParams: parameters(question.query), options });

const statement = await client.capabilityStatement();
const smart = await client.smartAuthMetadata().catch((error) => ({ refused: String(error) }));
const got = await answer(async (question) => every_page(await search(question)));
const posted = await answer(async (question) => every_page(await search(question, { postSearch: true })));

const first = await client.search({ resourceType: 'Observation', searchParams: { _count: 7 } });
const second = await client.nextPage({ bundle: first });
const back = await client.prevPage({ bundle: second });

const [result] = matches(await search({ type: 'Observation', query: 'order=F8&category=laboratory' }));
const { id } = result;
const versions = await client.history({ resourceType: 'Observation', id });
const of_patient = await client
  .search({
    compartment: { resourceType: 'Patient', id: result.subject.reference.split('/')[1] },
    resourceType: 'Observation',
    searchParams: { category: 'laboratory' },
  })
  .then(every_page, (error) => ({ refused: error.response.status }));
const everything = await client.operation({
  name: 'everything',
  resourceType: 'Patient',
  id: result.subject.reference.split('/')[1],
  method: 'GET',
});
const mine = await client.create({
  resourceType: 'Patient',
  body: { resourceType: 'Patient', active: true },
});
const status_of = (error) => error.response.status,
  outcome_of = (error) => error.response.data;
const update = (version) =>
  client.update({
    resourceType: 'Patient',
    id: mine.id,
    body: { ...mine, active: false },
    options: { headers: { 'If-Match': `W/"${version}"` } },
  });
tell({
  version: statement.fhirVersion,
  smart,
  got,
  posted,
  versions: versions.entry.length,
  pages: [matches(first).length, matches(second).length],
  back:
    matches(back ?? {})
      .map((r) => r.id)
      .join() ===
    matches(first)
      .map((r) => r.id)
      .join(),
  of_patient: of_patient.length ?? of_patient,
  everything: everything.entry.map((e) => e.resource.resourceType),
  read: (await client.read({ resourceType: 'Observation', id })).id === id,
  vread: (await client.vread({ resourceType: 'Observation', id, version: '1' })).valueQuantity.value,
  resolved: (await client.resolve({ reference: result.subject.reference })).resourceType,
  stale: await refused(() => update(7), status_of, outcome_of),
  updated: (await update(1)).meta.versionId,
  unknown: await refused(
    () => client.search({ resourceType: 'Observation', searchParams: { 'cycle-dai': 21 } }),
    status_of,
    outcome_of,
  ),
});
