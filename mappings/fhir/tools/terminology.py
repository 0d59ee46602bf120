"""CodeSystem, ValueSet, ConceptMap and NamingSystem."""
from common import BASE, LOINC, MAPPINGS, SETTINGS, UCUM, filled, head, notices, pascal, source, system_url, table

FIXED_TABLES = {"answers", "targets", "values"}  # of codes/; every other file is a code map


def words(code):
    return code.replace("-", " ").capitalize()


def concept(code, display, definition=None, properties=()):
    made = {"code": code, "display": display}
    if definition:
        made["definition"] = definition
    if properties:
        made["property"] = [{"code": name, kind: value} for name, kind, value in properties]
    return made


def described(name, definitions, rows):
    """Codes of a table of ours, with the definitions of the source; both must name the same codes."""
    codes = [row["code"] for row in rows]
    if sorted(codes) != sorted(definitions):
        wrong = sorted(set(codes) ^ set(definitions)) or "codes repeat"
        raise SystemExit(f"generate: {name}: the table and source/code-systems.json differ: {wrong}")
    return rows


def target_concepts(name, made):
    rows = described(name, made["definitions"], [r for r in table("codes/targets.csv") if r["system"] == made["targets"]])
    columns = ("axis", "property", "unit", "panel")
    for row in rows:
        properties = [(column, "valueString", row[column]) for column in columns if row[column]]
        yield concept(row["code"], row["display"], made["definitions"][row["code"]], properties)


def numbered(spans):
    for span in spans:
        for number in range(span["first"], span["last"] + 1):
            yield concept(f"{span['stem']}{number}", span["display"].format(number))


def gestation(days):
    for week in range(days // 7 + 1):
        yield concept(f"ga-{week}w", f"{week} weeks")
    for day in range(days + 1):
        yield concept(f"ga-{day // 7}w{day % 7}d", f"{day // 7} weeks and {day % 7} days")


def issues(families):
    for family, rows in families.items():
        for code, severity, definition in rows:
            properties = (("severity", "valueCode", severity), ("review-kind", "valueCode", family))
            yield concept(code, words(code), definition, properties)


def concepts(name, made):
    if "targets" in made:
        yield from target_concepts(name, made)
        return
    if "definitions" in made:
        rows = [row for row in table("codes/values.csv") if row["system"] == name]
        for row in described(name, made["definitions"], rows):
            yield concept(row["code"], row["display"], made["definitions"][row["code"]])
    for row in made.get("codes", ()):
        yield concept(*row)
    yield from numbered(made.get("numbered", ()))
    yield from issues(made.get("issues", {}))
    for code, status, definition in made.get("errors", ()):
        yield concept(code, words(code), definition, [("status", "valueInteger", status)])
    if "gestation_days" in made:
        yield from gestation(made["gestation_days"])


PROPERTIES = {
    "axis": ("What is examined, as LOINC's system axis", "string"),
    "property": ("Kind of quantity, as LOINC's property", "string"),
    "unit": ("Usual UCUM units, separated by blanks", "string"),
    "panel": ("Panel the code belongs to", "string"),
    "severity": ("error and warning wait for a person, information is counted only", "code"),
    "review-kind": ("Kind of review, a code of review-kind", "code"),
    "status": ("HTTP status it comes with", "integer"),
}


def code_systems():
    for name, made in source("code-systems").items():
        listed = list(concepts(name, made))
        used = sorted({p["code"] for c in listed for p in c.get("property", ())})
        made_system = head("CodeSystem", name, made["title"], made["description"])
        made_system.update(caseSensitive=True, valueSet=f"{BASE}/ValueSet/{name}", content="complete", count=len(listed))
        if used:
            made_system["property"] = [
                {"code": code, "uri": f"{BASE}/CodeSystem/{name}#{code}", "description": PROPERTIES[code][0], "type": PROPERTIES[code][1]}
                for code in used
            ]
        made_system["concept"] = listed
        yield made_system


def value_set(name, title, description, include):
    made = head("ValueSet", name, title, description)
    made.update(notices(part["system"] for part in include))
    made["compose"] = {"include": include}
    return made


def panels(names):
    rows = table("codes/targets.csv")
    unknown = {row["panel"] for row in rows} - set(names) - {""}
    if unknown:
        raise SystemExit(f"generate: panels without a row in source/value-sets.json: {sorted(unknown)}")
    for panel, (name, title, description) in names.items():
        include = []
        for system in ("loinc", "RIO"):
            listed = sorted((row["code"], row["display"]) for row in rows if row["panel"] == panel and row["system"] == system)
            if not listed:
                continue
            codes = [{"code": code, "display": display} if display else {"code": code} for code, display in listed]
            include.append({"system": system_url(system), "concept": codes})
        yield value_set(name, title, description, include)


def value_sets():
    sets = source("value-sets")
    for name, made in source("code-systems").items():
        yield value_set(name, made["title"], made["description"], [{"system": system_url(name)}])
    yield from panels(sets["panels"])
    for name, made in sets["sets"].items():
        system = made.get("values_of") or made["system"]
        codes = made.get("codes") or [row["code"] for row in table("codes/values.csv") if row["system"] == system]
        include = [{"system": system_url(system), "concept": [{"code": code} for code in codes]}]
        yield value_set(name, made["title"], made["description"], include)


def concept_map(name, title, description, groups):
    made = head("ConceptMap", name, title, description)
    made.update(notices(url for group in groups for url in (group.get("source", ""), group["target"])))
    made["group"] = groups
    return made


def grouped(rows):
    """rows of (source or None, target, element) → groups, sorted."""
    groups = {}
    for origin, target, element in rows:
        groups.setdefault((origin or "", target), []).append(element)
    for (origin, target), elements in sorted(groups.items()):
        made = {"source": origin} if origin else {}
        yield {**made, "target": target, "element": sorted(elements, key=lambda element: element["code"])}


def mapped(code, target, display=None, equivalence="equivalent", comment=None, product=()):
    to = {"code": target}
    if display:
        to["display"] = display
    to["equivalence"] = equivalence
    if comment:
        to["comment"] = comment
    if product := list(product):
        to["product"] = product
    return {"code": code, "target": [to]}


def implied(components):
    rio = system_url("RIO")
    for part in filter(None, components.split(";")):
        name, value = part.split("=", 1)
        made = {"property": f"{rio}#{name}"}
        if ":" not in value:
            made["system"] = system_url(name)
        yield {**made, "value": value}


def sent_system(name):
    """A coding system as a sender names it; None for any of its own."""
    if name == "*":
        return None
    if name.startswith("HL7"):
        return system_url("v2-" + name[3:])
    known = {row["name"]: row["uri"] for row in table("coding_systems.csv")}
    return known.get(name) or (name if ":" in name else None)


def code_maps():
    displays = {(row["system"], row["code"]): row["display"] for row in table("codes/targets.csv")}
    for file in sorted((MAPPINGS / "codes").glob("*.csv")):
        if file.stem in FIXED_TABLES:
            continue
        rows = []
        for row in table(f"codes/{file.name}"):
            key = (row["target_system"], row["target"])
            element = mapped(row["code"], row["target"], displays.get(key), comment=row["reason"], product=implied(row["components"]))
            rows.append((sent_system(row["system"]), system_url(row["target_system"]), element))
        yield concept_map(
            f"code-map-{file.stem.lower()}", f"Code map {file.stem}",
            f"Codes of laboratories that use the code map {file.stem}, as the gateway reads them. A group without source "
            "holds for any local coding system of theirs.", list(grouped(rows)))


def unit_map():
    rows = [(None, UCUM, mapped(row["unit"], row["ucum"])) for row in table("units.csv")]
    return concept_map("unit-ucum", "Units as UCUM", "Units as laboratories write them, and the UCUM code. Values are never converted.", list(grouped(rows)))


def specimen_maps():
    target = system_url("sample-type")
    named = (("specimen-sample-type", "sample_type", "Specimen types as sample types", "Specimen codes (SPM-4, OBR-15.1) and the sample type they mean."),
             ("specimen-site-sample-type", "site_type", "Specimen sites as sample types", "Sites (SPM-8, OBR-15.4) that refine the sample type."))
    for name, column, title, description in named:
        rows = [(sent_system(row["table"]), target, mapped(row["code"], row[column], equivalence="wider"))
                for row in table("specimens.csv") if row[column]]
        yield concept_map(name, title, description, list(grouped(rows)))


def status_maps():
    for name, made in source("tables")["status"].items():
        elements = []
        for code, status in sorted(made["rows"].items()):
            elements.append(mapped(code, status) if status else {"code": code, "target": [{"equivalence": "unmatched"}]})
        yield concept_map(name, made["title"], made["says"], [{"source": made["source"], "target": made["target"], "element": elements}])


def concept_maps():
    yield from code_maps()
    yield unit_map()
    yield from specimen_maps()
    yield from status_maps()


def naming_system(name, title, description, system):
    return {
        "resourceType": "NamingSystem", "id": name, "name": title, "status": "active", "kind": "identifier",
        "date": SETTINGS["date"], "publisher": SETTINGS["publisher"], "description": description,
        "uniqueId": [{"type": "uri", "value": system, "preferred": True}],
    }


def naming_systems():
    for row in table("authorities.csv"):
        if not row["system"].startswith(BASE):
            continue  # NPI and its kin are named by HL7
        name = row["system"].rsplit("/", 1)[1]
        yield naming_system(f"identifier-{name}", f"{pascal(name)}Identifiers",
                            f"Identifiers of assigning authority {row['authority']}: {row['says_who']}", row["system"])
    for name, (title, description) in source("tables")["naming"].items():
        yield naming_system(f"identifier-{name}", title, filled(description), f"{BASE}/identifier/{name}")


def all_terminology():
    for made in (code_systems, value_sets, concept_maps, naming_systems):
        yield from made()
