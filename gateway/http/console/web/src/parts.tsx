// What pages are made of.
import type { ComponentChildren } from "preact";
import { may, offers, Refused } from "./api";
import type { Asked } from "./hooks";

export function Time({ of }: { of?: string }) {
  if (!of) return <span class="faint">–</span>;
  const shown = of.replace("T", " ").replace(/\.\d+/, "").replace(/Z$/, " UTC");
  return <time dateTime={of}>{shown}</time>;
}

export function seconds(value?: number): string {
  if (value === undefined) return "–";
  if (value < 1) return `${Math.round(value * 10000) / 10} ms`;
  if (value < 120) return `${Math.round(value)} s`;
  if (value < 7200) return `${Math.round(value / 60)} min`;
  return value < 172800 ? `${Math.round(value / 3600)} h` : `${Math.round(value / 86400)} days`;
}

export type Tone = "good" | "warn" | "bad" | "quiet";

/** A state in words; its colour never says it alone. */
export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return <span class={"badge " + tone}>{children}</span>;
}

export function Trouble({ error, again }: { error: Refused; again?: () => void }) {
  if (error.status === 404)
    return <p class="note">This gateway has nothing here: it may be of an older version, or what you look for is gone.</p>;
  return (
    <div class="note bad" role="alert">
      <p><strong>{error.message}</strong></p>
      {error.remedy && <p>{error.remedy}</p>}
      {error.status === 401 && <p><a href="/console/sign-in" target="_blank" rel="noopener">Sign in again</a>; what you typed stays here.</p>}
      {again && <button type="button" class="quiet" onClick={again}>Ask again</button>}
    </div>
  );
}

/** What was asked once it is there; before that, that it is on its way. */
export function Shown<T>({ asked, children }: { asked: Asked<T>; children: (data: T) => ComponentChildren }) {
  return (
    <>
      {asked.error && <Trouble error={asked.error} again={asked.again} />}
      {asked.data ? children(asked.data) : !asked.error && <p class="faint" role="status">Asking the gateway …</p>}
    </>
  );
}

export interface Column<T> { name: string; of: (row: T) => ComponentChildren; narrow?: boolean }

/** Rows that `j` and `k` walk; Enter opens the first link or button of one. */
export function Rows<T>({ label, rows, columns, empty }:
  { label: string; rows: T[]; columns: Column<T>[]; empty: ComponentChildren }) {
  if (!rows.length) return <div class="note">{empty}</div>;
  return (
    <div class="rows" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead><tr>{columns.map((one) => <th key={one.name} scope="col">{one.name}</th>)}</tr></thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at} tabIndex={-1} data-row>
              {columns.map((one) => <td key={one.name} data-name={one.name} class={one.narrow ? "narrow" : ""}>{one.of(row)}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function ToMessage({ arrival }: { arrival?: number | string }) {
  if (!arrival) return <>–</>;
  return offers("messages/{arrival}") && may("content.open") ? <a href={"#/messages/" + arrival}>{arrival}</a> : <>{arrival}</>;
}

/** "422 {OperationOutcome}" in its words. */
export function AnswerOf({ of }: { of?: string }) {
  const [, status, body] = /^(\d{3}) (\{.*)$/s.exec(of ?? "") ?? [];
  if (!body) return <>{of || "–"}</>;
  try {
    const said = (JSON.parse(body).issue ?? []).map((one: { diagnostics?: string; details?: { text?: string }; code?: string }) =>
      one.diagnostics ?? one.details?.text ?? one.code);
    return <span title={of}>{status}{said.length > 0 && ": "}{said.join("; ")}</span>;
  } catch {
    return <>{of}</>;   // cut, or no JSON
  }
}

export const count = (value?: number) => value?.toLocaleString("en");
export const many = (value: number, one: string, more: string) => `${count(value)} ${value === 1 ? one : more}`;

export function Title({ children, more }: { children: ComponentChildren; more?: ComponentChildren }) {
  return <header class="title"><h1 tabIndex={-1}>{children}</h1>{more}</header>;
}

/** Keyset pages: to the newest, and to older ones. */
export function Pages({ after, next, go }: { after: string; next?: string; go: (after: string) => void }) {
  if (!after && !next) return null;
  return (
    <p class="pages">
      {after && <button type="button" class="quiet" onClick={() => go("")}>To the beginning</button>}
      {next && <button type="button" class="quiet" onClick={() => go(next)}>Further</button>}
    </p>
  );
}
