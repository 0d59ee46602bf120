"""StructureDefinition (extensions and profiles), SearchParameter and OperationDefinition. Profiles are differentials."""
from common import BASE, filled, head, pascal, source, system_url

FHIR = "http://hl7.org/fhir/StructureDefinition"
EXTENSION = f"{FHIR}/Extension"


def definition_url(name):
    return name if ":" in name else f"{BASE}/StructureDefinition/{name}"


def types(said):
    """`code`, `Reference(Patient|Group)`, or a list of such."""
    made = []
    for name in [said] if isinstance(said, str) else said:
        if name.startswith("Reference("):
            targets = [f"{FHIR}/{target}" for target in name[10:-1].split("|")]
            made.append({"code": "Reference", "targetProfile": targets})
        else:
            made.append({"code": name})
    return made


def binding(name, strength="required"):
    return {"strength": strength, "valueSet": f"{BASE}/ValueSet/{name}"}


def rules(listed, url):
    return [{"key": key, "severity": "error", "human": human, "expression": filled(expression), "source": url}
            for key, human, expression in listed]


def structure(name, title, description, kind, base, context=None, publisher=None):
    url = definition_url(name)
    made = head("StructureDefinition", url.rsplit("/", 1)[1], title, description, url, publisher)
    made.update(fhirVersion="4.0.1", kind="complex-type" if kind == "Extension" else "resource", abstract=False)
    if context:
        made["context"] = [{"type": "element", "expression": place} for place in context]
    made.update(type=kind, baseDefinition=base, derivation="constraint")
    return made


def value_element(path_id, made):
    element = {"id": f"{path_id}.value[x]", "path": f"{path_id.split(':')[0]}.value[x]", "min": 1, "type": types(made["value"])}
    if "least" in made:
        element["minValueInteger"] = made["least"]
    if "set" in made:
        element["binding"] = binding(made["set"])
    return element


def part_elements(parts):
    yield {"id": "Extension.extension", "path": "Extension.extension",
           "slicing": {"discriminator": [{"type": "value", "path": "url"}], "ordered": False, "rules": "closed"},
           "min": sum(part.get("min", 0) for part in parts)}
    for part in parts:
        at = f"Extension.extension:{part['name']}"
        yield {"id": at, "path": "Extension.extension", "sliceName": part["name"], "short": part["says"],
               "min": part.get("min", 0), "max": part.get("max", "1")}
        yield {"id": f"{at}.extension", "path": "Extension.extension.extension", "max": "0"}
        yield {"id": f"{at}.url", "path": "Extension.extension.url", "fixedUri": part["name"]}
        yield {**value_element(at, part), "path": "Extension.extension.value[x]"}


def extension(name, made):
    url = definition_url(name)
    title = url.rsplit("/", 1)[1].replace("-", " ").capitalize() if ":" not in name else url.rsplit("/", 1)[1].replace("extension-", "")
    defined = structure(name, title, made["says"], "Extension", EXTENSION, made["on"], made.get("publisher"))
    root = {"id": "Extension", "path": "Extension", "short": title, "definition": made["says"],
            "min": 0, "max": "*" if made.get("many") else "1"}
    if "modifies" in made:
        root.update(isModifier=True, isModifierReason=made["modifies"])
    if "rules" in made:
        root["constraint"] = rules(made["rules"], url)
    elements = [root]
    fixed = {"id": "Extension.url", "path": "Extension.url", "fixedUri": url}
    if "parts" in made:
        elements += [*part_elements(made["parts"]), fixed, {"id": "Extension.value[x]", "path": "Extension.value[x]", "max": "0"}]
    else:
        # sample-type-source stands inside the value of sample-type, not beside it.
        elements += [{"id": "Extension.extension", "path": "Extension.extension", "max": "0"}, fixed, value_element("Extension", made)]
    defined["differential"] = {"element": elements}
    return defined


def slice_name(name):
    made = pascal(name.rsplit("/", 1)[-1].replace("extension-DiagnosticReport.", ""))
    return made[0].lower() + made[1:]


def extension_slices(kind, named):
    yield {"id": f"{kind}.extension", "path": f"{kind}.extension",
           "slicing": {"discriminator": [{"type": "value", "path": "url"}], "ordered": False, "rules": "open"}}
    for name, card in named.items():
        low, high = card.split("..")
        yield {"id": f"{kind}.extension:{slice_name(name)}", "path": f"{kind}.extension", "sliceName": slice_name(name),
               "min": int(low), "max": high, "type": [{"code": "Extension", "profile": [definition_url(name)]}]}


def component_slices(components):
    at = "Observation.component"
    yield {"id": at, "path": at, "slicing": {"discriminator": [{"type": "pattern", "path": "code"}], "ordered": False, "rules": "open"},
           "min": sum(int(part["card"][0]) for part in components)}
    for part in components:
        here = f"{at}:{slice_name(part['code'])}"
        low, high = part["card"].split("..")
        yield {"id": here, "path": at, "sliceName": slice_name(part["code"]), "min": int(low), "max": high}
        coding = {"coding": [{"system": system_url("RIO"), "code": part["code"]}]}
        yield {"id": f"{here}.code", "path": f"{at}.code", "patternCodeableConcept": coding}
        value = {"id": f"{here}.value[x]", "path": f"{at}.value[x]", "type": types(part["value"])}
        if "set" in part:
            value["binding"] = binding(part["set"], part.get("strength", "required"))
        yield value


def plain_element(kind, made):
    element = {"id": f"{kind}.{made['path']}", "path": f"{kind}.{made['path']}"}
    element.update({key: made[key] for key in ("min", "max") if key in made})
    if "target" in made:
        element["type"] = [{"code": "Reference", "targetProfile": [definition_url(target) for target in made["target"]]}]
    for key, value in made.get("fixed", {}).items():
        element[key] = expanded(value)
    if made.get("must"):
        element["mustSupport"] = True
    if "set" in made:
        element["binding"] = binding(made["set"])
    return element


def expanded(value):
    if isinstance(value, str):
        return filled(value)
    if isinstance(value, list):
        return [expanded(item) for item in value]
    return {key: expanded(item) for key, item in value.items()}


def profile(name, made, order):
    kind = made["type"]
    base = definition_url(made["base"]) if "base" in made else f"{FHIR}/{kind}"
    defined = structure(name, made["title"], made["says"], kind, base)
    root = {"id": kind, "path": kind, "short": made["title"]}
    listed = list(made.get("rules", ()))
    if "sample_set" in made:
        codes = source("value-sets")["sets"][made["sample_set"]]["codes"]
        chosen = " or ".join(f"$this = '{code}'" for code in codes)
        expression = ("extension.where(url='{base}/StructureDefinition/sample-type').value.coding"
                      f".where(system='{{base}}/CodeSystem/sample-type').code.exists({chosen})")
        listed.append([f"{name[:2]}s-1", f"The sample type is one of {made['sample_set']}", expression])
    if listed:
        root["constraint"] = rules(listed, definition_url(name))
    elements = [root, *(plain_element(kind, element) for element in made.get("elements", ()))]
    if "extensions" in made:
        elements += extension_slices(kind, made["extensions"])
    if "code_set" in made:
        elements.append({"id": f"{kind}.code", "path": f"{kind}.code", "binding": binding(made["code_set"])})
    if "components" in made:
        elements += component_slices(made["components"])
    # Elements stand in the order of the base (FHIR R4, ElementDefinition): the differential is read in that order.
    elements[1:] = sorted(elements[1:], key=lambda element: order[kind].index(element["path"].split(".")[1]))
    defined["differential"] = {"element": elements}
    return defined


ORDER = {
    "Observation": ["meta", "extension", "identifier", "category", "code", "component"],
    "DiagnosticReport": ["meta", "extension", "basedOn", "category", "subject", "result"],
    "Specimen": ["meta", "type", "subject", "collection"],
    "Subscription": [],
    "Task": ["meta", "intent", "priority", "code", "description", "focus", "authoredOn", "requester", "reasonCode"],
}


def structures():
    for name, made in source("extensions").items():
        yield extension(name, made)
    for name, made in source("profiles").items():
        yield profile(name, made, ORDER)


CYCLE_PART = "extension.where(url='{base}/StructureDefinition/cycle-context').extension.where(url='{part}').value"
STANDARD_PARTS = {"code": "http://hl7.org/fhir/SearchParameter/clinical-code"}


def composed_of(name):
    """A part of a composite: a parameter of ours, or of FHIR's own with an element of its name."""
    if name in STANDARD_PARTS:
        return {"definition": STANDARD_PARTS[name], "expression": name}
    part = source("search-parameters")[name]["part"]
    return {"definition": f"{BASE}/SearchParameter/{name}", "expression": filled(CYCLE_PART, part=part)}


def search_parameters():
    part = "{type}." + CYCLE_PART
    for name, made in source("search-parameters").items():
        expressions = []
        for kind in made["on"]:
            expressions.append(filled(made.get("expression", part), type=kind, part=made.get("part", "")))
            if kind in made.get("also", {}):
                expressions.append(filled(made["also"][kind]))
        parameter = head("SearchParameter", name, name.replace("-", " ").capitalize(), made["says"])
        del parameter["title"]  # R4 has none here
        parameter.update(code=made.get("code", name), base=made["on"], type=made["type"])
        if any(expressions):
            parameter.update(expression=" | ".join(expressions), xpathUsage="normal")
        parameter.update(multipleOr=True, multipleAnd=True)
        if made["type"] == "number":
            parameter["comparator"] = ["eq", "ne", "gt", "lt", "ge", "le"]
        if "components" in made:
            parameter["component"] = [composed_of(name) for name in made["components"]]
        yield parameter


def operation_parameter(use, made):
    parameter = {"name": made["name"], "use": use, "min": made.get("min", 0), "max": made.get("max", "1"),
                 "documentation": made["says"]}
    if "type" in made:
        parameter["type"] = made["type"]
    if "search" in made:
        parameter["searchType"] = made["search"]
    if "parts" in made:
        parameter["part"] = [operation_parameter(use, part) for part in made["parts"]]
    return parameter


def operations():
    for name, made in source("operations").items():
        defined = head("OperationDefinition", name, made["title"], made["says"])
        defined.update(kind="operation", affectsState=False, code=name, comment=made["comment"], resource=made["on"],
                       system=False, type=False, instance=True)
        defined["parameter"] = [operation_parameter(use, one) for use in ("in", "out") for one in made[use]]
        yield defined


def all_structures():
    yield from structures()
    yield from search_parameters()
    yield from operations()
