// What the console asks of this gateway's admin endpoints (/admin/v1/openapi.json).
import { parseExact } from "./exact";

export interface Session { signed_in: boolean; user: string; name?: string; role: string; may: string[]; csrf: string }

/** A refusal in the gateway's own words. */
export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, what: string, readonly remedy: string) {
    super(what);
  }
}

let csrf = "", known = new Set<string>(), allowed = new Set<string>();
export const offers = (path: string) => known.has(path);
/** Does the role of who is signed in allow this (`x-action`)? */
export const may = (action: string) => allowed.has(action);

async function refusal(answer: Response): Promise<Refused> {
  const body = await answer.json().catch(() => ({}));
  const issue = body.issue?.[0];
  const error = body.error ?? {};
  return new Refused(answer.status, error.code ?? "",
    error.what ?? issue?.diagnostics ?? issue?.details?.text ?? "the gateway refused", error.remedy ?? "");
}

async function once<T>(path: string, body?: unknown, exact = false): Promise<T> {
  const init: RequestInit = body === undefined ? { headers: { Accept: "application/json" } }
    : { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf }, body: JSON.stringify(body) };
  const answer = await fetch("/admin/v1/" + path, init).catch(() => {
    throw new Refused(0, "away", "the gateway does not answer", "see that it runs; this page asks again");
  });
  if (!answer.ok) throw await refusal(answer);
  const found = exact ? parseExact(await answer.text()) as { csrf?: string } : await answer.json();
  csrf = found.csrf ?? csrf;   // the session goes on under another token: a proof, a code, a password
  return found as T;
}

/** Without `body` a GET, else a POST. `exact`: numbers keep their digits (exact.ts). */
export async function ask<T>(path: string, body?: unknown, exact = false): Promise<T> {
  try {
    return await once<T>(path, body, exact);
  } catch (error) {
    // Another tab of this browser went on with another token: ours is read anew, once.
    if (body === undefined || !(error instanceof Refused) || error.code !== "foreign") throw error;
    await session();
    return once<T>(path, body);
  }
}

export async function session(): Promise<Session> {
  const found = await once<Session>("session");
  allowed = new Set(found.may);
  return found;
}

/** Proves once more who one is (step-up). */
export const prove = (code: string, password: string) => ask<Session>("session/proof", { code, password });

/** The paths this gateway offers: pages without theirs are not shown. */
export async function offered(): Promise<Set<string>> {
  const document = await ask<{ paths: Record<string, unknown> }>("openapi.json");
  known = new Set(Object.keys(document.paths).map((path) => path.replace("/admin/v1/", "")));
  return known;
}

/** Query of what was filled in. */
export function query(values: Record<string, string | undefined>): string {
  const filled = Object.entries(values).filter((pair): pair is [string, string] => !!pair[1]);
  return filled.length ? "?" + new URLSearchParams(filled) : "";
}
