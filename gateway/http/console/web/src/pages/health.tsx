import { useAsked } from "../hooks";
import { Badge, count, Rows, seconds, Shown, Time, Title } from "../parts";
import { type Certificate, Certificates } from "./overview";

interface Health {
  ready: boolean; reasons: string[]; version: string; instance: string; started: string; now: string; mappings: string;
  store: { kind: string; writable: boolean; why?: string; bytes: number; free_bytes?: number };
  last_backup?: string; last_verify?: string; trail?: { rows: number; signed_at?: string; signed_rows?: number };
  reloads: Record<string, number>; certificates: Certificate[];
}
interface Fact { name: string; said: preact.ComponentChildren; tone: "good" | "warn" | "bad" | "quiet"; state: string; remedy?: preact.ComponentChildren }

const day = 86_400_000;
export function size(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let at = 0;
  for (; bytes >= 1000 && at < units.length - 1; at++) bytes /= 1000;
  return `${at ? bytes.toFixed(1) : bytes} ${units[at]}`;
}

function factsOf(of: Health): Fact[] {
  const age = (at?: string) => at === undefined ? Infinity : Date.parse(of.now) - Date.parse(at);
  const dated = (name: string, at: string | undefined, most: number, command: string): Fact => ({
    name, said: at ? <Time of={at} /> : "never on this host", tone: age(at) <= most ? "good" : "warn",
    state: age(at) <= most ? "recent" : at ? "old" : "never", remedy: age(at) <= most ? "" : <code>{command}</code> });
  const { store, trail } = of;
  return [
    { name: "Readiness", said: of.ready ? "takes messages" : of.reasons.join("; "), tone: of.ready ? "good" : "bad", state: of.ready ? "ready" : "not ready" },
    { name: "Store", said: `${store.kind}, ${size(store.bytes)}${store.free_bytes ? `, ${size(store.free_bytes)} free` : ""}${store.why ? ": " + store.why : ""}`,
      tone: store.writable ? "good" : "bad", state: store.writable ? "writable" : "not writable" },
    dated("Last backup", of.last_backup, 26 * 3_600_000, "immunogate store backup --to DIR"),
    dated("Last verification", of.last_verify, 8 * day, "immunogate store verify"),
    { name: "Audit trail", said: trail ? <>{count(trail.rows)} rows{trail.signed_at ? <>, {count(trail.signed_rows)} of them signed <Time of={trail.signed_at} /></> : ", none signed yet"}</> : "cannot be read now",
      tone: trail ? "good" : "bad", state: trail ? "readable" : "unreadable" },
    { name: "Mappings", said: <>version <code>{of.mappings.slice(0, 12)}</code></>, tone: "quiet", state: "in force" },
    { name: "Program", said: <>{of.instance}, version {of.version}, since <Time of={of.started} /></>, tone: "quiet",
      state: "up " + seconds((Date.parse(of.now) - Date.parse(of.started)) / 1000) },
    { name: "Read anew", said: Object.entries(of.reloads).map(([what, times]) => `${what} ${times}×`).join(", ") || "nothing since the start", tone: "quiet", state: "since start" },
  ];
}

export function Health() {
  const asked = useAsked<Health>("health", 10_000);
  return (
    <>
      <Title>Health</Title>
      <Shown asked={asked}>{(of) => (
        <>
          <Rows label="Health" rows={factsOf(of)} empty={null} columns={[
            { name: "What", of: (one) => <b>{one.name}</b>, narrow: true },
            { name: "State", of: (one) => <Badge tone={one.tone}>{one.state}</Badge>, narrow: true },
            { name: "Says", of: (one) => one.said },
            { name: "What to do", of: (one) => one.remedy || "–" },
          ]} />
          <Certificates of={of.certificates} />
        </>
      )}</Shown>
    </>
  );
}
