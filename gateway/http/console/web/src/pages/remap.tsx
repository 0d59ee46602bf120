// Changed mappings on stored messages: tried first, then written, and taken back if they were wrong; and messages once more.
import { useState } from "preact/hooks";
import { ask, may, offers, query, type Session } from "../api";
import { useAsked } from "../hooks";
import { Badge, count, many, Pages, Rows, Shown, Time, Title, ToMessage, type Tone } from "../parts";
import { useWork, type Work } from "../work";

export interface Run {
  run: number; kind: "dry-run" | "remap" | "replay" | "undo"; state: string; who: string; reason: string; approved_by?: string; why?: string;
  sender?: string; rejected?: boolean; arrivals?: number[]; undoes?: number; undone_by?: number; at: number; last: number; seen: number; changed: number;
  resources: number; settled: number; left: number; refused: number; failed: number; begun?: string; ended?: string;
}
interface Mappings { in_force: string; in_files?: string; differs: boolean; problems: string[] }
interface Difference { arrival: number; resource: string; version: number; path: string; before?: unknown; after?: unknown }

const tones: Record<string, Tone> = { done: "good", running: "quiet", "awaits-approval": "warn", stopped: "warn", failed: "bad" };
const words: Record<Run["kind"], string> = { "dry-run": "dry run", remap: "remap", replay: "replay", undo: "undo" };

/** What of `form` was filled in, as the endpoints take it. */
function filled(form: HTMLFormElement): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of new FormData(form)) {
    const text = String(value).trim();
    if (name === "arrivals") { if (text) out.arrivals = text.split(/[\s,]+/).map(Number).filter((one) => one > 0); }
    else if (name === "since" || name === "until") { if (text) out[name] = text + (name === "until" ? "T23:59:59Z" : "T00:00:00Z"); }
    else if (text) out[name] = text;
  }
  return out;
}

function InForce({ of }: { of: Mappings }) {
  if (of.problems.length) return <div class="note bad"><p>The mapping files have problems; those in force stay.</p><ul>{of.problems.map((one) => <li key={one}>{one}</li>)}</ul></div>;
  if (!of.differs) return <p class="note">The mapping files are those in force (<code>{of.in_force.slice(0, 12)}</code>). Change them, then try them here on stored messages.</p>;
  return <p class="note warn">The mapping files (<code>{of.in_files?.slice(0, 12)}</code>) differ from those in force (<code>{of.in_force.slice(0, 12)}</code>). A dry run shows what that would change; nothing is written by it.</p>;
}

function Begin({ work, done }: { work: Work; done: () => void }) {
  const [kind, choose] = useState(may("remap") ? "dry-run" : "replay");
  const isReplay = kind === "replay";
  const begin = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    work.run(async () => {
      const run = await ask<Run>(isReplay ? "messages/replay" : "remaps", { ...filled(form), ...(isReplay ? {} : { kind }) });
      form.reset();
      done();
      return run.state === "awaits-approval" ? `Run ${run.run} waits for the approval of a second person.` : `Run ${run.run} has begun.`;
    });
  };
  return (
    <form class="decide" onSubmit={begin}>
      <h2>Begin</h2>
      <label>What <select value={kind} onChange={(event) => choose(event.currentTarget.value)}>
        {may("remap") && <><option value="dry-run">Dry run: show what would change</option><option value="remap">Remap: write it</option></>}
        {may("messages.replay") && <option value="replay">Replay: once more by what is in force</option>}
      </select></label>
      <label>Sender <input name="sender" autoComplete="off" spellcheck={false} /></label>
      <label>From (UTC) <input name="since" type="date" /></label>
      <label>To (UTC) <input name="until" type="date" /></label>
      <label>These arrivals alone <input name="arrivals" inputMode="numeric" placeholder="12, 13" autoComplete="off" /></label>
      <label>Reason <input name="reason" required maxLength={1000} autoComplete="off" /></label>
      <p class="actions"><button disabled={work.busy}>Begin</button></p>
    </form>
  );
}

function Progress({ of }: { of: Run }) {
  const said = [`${count(of.changed)} of ${many(of.seen, "message", "messages")} change ${many(of.resources, "resource", "resources")}`,
    of.settled && many(of.settled, "review settled", "reviews settled"), of.refused && `${of.refused} refused`, of.failed && `${of.failed} failed`, of.left && `${of.left} stay, changed since`].filter(Boolean).join("; ");
  return <>{of.state === "running" && <progress max={Math.max(1, of.last)} value={of.at} aria-label={`run ${of.run}`} />} {said}</>;
}

function Change({ of, who, work, again }: { of: Run; who: Session; work: Work; again: () => void }) {
  const change = (what: string, body: object, said: string) => work.run(async () => { await ask(`remaps/${of.run}/${what}`, body); again(); return said; });
  const button = (words: string, what: string, body: object, said: string) =>
    <button type="button" class="quiet" disabled={work.busy} aria-label={`${words} run ${of.run}`} onClick={() => change(what, body, said)}>{words}</button>;
  const remaps = may("remap");
  return (
    <span class="actions">
      {of.state === "awaits-approval" && may("remap.approve") && of.who !== who.user && button("Approve", "approve", {}, `Run ${of.run} is approved and has begun.`)}
      {of.state === "running" && remaps && button("Stop", "stop", {}, `Run ${of.run} stops; what it wrote stays.`)}
      {of.state === "stopped" && remaps && button("Go on", "continue", {}, `Run ${of.run} goes on.`)}
      {of.kind === "remap" && of.state === "done" && !of.undone_by && remaps && button("Take back", "undo", { reason: `run ${of.run} is taken back` }, `What run ${of.run} wrote is taken back.`)}
      {of.kind === "dry-run" && may("content.open") && <a href={"#/remap/" + of.run}>Differences</a>}
    </span>
  );
}

export function Remap({ who }: { who: Session }) {
  const work = useWork(who.user);
  const asked = useAsked<{ items: Run[] }>("remaps", 2000);
  const mappings = useAsked<Mappings>("mappings", 10_000);
  return (
    <>
      <Title>Remap</Title>
      {mappings.data && <InForce of={mappings.data} />}
      {work.shown}
      {(may("remap") || may("messages.replay")) && <Begin work={work} done={asked.again} />}
      <Shown asked={asked}>{({ items }) => (
        <Rows label="Runs" rows={items} columns={[
          { name: "Run", of: (one) => one.run, narrow: true },
          { name: "What", of: (one) => <>{words[one.kind]}{one.undoes ? " of run " + one.undoes : ""}{one.sender && ` of ${one.sender}`}</>, narrow: true },
          { name: "State", of: (one) => <Badge tone={tones[one.state] ?? "quiet"}>{one.state.replace("-", " ")}{one.undone_by ? ", taken back" : ""}</Badge>, narrow: true },
          { name: "Did", of: (one) => <><Progress of={one} />{one.why && <span class="faint"> {one.why}</span>}</> },
          { name: "Who, why", of: (one) => <>{one.who}{one.approved_by && <span class="faint">, approved by {one.approved_by}</span>}: {one.reason}</> },
          { name: "Begun", of: (one) => <Time of={one.begun} />, narrow: true },
          { name: "Change", of: (one) => <Change of={one} who={who} work={work} again={asked.again} /> },
        ]} empty={<p>No run yet. Change the mapping files and begin with a dry run: it shows what would change, and writes nothing.</p>} />
      )}</Shown>
    </>
  );
}

const said = (value: unknown) => value === undefined ? "–" : typeof value === "string" ? value : JSON.stringify(value);

export function Differences({ run }: { run: string }) {
  const [after, setAfter] = useState("");
  const asked = useAsked<{ items: Difference[]; next?: string }>(`remaps/${run}/differences` + query({ after }));
  return (
    <>
      <Title more={<p><a href="#/remap">All runs</a></p>}>What run {run} would change</Title>
      <Shown asked={asked}>{({ items, next }) => (
        <>
          <Rows label="Differences" rows={items} columns={[
            { name: "Message", of: (one) => <ToMessage arrival={one.arrival} />, narrow: true },
            { name: "Resource", of: (one) => <>{one.resource.split("/")[0]} <span class="faint">{one.version ? "version " + one.version : "new"}</span></> },
            { name: "Place", of: (one) => <code>{one.path}</code> },
            { name: "Before", of: (one) => <del>{said(one.before)}</del> },
            { name: "After", of: (one) => said(one.after) },
          ]} empty={<p>Nothing would change.</p>} />
          <Pages after={after} next={next} go={setAfter} />
        </>
      )}</Shown>
    </>
  );
}

/** Of one message: the same bytes once more, by the way that live ones take. */
export function Replay({ arrival, who, rejected }: { arrival: string; who: Session; rejected: boolean }) {
  const work = useWork(who.user);
  const [reason, setReason] = useState("");
  if (!offers("messages/replay") || !may("messages.replay") || (who.role === "operator" && !rejected)) return null;
  return (
    <details>
      <summary>Process this message once more</summary>
      {work.shown}
      <form class="decide" onSubmit={(event) => {
        event.preventDefault();
        work.run(async () => {
          const run = await ask<Run>("messages/replay", { arrivals: [Number(arrival)], reason });
          setReason("");
          return `Run ${run.run} has begun; what it changes stands on this page when it is asked again.`;
        });
      }}>
        <label>Reason <input required maxLength={1000} value={reason} onInput={(event) => setReason(event.currentTarget.value)} autoComplete="off" /></label>
        <p class="actions"><button disabled={work.busy}>Replay</button></p>
      </form>
    </details>
  );
}
