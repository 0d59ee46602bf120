import { useMemo, useState } from "preact/hooks";
import { ask, query, Refused } from "../api";
import { isDrawn, marks, Plot } from "../chart/plot";
import { type Earlier, type Panel, panelsOf, type Point } from "../chart/timeline";
import { type Masked, Opening, useOpened } from "../opening";
import { Badge, many, Rows, Time, Title, ToMessage, Trouble } from "../parts";
import { type Arrival, StateOf } from "./messages";

interface Chart extends Masked { patient: string; timeline?: unknown; earlier?: Earlier[]; messages?: Arrival[] }

/** By an identifier, which stands in no address: what is in an address is kept in histories. */
export function Patients() {
  const [found, set] = useState<{ patient: string }[]>();
  const [error, fail] = useState<Refused>();
  const find = (identifier: string) => {
    fail(undefined);
    ask<{ items: { patient: string }[] }>("patients" + query({ identifier })).then(({ items }) => {
      if (items.length === 1) location.hash = "#/patients/" + items[0].patient;
      else set(items);
    }, fail);
  };
  return (
    <>
      <Title>Patients</Title>
      <form class="filter" role="search" onSubmit={(event) => { event.preventDefault(); find(String(new FormData(event.currentTarget).get("identifier")).trim()); }}>
        <label>Patient identifier <input name="identifier" data-search required autoComplete="off" spellcheck={false} /></label>
        <button>Find</button>
      </form>
      {error && <Trouble error={error} />}
      {!found && <p class="note">Type an identifier as it stands on paper. That you looked, and for whom, goes into the audit trail.</p>}
      {found && <Rows label="Patients" rows={found} columns={[
        { name: "Patient", of: (one) => <a href={"#/patients/" + one.patient}>{one.patient}</a> },
      ]} empty={<p>Nobody here has this identifier. Look whether the number is whole; several laboratories may write it differently.</p>} />}
    </>
  );
}

/** Value with what it was before, struck out; how it was sent, and never what it means. */
function Said({ of }: { of: Point }) {
  return <>{of.earlier.map((one, at) => <del key={at}>{one.text} </del>)}{of.value?.text ?? <span class="faint">no value</span>}</>;
}

function Table({ panel, groups }: { panel: Panel; groups: string[] }) {
  return (
    <Rows label={`${panel.name}, ${panel.details}`} rows={panel.points} empty={null} columns={[
      { name: "When", of: (one) => one.collected.slice(0, 10) || "–", narrow: true },
      { name: "Timing", of: (one) => <>{one.timing}{one.derivedDay && <Badge tone="warn">two sources disagree: {one.derivedDay}</Badge>}</> },
      { name: "Value", of: (one) => <><Said of={one} /> {one.unit} {one.flags.map((flag) => <b key={flag}>{flag} </b>)}</> },
      { name: "Range", of: (one) => one.range?.text || "–" },
      { name: "Status", of: (one) => one.status === "final" ? "final" : <Badge tone={one.status === "cancelled" || one.status === "entered-in-error" ? "bad" : "warn"}>{one.status}</Badge>, narrow: true },
      ...(groups.length > 1 ? [{ name: "Of", of: (one: Point) => one.group }] : []),
    ]} />
  );
}

function Legend({ groups }: { groups: string[] }) {
  const signs: Record<string, string> = { circle: "●", square: "■", triangle: "▲", diamond: "◆" };
  return <p class="legend faint">{groups.map((group, at) => <span key={group}>{signs[marks[at % marks.length]]} {group}</span>)}</p>;
}

function PanelOf({ panel }: { panel: Panel }) {
  const groups = [...new Set(panel.points.filter(isDrawn).map((one) => one.group))];
  const all = [...new Set(panel.points.map((one) => one.group))];
  return (
    <section class="panel">
      <h2>{panel.name} <span class="faint">{[panel.details, panel.unit].filter(Boolean).join(" · ")}</span></h2>
      {groups.length > 0 && <Plot panel={panel} groups={groups} />}
      {groups.length > 1 && <Legend groups={groups} />}
      <details open={!groups.length}><summary>{many(panel.points.length, "result", "results")} as a table</summary><Table panel={panel} groups={all} /></details>
    </section>
  );
}

function Content({ of }: { of: Chart }) {
  const panels = useMemo(() => panelsOf(of.timeline, of.earlier), [of]);
  const drawn = panels.filter((one) => one.points.some(isDrawn)), others = panels.filter((one) => !one.points.some(isDrawn));
  return (
    <>
      <p class="faint">The shaded band is the range that the laboratory sent. A number struck out was corrected. ▽ and △ are results sent as below or above a limit. What no day was said of stands apart; nothing is computed or interpreted.</p>
      {!panels.length && <p class="note">No result of this patient stands here. They may be of a patient it was merged into.</p>}
      <div class="panels">{drawn.map((panel) => <PanelOf key={panel.key} panel={panel} />)}</div>
      {!!others.length && <h2>In words</h2>}
      <div class="panels">{others.map((panel) => <PanelOf key={panel.key} panel={panel} />)}</div>
      <section><h2>Came by these messages</h2>
        <Rows label="Messages" rows={of.messages ?? []} empty={<p>None that is still here.</p>} columns={[
          { name: "Arrival", of: (one) => <ToMessage arrival={one.arrival} />, narrow: true },
          { name: "Received", of: (one) => <Time of={one.received} /> },
          { name: "Sender", of: (one) => one.sender || "–" },
          { name: "Control id", of: (one) => one.control_id || "–" },
          { name: "Answer", of: (one) => <StateOf of={one} /> }]} />
      </section>
    </>
  );
}

export function Patient({ patient }: { patient: string }) {
  const opened = useOpened<Chart>("patients/" + patient);
  return (
    <>
      <Title more={<p><a href="#/patients">Another patient</a></p>}>Patient chart</Title>
      <Opening opened={opened} what="this chart">{(of) => <Content of={of} />}</Opening>
    </>
  );
}
