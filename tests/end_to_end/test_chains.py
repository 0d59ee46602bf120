"""A client asks by what other resources say (FHIR.md, scenarios 16 and 27)."""
from harness import OnSamples

LOINC = "http://loinc.org"


class Chains(OnSamples):
    def patients(self, query):
        status, _, bundle = self.gateway.fhir("Patient?" + query)
        self.assertEqual(status, 200, bundle)
        return sorted(e["resource"]["identifier"][0]["value"] for e in bundle.get("entry", []))

    def test_16_patients_who_have_a_result(self):
        self.assertEqual(self.patients(f"_has:Observation:patient:code={LOINC}%7C8112-5"),
                         ["P0001", "P0007", "P0008", "P0010"])
        self.assertEqual(self.patients("_has:Observation:patient:cycle-day=21"), ["P0001"])
        self.assertEqual(self.patients("_has:Observation:subject:sample-type=endometrium&gender:not=female"), [])

    def test_18_names_whole_and_in_the_middle(self):
        self.assertEqual(self.patients("family=oz"), ["P0003"])
        self.assertEqual(self.patients("family:exact=%C3%96z"), ["P0003"])
        self.assertEqual(self.patients("family:exact=oz"), [])
        self.assertEqual(self.patients("name:contains=ind"), ["P0008"])

    def test_results_of_patients_and_specimens_that_are_so(self):
        whole = self.gateway.count("Observation?category=laboratory")
        self.assertEqual(self.gateway.count("Observation?category=laboratory&patient.gender=female"), whole)
        self.assertEqual(self.gateway.count("Observation?patient.family=oz"),
                         self.gateway.count("Observation?patient:Patient.name:exact=%C3%96z"))
        self.assertGreater(self.gateway.count("Observation?patient.family=oz"), 0)
        of_type = self.gateway.count("Observation?specimen.type:missing=false")
        self.assertGreater(of_type, 0)
        self.assertEqual(self.gateway.count("DiagnosticReport?patient._has:Observation:patient:cycle-day=21"), 1)

    def test_17_reports_by_what_their_results_say(self):
        for query, number in ((f"result.code={LOINC}%7C8112-5", 4), ("result.value-quantity=gt12&sample-type=plasma", 0),
                              ("sample-type=peripheral-blood", 7), ("cycle-day=21", 1), ("cycle-day=ge19&cycle-day=le23", 2),
                              (f"result.code={LOINC}%7C8665-2", 0), ("result:missing=true", 0)):
            self.assertEqual(self.gateway.count("DiagnosticReport?" + query), number, query)
        self.assertEqual(self.gateway.count("Specimen?sample-type=endometrium"), 2)
        self.assertEqual(self.gateway.count("Observation?_has:DiagnosticReport:result:status=final&category=survey"), 0)

    def test_27_a_chain_into_a_type_out_of_scope_is_refused(self):
        query = "Observation?patient.name=Aksoy"
        status, _, outcome = self.gateway.fhir(query, who="operator")
        self.assertEqual(status, 403, outcome)
        self.assertEqual(outcome["issue"][0]["details"]["coding"][0]["code"], "scope-missing")

    def test_a_chain_that_is_not_offered_names_those_that_are(self):
        status, _, outcome = self.gateway.fhir("Observation?performer.name=x")
        self.assertEqual(status, 400, outcome)
        self.assertIn("patient", outcome["issue"][0]["diagnostics"])


if __name__ == "__main__":
    import unittest
    unittest.main()
