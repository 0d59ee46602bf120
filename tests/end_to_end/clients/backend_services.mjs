// SMART Backend Services by libraries that others wrote: jose makes keys and assertions, fhir-kit-client finds
// the token endpoint, fhir-kit-client and @medplum/core ask with the token.
// {"step": "keys", "folder": FOLDER}: writes a pair of each algorithm there and jwks.json with the public halves.
// {"step": "ask", "base": URL, "authority": FILE, "folder": FOLDER, "client": ID}: scenario 28, and what comes after.
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';

import { MedplumClient } from '@medplum/core';
import { Client } from 'fhir-kit-client';
import { SignJWT, UnsecuredJWT, createRemoteJWKSet, customFetch, exportJWK, generateKeyPair, importJWK, jwtVerify } from 'jose';
import { Agent, setGlobalDispatcher } from 'undici';

const settings = JSON.parse(process.argv[2]);
const tell = (found) => console.log(JSON.stringify(found));
const file = (name) => path.join(settings.folder, name);
const algorithms = ['RS384', 'ES384'];

if (settings.step === 'keys') {
  const keys = [];
  for (const alg of algorithms) {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
    const kid = `key-${alg}`;
    keys.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' });
    fs.writeFileSync(file(`${alg}.json`), JSON.stringify({ ...(await exportJWK(privateKey)), kid, alg }));
  }
  fs.writeFileSync(file('jwks.json'), JSON.stringify({ keys }));
  tell({});
  process.exit(0);
}

const ca = fs.readFileSync(settings.authority);
setGlobalDispatcher(new Agent({ connect: { ca } }));
Object.assign(https.globalAgent.options, { ca });

const kit = new Client({ baseUrl: settings.base });
const tokenUrl = (await kit.smartAuthMetadata()).tokenUrl.href;
const configuration = await (await fetch(`${settings.base}/.well-known/smart-configuration`)).json();
const now = () => Math.floor(Date.now() / 1000);
let made = 0;
const claims = (more = {}) => ({
  iss: settings.client, sub: settings.client, aud: tokenUrl, exp: now() + 240, jti: `${process.pid}-${++made}`, ...more,
});
async function assertion({ alg = 'ES384', kid = `key-${alg}`, ...more } = {}) {
  const key = await importJWK(JSON.parse(fs.readFileSync(file(`${alg}.json`))), alg);
  return new SignJWT(claims(more)).setProtectedHeader({ alg, typ: 'JWT', kid }).sign(key);
}
async function ask(text, scope = 'system/*.rs', url = tokenUrl, more = {}) {
  const form = { grant_type: 'client_credentials', scope, client_assertion: text,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', ...more };
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  const body = await answer.text();
  return { status: answer.status, cache: answer.headers.get('cache-control'), ...(body ? JSON.parse(body) : {}) };
}

const twice = await assertion();
const granted = await ask(await assertion({ alg: 'ES384' }));
const table = {
  RS384: await ask(await assertion({ alg: 'RS384' })),
  ES384: granted,
  'wrong aud': await ask(await assertion({ aud: 'https://another.example/auth/token' })),
  'exp 10 min': await ask(await assertion({ exp: now() + 600 })),
  once: await ask(twice),
  'same jti': await ask(twice),
  'alg none': await ask(new UnsecuredJWT(claims()).encode()),
  'unknown kid': await ask(await assertion({ kid: 'key-of-nobody' })),
};

const audience = settings.base;
const keys = createRemoteJWKSet(new URL(configuration.jwks_uri), { [customFetch]: fetch });
const { payload, protectedHeader } = await jwtVerify(granted.access_token, keys,
  { issuer: audience, audience, typ: 'at+jwt', algorithms: ['ES384'] });

kit.bearerToken = granted.access_token;
const medplum = new MedplumClient({
  baseUrl: new URL('/', settings.base).href, fhirUrlPath: 'fhir/', tokenUrl, fetch,
});
await medplum.startJwtAssertionLogin(await assertion()); // asks without scope
const limited = await ask(await assertion(), 'system/Observation.rs?category=laboratory');
const narrow = new Client({ baseUrl: settings.base, bearerToken: limited.access_token });
const status_of = async (call) => { try { await call(); return 200; } catch (error) { return error.response?.status; } };
const count = async (client, resourceType, searchParams = {}) =>
  (await client.search({ resourceType, searchParams: { ...searchParams, _summary: 'count' } })).total;

const found = {
  configuration, table, claims: payload, header: protectedHeader,
  observations: await count(kit, 'Observation'), medplum: (await medplum.searchResources('Observation', '_count=1000')).length,
  laboratory: await count(narrow, 'Observation'), granted: limited.scope,
  patients: await status_of(() => count(narrow, 'Patient')),
};
const revoked = await ask(await assertion(), '', configuration.revocation_endpoint, { token: granted.access_token });
tell({ ...found, revoked: revoked.status, after: await status_of(() => count(kit, 'Observation')),
  token: limited.access_token });
