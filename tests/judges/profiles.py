#!/usr/bin/env python3
"""The profiles take what meets them and refuse each breach, as the independent validator reads them.

profiles.py NODE VALIDATE.MJS MAPPINGS
"""
import copy
import json
import pathlib
import subprocess
import sys

BASE = "https://immunogate.example/fhir"


def url(kind, name):
    return f"{BASE}/{kind}/{name}"


def rio(code):
    return {"system": url("CodeSystem", "repro-immuno-observation"), "code": code}


def loinc(code):
    return {"system": "http://loinc.org", "code": code}


def part(name, kind, value):
    return {"url": name, f"value{kind}": value}


KNOWN = [part("status", "Code", "known"), part("day", "Integer", 21), part("anchor", "Code", "lmp"),
         part("anchorDate", "Date", "2025-03-02"), part("source", "Code", "derived-lmp"), part("confidence", "Code", "derived")]


def result(profile, code, sample, components=None, context=KNOWN):
    made = {
        "resourceType": "Observation",
        "meta": {"profile": [url("StructureDefinition", profile)], "tag": [
            {"system": url("CodeSystem", "cycle-day"), "code": "cd-21"},
            {"system": url("CodeSystem", "sample-type"), "code": sample}]},
        "extension": [
            {"url": url("StructureDefinition", "cycle-context"), "extension": context},
            {"url": url("StructureDefinition", "sample-type"),
             "valueCodeableConcept": {"coding": [{"system": url("CodeSystem", "sample-type"), "code": sample}]}}],
        "identifier": [{"system": f"{BASE}/identifier/result", "value": "F8|8112-5|"}],
        "status": "final",
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
        "code": {"coding": [code, {"system": url("CodeSystem", "sender-test-l"), "code": "LOCAL"}]},
        "valueQuantity": {"value": 14.2, "unit": "percent", "system": "http://unitsofmeasure.org", "code": "%"},
    }
    if components:
        made["component"] = components
    return made


def component(code, kind, value):
    return {"code": {"coding": [rio(code)]}, f"value{kind}": value}


def coded(system, code):
    return {"coding": [{"system": url("CodeSystem", system), "code": code}]}


RATIO = component("et-ratio", "Ratio", {"numerator": {"value": 50}, "denominator": {"value": 1}})
ADDITIVE = component("in-vitro-additive", "CodeableConcept", coded("in-vitro-additive", "none"))
LAYER = component("endometrial-compartment", "CodeableConcept", coded("endometrial-compartment", "stroma"))
FIELDS = component("fields-counted", "Integer", 20)

NK = result("blood-nk", loinc("8112-5"), "peripheral-blood")
LYSIS = result("nk-cytotoxicity", rio("nk-cytotoxicity"), "peripheral-blood", [RATIO, ADDITIVE])
UTERINE = result("uterine-nk", rio("unk-cd56-pct-stroma"), "endometrium", [LAYER, FIELDS])
SERUM = result("serum-cytokine", loinc("27161-9"), "plasma")
FOLLOW_UP = {
    "resourceType": "Task", "meta": {"profile": [url("StructureDefinition", "follow-up-task")]},
    "status": "requested", "intent": "proposal", "code": coded("review-kind", "site-follow-up"),
    "description": "Site convention of the clinic, not a laboratory finding: look again",
    "focus": {"reference": "https://example.org/Observation/o"}, "requester": {"display": "the clinic"},
}
REPEAT = {   # with everything that the gateway writes on an entry
    **FOLLOW_UP, "groupIdentifier": {"system": url("identifier", "site-convention"), "value": "next-immune-sample"},
    "statusReason": {"text": "the result was withdrawn"}, "businessStatus": {"text": "the convention was switched off"},
    "for": {"reference": "https://example.org/Patient/p"}, "authoredOn": "2025-10-06T15:00:00.000Z",
    "requester": {"type": "Organization", "display": "the clinic"},
    "note": [{"authorString": "the author", "text": "the caution"}],
    "restriction": {"period": {"start": "2025-10-03", "end": "2025-10-31"}},
    "input": [{"type": {"text": "convention"}, "valueString": "next-immune-sample"}],
}
GOOD = {
    "repeat": REPEAT, "blood NK": NK, "killing assay": LYSIS, "uterine NK": UTERINE, "serum cytokine": SERUM, "follow-up": FOLLOW_UP,
    "TH1/TH2": result("th1-th2-cells", rio("ratio-tnfa-il10"), "peripheral-blood"),
    "monitoring": result("monitoring", loinc("2823-3"), "serum-or-plasma"),
}


def context(*parts):
    return result("blood-nk", loinc("8112-5"), "peripheral-blood", context=list(parts))


def without_tag(made):
    made = copy.deepcopy(made)
    made["meta"]["tag"].pop(0)
    made["meta"]["tag"].append({"system": url("CodeSystem", "safety"), "code": "egg-allergy-declared"})
    return made


def changed(made, **members):
    return {**copy.deepcopy(made), **members}


STATED = (part("source", "Code", "aoe-obx"), part("confidence", "Code", "stated"))
BREACHES = {
    "a blood code's profile on a biopsy": result("blood-nk", loinc("8112-5"), "endometrium"),
    "a code of another panel": result("blood-nk", rio("nk-cytotoxicity"), "peripheral-blood"),
    "lysis without ratio": result("nk-cytotoxicity", rio("nk-cytotoxicity"), "peripheral-blood", [ADDITIVE, ADDITIVE]),
    "lysis without additive": result("nk-cytotoxicity", rio("nk-cytotoxicity"), "peripheral-blood", [RATIO]),
    "uterine NK in blood": result("uterine-nk", rio("unk-cd56-pct-stroma"), "peripheral-blood", [LAYER]),
    "two compartments in one": result("uterine-nk", rio("unk-cd56-pct-stroma"), "endometrium", [LAYER, LAYER]),
    "an intracellular code as serum": result("serum-cytokine", rio("th2-il4-cd4-pct"), "serum"),
    "a result as context": result("context-observation", loinc("8665-2"), "peripheral-blood"),
    "no sample type": changed(NK, extension=NK["extension"][:1]),
    "no cycle context": changed(NK, extension=NK["extension"][1:]),
    "no cycle day tag": without_tag(NK),
    "tag and extension disagree": changed(NK, meta={**NK["meta"], "tag": [NK["meta"]["tag"][0], {"system": url("CodeSystem", "sample-type"), "code": "serum"}]}),
    "a cycle day in pregnancy": context(part("status", "Code", "pregnant"), part("day", "Integer", 3), *STATED),
    "day zero": context(part("status", "Code", "known"), part("day", "Integer", 0), *STATED),
    "no status": context(part("day", "Integer", 3), *STATED),
    "a tag's code as anchor": context(part("status", "Code", "known"), part("anchor", "Code", "lh-plus-7"), *STATED),
    "an offset without anchor": context(part("status", "Code", "known"), part("offset", "Integer", 7), *STATED),
    "a phase without reason": context(part("status", "Code", "known"), part("phase", "Code", "luteal"), *STATED),
    "a derived day without conflict": context(part("status", "Code", "known"), part("day", "Integer", 3), part("derivedDay", "Integer", 9), *STATED),
    "a part nobody defined": context(part("status", "Code", "known"), part("mood", "Code", "good"), *STATED),
    "a follow-up with priority": changed(FOLLOW_UP, priority="urgent"),
    "a follow-up that hides whose it is": changed(FOLLOW_UP, description="NK cells are too high"),
}


def packed(mappings):
    """Examples of the package that no message becomes."""
    text = (pathlib.Path(mappings) / "fhir" / "source" / "examples.json").read_text(encoding="utf-8").replace("{base}", BASE)
    focus = {"focus": {"reference": "https://example.org/Observation/o"}}
    return {f"example of {name}": {**example["resource"], **focus} for name, example in json.loads(text).items()}


def main():
    node, validate, mappings = sys.argv[1:]
    good = {**GOOD, **packed(mappings)}
    review = good["example of review-task"]
    breaches = {**BREACHES, "a review without its reason": {key: value for key, value in review.items() if key != "reasonCode"}}
    names = [*good, *breaches]
    lines = [json.dumps({**made, "id": f"r{k}"}) for k, made in enumerate([*good.values(), *breaches.values()])]
    command = [node, validate, "--artefacts", mappings, "--best-practice", "ignore", "--ndjson", "--json", "-"]
    said = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True)
    errors = {}
    for line in said.stdout.splitlines():
        issue = json.loads(line) if line.startswith("{") else {}
        if issue.get("severity") == "error":
            errors.setdefault(int(str(issue["entry"]).split(".")[0]), []).append(issue["message"])
    failed = 0
    for number, name in enumerate(names, 1):
        if (number in errors) != (name in breaches):
            failed += 1
            print(f"{name}: {'no error' if name in breaches else errors[number]}", file=sys.stderr)
    if said.returncode not in (0, 1) or not errors:
        failed += 1
        print(said.stderr, file=sys.stderr)
    print(f"{len(names) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
