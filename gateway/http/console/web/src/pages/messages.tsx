import { useEffect, useRef, useState } from "preact/hooks";
import { may, query } from "../api";
import { Endless } from "../endless";
import { useAsked } from "../hooks";
import { useEvents } from "../live";
import { Badge, type Column, Pages, Rows, Shown, Time, Title, ToMessage, type Tone } from "../parts";

export interface Fates { mapped?: number; set_aside?: number; unmapped?: number }
export interface Arrival {
  arrival: number | string; received: string; listener?: string; sender?: string; message_type?: string;
  control_id?: string; kind?: string; answer?: string; state?: string; fates?: Fates; repeats?: number; reviews?: number;
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
      {may("content.open") && <label>Patient identifier <input name="patient" autoComplete="off" spellcheck={false} /></label>}
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

/** Of lists of arrivals. */
export const columns: Column<Arrival>[] = [
  { name: "Arrival", of: (one) => <ToMessage arrival={one.arrival} />, narrow: true },
  { name: "Received", of: (one) => <Time of={one.received} />, narrow: true },
  { name: "Sender", of: (one) => one.sender || "–" },
  { name: "Type", of: (one) => one.message_type || one.kind || "–" },
  { name: "Control id", of: (one) => one.control_id || "–" },
  { name: "Answer", of: (one) => <StateOf of={one} />, narrow: true },
  { name: "Fates", of: (one) => <Counts of={one.fates} />, narrow: true },
];

function Empty({ filtered }: { filtered: boolean }) {
  return filtered ? <p>No message fits. Take a filter away, or look at another day.</p>
    : <p>No message yet. Send one: <code>immunogate send --to HOST:2575 FILE</code></p>;
}

/** On a phone each row is a card as high as it needs; they come page by page. */
function Cards({ path, filtered }: { path: string; filtered: boolean }) {
  const [after, setAfter] = useState("");
  const asked = useAsked<{ items: Arrival[]; next?: string }>(path + query({ after }).replace("?", path.includes("?") ? "&" : "?"));
  return (
    <Shown asked={asked}>{({ items, next }) => (
      <>
        <Rows label="Messages" rows={items} columns={columns} empty={<Empty filtered={filtered} />} />
        <Pages after={after} next={next} go={setAfter} />
      </>
    )}</Shown>
  );
}

const narrow = matchMedia("(max-width: 44rem)");
const restedAfter = 2000;   // new messages are looked up no more often

export function Messages() {
  const [filter, setFilter] = useState(kept.filter);
  const [turn, again] = useState(0);
  const [isNarrow, setNarrow] = useState(narrow.matches);
  const last = useRef(0);
  useEffect(() => {
    const changed = () => setNarrow(narrow.matches);
    narrow.addEventListener("change", changed);
    return () => narrow.removeEventListener("change", changed);
  }, []);
  // A search by patient is audited each time: it is not asked again by itself.
  useEvents("arrivals", () => {
    if (filter.patient || Date.now() - last.current < restedAfter) return;
    last.current = Date.now();
    again((before) => before + 1);
  });
  const path = "messages" + query({ ...filter, since: day(filter.since, false), until: day(filter.until, true) });
  const filtered = Object.values(filter).some(Boolean);
  return (
    <>
      <Title>Messages</Title>
      <Filter go={(values) => { kept.filter = { ...values, patient: "" }; setFilter(values); }} />
      {isNarrow ? <Cards key={path} path={path} filtered={filtered} />
        : <Endless label="Messages" path={path} columns={columns} turn={turn} empty={<Empty filtered={filtered} />} />}
    </>
  );
}

function Counts({ of }: { of?: Fates }) {
  if (!of) return <>–</>;
  return (
    <span class="counts">
      <span class="fate mapped">M {of.mapped ?? 0}</span> <span class="fate set-aside">S {of.set_aside ?? 0}</span>{" "}
      <span class={"fate " + (of.unmapped ? "unmapped" : "none")}>U {of.unmapped ?? 0}</span>
    </span>
  );
}
