"""A client asks for the newest results and for all there is of a patient (FHIR.md, scenario 34)."""
import json
import unittest
from collections import Counter

from harness import MRN, OnSamples

LOINC = "http://loinc.org"


class Operations(OnSamples):
    def patient(self, number):
        return self.gateway.search("Patient", identifier=f"{MRN}|{number}")[0]["id"]

    def values(self, path, **how):
        status, _, bundle = self.gateway.fhir(path, **how)
        self.assertEqual(status, 200, bundle)
        return [e["resource"]["valueQuantity"]["value"] for e in bundle.get("entry", [])
                if "valueQuantity" in e["resource"]]

    def pages(self, path, who="client"):
        pages = []
        while path:
            status, _, bundle = self.gateway.fhir(path, who=who)
            self.assertEqual(status, 200, bundle)
            pages.append([(e["resource"]["resourceType"], e["resource"]["id"]) for e in bundle.get("entry", [])])
            links = {l["relation"]: l["url"] for l in bundle["link"]}
            path = links["next"].split("/fhir/")[1] if "next" in links else None
        return pages

    def test_34_the_newest_of_each_code(self):
        patient = self.patient("P0008")
        self.assertEqual(sorted(self.values(f"Observation/$lastn?patient={patient}&max=1")), ["12.9", "260"])
        self.assertEqual(self.values(f"Observation/$lastn?patient={patient}&max=1&category=survey"), [])
        self.assertEqual(self.values(f"Observation/$lastn?patient={patient}&max=1&code={LOINC}%7C8112-5"), ["12.9"])

    def test_lastn_is_posted_as_well(self):
        body = json.dumps({"resourceType": "Parameters", "parameter": [
            {"name": "patient", "valueString": self.patient("P0008")}, {"name": "max", "valuePositiveInt": 1}]})
        found = self.values("Observation/$lastn", method="POST", body=body.encode(),
                            headers={"Content-Type": "application/fhir+json"})
        self.assertEqual(sorted(found), ["12.9", "260"])

    def test_lastn_leaves_out_what_does_not_stand(self):
        cancelled = self.patient("P0009")
        self.assertGreater(self.gateway.count(f"Observation?patient={cancelled}&status=cancelled"), 0)
        status, _, bundle = self.gateway.fhir(f"Observation/$lastn?patient={cancelled}&max=100")
        self.assertEqual(status, 200, bundle)
        self.assertNotIn("cancelled", {e["resource"]["status"] for e in bundle.get("entry", [])})

    def test_34_everything_of_a_patient_in_pages_each_once(self):
        patient = self.patient("P0001")
        pages = self.pages(f"Patient/{patient}/$everything?_count=3")
        self.assertTrue(all(len(page) == 3 for page in pages[:-1]), pages)
        everything = [key for page in pages for key in page]
        self.assertEqual(everything[0], ("Patient", patient))
        self.assertEqual(len(everything), len(set(everything)))
        counts = Counter(type_ for type_, _ in everything)
        self.assertEqual({t: counts[t] for t in ("Patient", "DiagnosticReport", "Specimen", "Observation")},
                         {"Patient": 1, "DiagnosticReport": 1, "Specimen": 1, "Observation": 4})
        for type_ in ("Practitioner", "Organization", "Provenance", "ServiceRequest"):
            self.assertGreaterEqual(counts[type_], 1, type_)
        self.assertEqual(everything, [k for p in self.pages(f"Patient/{patient}/$everything") for k in p])

    def test_everything_is_narrowed_by_type_and_time(self):
        patient = self.patient("P0001")
        self.assertEqual({t for p in self.pages(f"Patient/{patient}/$everything?_type=Observation,Practitioner")
                          for t, _ in p}, {"Observation", "Practitioner"})
        kept = [t for p in self.pages(f"Patient/{patient}/$everything?end=2025-03-21") for t, _ in p]
        self.assertNotIn("Observation", kept)
        self.assertIn("Patient", kept)
        kept = [t for p in self.pages(f"Patient/{patient}/$everything?start=2025-03-22") for t, _ in p]
        self.assertEqual(kept.count("Observation"), 4)
        self.assertEqual(self.pages(f"Patient/{patient}/$everything?_since=2999-01-01T00:00:00Z"), [[]])
        whole = self.pages(f"Patient/{patient}/$everything")
        self.assertEqual(self.pages(f"Patient/{patient}/$everything?_since=2001-01-01T00:00:00%2B05:00"), whole)
        kept = self.pages(f"Patient/{patient}/$everything?start=2025-03-22T00:00:00%2B05:00&_count=3")
        self.assertEqual([t for p in kept for t, _ in p].count("Observation"), 4)

    def test_everything_shows_what_the_client_may_see(self):
        patient = self.patient("P0001")
        self.assertEqual(self.gateway.fhir(f"Patient/{patient}/$everything", who="operator")[0], 403)
        self.assertEqual(self.gateway.fhir("Patient/nobody/$everything")[0], 404)

    def test_wrong_questions_are_told_what_is_right(self):
        patient = self.patient("P0001")
        for path, code in ((f"Observation/$lastn?patient={patient}&max=0", "search-bad-value"),
                           (f"Observation/$lastn?patient={patient}&max=1&max=2", "duplicate-control"),
                           (f"Observation/$lastn?patient={patient}&_sort=date", "search-bad-value"),
                           (f"Patient/{patient}/$everything?_type=Nobody", "search-bad-value"),
                           (f"Patient/{patient}/$everything?start=yesterday", "search-bad-value"),
                           (f"Patient/{patient}/$everything?code=x", "search-unknown-parameter"),
                           (f"Patient/{patient}/$everything?_cursor=x", "cursor-forged")):
            status, _, outcome = self.gateway.fhir(path)
            self.assertEqual(status, 400, path)
            self.assertEqual(outcome["issue"][0]["details"]["coding"][0]["code"], code, path)


if __name__ == "__main__":
    unittest.main()
