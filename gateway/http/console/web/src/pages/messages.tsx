import { useState } from "preact/hooks";
import { query } from "../api";
import { useAsked } from "../hooks";
import { Badge, Pages, Rows, Shown, Time, Title, ToMessage, type Tone } from "../parts";

export interface Fates { mapped?: number; set_aside?: number; unmapped?: number }
export interface Arrival {
  arrival: number | string; received: string; listener?: string; sender?: string; message_type?: string;
  control_id?: string; answer?: string; state?: string; fates?: Fates;
}

const tones: Record<string, Tone> = { accepted: "good", duplicate: "quiet", error: "bad", rejected: "bad" };
export const StateOf = ({ of }: { of: Arrival }) =>
  <Badge tone={tones[of.state ?? ""] ?? "quiet"}>{[of.answer, of.state].filter(Boolean).join(" ") || "–"}</Badge>;

const kept: { filter: Record<string, string> } = { filter: {} };   // while the console is open

function day(text: string | undefined, end: boolean): string | undefined {
  return text && text + (end ? "T23:59:59Z" : "T00:00:00Z");
}

function Filter({ go }: { go: (values: Record<string, string>) => void }) {
  const { filter } = kept;
  return (
    <form class="filter" role="search" onSubmit={(event) => {
      event.preventDefault();
      const values = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()]);
      go(Object.fromEntries(values));
    }}>
      <label>Control id <input name="control_id" data-search defaultValue={filter.control_id} autoComplete="off" spellcheck={false} /></label>
      <label>Patient identifier <input name="patient" autoComplete="off" spellcheck={false} /></label>
      <label>Sender <input name="sender" defaultValue={filter.sender} autoComplete="off" spellcheck={false} /></label>
      <label>From (UTC) <input name="since" type="date" defaultValue={filter.since} /></label>
      <label>To (UTC) <input name="until" type="date" defaultValue={filter.until} /></label>
      <label>State <select name="state" defaultValue={filter.state}>
        <option value="">any</option>{Object.keys(tones).map((state) => <option key={state}>{state}</option>)}
      </select></label>
      <button>Search</button>
    </form>
  );
}

export function Messages() {
  const [filter, setFilter] = useState(kept.filter);
  const [after, setAfter] = useState("");
  const asked = useAsked<{ items: Arrival[]; next?: string }>("messages" + query({ ...filter, since: day(filter.since, false),
    until: day(filter.until, true), count: "50", after }), after ? 0 : 5000);
  const isFiltered = Object.values(filter).some(Boolean);
  return (
    <>
      <Title>Messages</Title>
      <Filter go={(values) => { kept.filter = { ...values, patient: "" }; setAfter(""); setFilter(values); }} />
      <Shown asked={asked}>{({ items, next }) => (
        <>
          <Rows label="Messages" rows={items} columns={[
            { name: "Arrival", of: (one) => <ToMessage arrival={one.arrival} />, narrow: true },
            { name: "Received", of: (one) => <Time of={one.received} /> },
            { name: "Sender", of: (one) => one.sender || "–" },
            { name: "Type", of: (one) => one.message_type || "–" },
            { name: "Control id", of: (one) => one.control_id || "–" },
            { name: "Answer", of: (one) => <StateOf of={one} /> },
            ...(items.some((one) => one.fates) ? [{ name: "Fates", of: (one: Arrival) => <Counts of={one.fates} /> }] : []),
          ]} empty={isFiltered ? <p>No message fits. Take a filter away, or look at another day.</p>
            : <p>No message yet. Send one: <code>immunogate send --to HOST:2575 FILE</code></p>} />
          <Pages after={after} next={next} go={setAfter} />
        </>
      )}</Shown>
    </>
  );
}

export function Counts({ of }: { of?: Fates }) {
  if (!of) return <>–</>;
  return (
    <span class="counts">
      <span class="fate mapped">M {of.mapped ?? 0}</span> <span class="fate set-aside">S {of.set_aside ?? 0}</span>{" "}
      <span class="fate unmapped">U {of.unmapped ?? 0}</span>
    </span>
  );
}
