// What $cycle-timeline tells of a patient, as panels: one for each thing measured the same way. Nothing is computed or
// converted here: digits, units and ranges are the laboratory's (DOMAIN.md, E1 to E5).
type Json = any;   // FHIR as it came

export interface Range { text: string; low?: number; high?: number }
export interface Value { text: string; number?: number; comparator?: string }
export interface Point {
  observation: string; status: string; collected: string; timing: string; group: string;
  day?: number; week?: number;   // weeks of gestation; neither: unknown
  unit: string;
  value?: Value; range?: Range; flags: string[]; issues: string[]; earlier: Value[]; derivedDay?: string;
}
export interface Panel { key: string; name: string; details: string; unit: string; points: Point[] }
export interface Earlier { observation: string; version: string; body: Json }

const part = (of: Json, name: string): Json => (of?.part ?? []).find((one: Json) => one.name === name);
const parts = (of: Json, name: string): Json[] => (of?.part ?? []).filter((one: Json) => one.name === name);
const valueOf = (of: Json): [string, Json] | undefined => Object.entries(of ?? {}).find(([name]) => name.startsWith("value")) as [string, Json];
const plain = (of: Json, name: string): string => String(valueOf(part(of, name))?.[1] ?? "");
const spaced = (code: string) => code.replaceAll("-", " ");

function words(concept: Json): string {
  const coding = (concept?.coding ?? [])[0];
  return concept?.text ?? coding?.display ?? coding?.code ?? "";
}
const codeOf = (concept: Json) => spaced((concept?.coding ?? [])[0]?.code ?? words(concept));

function quantity(of: Json): Value {
  const number = of?.value === undefined ? undefined : Number(of.value);
  return { text: (of?.comparator ?? "") + String(of?.value ?? ""), number: Number.isFinite(number) ? number : undefined, comparator: of?.comparator };
}

/** Of an Observation, a component, or a result of the timeline: `value` and its type. */
export function valueText([type, of]: [string, Json]): Value {
  switch (type) {
    case "valueQuantity": return quantity(of);
    case "valueInteger": return { text: String(of), number: Number(of) };
    case "valueRatio": return { text: quantity(of.numerator).text + ":" + quantity(of.denominator).text };
    case "valueRange": return { text: `${quantity(of.low).text} to ${quantity(of.high).text}` };
    case "valueCodeableConcept": return { text: words(of) };
    case "valuePeriod": return { text: `${of.start ?? ""} to ${of.end ?? ""}` };
    default: return { text: typeof of === "object" ? "(see the Observation)" : String(of) };
  }
}

function rangeOf(of: Json): Range | undefined {
  const one = part(of, "referenceRange");
  if (!one) return undefined;
  const bound = (name: string) => { const found = valueOf(part(one, name)); return found && quantity(found[1]).number; };
  return { text: plain(one, "text"), low: bound("low"), high: bound("high") };
}

function age(of: Json): { week?: number; text: string } {
  const found = valueOf(part(of, "gestation"))?.[1];
  if (!found) return { text: "" };
  const days = Number(found.value) * (found.code === "wk" ? 7 : 1);
  return { week: days / 7, text: `week ${Math.floor(days / 7)} + ${days % 7} d` };
}

function timingOf(of: Json): string {
  const said = [plain(of, "cycleDay") && "day " + plain(of, "cycleDay")];
  const offset = plain(of, "offset");
  if (offset) said.push(`${plain(of, "anchor")} ${offset.startsWith("-") ? "" : "+"}${offset}`);
  const text = said.filter(Boolean).join(", ");
  if (text) return text;
  if (plain(of, "cycleStatus") === "pregnant") return "age unknown";
  return plain(of, "cycleDayUnknown") === "not-applicable" ? "not applicable" : "day unknown";
}

function groupOf(group: Json): string {
  const kind = plain(group, "kind");
  if (kind === "gestation") return "pregnancy";
  if (kind !== "cycle") return "no timing said";
  if (plain(group, "lmpDate")) return "last period " + plain(group, "lmpDate");
  if (plain(group, "anchorDate")) return `${plain(group, "anchor")} ${plain(group, "anchorDate")}`;
  return plain(group, "collected") ? "cycle, collected " + plain(group, "collected") : "cycle";
}

function collectedOf(result: Json): string {
  const found = valueOf2(part(result, "effective"));
  return found === undefined ? "" : typeof found === "object" ? found.start ?? "" : String(found);
}
const valueOf2 = (of: Json) => valueOf(of)?.[1];

const isMeasured = (of: Json) => ["valueQuantity", "valueInteger"].includes(valueOf(part(of, "value"))?.[0] ?? "");

/** What tells one panel from another of the same code: sample, layer, method, ratio, additive. */
function detailsOf(result: Json): string {
  const said = [valueOf2(part(result, "sampleType")), valueOf2(part(result, "compartment")), valueOf2(part(result, "method"))]
    .filter(Boolean).map(codeOf);
  if (part(result, "value"))
    for (const one of parts(result, "component"))
      if (!isMeasured(one) && part(one, "value")) said.push(`${words(valueOf2(part(one, "code")))} ${valueText(valueOf(part(one, "value"))!).text}`);
  return said.join(", ");
}

function pointOf(result: Json, measured: Json, group: string, earlier: Map<string, Earlier[]>): Point {
  const observation = valueOf2(part(result, "observation"))?.reference ?? "", gestation = age(result);
  const day = plain(result, "cycleDay"), own = result === measured;
  const value = valueOf(part(measured, "value"));
  const before = own ? (earlier.get(observation) ?? []).map((one) => valueOf(one.body)).filter(Boolean).map((one) => valueText(one!)) : [];
  const now = value && valueText(value);
  return {
    observation, group, unit: plain(measured, "unit"), status: plain(result, "status"), collected: collectedOf(result), timing: gestation.text || timingOf(result),
    day: day && gestation.week === undefined ? Number(day) : undefined, week: gestation.week, value: now,
    range: part(result, "originalCode") ? undefined : rangeOf(measured),   // sent with a withheld code: not of what was examined
    flags: parts(measured, "interpretation").map((one) => (valueOf2(one)?.coding ?? [])[0]?.code ?? words(valueOf2(one))),
    issues: parts(result, "issue").map((one) => valueOf2(one)?.code ?? ""),
    earlier: before.filter((one) => one.text !== now?.text),
    derivedDay: plain(result, "confidence") === "conflicting" ? plain(result, "derivedDay") || "?" : undefined,
  };
}

export function panelsOf(timeline: Json, before: Earlier[] = []): Panel[] {
  const panels = new Map<string, Panel>(), earlier = new Map<string, Earlier[]>();
  for (const one of before) earlier.set(one.observation, [...(earlier.get(one.observation) ?? []), one]);
  for (const group of (timeline?.parameter ?? []).filter((one: Json) => one.name === "group"))
    for (const result of parts(group, "result")) {
      const measured = part(result, "value") ? [] : parts(result, "component").filter(isMeasured);
      for (const one of measured.length ? measured : [result]) {
        const code = valueOf2(part(one, "code")), first = (code?.coding ?? [])[0];
        const name = words(code) || "(no name)", details = detailsOf(result), unit = plain(one, "unit");
        // Units that two laboratories write differently are one where UCUM says so.
        const measure = valueOf2(part(one, "value"))?.code ?? unit;
        const key = [first?.system, first?.code, first ? "" : name, details, measure].join("\u001f");
        const panel = panels.get(key) ?? { key, name, details, unit, points: [] };
        panel.points.push(pointOf(result, one, groupOf(group), earlier));
        panels.set(key, panel);
      }
    }
  return [...panels.values()].sort((a, b) => a.name.localeCompare(b.name) || a.details.localeCompare(b.details));
}
