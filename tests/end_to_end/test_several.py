"""Several types searched at once: all of them, or a patient's compartment (FHIR.md §1, system level)."""
import unittest

from harness import MRN, OnSamples


class Several(OnSamples):
    def pages(self, path, who="client"):
        """Each resource's reference, page by page."""
        pages = []
        while path:
            status, _, bundle = self.gateway.fhir(path, who=who)
            self.assertEqual(status, 200, bundle)
            pages.append([e["fullUrl"].split("/fhir/")[1] for e in bundle.get("entry", [])])
            links = {l["relation"]: l["url"].split("/fhir")[1].lstrip("/") for l in bundle["link"]}
            path = links.get("next")
        return pages

    def patient(self, number):
        return self.gateway.search("Patient", identifier=f"{MRN}|{number}")[0]["id"]

    def test_types_that_are_named_come_one_after_another_each_once(self):
        pages = self.pages("?_type=Patient,Observation&_count=10")
        found = [one for page in pages for one in page]
        self.assertEqual([len(page) for page in pages], [10] * 7 + [1], "71 of them")
        self.assertEqual(len(set(found)), 71)
        self.assertEqual(sorted(found, key=lambda one: not one.startswith("Patient")), found)

    def test_an_exactly_full_last_page_has_no_next(self):
        self.assertEqual([len(page) for page in self.pages("?_type=Patient,Group&_count=11")], [11])
        self.assertEqual([len(page) for page in self.pages("?_type=Patient,Specimen&_count=23")], [23])

    def test_what_all_types_can_be_asked_for_narrows_them(self):
        tag = "sample-type%7Cperipheral-blood"
        tagged = self.gateway.search("Observation", _tag="https://immunogate.example/fhir/CodeSystem/sample-type|peripheral-blood")
        found = self.pages(f"?_tag=https://immunogate.example/fhir/CodeSystem/{tag}&_count=1000")[0]
        self.assertLessEqual({f"Observation/{o['id']}" for o in tagged}, set(found))
        self.assertGreater(len(tagged), 10)
        status, _, bundle = self.gateway.fhir("?_type=Patient,Observation&_summary=count")
        self.assertEqual((status, bundle["total"], "entry" in bundle), (200, "71", False))
        _, _, bundle = self.gateway.fhir("?_type=Patient&_elements=gender&_count=1")
        self.assertEqual(bundle["entry"][0]["resource"]["meta"]["tag"][-1]["code"], "SUBSETTED")
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        _, _, posted = self.gateway.fhir("_search", "POST", "_type=Patient&_count=3", form)
        self.assertEqual(posted["entry"], self.gateway.fhir("?_type=Patient&_count=3")[2]["entry"])

    def test_a_compartment_as_a_whole_is_one_patients(self):
        patient = self.patient("P0001")
        found = [one for page in self.pages(f"Patient/{patient}/*?_count=2") for one in page]
        self.assertEqual(len(found), len(set(found)))
        types = [one.split("/")[0] for one in found]
        self.assertEqual((types.count("Patient"), types.count("Observation"), types.count("DiagnosticReport")), (1, 4, 1))
        for one in found:
            body = self.gateway.fhir(one)[2]
            self.assertIn(patient, str(body), one)
        _, _, narrowed = self.gateway.fhir(f"Patient/{patient}/*?_type=Specimen,DiagnosticReport")
        self.assertEqual({e["resource"]["resourceType"] for e in narrowed["entry"]}, {"Specimen", "DiagnosticReport"})
        self.assertNotIn("entry", self.gateway.fhir("Patient/nobody/*")[2])

    def test_scope_leaves_types_out_and_nothing_is_left_is_said(self):
        found = [one for page in self.pages("?_type=Patient,Observation&_count=1000", who="sender") for one in page]
        self.assertEqual(len(found), self.gateway.count("Observation?category=laboratory"))
        self.assertEqual(self.gateway.fhir("?_type=Patient", who="sender")[0], 403)

    def test_what_is_not_common_to_all_types_is_refused(self):
        for path, code in (("?code=x", "search-unknown-parameter"), ("?_type=Patient&_sort=_id", "search-unknown-parameter"),
                           ("?_type=Condition", "search-bad-value"), ("?_type=Patient&_type=Specimen", "duplicate-control"),
                           ("?_type=Patient&_cursor=x", "cursor-forged"), ("?_type=Patient&_count=x", "search-bad-value"),
                           (f"Patient/{self.patient('P0001')}/*?_type=Practitioner", "search-bad-value")):
            status, _, outcome = self.gateway.fhir(path)
            self.assertEqual((status, outcome["issue"][0]["details"]["coding"][0]["code"]), (400, code), path)
        status, headers, _ = self.gateway.fhir("", "DELETE")
        self.assertEqual((status, headers["allow"]), (405, "GET, HEAD, POST"))


if __name__ == "__main__":
    unittest.main()
