// What the console asks of this gateway's admin endpoints (/admin/v1/openapi.json).

export interface Session { signed_in: boolean; user: string; name?: string; role: string; may: string[]; csrf: string }

/** A refusal in the gateway's own words. */
export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, what: string, readonly remedy: string) {
    super(what);
  }
}

let csrf = "", known = new Set<string>();
export const offers = (path: string) => known.has(path);

async function refusal(answer: Response): Promise<Refused> {
  const body = await answer.json().catch(() => ({}));
  const issue = body.issue?.[0];
  const error = body.error ?? {};
  return new Refused(answer.status, error.code ?? "",
    error.what ?? issue?.diagnostics ?? issue?.details?.text ?? "the gateway refused", error.remedy ?? "");
}

/** Without `body` a GET, else a POST. */
export async function ask<T>(path: string, body?: unknown): Promise<T> {
  const init: RequestInit = body === undefined ? { headers: { Accept: "application/json" } }
    : { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf }, body: JSON.stringify(body) };
  const answer = await fetch("/admin/v1/" + path, init).catch(() => {
    throw new Refused(0, "away", "the gateway does not answer", "see that it runs; this page asks again");
  });
  if (!answer.ok) throw await refusal(answer);
  return answer.json() as Promise<T>;
}

export async function session(): Promise<Session> {
  const found = await ask<Session>("session");
  csrf = found.csrf ?? "";
  return found;
}

/** Proves once more who one is (step-up). The session has another token then. */
export async function prove(code: string, password: string): Promise<void> {
  const found = await ask<Session>("session/proof", { code, password });
  csrf = found.csrf ?? csrf;
}

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
