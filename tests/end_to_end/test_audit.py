"""Every read, search and refusal is in the audit trail before its answer is read; nothing is shown that cannot be
noted down; and whoever changes the trail is found (TRUST.md §5, T12; FHIR.md §6, scenario 40)."""
import base64
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.parse

from harness import (MRN, OnSamples, OnSmallVolume, Gateway, PROGRAM, await_true, code, exchange, own_environment, sample,
                     samples)

NK = "http://loinc.org|8112-5"


def with_auditor(config):
    config["access"]["certificates"].insert(0, {"subject": "CN=receiver", "role": "auditor"})


def events(gateway, query="", who="receiver"):
    """All events of a search of the trail, newest first, page by page."""
    found, path = [], "AuditEvent" + (f"?{query}" if query else "")
    while path:
        status, _, bundle = gateway.fhir(path, who=who)
        if status != 200:
            raise AssertionError(f"{path}: {status} {bundle}")
        found += [entry["resource"] for entry in bundle.get("entry", [])]
        after = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        path = after[0].split("/fhir/")[1] if after else None
    return found


def subtype(event):
    return event.get("subtype", [{}])[0].get("code")


def asked(event):
    return next((base64.b64decode(e["query"]).decode() for e in event.get("entity", []) if "query" in e), None)


def patients(event):
    return [e["what"]["reference"] for e in event.get("entity", []) if e["type"]["code"] == "1"]


class Audit(OnSamples):
    change = with_auditor

    def test_40_a_search_is_found_by_its_patient_with_the_exact_request(self):
        patient = self.gateway.search("Patient", identifier=f"{MRN}|P0001")[0]["id"]
        query = urllib.parse.urlencode([("patient.identifier", f"{MRN}|P0001"), ("code", NK), ("cycle-day", "ge19"),
                                        ("cycle-day", "le23"), ("sample-type", "peripheral-blood"), ("_sort", "-date")])
        self.assertEqual(self.gateway.fhir("Observation?" + query)[0], 200)
        mine = [e for e in events(self.gateway, f"patient={patient}&date=ge2020") if query in (asked(e) or "")]
        self.assertEqual(len(mine), 1)
        self.assertEqual(asked(mine[0]), "GET /fhir/Observation?" + query)
        self.assertIn("PatientQuery", mine[0]["meta"]["profile"][0])
        self.assertEqual(patients(mine[0]), [f"Patient/{patient}"])
        again = events(self.gateway, f"patient={patient}")
        self.assertTrue(any("AuditEvent?patient=" in (asked(e) or "") for e in again), "the auditor's own search")
        self.assertEqual(self.gateway.verify()[0], 0)

    def test_requests_counted_are_records_counted(self):
        before = len(events(self.gateway))
        one = self.gateway.search("Observation", code=NK)[0]                                    # 1 row, a patient each
        asked_for = [f"Observation/{one['id']}", f"Observation/{one['id']}/_history",
                     f"Observation/{one['id']}/_history/1", "Observation/none", "Observation?code=none",
                     f"{one['subject']['reference']}/$everything", "Observation/$lastn?max=1", "Observation?wrong=1"]
        numbers = set()
        for path in asked_for:
            self.gateway.fhir(path)
        self.gateway.fhir("", method="POST", body={"resourceType": "Bundle", "type": "batch", "entry": [
            {"request": {"method": "GET", "url": f"Observation/{one['id']}"}}]})
        for event in events(self.gateway)[:-before]:
            if subtype(event):  # a refusal of another test may still have been on its way
                numbers.add(event["id"].split("-")[0])
        # The trail was read twice: the first of these is in the second, page by page.
        own = {e["id"] for e in events(self.gateway) if "AuditEvent" in (asked(e) or "")}
        rows = {n for n in numbers if n not in {i.split("-")[0] for i in own}}
        self.assertEqual(len(rows), 1 + len(asked_for) + 1)

    def test_what_was_read_is_named_with_its_version_and_patient(self):
        one = self.gateway.search("Observation", code=NK)[0]
        status, headers, _ = self.gateway.fhir(f"Observation/{one['id']}", headers={"X-Request-Id": "read-1"})
        read = next(e for e in events(self.gateway) if "read-1" in str(e))
        self.assertEqual(subtype(read), "read")
        self.assertIn(one["subject"]["reference"], patients(read))
        what = [e["what"]["reference"] for e in read["entity"] if e["type"]["code"] == "2"]
        self.assertTrue(what[0].startswith(f"Observation/{one['id']}/_history/"))
        self.assertEqual(read["agent"][0]["network"]["address"], "127.0.0.1")
        by_id = self.gateway.fhir(f"AuditEvent/{read['id']}", who="receiver")
        self.assertEqual((by_id[0], by_id[2]["recorded"]), (200, read["recorded"]))

    def test_the_trail_comes_as_lines_all_of_what_is_asked_for(self):
        self.gateway.search("Observation")
        def before_this_second():  # what is read now comes later
            asked = "date=lt" + time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            return asked if events(self.gateway, asked) else None
        asked = await_true("a second passes", before_this_second)
        one_by_one = [event["id"] for event in events(self.gateway, asked)]
        status, headers, data = self.gateway.request("GET", "/fhir/AuditEvent?" + asked, who="receiver",
                                                     headers={"Accept": "application/fhir+ndjson"})
        self.assertEqual((status, headers["content-type"]), (200, "application/fhir+ndjson"))
        self.assertEqual([json.loads(line)["id"] for line in data.splitlines()], one_by_one)

    def test_what_is_about_nobody_names_nobody(self):
        known = {f"Patient/{p['id']}" for p in self.gateway.search("Patient", _count="1000")}
        with self.gateway.connect() as s:
            for known_word, other in (b"|2.5.1", b"|9.9"), (b"ORU^R01^ORU_R01", b"ADT^A01^ADT_A01"):
                message = sample(1).replace(b"|NORTHLIS|", b"|Jane Doe/1970|", 1).replace(known_word, other, 1)
                self.assertIn(code(exchange(s, message)), ("AR", "AE"))
        status = self.gateway.fhir("Practitioner/dr1", "PUT", {"resourceType": "Practitioner", "id": "dr1"}, who="gateway")[0]
        self.assertEqual(status, 201)
        trail = events(self.gateway)
        self.assertGreater(len([e for e in trail if "refused" in json.dumps(e) or e["outcome"] != "0"]), 1)
        self.assertLessEqual({named for e in trail for named in patients(e)}, known)
        self.assertNotIn("Jane", json.dumps([e.get("entity", []) for e in trail]))

    def test_refusals_are_alerts(self):
        self.assertEqual(self.gateway.fhir("Patient", who="operator")[0], 403)
        self.assertEqual(self.gateway.fhir("Patient", who=None)[0], 401)
        await_true("both are noted", lambda: {"401", "403"} <= {
            e["outcomeDesc"].split()[0] for e in events(self.gateway, "type=110113")})

    def test_a_message_is_a_create_of_its_patient(self):
        patient = self.gateway.search("Patient", identifier=f"{MRN}|P0007")[0]["id"]
        made = [e for e in events(self.gateway, f"patient={patient}&action=C")]
        self.assertEqual(len(made), 1)
        self.assertEqual(made[0]["agent"][0]["who"]["display"].find("sender") >= 0, True)

    def test_only_an_auditor_or_who_is_granted_it_by_name_reads_the_trail(self):
        self.assertEqual(self.gateway.fhir("AuditEvent", who="client")[0], 403, "a wildcard does not cover it")
        self.assertEqual(self.gateway.fhir("AuditEvent/1", who="client")[0], 403)
        self.assertEqual(self.gateway.fhir("AuditEvent/$verify", who="client")[0], 403)
        self.assertEqual(self.gateway.fhir("Observation", who="receiver")[0], 403, "an auditor sees no results")
        self.assertEqual(self.gateway.fhir("AuditEvent/1", "DELETE", who="receiver")[0], 405)
        self.assertEqual(self.gateway.fhir("AuditEvent/999999999", who="receiver")[0], 404)

    def test_every_parameter_of_the_capability_statement_answers(self):
        _, _, statement = self.gateway.fhir("metadata", who=None)
        trail = next(r for r in statement["rest"][0]["resource"] if r["type"] == "AuditEvent")
        for parameter in trail["searchParam"]:
            value = "2025" if parameter["type"] == "date" else "a"
            status, _, answer = self.gateway.fhir(f"AuditEvent?{parameter['name']}={value}", who="receiver")
            self.assertEqual(status, 200, (parameter["name"], answer))

    def test_the_trail_says_itself_whether_it_is_whole(self):
        status, _, answer = self.gateway.fhir("AuditEvent/$verify", who="receiver")
        said = {p["name"]: p.get("valueBoolean", p.get("valueString")) for p in answer["parameter"]}
        self.assertEqual((status, said["result"]), (200, True))
        self.assertGreater(int(said["rows"]), 12)

    def test_threat_11_no_name_of_a_patient_is_in_the_trail_nor_what_was_asked_in_the_log(self):
        self.gateway.search("Patient", family="Aksoy")
        self.assertNotIn("Aksoy", str([e for e in events(self.gateway)]), "a request stands there as base64 alone")
        self.assertNotIn("Aksoy", self.gateway.log_text())


@unittest.skipIf(os.environ.get("IMMUNOGATE_TEST_STORE") == "postgresql", "edits the file itself")
class Tampering(unittest.TestCase):
    def test_threat_12_an_edited_row_on_disk_is_named(self):
        with Gateway("tamper", change=with_auditor) as gateway:
            gateway.send(sample(1))
            gateway.search("Observation", code=NK)
            self.assertEqual(gateway.stop(), 0)
            with sqlite3.connect(gateway.store) as db:
                number, record = db.execute("SELECT number, record FROM audit ORDER BY number DESC LIMIT 1 OFFSET 1"
                                            ).fetchone()
                db.execute("UPDATE audit SET record = ? WHERE number = ?",
                           (record[:-1] + bytes([record[-1] ^ 1]), number))
            status, text = gateway.verify()
            self.assertEqual(status, 1)
            self.assertIn(f"audit {number}: the chain is broken here", text)
            run = subprocess.run([PROGRAM, "store", "verify", "--audit", "--store", gateway.store_url()],
                                 capture_output=True, text=True, env=own_environment())
            self.assertEqual(run.returncode, 1)
            self.assertIn(f"audit {number}: the chain is broken here", run.stdout)

    def test_threat_12_only_the_configured_key_vouches(self):
        folder = tempfile.mkdtemp(prefix="immunogate-audit-key-")
        self.addCleanup(shutil.rmtree, folder)
        for name in ("ours", "other"):
            subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", f"{folder}/{name}.pem"], check=True)
            os.chmod(f"{folder}/{name}.pem", 0o600)

        def change(config):
            config["audit"] = {"key_file": f"{folder}/ours.pem"}
        with Gateway("vouched", change=change) as gateway:
            self.assertEqual(gateway.stop(), 0)
            for name, status in (("ours", 0), ("other", 1)):
                run = subprocess.run([PROGRAM, "store", "verify", "--audit", "--audit-key", f"{folder}/{name}.pem",
                                      "--store", gateway.store_url()],
                                     capture_output=True, text=True, env=own_environment())
                self.assertEqual(run.returncode, status, run.stdout + run.stderr)

    def test_the_trail_holds_after_every_kill(self):
        with Gateway("killed", change=with_auditor) as gateway:
            answered = 0
            for number in range(1, 4):
                gateway.send(sample(number))
                for _ in range(5):
                    answered += gateway.fhir("Observation?code=none")[0] == 200
                gateway.kill()
                gateway.start()
            status, text = gateway.verify()
            self.assertEqual(status, 0, text)
            kept = [e for e in events(gateway) if "code=none" in (asked(e) or "")]
            self.assertEqual(len(kept), answered, "what was answered was noted down before")
            self.assertEqual(len(events(gateway, "type=110100")), 4, "one start each, and no stop")


class FullVolume(OnSmallVolume):
    def test_threat_12_nothing_is_shown_that_cannot_be_noted_down(self):
        with Gateway("silent", store=self.store(), change=with_auditor) as gateway:
            gateway.send(sample(1))
            self.fill()
            answers = [gateway.fhir("Observation") for _ in range(400)]
            refused = [a for a in answers if a[0] == 503]
            self.assertTrue(refused, "the last of the log is used up")
            self.assertTrue(all("audit-unavailable" in str(a[2]) for a in refused))
            self.assertTrue(all(a[0] in (200, 503) for a in answers))
            self.make_room()
            await_true("reads go on", lambda: gateway.fhir("Observation")[0] == 200)
            shown = sum(a[0] == 200 for a in answers)
            self.assertEqual(gateway.stop(), 0)
            status, text = gateway.verify()
            self.assertEqual(status, 0, text)
            self.assertGreaterEqual(int(text.split(" audit rows")[0].split()[-1]), shown)


if __name__ == "__main__":
    unittest.main()
