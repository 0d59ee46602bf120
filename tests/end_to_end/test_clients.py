"""Clients that others wrote ask the gateway, with certificates (FHIR.md, scenario 44): each gets what
is there, all pages of it, and is refused in a way it understands."""
import json
import os
import shutil
import subprocess
import unittest

from harness import MRN, PROJECT, OnSamples, certificates

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("IMMUNOGATE_BUILD", os.path.join(PROJECT, ".build"))
LOINC, UCUM = "http%3A%2F%2Floinc.org%7C", "http%3A%2F%2Funitsofmeasure.org"
# name, type, query, matches
QUESTIONS = (
    ("1", "Observation", f"patient.identifier={MRN}%7CP0001&code={LOINC}8112-5&cycle-day=ge19&cycle-day=le23"
                         "&sample-type=peripheral-blood&_sort=-date", 1),
    ("2", "Observation", f"code={LOINC}8112-5", 4),
    ("3", "Observation", "cycle-day=ge19&cycle-day=le23", 9),
    ("5", "Observation", "cycle-anchor-offset=lh-surge$7", 6),
    ("7", "Observation", "sample-type=peripheral-blood", 25),
    ("9", "Observation", f"code={LOINC}9728-7&value-quantity=gt300%7C{UCUM}%7C%2FuL", 1),
    ("12", "Observation", f"component-code-value-quantity={LOINC}8480-6$ge130", 1),
    ("16", "Patient", f"_has:Observation:patient:code={LOINC}8112-5", 4),
    ("18", "Patient", "family=oz", 1),
    ("24", "Observation", "_sort=-date", 60),
    ("42", "Observation", "interpretation=H&_sort=date", 6),
)


def change(config):
    next(one for one in config["access"]["certificates"] if one["subject"] == "CN=client").update(
        {"scopes": "system/*.cruds", "role": "source"})


class Clients(OnSamples):
    change = staticmethod(change)
    maxDiff = None

    def settings(self, **more):
        folder = certificates()
        return {"base": f"https://127.0.0.1:{self.gateway.ports['https']}/fhir", "authority": f"{folder}/ca.pem",
                "certificate": f"{folder}/client.pem", "key": f"{folder}/client-key.pem", **more}

    def run_client(self, name):
        """What the client's script found, as JSON."""
        place, node = os.path.join(BUILD, "clients"), os.path.join(BUILD, "node", "node_modules", ".bin", "node")
        if not os.path.isdir(os.path.join(place, "node_modules")):
            self.skipTest("clients from npm are not installed: its registry is not reachable, see .build/clients.log")
        node = node if os.access(node, os.X_OK) else shutil.which("node")
        shutil.copytree(os.path.join(HERE, "clients"), place, dirs_exist_ok=True)
        questions = [{"name": n, "type": t, "query": q} for n, t, q, _ in QUESTIONS]
        run = subprocess.run([node, os.path.join(place, name), json.dumps(self.settings(questions=questions))],
                             capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return json.loads(run.stdout)

    def assert_answers(self, got):
        """The same resources in the same order as in one page that is read here, and as many as FHIR.md says."""
        read = {}
        for name, kind, query, count in QUESTIONS:
            status, _, page = self.gateway.fhir(f"{kind}?{query}&_count=1000")
            self.assertEqual(status, 200, page)
            read[name] = [f"{kind}/{entry['resource']['id']}" for entry in page["entry"]]
            self.assertEqual((len(read[name]), len(set(read[name]))), (count, count), name)
        self.assertEqual(got, read)

    def test_44_fhir_kit_client(self):
        found = self.run_client("fhir_kit_client.mjs")
        self.assert_answers(found["got"])
        self.assertEqual(found["posted"], found["got"])
        self.assertEqual((found["version"], found["pages"], found["back"]), ("4.0.1", [7, 7], True))
        self.assertEqual((found["versions"], found["vread"], found["read"], found["resolved"]), (2, 11.9, True, "Patient"))
        self.assertEqual(found["everything"][0], "Patient")
        self.assertEqual(found["of_patient"], 2)
        self.assertEqual(found["stale"], {"status": 412, "outcome": "OperationOutcome"})
        self.assertEqual(found["updated"], "2")
        self.assertEqual(found["unknown"], {"status": 400, "outcome": "OperationOutcome"})

    def test_44_fhirclient(self):
        found = self.run_client("fhirclient.mjs")
        self.assert_answers(found["got"])
        self.assertEqual((found["version"], found["release"]), ("4.0.1", 4))
        self.assertEqual(found["pages"], [7] * 8 + [4])
        self.assertEqual(found["resolved"], "Patient")
        self.assertEqual(found["unknown"]["status"], 400)

    def test_44_medplum(self):
        found = self.run_client("medplum.mjs")
        self.assert_answers(found["got"])
        self.assertEqual((found["thousand"], found["everything"]), (60, "Patient"))
        self.assertEqual((found["batches"], found["gathered"][1:]), (1, [13, True]))
        self.assertEqual((found["once"], found["changed"], found["upserted"], found["versions"]), (True, "2", "2", 2))
        self.assertEqual(found["unknown"], {"status": "search-unknown-parameter", "outcome": "OperationOutcome"})
        self.assertEqual(found["nobody"], {"status": "unknown-id", "outcome": "OperationOutcome"})

    def test_44_curl(self):
        base = f"https://127.0.0.1:{self.gateway.ports['https']}/fhir"
        run = subprocess.run([os.path.join(HERE, "clients", "curl.sh"), base, certificates()], capture_output=True,
                             text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        said = [line.strip() for line in run.stdout.splitlines() if not line.startswith("==")]
        self.assertEqual(said, ['"fhirVersion": "4.0.1",', "401", '"value": 14.2,', "4", "25", "4", "1", "3 pages",
                                "cycle-day", "304", '"value": 11.9,'])

    def test_a_compartment_is_what_is_about_one_patient(self):
        ask = self.gateway.fhir
        patient = self.gateway.search("Patient", identifier=f"{MRN}|P0001")[0]["id"]
        self.assertEqual(ask("metadata")[2]["rest"][0]["compartment"], ["http://hl7.org/fhir/CompartmentDefinition/patient"])
        _, _, inside = ask(f"Patient/{patient}/Observation?category=laboratory&_total=accurate")
        self.assertEqual((inside["total"], len(inside["entry"])), ("3", 3))
        self_link = next(l["url"] for l in inside["link"] if l["relation"] == "self")
        self.assertIn(f"/Observation?patient={patient}&category=laboratory", self_link)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        _, _, posted = ask(f"Patient/{patient}/Observation/_search", "POST", "category=laboratory", form)
        self.assertEqual(posted["entry"], inside["entry"])
        for path, status, code in (("Patient/nobody/Observation", 200, None),
                                   (f"Patient/{patient}/Observation?cycle-dai=1", 400, "search-unknown-parameter"),
                                   (f"Patient/{patient}/Practitioner", 404, "unknown-operation"),
                                   (f"Patient/{patient}/Condition", 404, "unknown-type"),
                                   ("Patient/a%26_count=1/Observation", 404, "unknown-operation"),
                                   (f"Observation/{patient}/Observation", 404, "unknown-operation"),
                                   (f"Patient/{patient}/Observation/x", 404, "unknown-operation")):
            got, _, answer = ask(path)
            self.assertEqual(got, status, (path, answer))
            if code:
                self.assertEqual(answer["issue"][0]["details"]["coding"][0]["code"], code, path)
        self.assertEqual(ask(f"Patient/{patient}/Observation", "POST", {})[0], 405)
        _, _, inside = ask(f"Patient/{patient}/Observation?category=survey", who="sender")
        self.assertNotIn("entry", inside, "scope is the same as in any search")
        self.assertEqual(ask(f"Patient/{patient}/Specimen", who="sender")[0], 403)


if __name__ == "__main__":
    unittest.main()
