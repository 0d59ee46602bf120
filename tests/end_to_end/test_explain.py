"""A client asks why a result says what it says (FHIR.md, scenario 38)."""
import json
import os
import unittest

from harness import BASE, MRN, PROJECT, OnSamples

LOINC = "http://loinc.org"


def parts(parameter, name):
    return [p for p in parameter.get("part", parameter.get("parameter", [])) if p["name"] == name]


def value(parameter, name):
    found = parts(parameter, name)
    return next((v for k, v in found[0].items() if k.startswith("value")), None) if found else None


class Explain(OnSamples):
    @staticmethod
    def change(config):
        config["access"]["certificates"][1]["scopes"] = "system/*.rs system/Binary.r?_tag=raw-message"
        config["access"]["certificates"][1].pop("role")

    def result(self, mrn=None, **asked):
        of = {"patient.identifier": f"{MRN}|{mrn}"} if mrn else {}
        return self.gateway.search("Observation", **of, **asked)[0]["id"]

    def explained(self, resource, who="client", query=""):
        status, headers, answer = self.gateway.fhir(f"{resource}/$explain{query}", who=who)
        self.assertEqual(status, 200, answer)
        self.assertEqual(headers["cache-control"], "no-store")
        return answer

    def element(self, answer, path):
        return next(e for e in parts(answer, "element") if value(e, "path") == path)

    def sources(self, answer, path):
        return [value(s, "at") for s in parts(self.element(answer, path), "source")]

    def p0001(self):
        return "Observation/" + self.result("P0001", code=f"{LOINC}|8112-5")

    def test_38_each_element_leads_back_to_its_field(self):
        answer = self.explained(self.p0001())
        self.assertEqual(value(answer, "kind"), "message")
        self.assertEqual((value(answer, "sender"), value(answer, "profile")), ("NORTHLIS", "senders/NORTHLIS.json"))
        self.assertEqual(value(answer, "agrees"), True)
        self.assertEqual(self.sources(answer, "valueQuantity.value"), ["OBX[1]-5"])
        self.assertEqual(self.sources(answer, "valueQuantity.code"), ["OBX[1]-6.1"])
        day = f"extension('{BASE}/StructureDefinition/cycle-context')"
        self.assertEqual(self.sources(answer, day), ["OBX[4]-5", "SPM-17"])
        self.assertEqual(value(self.element(answer, day), "rule"), "C8")
        self.assertEqual(value(self.element(answer, "valueQuantity.value"), "rule"), "N1")
        sample = f"extension('{BASE}/StructureDefinition/sample-type')"
        self.assertIn("SPM-4.1", self.sources(answer, sample))

    def test_38_the_remaining_fields_are_listed_once_each_and_with_their_fate(self):
        answer = self.explained(self.p0001())
        others = {value(f, "at"): value(f, "fate") for f in parts(answer, "field")}
        self.assertEqual(len(others), len(parts(answer, "field")))
        self.assertEqual((others["OBX[2]-5"], others["OBX[1]-1"]), ("mapped", "set-aside"))
        self.assertNotIn("OBX[1]-5", others)
        self.assertTrue(all(value(e, "rule") for e in parts(answer, "element")))

    def test_the_row_of_the_code_map_says_who_decided_it(self):
        answer = self.explained("Observation/" + self.result("P0001", code="pnk-cd56bright-pct-nk"))
        row = parts(self.element(answer, "code.coding[0].code"), "map")[0]
        self.assertEqual((value(row, "file"), value(row, "code")), ("codes/samples.csv", "NKB"))
        self.assertEqual(value(row, "target")["code"], "pnk-cd56bright-pct-nk")
        self.assertTrue(value(row, "decidedBy") and value(row, "decidedOn"))

    def test_what_fields_hold_is_for_readers_of_raw_messages(self):
        answer = self.explained(self.p0001())
        self.assertNotIn("Aksoy", json.dumps(answer))
        for kind in ("element", "field"):
            for told in parts(answer, kind):
                self.assertEqual([v for s in [told, *parts(told, "source")] for v in parts(s, "value")], [])
        answer = self.explained(self.p0001(), who="gateway")
        self.assertEqual(value(parts(self.element(answer, "valueQuantity.value"), "source")[0], "value"), "14.2")

    def test_scope_decides_whether_there_is_anything_to_explain(self):
        survey = self.result("P0001", category="survey")
        for who, status in (("sender", 404), ("operator", 200), (None, 401)):
            self.assertEqual(self.gateway.fhir(f"Observation/{survey}/$explain", who=who)[0], status)
        self.assertEqual(self.gateway.fhir(self.p0001() + "/$explain", who="sender")[0], 200)
        patient = self.gateway.search("Patient", identifier="P0001")[0]["id"]
        self.assertEqual(self.gateway.fhir(f"Patient/{patient}/$explain", who="sender")[0], 403)

    def test_each_version_is_explained_by_its_own_message(self):
        corrected = "Observation/" + self.result(order="F8", code=f"{LOINC}|8112-5")
        answer = self.explained(corrected)
        self.assertEqual(value(answer, "version"), "2")
        first = self.explained(corrected, query="?version=1")
        self.assertEqual(value(first, "version"), "1")
        self.assertLess(value(first, "received"), value(answer, "received"))
        self.assertEqual(self.gateway.fhir(corrected + "/$explain?version=9")[0], 404)

    def test_every_resource_of_the_samples_can_be_explained(self):
        for kind in ("Patient", "Observation", "DiagnosticReport", "Specimen", "ServiceRequest", "Practitioner",
                     "Organization", "Provenance", "MessageHeader"):
            for resource in self.gateway.search(kind, _count="100"):
                self.explained(f"{kind}/{resource['id']}")

    def test_what_it_cannot_do_is_said(self):
        path = self.p0001() + "/$explain"
        for query, code in (("?version=x", "search-bad-value"), ("?versoin=1", "search-unknown-parameter"),
                            ("?version=1&version=1", "duplicate-control")):
            status, _, outcome = self.gateway.fhir(path + query)
            self.assertEqual((status, outcome["issue"][0]["details"]["coding"][0]["code"]), (400, code))
        self.assertEqual(self.gateway.fhir(path, "DELETE")[0], 405)
        self.assertEqual(self.gateway.fhir("Observation/x/$explain")[0], 404)
        self.assertEqual(self.gateway.fhir("Observation/$explain")[0], 404)

    def test_the_answer_is_as_it_is_defined(self):
        _, _, statement = self.gateway.fhir("metadata", who=None)
        named = {"name": "explain", "definition": f"{BASE}/OperationDefinition/explain"}
        for resource in statement["rest"][0]["resource"]:
            self.assertEqual(named in resource.get("operation", []), "vread" in
                             [i["code"] for i in resource["interaction"]], resource["type"])
        with open(os.path.join(PROJECT, "mappings/fhir/OperationDefinition-explain.json")) as file:
            defined = [p for p in json.load(file)["parameter"] if p["use"] == "out"]

        def check(given, defined, where):
            known = {p["name"]: p for p in defined}
            for parameter in given:
                self.assertIn(parameter["name"], known, where)
                check(parameter.get("part", []), known[parameter["name"]].get("part", []), parameter["name"])
        for resource in self.gateway.search("Observation", _count="100"):
            check(self.explained(f"Observation/{resource['id']}", who="gateway")["parameter"], defined, "answer")


if __name__ == "__main__":
    unittest.main()
