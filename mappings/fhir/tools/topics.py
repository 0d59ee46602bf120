"""Topics that clients subscribe to: as R4 carries them (Basic), and as R5 writes them (SubscriptionTopic)."""
from common import BASE, head, source

R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-SubscriptionTopic"
SHARED = {"code": {"Observation": "clinical-code"}, "patient": {"Observation": "clinical-patient"}}  # of several types in R4
OURS = {"cycle-day", "cycle-phase", "interpretation", "sample-type", "sender"}


def url_of(name):
    return f"{BASE}/SubscriptionTopic/{name}"


def type_of(made):
    return f"http://hl7.org/fhir/StructureDefinition/{made['resource']}"


def definition(kind, name):
    if name in OURS:
        return f"{BASE}/SearchParameter/{name}"
    if name.startswith("_"):
        return f"http://hl7.org/fhir/SearchParameter/Resource-{name[1:]}"
    return f"http://hl7.org/fhir/SearchParameter/{SHARED.get(name, {}).get(kind, f'{kind}-{name}')}"


def filters(made):
    for name in made["filters"]:
        one = {"resource": type_of(made), "filterParameter": name, "filterDefinition": definition(made["resource"], name)}
        if name == "cycle-day":
            one["comparator"] = ["eq", "ne", "gt", "lt", "ge", "le"]
        yield one


def part(name, kind, value):
    return {"url": name, f"value{kind}": value}


def basic(name, made):
    """Extensions of R5's elements on a Basic (R5 Subscriptions Backport, topics in R4)."""
    trigger = [part("description", "Markdown", made["says"]), part("resource", "Uri", type_of(made))]
    trigger += [part("supportedInteraction", "Code", one) for one in made["interactions"]]
    extensions = [{"url": f"{R5}.url", "valueUri": url_of(name)}, {"url": f"{R5}.title", "valueString": made["title"]},
                  {"url": f"{R5}.description", "valueMarkdown": made["says"]},
                  {"url": f"{R5}.resourceTrigger", "extension": trigger}]
    for one in filters(made):
        parts = [part("resource", "Uri", one["resource"]), part("filterParameter", "String", one["filterParameter"]),
                 part("filterDefinition", "Uri", one["filterDefinition"])]
        parts += [part("comparator", "Code", code) for code in one.get("comparator", ())]
        extensions.append({"url": f"{R5}.canFilterBy", "extension": parts})
    return {"resourceType": "Basic", "id": name, "extension": extensions,
            "modifierExtension": [{"url": f"{R5}.status", "valueCode": "active"}],
            "code": {"coding": [{"system": "http://hl7.org/fhir/fhir-types", "code": "SubscriptionTopic"}]}}


def topic(name, made):
    defined = head("SubscriptionTopic", name, made["title"], made["says"], url_of(name))
    defined["resourceTrigger"] = [{"description": made["says"], "resource": type_of(made),
                                   "supportedInteraction": made["interactions"]}]
    defined["canFilterBy"] = list(filters(made))
    defined["notificationShape"] = [{"resource": type_of(made)}]
    return defined


def all_basics():
    return [basic(name, made) for name, made in source("topics").items()]


def all_topics():
    return [topic(name, made) for name, made in source("topics").items()]
