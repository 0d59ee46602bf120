import type { ComponentChildren } from "preact";
import { useAsked, useNow } from "../hooks";
import { useLast } from "../live";
import { Badge, count, many, Rows, seconds, Shown, Time, Title } from "../parts";

export interface Certificate { used_by: string; subject: string; not_after: string; days_left: number }
interface State {
  version?: string; instance?: string; started?: string; now?: string;
  store?: { kind?: string; ready?: boolean; why?: string };
  messages?: { last_minute?: number; last_hour?: number; total?: number };
  answers?: Record<string, number>;
  ack_seconds?: { p50?: number; p99?: number };
  outbox?: { pending?: number; oldest_seconds?: number; dead?: number };
  reviews?: { open?: number };
  certificates?: Certificate[];
}
interface Cause { tone: "bad" | "warn"; text: string; place?: string }

const every = 4000, stale = 10_000, oldOutbox = 600, soon = 7, early = 30;

function causes(state: State): Cause[] {
  const out: Cause[] = [];
  if (state.store?.ready === false) out.push({ tone: "bad", text: "The store is not ready: " + (state.store.why ?? "no reason given") });
  if (state.outbox?.dead) out.push({ tone: "bad", text: many(state.outbox.dead, "dead letter waits", "dead letters wait") + " for a decision", place: "letters" });
  if ((state.outbox?.oldest_seconds ?? 0) > oldOutbox)
    out.push({ tone: "bad", text: `The oldest delivery waits for ${seconds(state.outbox!.oldest_seconds)}`, place: "targets" });
  for (const one of state.certificates ?? [])
    if (one.days_left <= early)
      out.push({ tone: one.days_left <= soon ? "bad" : "warn", text: `The certificate of ${one.used_by} ${one.days_left < 0 ? "is over" : "ends in " + many(one.days_left, "day", "days")}` });
  if (state.reviews?.open) out.push({ tone: "warn", text: many(state.reviews.open, "review is open", "reviews are open"), place: "reviews" });
  return out;
}

function Verdict({ state, old }: { state: State; old: boolean }) {
  const found = causes(state);
  if (old) return <p class="verdict quiet">The gateway has not answered for more than 10 s: what stands here is old.</p>;
  if (!found.length) return <p class="verdict good">All is well.</p>;
  const worst = found.some((one) => one.tone === "bad") ? "bad" : "warn";
  return (
    <div class={"verdict " + worst}>
      <p>{worst === "bad" ? "Something needs you." : "Worth a look."}</p>
      <ul>{found.map((one) => <li key={one.text}>{one.place ? <a href={"#/" + one.place}>{one.text}</a> : one.text}</li>)}</ul>
    </div>
  );
}

function Tile({ name, value, more }: { name: string; value?: ComponentChildren; more?: ComponentChildren }) {
  if (value === undefined) return null;
  return <div class="tile"><dt>{name}</dt><dd><strong>{value}</strong>{more && <span class="faint">{more}</span>}</dd></div>;
}

function Tiles({ state }: { state: State }) {
  const { messages, answers, ack_seconds: ack, outbox, reviews, store } = state;
  return (
    <dl class="tiles">
      <Tile name="Last minute" value={count(messages?.last_minute)} more={messages?.last_hour !== undefined && `${count(messages.last_hour)} in the hour`} />
      <Tile name="All messages" value={count(messages?.total)} />
      {answers && Object.entries(answers).map(([code, answered]) =>
        <Tile key={code} name={"Answered " + code} value={count(answered)} more={{ AA: "taken", AE: "not readable, kept", AR: "refused" }[code]} />)}
      <Tile name="Acknowledged after" value={ack && ack.p50 !== undefined ? seconds(ack.p50) : undefined} more={ack?.p99 !== undefined && `p99 ${seconds(ack.p99)}`} />
      <Tile name="Deliveries waiting" value={count(outbox?.pending)} more={!!outbox?.pending && `oldest ${seconds(outbox.oldest_seconds)}`} />
      <Tile name="Dead letters" value={count(outbox?.dead)} />
      <Tile name="Open reviews" value={count(reviews?.open)} />
      <Tile name="Store" value={store && (store.ready === false ? "not ready" : "ready")} more={store?.kind} />
    </dl>
  );
}

export function Certificates({ of }: { of?: Certificate[] }) {
  if (!of) return null;
  return (
    <section>
      <h2>Certificates</h2>
      <Rows label="Certificates" rows={of} empty={<p>No certificate is in use.</p>} columns={[
        { name: "Used by", of: (one) => one.used_by },
        { name: "Subject", of: (one) => one.subject },
        { name: "Until", of: (one) => <Time of={one.not_after} /> },
        { name: "Days left", of: (one) => <Badge tone={one.days_left <= soon ? "bad" : one.days_left <= early ? "warn" : "good"}>{one.days_left} days</Badge> },
      ]} />
    </section>
  );
}

interface Moment { at: number; total: number }
const remembered = 60;   // of the last two minutes
let moments: Moment[] = [];   // while the console is open, whatever page is shown

/** Messages a second of the last two minutes, from what the store counts. */
function Traffic({ state, at }: { state: State; at: number }) {
  const total = state.messages?.total;
  if (total !== undefined && at !== moments[moments.length - 1]?.at) moments = [...moments.slice(1 - remembered), { at, total }];
  const rates = moments.slice(1).map((one, turn) => Math.max(0, one.total - moments[turn].total) / Math.max(0.5, (one.at - moments[turn].at) / 1000));
  if (rates.length < 2) return null;
  const most = Math.max(1, ...rates), now = rates[rates.length - 1], wide = 600, high = 60;
  const points = rates.map((rate, turn) => `${wide - (rates.length - 1 - turn) * (wide / (remembered - 2))},${high - (rate / most) * (high - 4)}`);
  return (
    <section>
      <h2>Traffic <span class="faint">{now.toFixed(1)} messages a second now, {most.toFixed(1)} at most in what is drawn</span></h2>
      <svg class="traffic" viewBox={`0 0 ${wide} ${high}`} preserveAspectRatio="none" role="img" aria-label={`Messages a second: ${now.toFixed(1)} now, ${most.toFixed(1)} at most of the last two minutes`}>
        <polyline points={points.join(" ")} />
      </svg>
    </section>
  );
}

export function Overview() {
  const told = useLast<State>("overview");
  const asked = useAsked<State>("overview", told.data ? 0 : every);
  const now = useNow();
  const state = told.data ?? asked.data, at = told.data ? told.at : asked.at;
  const old = now - at > stale;
  return (
    <>
      <Title>Overview</Title>
      {!state && <Shown asked={asked}>{() => null}</Shown>}
      {state && (
        <div class={old ? "old" : ""}>
          <Verdict state={state} old={old} />
          <Tiles state={state} />
          <Traffic state={state} at={at} />
          <Certificates of={state.certificates} />
          <p class="faint">{state.instance} · version {state.version} · since <Time of={state.started} /></p>
        </div>
      )}
    </>
  );
}
