// How each client shows our certificate and trusts our authority. Settings come as one argument:
// {"base": "https://host:port/fhir", "certificate": FILE, "key": FILE, "authority": FILE, …}
import fs from 'node:fs';
import https from 'node:https';

import { Agent, setGlobalDispatcher } from 'undici';

export const settings = JSON.parse(process.argv[2]);
const tls = {
  cert: fs.readFileSync(settings.certificate),
  key: fs.readFileSync(settings.key),
  ca: fs.readFileSync(settings.authority),
};
setGlobalDispatcher(new Agent({ connect: tls })); // whoever uses Node's own fetch
Object.assign(https.globalAgent.options, tls); // whoever uses node:https below a fetch of their own

/** Answers each question {name, type, query} by `ask(question)`: an array of resources. */
export async function answer(ask) {
  const answers = {};
  for (const question of settings.questions)
    answers[question.name] = (await ask(question)).map((resource) => `${resource.resourceType}/${resource.id}`);
  return answers;
}

/** What Python reads: one JSON object. */
export const tell = (found) => console.log(JSON.stringify(found));

/** The status of what must fail, and its OperationOutcome. */
export async function refused(call, status_of, outcome_of) {
  try {
    await call();
  } catch (error) {
    return { status: status_of(error), outcome: outcome_of(error)?.resourceType };
  }
  throw new Error('it was let through');
}
