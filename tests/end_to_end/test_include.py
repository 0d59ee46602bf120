"""A client asks for results and what belongs to them in one answer (FHIR.md, scenarios 17 and 39)."""
from collections import Counter

from harness import MRN, OnSamples

LOINC = "http://loinc.org"


class Include(OnSamples):
    def page(self, query):
        status, _, bundle = self.gateway.fhir(query)
        self.assertEqual(status, 200, bundle)
        keys = [(e["search"]["mode"], e["resource"]["resourceType"], e["resource"]["id"]) for e in bundle.get("entry", [])]
        self.assertEqual(len(keys), len(set(keys)), "each resource once")
        return bundle, Counter((mode, type_) for mode, type_, _ in keys)

    def test_17_the_reports_of_a_result_with_all_their_results_and_specimens(self):
        bundle, counts = self.page(f"DiagnosticReport?result.code={LOINC}%7C8112-5"
                                   "&_include=DiagnosticReport:result&_include:iterate=Observation:specimen")
        self.assertEqual(counts[("match", "DiagnosticReport")], 4)
        listed = {r["reference"] for e in bundle["entry"] for r in e["resource"].get("result", [])}
        found = {"Observation/" + e["resource"]["id"] for e in bundle["entry"]
                 if e["resource"]["resourceType"] == "Observation"}
        self.assertEqual(found, listed)
        of = {e["resource"]["specimen"]["reference"] for e in bundle["entry"]
              if e["resource"]["resourceType"] == "Observation"}
        self.assertEqual(counts[("include", "Specimen")], len(of))

    def test_a_result_brings_the_report_that_lists_it(self):
        _, counts = self.page(f"Observation?code={LOINC}%7C8112-5&_revinclude=DiagnosticReport:result")
        self.assertEqual(counts, {("match", "Observation"): 4, ("include", "DiagnosticReport"): 4})
        _, counts = self.page("Observation?category=survey&_revinclude=DiagnosticReport:result")
        self.assertNotIn(("include", "DiagnosticReport"), counts)

    def test_39_who_wrote_a_result_and_from_which_message(self):
        bundle, counts = self.page(f"Observation?patient.identifier={MRN}%7CP0001&category=laboratory"
                                   "&_revinclude=Provenance:target")
        self.assertEqual(counts, {("match", "Observation"): 3, ("include", "Provenance"): 1})
        provenance = bundle["entry"][-1]["resource"]
        targets = {t["reference"] for t in provenance["target"]}
        for entry in bundle["entry"][:-1]:
            self.assertIn("Observation/" + entry["resource"]["id"], targets)

    def test_every_type_finds_its_provenance(self):
        for type_ in ("Patient", "Observation", "DiagnosticReport", "Specimen", "ServiceRequest",
                      "Practitioner", "Organization", "MessageHeader"):
            with self.subTest(type_):
                _, counts = self.page(f"{type_}?_count=5&_revinclude=Provenance:target")
                self.assertGreater(counts[("match", type_)], 0)
                self.assertGreater(counts[("include", "Provenance")], 0)

    def test_self_says_what_was_included_and_every_page_brings_its_own(self):
        bundle, _ = self.page("Observation?_count=2&_include=Observation:patient")
        links = {l["relation"]: l["url"] for l in bundle["link"]}
        self.assertIn("_include=Observation:patient", links["self"])
        _, counts = self.page(links["next"].split("/fhir/")[1])
        self.assertGreater(counts[("include", "Patient")], 0)

    def test_a_reference_that_is_not_there_is_refused_with_those_that_are(self):
        status, _, outcome = self.gateway.fhir("DiagnosticReport?_include=DiagnosticReport:results")
        self.assertEqual(status, 400, outcome)
        issue = outcome["issue"][0]
        self.assertEqual(issue["details"]["coding"][0]["code"], "search-bad-value")
        self.assertIn("result", issue["diagnostics"])

    def test_metadata_lists_what_can_be_included(self):
        _, _, statement = self.gateway.fhir("metadata")
        by_type = {r["type"]: r for r in statement["rest"][0]["resource"]}
        for include in by_type["Observation"]["searchInclude"]:
            status, _, answer = self.gateway.fhir(f"Observation?_count=1&_include={include}")
            self.assertEqual(status, 200, (include, answer))
        for include in by_type["Patient"]["searchRevInclude"]:
            status, _, answer = self.gateway.fhir(f"Patient?_count=1&_revinclude={include}")
            self.assertEqual(status, 200, (include, answer))


if __name__ == "__main__":
    import unittest
    unittest.main()
