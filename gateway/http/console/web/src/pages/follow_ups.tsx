import { useState } from "preact/hooks";
import { ask, offers, query, type Session } from "../api";
import { useAsked } from "../hooks";
import { Badge, Pages, Rows, Shown, Time, Title, type Tone } from "../parts";
import { useWork } from "../work";

interface Entry {
  task: string; version: string; status: string; description: string; rule?: string; site?: string; patient?: string; result?: string;
  authored?: string; due?: string; owner?: string; why?: string; mark?: string; notes: { author?: string; text: string }[];
}

const tones: Record<string, Tone> = { requested: "warn", completed: "good", cancelled: "quiet", rejected: "quiet", failed: "bad" };
const ways: [string, string][] = [["in-progress", "Take it up"], ["on-hold", "Put it on hold"], ["completed", "It is done"], ["rejected", "Reject it"]];

function ToChart({ patient }: { patient?: string }) {
  if (!patient) return <>–</>;
  return offers("patients/{patient}") ? <a href={"#/patients/" + patient} title={patient}>chart</a> : <>{patient}</>;
}

function Decide({ entry, who, done }: { entry: Entry; who: Session; done: (said: string) => void }) {
  const work = useWork(who.user);
  const decide = (event: SubmitEvent) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(event.currentTarget as HTMLFormElement));
    work.run(async () => {
      await ask("follow-ups/" + entry.task, { ...given, version: entry.version });
      done(`${entry.rule ?? "The entry"}: ${given.status}.`);
      return "";
    });
  };
  return (
    <>
      {work.shown}
      <form class="decide" onSubmit={decide}>
        <h2>{entry.rule}, of <Time of={entry.authored} /></h2>
        <label>What becomes of it <select name="status">{ways.map(([status, words]) => <option key={status} value={status}>{words}</option>)}</select></label>
        <label>Note <input name="note" maxLength={900} autoComplete="off" /></label>
        <p class="actions"><button disabled={work.busy}>Say so</button></p>
      </form>
    </>
  );
}

export function FollowUps({ who }: { who: Session }) {
  const [ended, setEnded] = useState(false);
  const [after, setAfter] = useState("");
  const [chosen, choose] = useState("");
  const [said, say] = useState("");
  const asked = useAsked<{ items: Entry[]; next?: string }>("follow-ups" + query({ state: ended ? "ended" : "open", after }));
  const decides = who.may.includes("follow-ups.decide") && !ended;
  const show = (over: boolean) => { setEnded(over); setAfter(""); choose(""); };
  const entry = asked.data?.items.find((one) => one.task === chosen);
  return (
    <>
      <Title more={
        <p class="actions" role="group" aria-label="Which entries">
          <button type="button" class="quiet" aria-pressed={!ended} onClick={() => show(false)}>Open</button>
          <button type="button" class="quiet" aria-pressed={ended} onClick={() => show(true)}>Ended</button>
        </p>}>Follow-up</Title>
      <p class="note">These are conventions of this site, not findings of a laboratory. Nothing of them leaves this gateway.</p>
      <div role="status" aria-live="polite">{said && <p class="note good">{said}</p>}</div>
      <Shown asked={asked}>{({ items, next }) => (
        <>
          <Rows label="Follow-up" rows={items} columns={[
            ...(decides ? [{ name: "Choose", narrow: true, of: (one: Entry) =>
              <input type="radio" name="entry" aria-label={`${one.rule} of ${one.authored}`} checked={chosen === one.task} onChange={() => { choose(one.task); say(""); }} /> }] : []),
            { name: "Convention", of: (one) => <>{one.description}{one.mark && <> <Badge tone="quiet">{one.mark}</Badge></>}{one.why && <span class="faint"> {one.why}</span>}</> },
            { name: "Patient", of: (one) => <ToChart patient={one.patient} />, narrow: true },
            { name: "Since", of: (one) => <Time of={one.authored} />, narrow: true },
            { name: "Due", of: (one) => one.due ?? "–", narrow: true },
            { name: "State", of: (one) => <Badge tone={tones[one.status] ?? "quiet"}>{one.status}</Badge>, narrow: true },
            { name: "Who", of: (one) => one.owner ?? "–" },
            { name: "Notes", of: (one) => one.notes.map((note, at) => <div key={at}>{note.text} <span class="faint">{note.author}</span></div>) },
          ]} empty={ended ? <p>Nothing has ended yet.</p> : <p>Nothing to follow up. A site's own rules (<code>mappings/rules</code>, shipped disabled) make entries here.</p>} />
          <Pages after={after} next={next} go={setAfter} />
        </>
      )}</Shown>
      {decides && entry && <Decide key={entry.task} entry={entry} who={who} done={(words) => { say(words); choose(""); asked.again(); }} />}
    </>
  );
}
