"""The scenarios of FHIR.md §10, each by its number: where it is a test. Those that no other file tells stand here.

    IMMUNOGATE_BODIES=FOLDER python3 test_scenarios.py     runs them all, and keeps every answer in FOLDER
"""
import base64
import json
import os
import subprocess
import sys
import unittest

from harness import BASE, MRN, PROGRAM, PROJECT, SAMPLES, Gateway, OnSamples, exchange, sample, samples

LOINC = "http%3A%2F%2Floinc.org%7C"
HERE = os.path.dirname(os.path.abspath(__file__))

# number: tests
SCENARIOS = {
    1: "test_search.Search.test_01_the_search_this_gateway_exists_for",
    2: "test_search.Search.test_02_the_corrected_value_stands_alone",
    3: "test_search.Search.test_03_cycle_days_as_a_range "
       "test_search.Search.test_03_a_range_of_days_is_of_these_two_patients",
    4: "test_search.Search.test_04_no_day_is_unknown_or_not_applicable "
       "test_scenarios.Scenarios.test_04_whose_results_have_no_day",
    5: "test_search.Search.test_05_an_offset_from_the_lh_surge",
    6: "test_search.Search.test_06_phases_are_stated_or_anchored_never_inferred",
    7: "test_search.Search.test_07_sample_types",
    8: "test_search.Search.test_08_a_number_is_as_precise_as_it_is_written",
    9: "test_search.Search.test_09_10_numbers_are_asked_in_any_unit_of_their_kind_and_come_as_they_were_written",
    10: "test_search.Search.test_09_10_numbers_are_asked_in_any_unit_of_their_kind_and_come_as_they_were_written",
    11: "test_search.Search.test_11_a_comparator_matches_only_what_is_certain",
    12: "test_search.Search.test_12_a_component_is_asked_by_its_own_value",
    13: "test_search.Search.test_13_a_code_of_a_component_is_none_of_the_result",
    14: "test_search.Search.test_14_a_code_with_its_value",
    15: "test_search.Search.test_15_dates_are_the_laboratorys_calendar "
        "test_scenarios.Places.test_15_a_day_is_the_same_wherever_the_gateway_stands",
    16: "test_chains.Chains.test_16_patients_who_have_a_result",
    17: "test_include.Include.test_17_the_reports_of_a_result_with_all_their_results_and_specimens",
    18: "test_chains.Chains.test_18_names_whole_and_in_the_middle",
    19: "test_search.Search.test_19_a_wrong_name_is_never_a_wider_answer",
    20: "test_search.Search.test_20_a_posted_search_finds_the_same test_content.Content.test_limits_are_told",
    21: "test_search.Search.test_21_a_correction_is_a_version_of_the_same_resource "
        "test_history.History.test_21_a_corrected_result_has_both_versions_newest_first "
        "test_scenarios.Corrected.test_21_a_result_before_and_after_its_correction",
    22: "test_search.Search.test_22_cancelled_results_have_no_value "
        "test_scenarios.Scenarios.test_22_why_a_result_was_cancelled",
    23: "test_search.Search.test_23_digits_are_served_as_they_were_sent",
    24: "test_search.Search.test_24_pages_show_the_store_as_of_the_first "
        "test_scenarios.Pages.test_24_pages_outlive_a_restart",
    25: "test_search.Search.test_25_a_cursor_belongs_to_its_search_and_client",  # its end: unit_query, CursorTest
    26: "test_scenarios.Pages.test_26_what_is_retracted_shows_no_value_from_then_on",
    27: "test_search.Search.test_27_outside_the_scope_is_as_if_it_were_not_there "
        "test_chains.Chains.test_27_a_chain_into_a_type_out_of_scope_is_refused "
        "test_scenarios.Scenarios.test_27_who_may_see_results_alone",
    28: "test_tokens.Scenario28.test_28_tokens test_tokens.Scenario28.test_28_the_statement_says_where",
    29: "test_search.Search.test_29_metadata_is_open_and_data_is_not "
        "test_search.Search.test_there_is_no_smart_configuration_and_the_answer_says_what_to_use",
    30: "test_search.Search.test_30_answers_are_json test_content.Content.test_answers_are_json_of_r4_or_said_not_to_be",
    31: "test_search.Search.test_31_what_came_by_hl7_belongs_to_its_sender",
    32: "test_transactions.Bundles.test_32_the_bundle_of_a_message_changes_nothing_where_the_message_came "
        "test_scenarios.Receiver.test_32_a_bundle_is_taken_once_and_a_broken_one_not_at_all",
    33: "test_follow_up.FollowUp.test_of_sixteen_reviewers_one_wins_each_round",
    34: "test_operations.Operations.test_34_the_newest_of_each_code "
        "test_operations.Operations.test_34_everything_of_a_patient_in_pages_each_once",
    35: "test_export.Export.test_35_the_manifest_and_every_line test_export.Export.test_35_halves_of_a_file_join "
        "test_export.Changing.test_35_it_outlives_a_kill_and_shows_what_stood_when_it_began",
    36: "test_subscriptions.Scenario36.test_a_correction_is_told_once_the_receiver_is_up_and_is_the_same_by_every_way",
    37: "test_content.Content.test_37_a_binary_is_the_document_itself "
        "test_content.Content.test_37_a_part_of_a_binary_is_given "
        "test_scenarios.Scenarios.test_37_a_report_holds_the_bytes_of_its_document",
    38: "test_explain.Explain.test_38_each_element_leads_back_to_its_field "
        "test_explain.Explain.test_38_the_remaining_fields_are_listed_once_each_and_with_their_fate",
    39: "test_include.Include.test_39_who_wrote_a_result_and_from_which_message",
    40: "test_audit.Audit.test_40_a_search_is_found_by_its_patient_with_the_exact_request "
        "test_audit.Tampering.test_threat_12_an_edited_row_on_disk_is_named",
    41: "test_history.Polling.test_41_a_poller_misses_nothing_while_senders_write",
    42: "test_search.Search.test_42_by_the_interpretation_of_the_laboratory",
    43: "test_search.Search.test_43_issues_are_tags",
    44: "test_clients.Clients.test_44_fhir_kit_client test_clients.Clients.test_44_fhirclient "
        "test_clients.Clients.test_44_medplum test_clients.Clients.test_44_curl",
    45: "test_answers.Answers.test_45_every_answer_is_validated",
    46: "test_answers.Answers.test_46_queries_cursors_bodies_and_headers_are_fuzzed",
}


class Scenarios(OnSamples):
    def identifier_of(self, observation):
        return self.gateway.fhir(observation["subject"]["reference"])[2]["identifier"][0]["value"]

    def test_each_scenario_is_a_test(self):
        self.assertEqual(sorted(SCENARIOS), list(range(1, 47)))
        for number, where in SCENARIOS.items():
            for name in where.split():
                test = unittest.defaultTestLoader.loadTestsFromName(name)
                self.assertNotIn("FailedTest", str(test), f"{number}: {name}")

    def test_04_whose_results_have_no_day(self):
        without = {}
        for o in self.gateway.search("Observation", category="laboratory", **{"cycle-day:missing": "true"}):
            patient = self.identifier_of(o)
            without[patient] = without.get(patient, 0) + 1
        self.assertEqual(without, {"P0003": 6, "P0004": 4, "P0009": 2, "P0010": 3, "P0011": 5})

    def test_22_why_a_result_was_cancelled(self):
        found = self.gateway.search("Observation", status="cancelled")
        self.assertEqual({self.identifier_of(o) for o in found}, {"P0009"})
        self.assertEqual(len([o for o in found if "QNS" in json.dumps(o.get("note", []))]), 1)

    def test_27_who_may_see_results_alone(self):
        ask = lambda path: self.gateway.fhir(path, who="sender")
        _, _, bundle = ask("Observation?_include=Observation:patient&_count=100")
        self.assertEqual({e["resource"]["resourceType"] for e in bundle["entry"]}, {"Observation"})
        self.assertEqual(ask("Patient?_id=x")[0], 403)
        _, _, bundle = ask(f"Observation?patient.identifier={MRN}%7CP0001&code={LOINC}8112-5&cycle-day=ge19")
        self.assertEqual([e["resource"]["valueQuantity"]["value"] for e in bundle["entry"]], ["14.2"])
        status, _, outcome = ask("Observation?patient.name=Aksoy")
        self.assertEqual((status, outcome["issue"][0]["details"]["coding"][0]["code"]), (403, "scope-missing"))

    def test_37_a_report_holds_the_bytes_of_its_document(self):
        sent = next(field for line in sample(3).split(b"\r") for field in line.split(b"|") if b"^Base64^" in field)
        patient = self.gateway.search("Patient", identifier=f"{MRN}|P0003")[0]["id"]
        report = next(r for r in self.gateway.search("DiagnosticReport", patient=patient) if "presentedForm" in r)
        data = report["presentedForm"][0]["data"]
        self.assertEqual(base64.b64decode(data), base64.b64decode(sent.split(b"^")[-1]))
        _, _, short = self.gateway.fhir(f"DiagnosticReport?_id={report['id']}&_summary=true")
        self.assertNotIn(data, json.dumps(short))


class Places(unittest.TestCase):
    def test_15_a_day_is_the_same_wherever_the_gateway_stands(self):
        before = os.environ.get("TZ")
        try:
            for zone in ("Asia/Tokyo", "UTC"):
                os.environ["TZ"] = zone
                with self.subTest(zone), Gateway("places") as gateway:
                    for number in (1, 2):
                        gateway.send(sample(number))
                    self.assertEqual(gateway.count("Observation?date=2025-03-22&category=laboratory"), 3)
                    self.assertEqual(gateway.count("Observation?date=2025-03-22T14:30Z&category=laboratory"), 3)
                    self.assertEqual(gateway.count("Observation?date=2025-03-07"), 7)
        finally:
            os.environ.pop("TZ")
            if before is not None:
                os.environ["TZ"] = before


class Corrected(unittest.TestCase):
    def test_21_a_result_before_and_after_its_correction(self):
        with Gateway("corrected") as gateway:
            find = lambda: gateway.search("Observation", order="F8", code="8112-5")
            gateway.send(sample(8))
            [first] = find()
            self.assertEqual((first["valueQuantity"]["value"], first["status"]), ("11.9", "preliminary"))
            gateway.send(sample(9))
            [second] = find()
            self.assertEqual((second["valueQuantity"]["value"], second["status"]), ("12.9", "corrected"))
            self.assertEqual((first["id"], second["meta"]["versionId"]), (second["id"], "2"))


class Pages(unittest.TestCase):
    def follow(self, gateway, link, between=lambda page: None):
        """Every entry of all pages, as (mode, resource)."""
        entries, page = [], 0
        while link:
            status, _, bundle = gateway.fhir(link)
            self.assertEqual(status, 200, bundle)
            entries += [(e["search"]["mode"], e["resource"]) for e in bundle["entry"]]
            page += 1
            between(page)
            link = next((l["url"].split("/fhir/", 1)[1] for l in bundle["link"] if l["relation"] == "next"), None)
        return entries

    def taken(self, gateway):
        with gateway.connect() as s:
            for message in samples():
                exchange(s, message)

    def test_24_pages_outlive_a_restart(self):
        with Gateway("pages") as gateway:
            self.taken(gateway)

            def restart(page):
                if page == 3:
                    gateway.stop()
                    gateway.start()
            found = [r["id"] for _, r in self.follow(gateway, "Observation?_count=7&_sort=-date", restart)]
            self.assertEqual((len(found), len(set(found))), (60, 60))

    def test_26_what_is_retracted_shows_no_value_from_then_on(self):
        with Gateway("retracted") as gateway:
            self.taken(gateway)
            patient = gateway.search("Patient", identifier=f"{MRN}|P0001")[0]["id"]
            results = gateway.search("Observation", patient=patient, category="laboratory")
            wrong = sample(1).replace(b"N1001", b"N1001W").replace(b"|||F\r", b"|||W\r").replace(b"|||F|", b"|||W|")

            def retract(page):
                if page == 1:
                    gateway.send(wrong)
            entries = self.follow(gateway, f"Observation?patient={patient}&category=laboratory&_count=1", retract)
            later = [r for mode, r in entries[1:] if mode == "match"]
            self.assertFalse([r for r in later if "valueQuantity" in r], later)
            self.assertIn("outcome", [mode for mode, _ in entries])
            for result in results:
                _, _, now = gateway.fhir(f"Observation/{result['id']}")
                self.assertEqual((now["status"], "valueQuantity" in now), ("entered-in-error", False))
                _, _, history = gateway.fhir(f"Observation/{result['id']}/_history")
                self.assertIn("valueQuantity", history["entry"][-1]["resource"])
            self.assertEqual(gateway.count(f"Observation?patient={patient}&value-quantity=gt0"), 0)


class Receiver(unittest.TestCase):
    def test_32_a_bundle_is_taken_once_and_a_broken_one_not_at_all(self):
        path = os.path.join(SAMPLES, next(n for n in sorted(os.listdir(SAMPLES)) if n.startswith("05-")))
        bundle = subprocess.run([PROGRAM, "convert", "--mappings", os.path.join(PROJECT, "mappings"), path],
                                capture_output=True, check=True).stdout
        with Gateway("receiver") as gateway:
            post = lambda text: gateway.fhir("", "POST", text, {"Content-Type": "application/fhir+json"}, "gateway")
            broken = json.loads(bundle)
            broken["entry"][4]["resource"]["status"] = []
            status, _, outcome = post(json.dumps(broken).encode())
            self.assertEqual(status, 422, outcome)
            self.assertTrue(outcome["issue"][0]["expression"][0].startswith("Bundle.entry[4]"), outcome)
            self.assertEqual(gateway.count("Observation?"), 0)
            for wanted in ("201", "200"):
                status, _, answer = post(bundle)
                self.assertEqual((status, {e["response"]["status"][:3] for e in answer["entry"]}), (200, {wanted}))
                self.assertEqual({e["response"]["etag"] for e in answer["entry"]}, {'W/"1"'})


if __name__ == "__main__":
    sys.path.insert(0, HERE)
    names = sorted({name for where in SCENARIOS.values() for name in where.split()})
    suite = unittest.defaultTestLoader.loadTestsFromNames(names)
    sys.exit(not unittest.TextTestRunner(verbosity=1).run(suite).wasSuccessful())
