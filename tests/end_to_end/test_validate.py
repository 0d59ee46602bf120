"""$validate: what would be said of a resource, before or after it is written (FHIR.md §3)."""
import json
import unittest

from harness import BASE, OnSamples

RESULT = {"resourceType": "Observation", "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "8112-5"}]},
          "subject": {"reference": "Patient/x"}}


class Validate(OnSamples):
    def issues(self, path, resource=None, who="gateway", method="POST", **query):
        body = json.dumps(resource).encode() if resource is not None else None
        query = "&".join(f"{k}={v}" for k, v in query.items())
        headers = {"Content-Type": "application/fhir+json"} if body else {}
        status, _, outcome = self.gateway.fhir(path + (f"?{query}" if query else ""), method, body, headers, who)
        self.assertEqual((status, outcome["resourceType"]), (200, "OperationOutcome"), outcome)
        return outcome["issue"]

    def errors(self, *arguments, **how):
        return [(i["code"], i.get("expression", [""])[0]) for i in self.issues(*arguments, **how)
                if i["severity"] == "error"]

    def test_all_that_the_samples_became_is_valid(self):
        looked = 0
        for type in ("Patient", "Observation", "DiagnosticReport", "Specimen", "ServiceRequest", "Practitioner",
                     "Organization", "Encounter", "MessageHeader", "Provenance", "DocumentReference", "Device",
                     "Location", "RelatedPerson", "PractitionerRole", "Task"):
            for resource in self.gateway.search(type, _count=100):
                looked += 1
                issues = self.issues(f"{type}/{resource['id']}/$validate", method="GET", who="client")
                self.assertEqual([i for i in issues if i["severity"] == "error"], [], resource)
        self.assertGreater(looked, 120)

    def test_nothing_found_is_said(self):
        issues = self.issues("Observation/$validate", RESULT)
        self.assertEqual([(i["severity"], i["code"]) for i in issues], [("information", "informational")])

    def test_the_structure_of_r4_is_looked_at(self):
        rows = (({"colour": "red"}, ("structure", "Observation.colour")),
                ({"note": []}, ("structure", "Observation.note")),
                ({"note": [{}]}, ("structure", "Observation.note[0]")),
                ({"note": {"text": "x"}}, ("structure", "Observation.note")),
                ({"note": [{"text": "x", "colour": 1}]}, ("structure", "Observation.note[0].colour")),
                ({"note": [{"time": "2025"}]}, ("required", "Observation.note[0].text")),
                ({"status": None}, ("structure", "Observation.status")),
                ({"status": ["final"]}, ("structure", "Observation.status")),
                ({"status": "finished"}, ("code-invalid", "Observation.status")),
                ({"issued": "2025-03-22"}, ("value", "Observation.issued")),
                ({"issued": "2025-03-22T09:30:00"}, ("value", "Observation.issued")),
                ({"effectiveDateTime": "22.03.2025"}, ("value", "Observation.effectiveDateTime")),
                ({"effectiveDateTime": "2025-02-30"}, ("value", "Observation.effectiveDateTime")),
                ({"effectiveDateTime": "2025", "effectiveInstant": "2025-03-22T09:30:00Z"},
                 ("structure", "Observation.effective[x]")),
                ({"valueMoney": {"value": 1}}, ("structure", "Observation.valueMoney")),
                ({"valueQuantity": {"value": "1"}}, ("structure", "Observation.valueQuantity.value")),
                ({"valueInteger": 1.5}, ("value", "Observation.valueInteger")),
                ({"valueBoolean": "true"}, ("structure", "Observation.valueBoolean")),
                ({"id": "a_b"}, None), ({"component": [{"valueString": "x"}]}, ("required", "Observation.component[0].code")),
                ({"code": {"coding": [{"system": "http://loinc.org", "code": "8112-6"}]}},
                 ("code-invalid", "Observation.code.coding[0].code")),
                ({"_status": {"extension": [{"valueString": "no url"}]}},
                 ("required", "Observation._status.extension[0].url")),
                ({"contained": [{"resourceType": "Patient", "gender": "f"}]},
                 ("code-invalid", "Observation.contained[0].gender")))
        for change, wanted in rows:
            errors = self.errors("Observation/$validate", {**RESULT, **change})
            self.assertEqual(errors, [wanted] if wanted else [], change)
        without = {k: v for k, v in RESULT.items() if k != "status"}
        self.assertEqual(self.errors("Observation/$validate", without), [("required", "Observation.status")])
        self.assertEqual(self.errors("Patient/$validate", RESULT), [("invalid", "Patient.resourceType")])

    def test_a_unit_that_is_no_ucum_is_a_warning(self):
        for code, severity in (("10*9/L", "information"), ("furlong", "warning")):
            value = {"value": 1, "system": "http://unitsofmeasure.org", "code": code}
            issue = self.issues("Observation/$validate", {**RESULT, "valueQuantity": value})[0]
            self.assertEqual(issue["severity"], severity, code)

    def stored(self):
        result = self.gateway.search("Observation", code="http://loinc.org|8112-5", **{"cycle-day": "21"})[0]
        self.assertIn(f"{BASE}/StructureDefinition/result-observation", result["meta"]["profile"])
        return result

    def changed(self, how):
        _, _, data = self.gateway.request("GET", f"/fhir/Observation/{self.stored()['id']}")
        result = json.loads(data)
        how(result)
        return self.errors("Observation/$validate", result)

    def extension(self, result, name):
        return next(e for e in result["extension"] if e["url"] == f"{BASE}/StructureDefinition/{name}")

    def test_our_profiles_are_looked_at(self):
        self.assertEqual(self.changed(lambda r: None), [])
        context = lambda r: self.extension(r, "cycle-context")
        part = lambda r, name: next(p for p in context(r)["extension"] if p["url"] == name)
        where = next(i for i, e in enumerate(self.stored()["extension"]) if e["url"].endswith("/cycle-context"))
        root = f"Observation.extension[{where}]"

        errors = self.changed(lambda r: part(r, "status").update(valueCode="nonsense"))
        self.assertEqual([c for c, _ in errors], ["code-invalid"])
        self.assertTrue(errors[0][1].startswith(root), errors)
        errors = self.changed(lambda r: part(r, "day").update(valueInteger=0))
        self.assertEqual([c for c, _ in errors], ["value"])
        errors = self.changed(lambda r: context(r)["extension"].append({"url": "colour", "valueCode": "red"}))
        self.assertIn("structure", [c for c, _ in errors])
        errors = self.changed(lambda r: context(r)["extension"].append(dict(part(r, "day"))))
        self.assertEqual(errors, [("structure", f"{root}.extension:day")])
        errors = self.changed(lambda r: context(r).update(
            extension=[p for p in context(r)["extension"] if p["url"] != "status"]))
        self.assertEqual(errors, [("required", f"{root}.extension:status")])
        errors = self.changed(lambda r: r["extension"].remove(context(r)))
        self.assertEqual({c for c, _ in errors}, {"required"})
        self.assertTrue([place for _, place in errors if "cycle" in place.lower()], errors)
        errors = self.changed(lambda r: r["extension"].append({"url": f"{BASE}/StructureDefinition/nobody", "valueString": "x"}))
        self.assertEqual([c for c, _ in errors], ["structure"])

    def test_a_profile_may_be_asked_for(self):
        profile = f"{BASE}/StructureDefinition/result-observation"
        self.assertTrue(self.errors("Observation/$validate", RESULT, profile=profile))
        asked = {"resourceType": "Parameters", "parameter": [
            {"name": "resource", "resource": RESULT}, {"name": "profile", "valueUri": profile}]}
        self.assertEqual(self.errors("Observation/$validate", asked), self.errors("Observation/$validate", RESULT, profile=profile))
        issues = self.issues("Observation/$validate", RESULT, profile="http://elsewhere.example/p")
        self.assertEqual([(i["severity"], i["code"]) for i in issues], [("warning", "not-found")])
        wrong = self.errors("Observation/$validate", RESULT, profile=f"{BASE}/StructureDefinition/lab-report")
        self.assertEqual(wrong, [("structure", "Observation.meta.profile")])

    def test_no_more_than_sixteen_profiles_are_looked_at(self):
        for claimed, said in ((16, 16), (17, 17), (50_000, 17)):
            result = {**RESULT, "meta": {"profile": [f"http://elsewhere.example/{n}" for n in range(claimed)]}}
            issues = self.issues("Observation/$validate", result)
            self.assertEqual(len(issues), said, claimed)
            self.assertEqual(issues[0]["code"], "not-found" if claimed == 16 else "too-costly")

    def test_what_is_not_known_to_be_asked_is_refused(self):
        asked = {"resourceType": "Parameters", "parameter": [
            {"name": "resource", "resource": RESULT}, {"name": "usageContext", "valueCode": "x"}]}
        for path, body in (("Observation/$validate?profil=x", RESULT), ("Observation/$validate", asked)):
            status, _, outcome = self.gateway.fhir(path, "POST", body)
            self.assertEqual((status, outcome["issue"][0]["details"]["coding"][0]["code"]), (400, "search-unknown-parameter"))

    def test_the_mode_says_what_is_meant(self):
        self.assertEqual(self.errors("Observation/$validate", RESULT, mode="update"), [("required", "Observation.id")])
        self.assertEqual(self.errors("Observation/o1/$validate", {**RESULT, "id": "o2"}, mode="update"), [("value", "Observation.id")])
        self.assertEqual(self.issues("Observation/$validate", {**RESULT, "id": "x"}, mode="create")[0]["severity"], "warning")
        self.assertEqual(self.errors("Patient/x/$validate", mode="delete")[0][0], "not-supported")
        self.assertEqual(self.errors("Observation/x/$validate", mode="delete"), [])

    def test_who_has_nothing_to_do_with_the_type_may_not_ask(self):
        self.assertEqual(self.gateway.fhir("Patient/$validate", "POST", {"resourceType": "Patient"}, who="operator")[0], 403)
        self.assertEqual(self.gateway.fhir("Observation/nobody/$validate", who="client")[0], 404)
        self.assertEqual(self.gateway.fhir("Observation/$validate", who="client")[0], 422)


if __name__ == "__main__":
    unittest.main()
