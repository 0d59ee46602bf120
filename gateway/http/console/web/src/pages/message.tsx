import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Account, fatesOf, fieldOf, isNamed, letters, linesOf, type Segment, segmentsOf, words } from "../fields";
import { type Masked, Opening, useOpened } from "../opening";
import { AnswerOf, Badge, Rows, Time, Title } from "../parts";
import type { Session } from "../api";
import { type Arrival, StateOf } from "./messages";
import { Replay } from "./remap";

interface Resource { reference: string; version?: string | number; body: unknown }
interface Delivery { delivery: number; target: string; state: string; attempts: number; answer?: string }
interface Issue { code: string; severity: string; place?: string; resource?: string; text: string }
interface Whole extends Arrival, Masked {
  raw?: string; raw_exact?: boolean; acknowledgement?: string; account?: Account[]; agrees?: boolean;
  resources?: Resource[]; unchanged?: string[]; issues?: Issue[]; deliveries?: Delivery[];
}
/** The field under the pointer or the focus; a click keeps it. */
interface Pointed { key: string; kept: boolean }
interface Linked { hot: Pointed; point: (key: string) => void; keep: (key: string) => void }

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

/** Brings what is hot into view within its own box, unless it is pointed at there. */
function useFollowed(key: string) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = box.current, line = place?.querySelector<HTMLElement>("[data-hot]");
    if (!place || !line || place.matches(":hover, :focus-within")) return;
    const above = line.getBoundingClientRect().top - place.getBoundingClientRect().top;
    if (above < 0 || above > place.clientHeight - 40) place.scrollTop += above - place.clientHeight / 3;
  }, [key]);
  return box;
}

function AccountOf({ account, linked }: { account: Account[]; linked: Linked }) {
  const box = useFollowed(linked.hot.key);
  return (
    <div class="rows account" role="region" aria-label="Loss account" tabIndex={0} ref={box}>
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
      <div class="lines">
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

function Resources({ of, account, linked }: { of: Resource[]; account: Account[]; linked: Linked }) {
  const box = useFollowed(linked.hot.key);
  return (
    <div class="json" role="region" aria-label="FHIR" tabIndex={0} ref={box}>
      {of.map((one) => <Fhir key={one.reference + one.version} resource={one} account={account} linked={linked} />)}
    </div>
  );
}

function Legend({ account }: { account: Account[] }) {
  const count = (fate: string) => account.filter((one) => one.fate === fate).length;
  return (
    <p class="counts">{(["mapped", "set-aside", "unmapped"] as const).map((fate) =>
      <span key={fate} class={"fate " + (count(fate) ? fate : "none")}>{letters[fate]} {words[fate]} {count(fate)}</span>)}
      <span class="faint">Point at a field, or walk there by Tab, to see where it went; Enter or a click keeps it.</span></p>
  );
}

/** What the field under the pointer is and became; stands at the foot of the window. */
function Hot({ account, linked }: { account: Account[]; linked: Linked }) {
  const [copied, say] = useState("");
  const { key, kept } = linked.hot;
  const here = account.filter((one) => fieldOf(one.place) === key);
  if (!here.length) return null;
  const paths = [...new Set(here.flatMap((one) => one.paths ?? []))];
  return (
    <aside class="hot" aria-label="The chosen field">
      <b>{key}</b> <span>{here[0].name}</span> <span class={"fate " + here[0].fate}>{words[here[0].fate]}</span>
      {here[0].why && <span>{here[0].why}</span>}
      {paths.slice(0, 4).map((path) => <code key={path}>{path.replace(/^(\w+)\/[^#]*#/, "$1 ")}</code>)}{paths.length > 4 && <span>and {paths.length - 4} more</span>}
      <button type="button" class="quiet" onClick={() => navigator.clipboard.writeText(key).then(() => say(key))}>{copied === key ? "Copied" : "Copy the place"}</button>
      {kept && <button type="button" class="quiet" onClick={() => linked.keep(key)}>Let go</button>}
    </aside>
  );
}

function Facts({ of }: { of: Whole }) {
  return (
    <p class="facts"><StateOf of={of} /> <span>{of.message_type}</span> <span>control id {of.control_id || "–"}</span>
      <span>from {of.sender || "nobody known"}</span> <span>over {of.listener || "–"}</span> <span><Time of={of.received} /></span>
      {!!of.repeats && <span>came {of.repeats + 1} times</span>}</p>
  );
}

function Issues({ of }: { of?: Issue[] }) {
  if (!of?.length) return null;
  return (
    <section><h2>On the review list</h2>
      <Rows label="Issues" rows={of} empty={null} columns={[
        { name: "Kind", of: (one) => <Badge tone={one.severity === "error" ? "bad" : "warn"}>{one.code}</Badge>, narrow: true },
        { name: "Where", of: (one) => one.place || "–", narrow: true },
        { name: "What", of: (one) => one.text }]} />
    </section>
  );
}

function Content({ of, linked }: { of: Whole; linked: Linked }) {
  const account = of.account ?? [];
  const segments = useMemo(() => segmentsOf(of.raw ?? ""), [of.raw]);
  return (
    <>
      {of.agrees === false && <p class="note warn">The mappings have changed since it came: the fates below are those of now, not those it was stored by.</p>}
      {of.raw_exact === false && <p class="note warn">Some bytes are no characters of its character set; they stand as \uFFFD.</p>}
      {of.raw !== undefined && <section><h2>As received</h2>{!!account.length && <Legend account={account} />}
        {of.kind === "bundle" ? <pre class="json" role="region" aria-label="As received" tabIndex={0}>{of.raw}</pre>
          : <Text label="As received" segments={segments} account={account} linked={linked} />}</section>}
      {of.acknowledgement && <section><h2>Answered</h2><Text label="Answered" segments={segmentsOf(of.acknowledgement)} account={[]} linked={linked} /></section>}
      <Issues of={of.issues} />
      <div class="both">
        {!!account.length && <section><h2>Loss account</h2><AccountOf account={account} linked={linked} /></section>}
        {!!of.resources?.length && <section><h2>FHIR</h2><Resources of={of.resources} account={account} linked={linked} /></section>}
      </div>
      {!!of.unchanged?.length && <details><summary>{of.unchanged.length} resources it speaks of did not change</summary><p>{of.unchanged.map((one) => <code key={one}>{one} </code>)}</p></details>}
      <Hot account={account} linked={linked} />
    </>
  );
}

function Deliveries({ of }: { of?: Delivery[] }) {
  if (!of) return null;
  return (
    <section><h2>Deliveries</h2>
      <Rows label="Deliveries" rows={of} empty={<p>Nothing of it goes to a target.</p>} columns={[
        { name: "Delivery", of: (one) => one.delivery, narrow: true }, { name: "Target", of: (one) => one.target },
        { name: "State", of: (one) => <Badge tone={one.state === "dead" ? "bad" : one.state === "delivered" ? "good" : "quiet"}>{one.state}</Badge> },
        { name: "Attempts", of: (one) => one.attempts }, { name: "Answer", of: (one) => <AnswerOf of={one.answer} /> }]} />
    </section>
  );
}

export function Message({ arrival, who }: { arrival: string; who: Session }) {
  const opened = useOpened<Whole>("messages/" + arrival);
  const [hot, set] = useState<Pointed>({ key: "", kept: false });
  const linked: Linked = {
    hot,
    point: (key) => set((before) => before.kept ? before : { key, kept: false }),
    keep: (key) => set((before) => ({ key, kept: !(before.kept && before.key === key) })),
  };
  return (
    <>
      <Title more={<p><a href="#/messages">All messages</a></p>}>Message {arrival}</Title>
      <Opening opened={opened} what="this message" always={(of) => <Facts of={of} />}>{(of) => <Content of={of} linked={linked} />}</Opening>
      <Deliveries of={opened.asked.data?.deliveries} />
      <Replay arrival={arrival} who={who} rejected={opened.asked.data?.state !== "accepted"} />
    </>
  );
}
