"""A client asks for less of each resource (FHIR.md §2.2; scenario 37)."""
import unittest

from harness import MRN, OnSamples


class Excerpts(OnSamples):
    def first(self, query):
        status, _, bundle = self.gateway.fhir(query)
        self.assertEqual(status, 200, bundle)
        return bundle["entry"][0]["resource"]

    def test_37_a_summary_of_a_report_omits_the_pdf(self):
        reports = self.gateway.search("DiagnosticReport", **{"patient.identifier": f"{MRN}|P0003"})
        report = next(r for r in reports if "presentedForm" in r)
        _, _, short = self.gateway.fhir(f"DiagnosticReport/{report['id']}?_summary=true")
        self.assertNotIn("presentedForm", short)
        self.assertEqual(short["code"], report["code"])
        self.assertIn("SUBSETTED", [t["code"] for t in short["meta"]["tag"]])

    def test_elements_of_matches_and_all_of_what_is_included(self):
        status, _, bundle = self.gateway.fhir(
            f"Observation?patient.identifier={MRN}%7CP0001&_elements=value,note&_include=Observation:patient")
        self.assertEqual(status, 200, bundle)
        for entry in bundle["entry"]:
            kept = set(entry["resource"])
            if entry["search"]["mode"] == "match":
                self.assertLessEqual(kept, {"resourceType", "id", "meta", "status", "code", "valueQuantity",
                                            "valueInteger", "valueDateTime", "valueString", "note"})
            else:
                self.assertIn("name", kept)

    def test_summary_count_has_no_entries(self):
        status, _, bundle = self.gateway.fhir("Observation?_summary=count")
        self.assertEqual((status, bundle["total"]), (200, "60"))
        self.assertNotIn("entry", bundle)

    def test_the_form_is_part_of_self_and_next(self):
        _, _, bundle = self.gateway.fhir("Observation?_summary=data&_count=2")
        links = {l["relation"]: l["url"] for l in bundle["link"]}
        self.assertIn("_summary=data", links["self"])
        self.assertIn("_summary=data", links["next"])

    def test_a_form_that_is_none_is_refused(self):
        for path in ("Observation?_summary=yes", "Observation?_elements=a.b", "Patient/x?_summary=yes",
                     "Observation?_summary=true&_elements=code"):
            self.assertEqual(self.gateway.fhir(path)[0], 400, path)


if __name__ == "__main__":
    unittest.main()
