"""A clinician draws a patient's results: $cycle-timeline over HTTP, and the command that draws it."""
import json
import os
import subprocess
import unittest

from harness import BASE, MRN, PROGRAM, OnSamples, certificates, own_environment


def parts(parameter, name):
    return [p for p in parameter.get("part", []) if p["name"] == name]


def value(parameter, name):
    found = parts(parameter, name)
    return next((v for k, v in found[0].items() if k.startswith("value")), None) if found else None


class Timeline(OnSamples):
    @staticmethod
    def change(config):
        config["access"]["certificates"][3]["scopes"] = (
            "system/Patient.r system/Observation.rs?category=laboratory")

    def patient(self, mrn):
        return self.gateway.search("Patient", identifier=f"{MRN}|{mrn}")[0]["id"]

    def timeline(self, mrn, query="", **options):
        status, headers, answer = self.gateway.fhir(f"Patient/{self.patient(mrn)}/$cycle-timeline{query}", **options)
        self.assertEqual(status, 200, answer)
        self.assertEqual(headers["cache-control"], "no-store")
        self.assertEqual(answer["resourceType"], "Parameters")
        return answer, [p for p in answer["parameter"] if p["name"] == "group"]

    def draw(self, *arguments, who="client", **environment):
        folder = certificates()
        return subprocess.run(
            [PROGRAM, "timeline", *arguments, "--url", f"https://127.0.0.1:{self.gateway.ports['https']}",
             "--cert", f"{folder}/{who}.pem", "--key", f"{folder}/{who}-key.pem", "--ca", f"{folder}/ca.pem"],
            capture_output=True, text=True, timeout=60,
            env={**own_environment(), "LC_ALL": "C.UTF-8", "COLUMNS": "100", **environment})

    def test_a_cycle_is_named_by_its_period_and_values_are_as_sent(self):
        answer, groups = self.timeline("P0001")
        self.assertEqual(len(groups), 1)
        self.assertEqual((value(groups[0], "kind"), value(groups[0], "lmpDate")), ("cycle", "2025-03-02"))
        results = parts(groups[0], "result")
        self.assertEqual([value(r, "value")["value"] for r in results], ["14.2", "298", "5.10"])
        self.assertEqual([value(r, "cycleDay") for r in results], ["21"] * 3)
        self.assertEqual([len(parts(r, "interpretation")) for r in results], [1, 1, 0])
        self.assertEqual(value(parts(results[0], "referenceRange")[0], "text"), "5.0-12.0")
        self.assertEqual(value(results[1], "unit"), "cells/uL")
        self.assertEqual(value(answer["parameter"][0] | {"part": [answer["parameter"][0]]}, "patient")["reference"],
                         f"Patient/{self.patient('P0001')}")

    def test_the_bytes_of_a_value_are_the_stored_ones(self):
        path = f"/fhir/Patient/{self.patient('P0001')}/$cycle-timeline"
        _, _, body = self.gateway.request("GET", path)
        self.assertIn(b'"value":5.10,', body)

    def test_gestation_is_by_week_without_a_cycle_day(self):
        _, groups = self.timeline("P0010")
        self.assertEqual([(value(g, "kind"), value(g, "week")) for g in groups], [("gestation", "7")])
        for result in parts(groups[0], "result"):
            self.assertEqual(parts(result, "cycleDay"), [])
            self.assertEqual(value(result, "cycleDayUnknown"), "not-applicable")
            self.assertEqual(value(result, "gestation")["value"], "51")

    def test_an_offset_is_no_day(self):
        _, groups = self.timeline("P0003")
        self.assertEqual([value(g, "kind") for g in groups], ["cycle"])
        results = parts(groups[0], "result")
        self.assertEqual({(value(r, "anchor"), value(r, "offset"), value(r, "cycleDay")) for r in results},
                         {("lh-surge", "7", None)})
        layer = next(r for r in results if parts(r, "compartment"))
        self.assertEqual(value(layer, "compartment")["coding"][0]["code"], "stroma-functionalis")

    def test_a_corrected_result_is_there_once_and_a_cancelled_one_without_value(self):
        _, groups = self.timeline("P0008")
        results = [r for g in groups for r in parts(g, "result")]
        self.assertEqual([(value(r, "value")["value"], value(r, "status"), value(r, "version")) for r in results],
                         [("12.9", "corrected", "2"), ("260", "final", "2")])
        _, groups = self.timeline("P0009")
        self.assertEqual([value(g, "kind") for g in groups], ["unknown"])
        for result in parts(groups[0], "result"):
            self.assertEqual((value(result, "status"), value(result, "value")), ("cancelled", None))
            self.assertEqual(value(result, "cycleDayUnknown"), "unknown")

    def test_context_answers_are_no_results_and_issues_are_marked(self):
        shown = 0
        for number in range(1, 12):
            for group in self.timeline(f"P{number:04d}")[1]:
                shown += len(parts(group, "result"))
        self.assertEqual(shown, 49)  # 48 laboratory, 1 vital signs, of 60 Observations
        _, groups = self.timeline("P0007")
        self.assertEqual({value(r, "issue")["code"] for r in parts(groups[0], "result")}, {"nm-decimal-comma"})

    def test_it_is_narrowed_like_any_search_and_posted_alike(self):
        _, groups = self.timeline("P0001", "?code=http://loinc.org%7C8112-5&cycle-day=ge19")
        self.assertEqual([value(r, "value")["value"] for g in groups for r in parts(g, "result")], ["14.2"])
        body = {"resourceType": "Parameters",
                "parameter": [{"name": "code", "valueString": "http://loinc.org|8112-5"}]}
        _, posted = self.timeline("P0001", method="POST", body=body)
        self.assertEqual(posted, groups)

    def test_what_it_cannot_do_is_said(self):
        path = f"Patient/{self.patient('P0001')}/$cycle-timeline"
        for query, code in (("?_count=1", "search-bad-value"), ("?cycle-dai=1", "search-unknown-parameter"),
                            ("?cycle-day=x", "search-bad-value")):
            status, _, outcome = self.gateway.fhir(path + query)
            self.assertEqual((status, outcome["issue"][0]["details"]["coding"][0]["code"]), (400, code))
        self.assertEqual(self.gateway.fhir(path, "DELETE")[0], 405)
        self.assertEqual(self.gateway.fhir("Observation/x/$cycle-timeline")[0], 404)
        self.assertEqual(self.gateway.fhir(path, "POST", {"resourceType": "Bundle"})[0], 422)

    def test_scope_decides_what_is_seen(self):
        path = f"Patient/{self.patient('P0011')}/$cycle-timeline"
        status, _, answer = self.gateway.fhir(path, who="sender")  # laboratory alone
        self.assertEqual(status, 200)
        seen = sum(len(parts(g, "result")) for g in answer["parameter"])
        _, groups = self.timeline("P0011")
        self.assertEqual(seen, sum(len(parts(g, "result")) for g in groups) - 1, "all but the blood pressure")
        self.assertEqual(self.gateway.fhir(path, who="operator")[0], 403)
        self.assertEqual(self.gateway.fhir("Patient/nobody/$cycle-timeline")[0], 404)
        self.assertEqual(self.gateway.fhir(path, who=None)[0], 401)

    def test_the_capability_statement_names_it(self):
        _, _, statement = self.gateway.fhir("metadata", who=None)
        patient = next(r for r in statement["rest"][0]["resource"] if r["type"] == "Patient")
        self.assertIn({"name": "cycle-timeline", "definition": f"{BASE}/OperationDefinition/cycle-timeline"},
                      patient["operation"])
        here = os.path.dirname(os.path.abspath(__file__))
        with open(os.path.join(here, "../../mappings/fhir/OperationDefinition-cycle-timeline.json")) as file:
            definition = json.load(file)
        self.assert_defined([p for p in definition["parameter"] if p["use"] == "out"])

    def assert_defined(self, defined):
        """Every part that any patient's answer has is one that the definition names."""
        def check(given, defined, where):
            known = {p["name"]: p for p in defined}
            for parameter in given:
                self.assertIn(parameter["name"], known, where)
                check(parameter.get("part", []), known[parameter["name"]].get("part", []), parameter["name"])
        for number in range(1, 12):
            check(self.timeline(f"P{number:04d}")[0]["parameter"], defined, "answer")

    # -- the command ------------------------------------------------------------------------------
    def test_the_command_draws_lines_with_flag_and_range(self):
        run = self.draw(f"{MRN}|P0001")
        self.assertEqual((run.returncode, run.stderr), (0, ""), run.stdout)
        self.assertIn("last period", run.stdout)
        self.assertIn("day 21", run.stdout)
        self.assertRegex(run.stdout, r"14\.2 H\b")
        self.assertIn("[5.0-12.0]", run.stdout)
        self.assertRegex(run.stdout, r"│ 5\.10\n")
        self.assertEqual(run.stdout, self.draw(self.patient("P0001")).stdout)
        self.assertEqual(run.stdout, self.draw("Patient/" + self.patient("P0001")).stdout)

    def test_the_command_is_ascii_and_narrow_where_the_terminal_is(self):
        for number in range(1, 12):
            run = self.draw(f"{MRN}|P{number:04d}", LC_ALL="C", COLUMNS="60")
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertTrue(run.stdout.isascii())
            self.assertLessEqual(max(map(len, run.stdout.splitlines())), 60, run.stdout)

    def test_the_command_says_unknown_and_marks_issues(self):
        self.assertIn("day unknown", self.draw(f"{MRN}|P0009").stdout)
        self.assertIn("(cancelled)", self.draw(f"{MRN}|P0009").stdout)
        self.assertRegex(self.draw(f"{MRN}|P0007").stdout, r"14\.6 \*")
        self.assertIn("nm-decimal-comma", self.draw(f"{MRN}|P0007").stdout)
        self.assertIn("7w2d", self.draw(f"{MRN}|P0010").stdout)
        self.assertRegex(self.draw(f"{MRN}|P0011").stdout, r"(?s)Systolic.*138.*Diastolic.*88")

    def test_the_command_tells_who_is_not_there_from_what_cannot_be_asked(self):
        for arguments, status, words in (((f"{MRN}|P9999",), 1, "no patient has this identifier"),
                                         (("PB",), 1, r"no patient has this id.*not a number of the hospital"),
                                         ((), 2, "of which patient"), (("a b",), 2, "is no patient")):
            run = self.draw(*arguments)
            self.assertEqual((run.returncode, run.stdout), (status, ""))
            self.assertRegex(run.stderr, f"^immunogate: timeline: .*{words}.*; ")
            self.assertNotIn("P9999", run.stderr)
        self.assertRegex(self.draw("PB").stderr, r"; give .*'SYSTEM\|VALUE'.*Patient\?identifier=VALUE")
        self.assertEqual(self.draw(f"{MRN}|P0001", who="operator").returncode, 2)
        away = subprocess.run([PROGRAM, "timeline", "x", "--url", "https://127.0.0.1:1"], capture_output=True,
                              text=True, env=own_environment())
        self.assertEqual(away.returncode, 2)
        self.assertRegex(away.stderr, "^immunogate: timeline: https://127.0.0.1:1: cannot be reached.*; ")
        plain = subprocess.run([PROGRAM, "timeline", "x", "--url", "http://localhost"], capture_output=True,
                               text=True, env=own_environment())
        self.assertEqual(plain.returncode, 2)


if __name__ == "__main__":
    unittest.main()
