"""What all generators share: the sources, the head of a resource, JSON as it stands in the files."""
import csv
import json
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent.parent
MAPPINGS = FOLDER.parent
WIDTH = 120


def source(name):
    return json.loads((FOLDER / "source" / f"{name}.json").read_text(encoding="utf-8"))


def table(name):
    with open(MAPPINGS / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SETTINGS = source("settings")
BASE = SETTINGS["base"]
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"


def system_url(name):
    """`RIO`, `loinc`, `sct`, `v2-0136`, a name of ours or a URL, as a URL."""
    known = {"RIO": "repro-immuno-observation", "loinc": LOINC, "sct": "http://snomed.info/sct"}
    name = known.get(name, name)
    if name.startswith("v2-"):
        return f"http://terminology.hl7.org/CodeSystem/{name}"
    return name if ":" in name else f"{BASE}/CodeSystem/{name}"


def pascal(name):
    return "".join(part[:1].upper() + part[1:] for part in name.replace(".", "-").split("-"))


def filled(text, **names):
    """`{base}` and others replaced; braces of FHIRPath stay."""
    for name, value in {"base": BASE, **names}.items():
        text = text.replace("{" + name + "}", value)
    return text


def head(kind, identity, title, description, url=None, publisher=None):
    return {
        "resourceType": kind,
        "id": identity,
        "url": url or f"{BASE}/{kind}/{identity}",
        "version": SETTINGS["version"],
        "name": pascal(identity),
        "title": title,
        "status": "active",
        "experimental": False,
        "date": SETTINGS["date"],
        "publisher": publisher or SETTINGS["publisher"],
        "description": description,
    }


def notices(systems):
    """`copyright` for what holds codes of others."""
    said = [SETTINGS["notices"][system] for system in sorted(set(systems)) if system in SETTINGS["notices"]]
    return {"copyright": "\n\n".join(said)} if said else {}


def pretty(value, indent=0, lead=0):
    """JSON with two blanks of indentation; what fits a line stands in one."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or not value or (indent > 0 and len(flat) + 2 * indent + lead <= WIDTH):
        return flat
    inner, outer = "  " * (indent + 1), "  " * indent
    if isinstance(value, dict):
        parts = [f"{inner}{json.dumps(key)}: {pretty(item, indent + 1, len(key) + 5)}" for key, item in value.items()]
        return "{\n" + ",\n".join(parts) + f"\n{outer}}}"
    return "[\n" + ",\n".join(inner + pretty(item, indent + 1, 1) for item in value) + f"\n{outer}]"
