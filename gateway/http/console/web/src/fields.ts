// A message's text in segments and fields, and where its fields went.
import { Digits } from "./exact";

export type Fate = "mapped" | "set-aside" | "unmapped";
export interface Account { place: string; name?: string; value?: string; fate: Fate; why?: string; paths?: string[] }
export interface Field { text: string; key: string }
export interface Segment { name: string; fields: Field[]; separator: string }

export const letters: Record<Fate, string> = { mapped: "M", "set-aside": "S", unmapped: "U" };
export const words: Record<Fate, string> = { mapped: "mapped", "set-aside": "set aside", unmapped: "unmapped" };

/** "OBX[2]-5.1" and "OBX[2]-5[1]" are of the field "OBX[2]-5"; without a number it is the first. */
export function fieldOf(place: string): string {
  const found = /^([A-Z0-9]{3})(?:\[(\d+)\])?-(\d+)/.exec(place);
  return found ? `${found[1]}[${found[2] ?? 1}]-${found[3]}` : place;
}

export function segmentsOf(raw: string): Segment[] {
  const seen = new Map<string, number>();
  return raw.split(/\r\n|\r|\n/).filter(Boolean).map((line) => {
    const name = line.slice(0, 3), separator = line[3] ?? "";
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    const isHeader = name === "MSH" || name === "FHS" || name === "BHS";   // their first field is the separator
    const parts = separator ? line.slice(4).split(separator) : [];
    return { name, separator, fields: parts.map((text, at) => ({ text, key: `${name}[${count}]-${at + (isHeader ? 2 : 1)}` })) };
  });
}

const worst: Fate[] = ["unmapped", "set-aside", "mapped"];

/** What became of each field: of its parts, the worst. */
export function fatesOf(account: Account[]): Map<string, Fate> {
  const out = new Map<string, Fate>();
  for (const one of account) {
    const key = fieldOf(one.place), before = out.get(key);
    if (!before || worst.indexOf(one.fate) < worst.indexOf(before)) out.set(key, one.fate);
  }
  return out;
}

const plain = (path: string) => path.replace(/\[\d+\]/g, "");

/** Is the line at `path` of `reference` what one of `paths` names, or below it? */
export function isNamed(paths: string[] | undefined, reference: string, path: string): boolean {
  return (paths ?? []).some((one) => {
    const [whole, place = ""] = one.split("#");
    if (whole !== reference || !place) return false;
    const line = place.includes("[") ? path : plain(path);
    return line === place || line.startsWith(place + ".") || line.startsWith(place + "[");
  });
}

export interface Line { depth: number; text: string; path: string }

/** JSON line by line, each with the path of its element. */
export function linesOf(value: unknown, path = "", depth = 0, before = "", behind = ""): Line[] {
  if (value instanceof Digits) return [{ depth, text: before + value.text + behind, path }];
  if (value === null || typeof value !== "object") return [{ depth, text: before + JSON.stringify(value) + behind, path }];
  const isList = Array.isArray(value);
  const entries: [string, string, unknown][] = isList
    ? value.map((one, at): [string, string, unknown] => ["", `${path}[${at}]`, one])
    : Object.entries(value).map(([name, one]): [string, string, unknown] => [JSON.stringify(name) + ": ", path ? `${path}.${name}` : name, one]);
  return [
    { depth, text: before + (isList ? "[" : "{"), path },
    ...entries.flatMap(([name, where, one], at) => linesOf(one, where, depth + 1, name, at + 1 < entries.length ? "," : "")),
    { depth, text: (isList ? "]" : "}") + behind, path },
  ];
}
