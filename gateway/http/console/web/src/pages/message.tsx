import { useMemo, useState } from "preact/hooks";
import { type Account, fatesOf, fieldOf, isNamed, letters, linesOf, type Segment, segmentsOf, words } from "../fields";
import { useAsked } from "../hooks";
import { AnswerOf, Badge, Rows, Shown, Time, Title } from "../parts";
import { type Arrival, StateOf } from "./messages";

interface Resource { reference: string; version?: string | number; body: unknown }
interface Delivery { delivery: number; target: string; state: string; attempts: number; answer?: string }
interface Whole extends Arrival {
  raw?: string; acknowledgement?: string; account?: Account[]; resources?: Resource[]; deliveries?: Delivery[];
}
/** The field under the pointer or the focus; a click keeps it. */
interface Hot { key: string; kept: boolean }
interface Linked { hot: Hot; point: (key: string) => void; keep: (key: string) => void }

const links = ({ hot, point, keep }: Linked, key: string) => ({
  "data-hot": hot.key === key ? "" : undefined,
  // A page that scrolls under a pointer at rest points at nothing.
  onMouseMove: (event: MouseEvent) => { if (event.movementX || event.movementY) point(key); },
  onFocus: () => point(key),
  onClick: () => keep(key),
});

function Text({ label, segments, account, linked }: { label: string; segments: Segment[]; account: Account[]; linked: Linked }) {
  const fates = useMemo(() => fatesOf(account), [account]);
  return (
    <div class="hl7" role="region" aria-label={label} tabIndex={0}>
      {segments.map((segment, line) => (
        <div class="segment" key={line}>
          <b>{segment.name}</b>
          {segment.fields.map((field) => {
            const fate = fates.get(field.key);
            return (
              <span key={field.key}>{segment.separator}{field.text && (fate
                ? <button type="button" class={"field " + fate} title={`${field.key} ${words[fate]}`} {...links(linked, field.key)}>{field.text}<sup>{letters[fate]}</sup></button>
                : field.text)}</span>
            );
          })}
        </div>
      ))}
    </div>
  );
}

function AccountOf({ account, linked }: { account: Account[]; linked: Linked }) {
  return (
    <div class="rows account" role="region" aria-label="Loss account" tabIndex={0}>
      <table>
        <thead><tr><th scope="col">Field</th><th scope="col">Fate</th><th scope="col">Value</th><th scope="col">Where to, or why not</th></tr></thead>
        <tbody>{account.map((one, at) => {
          const key = fieldOf(one.place);
          return (
            <tr key={at} data-row tabIndex={-1} {...links(linked, key)}>
              <td data-name="Field"><button type="button" class="link" onFocus={() => linked.point(key)}>{one.place}</button> <span class="faint">{one.name}</span></td>
              <td data-name="Fate"><span class={"fate " + one.fate}>{letters[one.fate]} {words[one.fate]}</span></td>
              <td data-name="Value">{one.value}</td>
              <td data-name="Where to">{one.why}{one.paths?.map((path) => <code key={path} title={path}>{path.replace(/^(\w+)\/[^#]*#/, "$1 ")} </code>)}</td>
            </tr>
          );
        })}</tbody>
      </table>
    </div>
  );
}

function Fhir({ resource, account, linked }: { resource: Resource; account: Account[]; linked: Linked }) {
  const lines = useMemo(() => linesOf(resource.body).map((line) => ({ ...line,
    fields: new Set(account.filter((one) => isNamed(one.paths, resource.reference, line.path)).map((one) => fieldOf(one.place))) })),
  [resource, account]);
  return (
    <details open>
      <summary>{resource.reference}{resource.version !== undefined && <span class="faint"> version {resource.version}</span>}</summary>
      <div class="json" role="region" aria-label={resource.reference} tabIndex={0}>
        {lines.map((line, at) => {
          const [first] = line.fields;
          const indent = "  ".repeat(line.depth);
          return first
            ? <button type="button" class="line" key={at} {...links(linked, first)} data-hot={line.fields.has(linked.hot.key) ? "" : undefined}>{indent}<span class="linked">{line.text}</span></button>
            : <span class="line" key={at}>{indent + line.text}</span>;
        })}
      </div>
    </details>
  );
}

function Legend({ account }: { account: Account[] }) {
  const count = (fate: string) => account.filter((one) => one.fate === fate).length;
  return (
    <p class="counts">{(["mapped", "set-aside", "unmapped"] as const).map((fate) =>
      <span key={fate} class={"fate " + fate}>{letters[fate]} {words[fate]} {count(fate)}</span>)}</p>
  );
}

function Content({ of, linked }: { of: Whole; linked: Linked }) {
  const account = of.account ?? [];
  const segments = useMemo(() => segmentsOf(of.raw ?? ""), [of.raw]);
  return (
    <>
      <p class="facts"><StateOf of={of} /> <span>{of.message_type}</span> <span>control id {of.control_id || "–"}</span>
        <span>from {of.sender || "nobody known"}</span> <span><Time of={of.received} /></span></p>
      {of.raw !== undefined && <section><h2>As received</h2>{!!account.length && <Legend account={account} />}<Text label="As received" segments={segments} account={account} linked={linked} /></section>}
      {of.acknowledgement && <section><h2>Answered</h2><Text label="Answered" segments={segmentsOf(of.acknowledgement)} account={[]} linked={linked} /></section>}
      <div class="both">
        {!!account.length && <section><h2>Loss account</h2><AccountOf account={account} linked={linked} /></section>}
        {!!of.resources?.length && <section><h2>FHIR</h2>{of.resources.map((one) => <Fhir key={one.reference} resource={one} account={account} linked={linked} />)}</section>}
      </div>
      {of.deliveries && (
        <section><h2>Deliveries</h2>
          <Rows label="Deliveries" rows={of.deliveries} empty={<p>Nothing of it goes to a target.</p>} columns={[
            { name: "Delivery", of: (one) => one.delivery }, { name: "Target", of: (one) => one.target },
            { name: "State", of: (one) => <Badge tone={one.state === "dead" ? "bad" : "quiet"}>{one.state}</Badge> },
            { name: "Attempts", of: (one) => one.attempts }, { name: "Answer", of: (one) => <AnswerOf of={one.answer} /> }]} />
        </section>
      )}
    </>
  );
}

export function Message({ arrival }: { arrival: string }) {
  const asked = useAsked<Whole>("messages/" + arrival);
  const [hot, set] = useState<Hot>({ key: "", kept: false });
  const linked: Linked = {
    hot,
    point: (key) => set((before) => before.kept ? before : { key, kept: false }),
    keep: (key) => set((before) => ({ key, kept: !(before.kept && before.key === key) })),
  };
  return (
    <>
      <Title more={<p><a href="#/messages">All messages</a></p>}>Message {arrival}</Title>
      <Shown asked={asked}>{(of) => <Content of={of} linked={linked} />}</Shown>
    </>
  );
}
