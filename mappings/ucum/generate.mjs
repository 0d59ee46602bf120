// Writes definitions.csv, which units are compared by (FHIR.md §2.2), and what the package itself
// says of the units in use, which a test compares with:
//   node mappings/ucum/generate.mjs FOLDER [--check]
// FOLDER has node_modules/@lhncbc/ucum-lhc (tests/judges/units says which version). --check writes
// nothing and fails where a file would change.
import { createRequire } from "node:module";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const mappings = dirname(here);
const [folder, mode] = process.argv.slice(2);
const require = createRequire(join(resolve(folder), "any.js"));
const { UcumLhcUtils, UnitTables } = require("@lhncbc/ucum-lhc");
const packed = join(resolve(folder), "node_modules", "@lhncbc", "ucum-lhc");
const version = JSON.parse(readFileSync(join(packed, "package.json"))).version;
const utils = UcumLhcUtils.getInstance();

// Amounts of molecules, charges and particles are one another only with the substance at hand, and
// a field of view is as large as its microscope: each is a base of its own here.
const apart = ["mol", "eq", "osm", "[HPF]", "[LPF]"];
// Their definitions lost the leading slash or the power of ten on the way into the package.
const broken = ["[diop]", "[mesh_i]", "[S]", "Bd"];

function kindOf(unit) {
  if (unit.isBase_) return "base";
  const isOne = unit.csUnitString_ === "1" && !["10", undefined].includes(unit.baseFactorStr_ ?? undefined);
  const isNumber = ["[pi]", "10*", "10^"].includes(unit.csCode_);
  const isOwn = unit.isSpecial_ || apart.includes(unit.csCode_) || broken.includes(unit.csCode_) || (isOne && !isNumber);
  return isOwn ? "base" : "unit";
}

function definitions() {
  const rows = [`# From @lhncbc/ucum-lhc ${version} by generate.mjs; licence: ../NOTICE.md`, "kind,code,metric,factor,unit"];
  const table = JSON.parse(readFileSync(join(packed, "data", "ucumDefs.min.json")));
  const column = Object.fromEntries(table.prefixes.config.map((name, at) => [name, at]));
  const sorted = (list) => list.sort((a, b) => (a < b ? -1 : 1));
  rows.push(...sorted(table.prefixes.data.map((row) => {
    const power = row[column.exp_];
    return `prefix,${row[column.code_]},,${power === null ? row[column.value_] : "1e" + power},`;
  })));
  const atoms = UnitTables.getInstance().allUnitsByDef().filter((unit) => unit.source_ === "UCUM" &&
    (unit.isBase_ || unit.csUnitString_ !== null));
  rows.push(...sorted(atoms.map((unit) => {
    const kind = kindOf(unit);
    // The package calls its base units not metric; UCUM says they are.
    const metric = unit.isMetric_ || unit.isBase_ ? "yes" : "";
    return kind === "base" ? `base,${unit.csCode_},${metric},,`
      : `unit,${unit.csCode_},${metric},${unit.baseFactorStr_},${unit.csUnitString_}`;
  })));
  return rows.join("\n") + "\n";
}

// UCUM codes that our mappings write, and some of each kind that others send.
function inUse() {
  const codes = new Set("1 10*3/uL 10*12/L 10*9/L /L /mL {cells}/uL g/L mg/dL ug/mL ng/dL ng/L pg/mL mol/L mmol/L umol/L nmol/L pmol/L U/L kat/L ukat/L kU/L mm[Hg] kPa Pa cm m kg g [lb_av] [oz_av] h min s d wk mo a Cel K [degF] mL L dL fL m2 kg/m2 [ppm] 10*-3 {ratio} 10*6/mL mg/g mg/mmol".split(" "));
  const lines = (path) => readFileSync(path, "utf8").split("\n").slice(1);
  for (const line of lines(join(mappings, "units.csv"))) if (line) codes.add(line.split(",")[1]);
  for (const name of readdirSync(join(mappings, "codes"))) {
    if (!name.endsWith(".csv")) continue;
    const [head, ...rest] = readFileSync(join(mappings, "codes", name), "utf8").split("\n");
    const at = head.split(",").indexOf("unit");
    if (at >= 0) for (const line of rest) if (line && !line.includes('"') && line.split(",")[at]) codes.add(line.split(",")[at]);
  }
  return [...codes].sort();
}

// What one of each unit is in the other, where it can be said.
function expected() {
  const rows = [`# From @lhncbc/ucum-lhc ${version} by mappings/ucum/generate.mjs`, "from,to,factor"];
  const codes = inUse();
  for (const from of codes) {
    for (const to of codes) {
      if (from > to) continue;
      const answer = from === to ? { status: "succeeded", toVal: 1 } : utils.convertUnitTo(from, 1, to);
      if (answer.status === "succeeded") rows.push(`${from},${to},${answer.toVal}`);
    }
  }
  return rows.join("\n") + "\n";
}

let changed = 0;
for (const [path, text] of [[join(here, "definitions.csv"), definitions()],
  [join(mappings, "..", "tests", "unit", "fhir", "search", "units_expected.csv"), expected()]]) {
  if (mode !== "--check") {
    writeFileSync(path, text);
  } else if (readFileSync(path, "utf8") !== text) {
    console.error(`${path} is not what the package says; run mappings/ucum/generate.mjs`);
    changed = 1;
  }
}
process.exit(changed);
