"""A client exports in bulk, step by step as Bulk Data Access 2.0 has it (FHIR.md, scenario 35)."""
import gzip
import hashlib
import itertools
import json
import os
import socket
import time
import unittest
import urllib.parse

from harness import BASE, DEADLINE, MRN, Gateway, OnSamples, await_true, client_context, exchange, samples

ASYNC = {"Prefer": "respond-async", "Accept": "application/fhir+json"}


def path_of(url):
    """The path and query of an absolute URL of the gateway."""
    parts = urllib.parse.urlsplit(url)
    return parts.path + ("?" + parts.query if parts.query else "")


class Client:
    """What a Bulk Data client does: kick off, poll as told, download, delete."""

    def __init__(self, gateway, who="client"):
        self.gateway, self.who = gateway, who

    def kick_off(self, path, method="GET", body=None, headers=ASYNC):
        status, got, data = self.gateway.request(method, "/fhir/" + path, body, headers, self.who)
        return status, got, json.loads(data) if data else None

    def begin(self, path, **how):
        status, headers, outcome = self.kick_off(path, **how)
        assert status == 202, (status, outcome)
        return path_of(headers["content-location"])

    def status(self, at):
        status, headers, data = self.gateway.request("GET", at, None, {"Accept": "application/json"}, self.who)
        return status, headers, json.loads(data) if data else None

    def poll(self, at):
        """The manifest, once it is there."""
        deadline = time.monotonic() + DEADLINE
        for turn in itertools.count():
            status, headers, manifest = self.status(at)
            if status == 200:
                return manifest
            assert status == 202 and "x-progress" in headers, (status, manifest)
            assert time.monotonic() < deadline, "the export does not end"
            time.sleep(0.1 if turn < 5 else float(headers["retry-after"]))  # at first it may be quick

    def download(self, url, **headers):
        status, got, data = self.gateway.request("GET", path_of(url), None,
                                                 {"Accept": "application/fhir+ndjson", **headers}, self.who)
        return status, got, data

    def lines(self, manifest, kind="output"):
        found = []
        for file in manifest[kind]:
            status, headers, data = self.download(file["url"])
            assert status == 200 and headers["content-type"] == "application/fhir+ndjson", status
            lines = data.decode().splitlines()
            assert len(lines) == file["count"], (file, len(lines))
            found += [(file["type"], line) for line in lines]
        return found

    def export(self, path, **how):
        at = self.begin(path, **how)
        manifest = self.poll(at)
        lines = self.lines(manifest)
        self.gateway.request("DELETE", at, who=self.who)
        return manifest, lines


class Export(OnSamples):
    @staticmethod
    def change(config):
        config["access"]["certificates"][1] = {
            "subject": "CN=gateway", "role": "source",
            "scopes": "system/*.cud system/Observation.rs?category=laboratory system/Specimen.rs"}

    def setUp(self):
        self.client = Client(self.gateway)

    def types(self, lines):
        counted = {}
        for kind, line in lines:
            self.assertEqual(json.loads(line)["resourceType"], kind)
            counted[kind] = counted.get(kind, 0) + 1
        return counted

    def refusal(self, path, **how):
        status, headers, outcome = self.client.kick_off(path, **how)
        self.assertEqual(outcome["resourceType"], "OperationOutcome")
        return status, outcome["issue"][0]["details"]["coding"][0]["code"]

    def test_35_the_manifest_and_every_line(self):
        at = self.client.begin("Patient/$export?_type=Observation,Patient")
        manifest = self.client.poll(at)
        self.assertEqual(set(manifest), {"transactionTime", "request", "requiresAccessToken", "output", "deleted", "error"})
        self.assertTrue(manifest["requiresAccessToken"])
        self.assertTrue(manifest["request"].endswith("/fhir/Patient/$export?_type=Observation,Patient"))
        self.assertEqual((manifest["deleted"], manifest["error"]), ([], []))
        lines = self.client.lines(manifest)
        self.assertEqual(self.types(lines), {"Observation": 60, "Patient": 11})
        self.assertEqual(len({json.loads(line)["id"] for _, line in lines}), 71)
        status, headers, _ = self.client.status(at)
        self.assertIn("expires", headers)
        self.assertEqual(self.gateway.request("DELETE", at)[0], 202)
        status, _, outcome = self.client.status(at)
        self.assertEqual((status, outcome["resourceType"]), (404, "OperationOutcome"))
        self.assertEqual(self.client.download(manifest["output"][0]["url"])[0], 404)

    def test_35_halves_of_a_file_join(self):
        at = self.client.begin("$export?_type=Observation")
        url = self.client.poll(at)["output"][0]["url"]
        _, headers, whole = self.client.download(url)
        half = len(whole) // 2
        status, first_headers, first = self.client.download(url, Range=f"bytes=0-{half - 1}")
        self.assertEqual((status, first_headers["content-range"]), (206, f"bytes 0-{half - 1}/{len(whole)}"))
        status, _, second = self.client.download(url, Range=f"bytes={half}-", **{"If-Range": headers["etag"]})
        self.assertEqual(status, 206)
        self.assertEqual(hashlib.sha256(first + second).hexdigest(), headers["etag"].strip('"'))
        self.assertEqual(self.client.download(url, Range=f"bytes={len(whole)}-")[0], 416)
        self.assertEqual(self.client.download(url, **{"If-None-Match": headers["etag"]})[0], 304)
        status, packed_headers, packed = self.client.download(url, **{"Accept-Encoding": "gzip"})
        self.assertEqual((status, packed_headers["content-encoding"]), (200, "gzip"))
        self.assertEqual(gzip.decompress(packed), whole)
        self.gateway.request("DELETE", at)

    def test_23_a_line_has_the_bytes_that_a_read_has(self):
        _, lines = self.client.export("$export?_type=Observation,Specimen")
        for kind, line in lines[::7]:
            _, _, body = self.gateway.request("GET", f"/fhir/{kind}/{json.loads(line)['id']}")
            self.assertEqual(line, body.decode())
        self.assertTrue(any('"value":5.10,' in line for _, line in lines))

    def test_system_level_gives_all_that_is_searched_and_in_scope(self):
        _, lines = self.client.export("$export")
        counted = self.types(lines)
        self.assertEqual((counted["Patient"], counted["DiagnosticReport"], counted["Specimen"], counted["Observation"]),
                         (11, 13, 12, 60))
        self.assertIn("Practitioner", counted)
        self.assertIn("Provenance", counted)

    def test_patient_level_gives_what_is_about_patients_and_nobody_else(self):
        _, lines = self.client.export("Patient/$export")
        self.assertNotIn("Practitioner", self.types(lines))
        self.assertEqual(self.refusal("Patient/$export?_type=Practitioner"), (400, "search-bad-value"))

    def test_named_patients_alone_by_get_and_post(self):
        ids = [self.gateway.search("Patient", identifier=f"{MRN}|{mrn}")[0]["id"] for mrn in ("P0001", "P0002")]
        expected = sum(self.gateway.count(f"Observation?patient={one}") for one in ids)
        body = {"resourceType": "Parameters", "parameter": [
            {"name": "_type", "valueString": "Patient,Observation"}] + [
            {"name": "patient", "valueReference": {"reference": f"Patient/{one}"}} for one in ids]}
        headers = {**ASYNC, "Content-Type": "application/fhir+json"}
        manifest, posted = self.client.export("Patient/$export", method="POST", body=json.dumps(body), headers=headers)
        self.assertTrue(manifest["request"].endswith("/Patient/$export"))
        self.assertEqual(self.types(posted), {"Patient": 2, "Observation": expected})
        _, got = self.client.export(f"Patient/$export?_type=Patient,Observation&patient={','.join(ids)}")
        self.assertEqual(got, posted)
        self.assertEqual(self.refusal("Patient/$export?patient=nobody"), (404, "unknown-id"))
        self.assertEqual(self.refusal(f"$export?patient={ids[0]}"), (400, "search-unknown-parameter"))

    def test_a_type_filter_narrows_and_several_are_any_of_them(self):
        filters = ["Observation?code=http://loinc.org|8112-5", "Observation?code=8112-5,9728-7&status=final"]
        asked = "&".join("_typeFilter=" + urllib.parse.quote(one, safe="") for one in filters)
        _, lines = self.client.export(f"$export?_type=Observation&{asked}")
        ids = [json.loads(line)["id"] for _, line in lines]
        wanted = {r["id"] for f in filters for r in self.gateway.search(
            "Observation", **dict(urllib.parse.parse_qsl(f.split("?")[1])), _count="100")}
        self.assertEqual((len(ids), set(ids)), (len(wanted), wanted))
        one_parameter = "_typeFilter=" + urllib.parse.quote(",".join(filters), safe="")
        _, again = self.client.export(f"$export?_type=Observation&{one_parameter}")
        self.assertEqual(again, lines)

    def test_elements_leave_the_rest_out_and_say_so(self):
        _, lines = self.client.export("$export?_type=Observation,Specimen&_elements=Observation.code")
        for kind, line in lines:
            resource = json.loads(line)
            if kind == "Observation":
                self.assertLessEqual(set(resource), {"resourceType", "id", "meta", "status", "code"})
                self.assertIn("SUBSETTED", [t["code"] for t in resource["meta"]["tag"]])
            else:
                self.assertIn("type", resource)

    def test_since_the_last_export_is_what_came_later(self):
        manifest, _ = self.client.export("$export?_type=Observation")
        again, lines = self.client.export(f"$export?_type=Observation&_since={manifest['transactionTime']}")
        self.assertEqual((again["output"], lines), ([], []))
        _, lines = self.client.export(f"$export?_type=Observation&_until={manifest['transactionTime']}")
        self.assertLess(len(lines), 60)
        self.assertGreater(len(lines), 50)

    def test_scope_decides_what_is_exported_and_who_sees_it(self):
        narrow = Client(self.gateway, "gateway")
        at = narrow.begin("$export")
        manifest = narrow.poll(at)
        lines = narrow.lines(manifest)
        self.assertEqual(self.types(lines), {"Observation": 48, "Specimen": 12})
        for who in ("client", "operator"):
            self.assertEqual(self.gateway.request("GET", at, who=who)[0], 404)
            self.assertEqual(self.gateway.request("GET", path_of(manifest["output"][0]["url"]), who=who)[0], 404)
            self.assertEqual(self.gateway.request("DELETE", at, who=who)[0], 404)
        self.assertEqual(self.gateway.request("GET", at, who=None)[0], 401)
        self.assertEqual(narrow.kick_off("$export?_type=Patient")[0], 403)
        self.assertEqual(self.gateway.request("DELETE", at, who="gateway")[0], 202)

    def test_what_cannot_be_exported_is_said(self):
        self.assertEqual(self.refusal("$export", headers={}), (400, "search-bad-value"))
        self.assertEqual(self.refusal("$export?_outputFormat=csv"), (400, "search-bad-value"))
        self.assertEqual(self.refusal("$export?_type=Condition"), (400, "search-bad-value"))
        self.assertEqual(self.refusal("$export?_since=yesterday"), (400, "search-bad-value"))
        self.assertEqual(self.refusal("$export?_typeFilter=Observation%3Fcod%3D1"), (400, "search-unknown-parameter"))
        self.assertEqual(self.refusal("$export?_typeFilter=Observation%3F_sort%3Ddate"), (400, "search-bad-value"))
        self.assertEqual(self.refusal("$export?includeAssociatedData=x"), (400, "search-unknown-parameter"))
        self.assertEqual(self.refusal("$export", method="DELETE"), (405, "method-not-offered"))
        self.assertEqual(self.refusal("$export/nothing"), (404, "unknown-id"))
        self.assertEqual(self.refusal("Observation/$export"), (404, "unknown-operation"))
        lenient = {**ASYNC, "Prefer": "respond-async, handling=lenient"}
        _, lines = self.client.export("$export?_type=Specimen&includeAssociatedData=x", headers=lenient)
        self.assertEqual(len(lines), 12)
        for form in ("application/fhir%2Bndjson", "application/ndjson", "ndjson"):
            self.client.export(f"$export?_type=Specimen&_outputFormat={form}")

    def test_the_capability_statement_names_it(self):
        _, _, statement = self.gateway.fhir("metadata", who=None)
        bulk = "http://hl7.org/fhir/uv/bulkdata/"
        self.assertIn(bulk + "CapabilityStatement/bulk-data", statement["instantiates"])
        self.assertIn({"name": "export", "definition": bulk + "OperationDefinition/export"},
                      statement["rest"][0]["operation"])
        patient = next(r for r in statement["rest"][0]["resource"] if r["type"] == "Patient")
        self.assertIn({"name": "export", "definition": bulk + "OperationDefinition/patient-export"},
                      patient["operation"])


class OfAGroup(OnSamples):
    """Patients whom a client names once, and exports together."""

    @staticmethod
    def change(config):
        config["access"]["certificates"][0]["scopes"] = "system/*.rs system/Group.cruds"
        config["access"]["certificates"][2]["scopes"] = "system/*.rs system/Group.cruds"

    def setUp(self):
        self.client = Client(self.gateway)
        self.patients = [self.gateway.search("Patient", identifier=f"{MRN}|{n}")[0]["id"] for n in ("P0001", "P0003")]

    def group(self, *patients, **more):
        members = {"member": [{"entity": {"reference": f"Patient/{id}"}} for id in patients]} if patients else {}
        return {"resourceType": "Group", "type": "person", "actual": True, **members, **more}

    def create(self, *patients):
        status, _, group = self.gateway.fhir("Group", "POST", self.group(*patients))
        self.assertEqual(status, 201, group)
        return group["id"]

    def test_its_members_are_exported_and_nobody_else(self):
        at = f"Group/{self.create(*self.patients)}/$export"
        _, lines = self.client.export(f"{at}?_type=Patient,Observation")
        found = [json.loads(line) for _, line in lines]
        self.assertEqual(sorted(one["id"] for one in found if one["resourceType"] == "Patient"), sorted(self.patients))
        self.assertEqual({one["subject"]["reference"].split("/")[1] for one in found if one["resourceType"] == "Observation"},
                         set(self.patients))
        results = sum(self.gateway.count(f"Observation?patient={id}") for id in self.patients)
        self.assertEqual(len(found), 2 + results)
        _, lines = self.client.export(f"{at}?_type=Patient&patient=Patient/{self.patients[1]}")
        self.assertEqual([json.loads(line)["id"] for _, line in lines], [self.patients[1]])
        other = self.gateway.search("Patient", identifier=f"{MRN}|P0007")[0]["id"]
        self.assertEqual(self.client.kick_off(f"{at}?patient=Patient/{other}")[0], 404)
        self.assertEqual(self.client.kick_off(at.replace("Group/", "Group/x"))[0], 404)

    def test_nobody_in_it_is_nobody_exported(self):
        manifest, lines = self.client.export(f"Group/{self.create()}/$export")
        self.assertEqual((manifest["output"], lines), ([], []))

    def test_it_is_read_changed_and_deleted_by_its_client_alone(self):
        id = self.create(self.patients[0])
        ask = self.gateway.fhir
        self.assertEqual([g["id"] for g in self.gateway.search("Group", member=f"Patient/{self.patients[0]}", _id=id)], [id])
        for method, path, body in (("GET", f"Group/{id}", None), ("GET", f"Group/{id}/_history/1", None),
                                   ("PUT", f"Group/{id}", self.group(id=id)), ("GET", f"Group/{id}/$export", None)):
            status, _, outcome = ask(path, method, body, ASYNC, who="operator")
            self.assertEqual((status, outcome["issue"][0]["details"]["coding"][0]["code"]), (404, "unknown-id"), path)
        self.assertNotIn("entry", ask(f"Group?_id={id}", who="operator")[2])
        status, _, group = ask(f"Group/{id}", "PUT", self.group(*self.patients, id=id))
        self.assertEqual((status, group["meta"]["versionId"], len(group["member"])), (200, "2", 2))
        self.assertEqual(ask("Group/anothers", "PUT", self.group(id="anothers"))[0], 404)
        self.assertEqual(ask(f"Group/{id}/_history")[0], 404)
        self.assertEqual(ask(f"Group/{id}", "DELETE")[0], 204)
        self.assertEqual(ask(f"Group/{id}")[0], 404)
        self.assertEqual(ask("Group", who="sender")[0], 403)

    def test_what_is_no_cohort_is_refused_with_its_place(self):
        for group, where in (({"actual": False}, "Group.type"), ({"type": "device"}, "Group.type"),
                             ({"member": [{"entity": {"reference": "Practitioner/x"}}]}, "Group.member[0].entity")):
            status, _, outcome = self.gateway.fhir("Group", "POST", {**self.group(), **group})
            self.assertEqual((status, outcome["issue"][0]["expression"]), (422, [where]))

    def test_the_capability_statement_names_it(self):
        _, _, statement = self.gateway.fhir("metadata")
        group = next(r for r in statement["rest"][0]["resource"] if r["type"] == "Group")
        self.assertEqual([i["code"] for i in group["interaction"]],
                         ["read", "vread", "search-type", "create", "update", "delete"])
        self.assertIn("export", [o["name"] for o in group["operation"]])


class Changing(unittest.TestCase):
    """Exports while the store changes, and while the gateway goes."""

    def setUp(self):
        self.gateway = Gateway("export").start()
        self.addCleanup(self.gateway.__exit__)
        with self.gateway.connect() as s:
            for message in samples():
                exchange(s, message)
        self.client = Client(self.gateway)

    def test_deletions_since_then_are_told(self):
        manifest, _ = self.client.export("$export?_type=Specimen")
        source = {"resourceType": "Specimen", "id": "ours"}
        status, _, _ = self.gateway.request("PUT", "/fhir/Specimen/ours", source, who="gateway")
        self.assertEqual(status, 201)
        middle, lines = self.client.export(f"$export?_type=Specimen&_since={manifest['transactionTime']}")
        self.assertEqual([json.loads(line)["id"] for _, line in lines], ["ours"])
        self.assertEqual(self.gateway.request("DELETE", "/fhir/Specimen/ours", who="gateway")[0], 204)
        at = self.client.begin(f"$export?_type=Specimen&_since={middle['transactionTime']}")
        last = self.client.poll(at)
        self.assertEqual(last["output"], [])
        (kind, line), = self.client.lines(last, "deleted")
        bundle = json.loads(line)
        self.assertEqual((kind, bundle["resourceType"], bundle["type"]), ("Bundle", "Bundle", "transaction"))
        self.assertEqual([e["request"] for e in bundle["entry"]], [{"method": "DELETE", "url": "Specimen/ours"}])

    def test_35_it_outlives_a_kill_and_shows_what_stood_when_it_began(self):
        self.fill(40)
        before = self.gateway.count("Observation?status:missing=false")
        at = self.client.begin("$export?_type=Observation")
        self.gateway.kill()
        self.gateway.start()
        with self.gateway.connect() as s:
            exchange(s, samples()[0].replace(b"N1001", b"LATER").replace(b"F1|", b"F1LATER|"))
        manifest = self.client.poll(at)
        self.assertEqual(len(self.client.lines(manifest)), before)
        url = manifest["output"][0]["url"]
        _, headers, whole = self.client.download(url)
        _, _, first = self.client.download(url, Range="bytes=0-999")
        self.gateway.kill()
        self.gateway.start()
        _, _, rest = self.client.download(url, Range="bytes=1000-")
        self.assertEqual(hashlib.sha256(first + rest).hexdigest(), headers["etag"].strip('"'))
        self.assertEqual(self.gateway.request("DELETE", at)[0], 202)
        self.assertEqual(self.client.status(at)[0], 404)
        self.assertEqual(os.listdir(self.gateway.beside("exports")), [])
        self.assertEqual(self.gateway.verify()[0], 0)

    def fill(self, messages):
        with self.gateway.connect() as s:
            for number in range(messages):
                exchange(s, samples()[0].replace(b"N1001", b"M%d" % number).replace(b"|F1|", b"|G%d|" % number))

    def test_each_client_has_one_that_runs_and_is_told_when_to_come_again(self):
        """Both kick-offs lie with the gateway before the first is answered: thousands of lines take longer."""
        self.fill(200)
        asked = (b"GET /fhir/$export HTTP/1.1\r\nHost: gateway\r\nPrefer: respond-async\r\n"
                 b"Accept: application/fhir+json\r\n\r\n")
        plain = socket.create_connection(("127.0.0.1", self.gateway.ports["https"]), timeout=DEADLINE)
        with client_context("client").wrap_socket(plain, server_hostname="127.0.0.1") as s, s.makefile("rb") as answers:
            s.sendall(asked + asked)
            first, second = self.answer(answers), self.answer(answers)
        self.assertEqual((first[0], second[0]), (202, 429))
        self.assertEqual(second[2]["issue"][0]["code"], "throttled")
        self.assertIn("retry-after", second[1])
        self.client.poll(path_of(first[1]["content-location"]))

    @staticmethod
    def answer(file):
        """One answer of several on a connection: status, headers, JSON."""
        status = int(file.readline().split()[1])
        headers = {}
        for line in iter(file.readline, b"\r\n"):
            name, value = line.decode().split(":", 1)
            headers[name.lower()] = value.strip()
        return status, headers, json.loads(file.read(int(headers["content-length"])))

    def test_its_folder_is_for_nobody_else(self):
        self.client.begin("$export?_type=Patient")
        folder = self.gateway.beside("exports")
        await_true("an export is there", lambda: os.listdir(folder))
        for path, _, names in os.walk(folder):
            self.assertEqual(os.stat(path).st_mode & 0o77, 0, path)
            for name in names:
                self.assertEqual(os.stat(os.path.join(path, name)).st_mode & 0o77, 0, name)


if __name__ == "__main__":
    unittest.main()
