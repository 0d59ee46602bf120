"""A site's own conventions: entries on its follow-up list, read over HTTPS and never forwarded."""
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from harness import BASE, PROGRAM, PROJECT, Gateway, await_true, code, own_environment, sample

RULE = "blood-nk-percent"


def mappings(folder, **keys):
    """The shipped mappings with keys of one rule changed."""
    copy = os.path.join(folder, "mappings")
    if not os.path.exists(copy):
        shutil.copytree(os.path.join(PROJECT, "mappings"), copy)
    path = os.path.join(copy, "rules", RULE + ".json")
    with open(path) as file:
        rule = json.load(file)
    rule.update(keys)
    with open(path, "w") as file:
        json.dump(rule, file, indent=1)
    return copy


def check(folder):
    run = subprocess.run([PROGRAM, "check", "--mappings", folder], capture_output=True, text=True,
                         env=own_environment())
    return run.returncode, run.stdout


class FollowUp(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="immunogate-rules-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def with_rule(self, **keys):
        folder = mappings(self.folder, **keys)
        return lambda config: config.update(mappings=folder)

    def test_an_entry_comes_with_its_result_is_cancelled_by_a_correction_and_never_leaves(self):
        on = self.with_rule(enabled=True, site="Clinic A", author="Dr. Example")
        with Gateway("receiver") as receiver, \
                Gateway("sender", forward=[receiver.as_target()], change=on) as gateway:
            self.assertEqual(code(gateway.send(sample(9))), "AA")
            [task] = gateway.search("Task", status="requested", code=f"{BASE}/CodeSystem/review-kind|site-follow-up")
            self.assertTrue(task["description"].startswith(
                "Site convention of Clinic A, not a laboratory finding: "), task["description"])
            self.assertEqual(task["meta"]["profile"], [f"{BASE}/StructureDefinition/follow-up-task"])
            [result] = gateway.search("Observation", code="http://loinc.org|8112-5")
            self.assertEqual(task["focus"]["reference"], f"Observation/{result['id']}")
            self.assertEqual(task["meta"]["lastUpdated"], result["meta"]["lastUpdated"])
            self.assertEqual([t["code"] for t in result["interpretation"][0]["coding"]], ["H"])  # the laboratory's
            for parameter, value in (("focus", f"Observation/{result['id']}"), ("_id", task["id"]),
                                     ("patient", result["subject"]["reference"].split("/")[1]),
                                     ("subject", result["subject"]["reference"]), ("intent", "proposal"),
                                     ("patient.identifier", "P0008"), ("group-identifier", RULE),
                                     ("_lastUpdated", "ge2025"), ("authored-on", "ge2025")):
                self.assertEqual(len(gateway.search("Task", **{parameter: value})), 1, parameter)
            self.assertEqual(gateway.count("Task?owner=Practitioner/9001"), 0)
            self.assertEqual(gateway.count("Task?_tag=anything"), 0)

            correction = sample(9).replace(b"|12.9|", b"|11.5|").replace(b"|N2002|", b"|N2003|")
            self.assertEqual(code(gateway.send(correction)), "AA")
            status, headers, now = gateway.fhir(f"Task/{task['id']}")
            self.assertEqual((status, now["status"], headers["etag"]), (200, "cancelled", 'W/"2"'))
            self.assertIn("does not meet", now["statusReason"]["text"])
            self.assertEqual(gateway.search("Task", status="requested"), [])
            self.assertEqual(gateway.fhir(f"Task/{task['id']}/_history/1")[2]["status"], "requested")
            _, _, history = gateway.fhir(f"Task/{task['id']}/_history")
            self.assertEqual([e["resource"]["status"] for e in history["entry"]], ["cancelled", "requested"])

            await_true("the correction at the receiver",
                       lambda: receiver.count("Observation?code=http://loinc.org|8112-5&status=corrected") == 1)
            await_true("the outbox is empty",
                       lambda: gateway.metric("immunogate_outbox_pending", target="hospital") == 0)
            [there] = receiver.search("Observation", code="http://loinc.org|8112-5")
            self.assertEqual(there["valueQuantity"]["value"], "11.5")
            self.assertEqual(receiver.count("Task?"), 0)
            self.assertEqual(gateway.verify()[0], 0, gateway.verify()[1])

    def reviewed(self, config):
        self.with_rule(enabled=True, site="Clinic A", author="B")(config)
        config["access"]["certificates"].insert(0, 
            {"subject": "CN=operator", "scopes": "system/Task.rus system/Observation.rs", "role": "reviewer"})

    def test_a_reviewer_takes_up_an_entry_and_ends_it(self):
        with Gateway("gateway", change=self.reviewed) as gateway:
            gateway.send(sample(9))
            [task] = gateway.search("Task")
            path = f"Task/{task['id']}"
            patch = [{"op": "test", "path": "/status", "value": "requested"},
                     {"op": "replace", "path": "/status", "value": "in-progress"},
                     {"op": "add", "path": "/owner", "value": {"display": "Dr. Example"}}]
            kind = {"Content-Type": "application/json-patch+json"}
            status, headers, taken = gateway.fhir(path, "PATCH", patch, who="operator", headers=kind)
            self.assertEqual((status, headers["etag"]), (200, 'W/"2"'), taken)
            self.assertEqual((taken["status"], taken["owner"]["display"]), ("in-progress", "Dr. Example"))
            status, _, outcome = gateway.fhir(path, "PATCH", patch, who="operator", headers=kind)
            self.assertEqual((status, outcome["issue"][0]["expression"]), (422, ["[0].path"]), outcome)
            # A correction leaves it to whoever took it up.
            gateway.send(sample(9).replace(b"|12.9|", b"|13.5|").replace(b"|N2002|", b"|N2003|"))
            self.assertEqual(gateway.fhir(path)[2]["status"], "in-progress")
            done = {**taken, "status": "completed", "note": taken["note"] + [{"text": "seen"}]}
            status, _, done = gateway.fhir(path, "PUT", done, who="operator", headers={"If-Match": 'W/"2"'})
            self.assertEqual((status, done["status"]), (200, "completed"), done)
            status, _, outcome = gateway.fhir(path, "PUT", {**done, "status": "in-progress"}, who="operator")
            self.assertEqual((status, outcome["issue"][0]["details"]["coding"][0]["code"]),
                             (409, "task-transition"), outcome)
            status, _, outcome = gateway.fhir(path, "PUT", {**done, "description": "x"}, who="operator")
            self.assertEqual((status, outcome["issue"][0]["expression"]), (422, ["Task.description"]), outcome)
            self.assertEqual(gateway.fhir("Task/unknown", "PUT", {**done, "id": "unknown"}, who="operator")[0], 404)
            self.assertEqual(gateway.fhir("Observation/x", "PATCH", [], who="operator", headers=kind)[0], 405)
            self.assertEqual(gateway.fhir(path, "PATCH", [], who="operator")[0], 415)
            self.assertEqual(gateway.verify()[0], 0, gateway.verify()[1])

    def test_of_sixteen_reviewers_one_wins_each_round(self):
        with Gateway("gateway", change=self.reviewed) as gateway:
            gateway.send(sample(9))
            [task] = gateway.search("Task")
            path = f"Task/{task['id']}"
            for round in range(1, 4):
                def put(n):
                    body = {**task, "owner": {"display": f"{round} {n}"}}
                    return gateway.fhir(path, "PUT", body, who="operator", headers={"If-Match": f'W/"{round}"'})[0]
                with concurrent.futures.ThreadPoolExecutor(16) as pool:
                    self.assertEqual(sorted(pool.map(put, range(16))), [200] + [412] * 15)
            _, _, history = gateway.fhir(f"{path}/_history")
            self.assertEqual([e["resource"]["meta"]["versionId"] for e in history["entry"]], ["4", "3", "2", "1"])

    def test_nobody_else_writes_an_entry_over_fhir(self):
        with Gateway("gateway") as gateway:
            task = {"resourceType": "Task", "id": "t1", "status": "requested", "intent": "proposal"}
            status, headers, outcome = gateway.fhir("Task/t1", "PUT", task, who="gateway")
            self.assertEqual(status, 403, outcome)
            self.assertIn("reviewer", json.dumps(outcome))
            status, headers, outcome = gateway.fhir("Task", "POST", task, who="gateway")
            self.assertEqual((status, headers["allow"]), (405, "GET, HEAD"), outcome)
            bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [
                {"resource": task, "request": {"method": "PUT", "url": "Task/t1"}}]}
            status, _, outcome = gateway.fhir("", "POST", bundle, who="gateway")
            self.assertEqual(status, 403, outcome)
            self.assertIn("Bundle.entry[0]", json.dumps(outcome))
            self.assertEqual(gateway.fhir("Task/t1")[0], 404)
            self.assertEqual(gateway.fhir("Task", who="sender")[0], 403)   # a scope of Observations alone
            _, _, statement = gateway.fhir("metadata")
            [told] = [r for r in statement["rest"][0]["resource"] if r["type"] == "Task"]
            self.assertEqual([i["code"] for i in told["interaction"]],
                             ["read", "vread", "history-instance", "history-type", "search-type", "update", "patch"])

    def test_a_rule_that_was_switched_off_marks_its_entries(self):
        with Gateway("gateway", change=self.with_rule(enabled=True, site="Clinic A", author="B")) as gateway:
            gateway.send(sample(9))
            gateway.stop()
            self.with_rule(enabled=False, off_since="2026-11-20")
            gateway.start()
            gateway.send(sample(9).replace(b"|N2002|", b"|N2003|"))
            [task] = gateway.search("Task")
            self.assertEqual(task["status"], "requested")
            self.assertEqual(task["businessStatus"]["text"], "the convention was switched off on 2026-11-20")

    def test_check_runs_the_table_beside_a_rule(self):
        folder = mappings(self.folder)
        status, said = check(folder)
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"5 site conventions \(0 on\), whose \d+ examples hold")
        mappings(self.folder, examples=[{"value": "14.2", "expect": "none"}, {"value": "14.2", "expect": "follow-up"}])
        status, said = check(folder)
        self.assertEqual(status, 1)
        self.assertRegex(said, re.escape(f"rules/{RULE}.json:") +
                         r"\d+: examples row 1 expects none, the rule gives follow-up; correct the rule or the row")


if __name__ == "__main__":
    unittest.main()
