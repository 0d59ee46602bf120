"""Topics that clients subscribe to: as R4 carries them (Basic), and as R5 writes them (SubscriptionTopic)."""
from common import BASE, head, source

R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic"
OBSERVATION = "http://hl7.org/fhir/StructureDefinition/Observation"
STANDARD = {"code": "clinical-code", "category": "Observation-category", "patient": "clinical-patient"}
FILTERS = ["category", "code", "cycle-day", "cycle-phase", "interpretation", "patient", "sample-type", "sender"]


def url_of(name):
    return f"{BASE}/SubscriptionTopic/{name}"


def definition(name):
    return f"http://hl7.org/fhir/SearchParameter/{STANDARD[name]}" if name in STANDARD else f"{BASE}/SearchParameter/{name}"


def filters():
    for name in FILTERS:
        made = {"resource": OBSERVATION, "filterParameter": name, "filterDefinition": definition(name)}
        if name == "cycle-day":
            made["comparator"] = ["eq", "ne", "gt", "lt", "ge", "le"]
        yield made


def part(name, kind, value):
    return {"url": name, f"value{kind}": value}


def basic(name, made):
    """Extensions of R5's elements on a Basic (R5 Subscriptions Backport, topics in R4)."""
    trigger = [part("description", "Markdown", made["says"]), part("resource", "Uri", OBSERVATION)]
    trigger += [part("supportedInteraction", "Code", one) for one in made["interactions"]]
    extensions = [{"url": f"{R5}.url", "valueUri": url_of(name)}, {"url": f"{R5}.title", "valueString": made["title"]},
                  {"url": f"{R5}.description", "valueMarkdown": made["says"]},
                  {"url": f"{R5}.resourceTrigger", "extension": trigger}]
    for one in filters():
        parts = [part("resource", "Uri", one["resource"]), part("filterParameter", "String", one["filterParameter"]),
                 part("filterDefinition", "Uri", one["filterDefinition"])]
        parts += [part("comparator", "Code", code) for code in one.get("comparator", ())]
        extensions.append({"url": f"{R5}.canFilterBy", "extension": parts})
    return {"resourceType": "Basic", "id": name, "extension": extensions,
            "modifierExtension": [{"url": f"{R5}.status", "valueCode": "active"}],
            "code": {"coding": [{"system": "http://hl7.org/fhir/fhir-types", "code": "SubscriptionTopic"}]}}


def topic(name, made):
    defined = head("SubscriptionTopic", name, made["title"], made["says"], url_of(name))
    defined["resourceTrigger"] = [{"description": made["says"], "resource": OBSERVATION,
                                   "supportedInteraction": made["interactions"]}]
    defined["canFilterBy"] = list(filters())
    defined["notificationShape"] = [{"resource": OBSERVATION}]
    return defined


def all_basics():
    return [basic(name, made) for name, made in source("topics").items()]


def all_topics():
    return [topic(name, made) for name, made in source("topics").items()]
