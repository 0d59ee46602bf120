"""The threats of TRUST.md §1 that a stranger can try from outside, each against the running program: what comes is
answered or closed, never believed, and the next honest one is served."""
import base64
import gzip
import json
import time
import unittest

from harness import MRN, Gateway, OnSamples, code, exchange, msa, read_frame

HEAD = "MSH|^~\\&|NORTHLIS|NORTH|GW|CL|20250324151500||ORU^R01|{id}|P|2.5.1\r"
RESULT = (HEAD + "PID|1||{patient}^^^CLINIC||Doe^Jane||19900101|F\rOBR|1|O{id}|F{id}|8112-5^NK^LN|||20250324\r"
          "OBX|1|NM|8112-5^NK^LN||14.2|%|||||F\r")


def result(control, patient="P0001"):
    return RESULT.format(id=control, patient=patient).encode()


class Threats(OnSamples):
    def test_threat_01_what_is_no_frame_harms_no_frame_behind_it(self):
        good = b"\x0b" + result("T1-%d") + b"\x1c\r"
        rubbish = [b"", b"\x1c\r", b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 300, b"\xff\xfe" * 50,
                   b"\x0b\x1c\r", b"\x0bMSH\x1c\r", b"\x0bMSH|^~\\&\x1c\r", b"\x0b\x0b\x0b", b"\x0bMSH|||||\x1c\r",
                   b"\x0bFHS|^~\\&\rBHS|^~\\&\rBTS|9\rFTS|9\r\x1c\r"]
        for number, bytes_before in enumerate(rubbish):
            with self.subTest(rubbish=bytes_before[:20]), self.gateway.connect(tls=False) as s:
                s.sendall(bytes_before + good.replace(b"%d", str(number).encode()))
                said = b""
                while f"|T1-{number}".encode() not in said or not said.endswith(b"\x1c\r"):
                    some = s.recv(65536)
                    self.assertTrue(some, "closed")
                    said += some
                answers = [msa(frame.decode("utf-8", "replace")) for frame in said.split(b"\x0b")]
                self.assertIn(["AA", f"T1-{number}"], [answer[1:3] for answer in answers])

    def test_threat_02_an_endless_frame_is_answered_and_closed_and_others_are_served_meanwhile(self):
        with self.gateway.connect(tls=False) as endless:
            endless.sendall(b"\x0b" + HEAD.format(id="T2").encode() + b"OBX|1|TX|A||")
            self.assertEqual(code(self.gateway.send(result("T2-honest"), tls=False)), "AA")
            for _ in range(17):  # megabytes; the limit is sixteen
                endless.sendall(b"x" * (1 << 20))
            self.assertEqual(code(read_frame(endless)), "AR")
            self.assertEqual(endless.recv(1), b"", "and closed")

    def test_threat_04_a_bomb_is_refused_by_what_would_come_out(self):
        bomb = gzip.compress(b"[" + b" " * (64 << 20) + b"]", 9)
        began = time.monotonic()
        status, _, _ = self.gateway.request("PUT", "/fhir/Patient/bomb", bomb, {
            "Content-Type": "application/fhir+json", "Content-Encoding": "gzip"}, who="gateway")
        self.assertIn(status, (400, 413))
        self.assertLess(time.monotonic() - began, 10)

    def test_threat_05_depth_and_shape_are_refused_with_words(self):
        shapes = ["[" * 1_000_000, '{"a":' * 100_000, '{"resourceType":"Patient","resourceType":"Patient"}',
                  '{"resourceType":"Patient","id":"x","multipleBirthInteger":1e999999}', '{"a":"\\ud800"}', '"\xff"']
        for text in shapes:
            with self.subTest(text=text[:30]):
                status, _, body = self.gateway.request("PUT", "/fhir/Patient/x", text.encode("latin-1"), {
                    "Content-Type": "application/fhir+json"}, who="gateway")
                self.assertIn(status, (400, 422))
                self.assertEqual(json.loads(body)["resourceType"], "OperationOutcome")

    def test_threat_13_no_path_leads_out_of_what_is_served(self):
        for path in ("/fhir/../../../../etc/passwd", "/fhir/%2e%2e/%2e%2e/etc/passwd", "/package.tgz/../../etc/passwd",
                     "/fhir/$export-file/../../gateway.db", "/fhir/Binary/..%2f..%2fetc%2fpasswd", "//etc/passwd",
                     "/fhir/Patient/%00", "/console/../../etc/passwd", "/fhir/..;/etc/passwd"):
            with self.subTest(path=path):
                status, _, body = self.gateway.request("GET", path)
                self.assertGreaterEqual(status, 400)
                self.assertNotIn(b"root:", body)
                self.assertNotIn(b"SQLite", body)

    def test_threat_14_a_control_id_breaks_neither_answer_nor_log(self):
        with self.gateway.connect(tls=False) as s:
            for byte in [*range(1, 11), 12, *range(14, 28), *range(29, 256)]:
                if byte in b"|^~\\&":
                    continue
                answer = exchange(s, HEAD.format(id="@").encode().replace(b"@", b"T14" + bytes([byte]) + b"x"))
                self.assertEqual([line[:3] for line in answer.split("\r")].count("MSA"), 1, byte)
                self.assertEqual(answer.count("MSH|"), 1, byte)
        for payload in ("A\x1b[31mB", "A\u2028B", "A\x85B", "x" * 5000, "A\\X0D\\MSA", "A\\.br\\B"):
            answer = self.gateway.send(HEAD.format(id=payload).encode(), tls=False)
            self.assertEqual([line[:3] for line in answer.split("\r")].count("MSA"), 1, payload[:20])
        for line in self.gateway.log_text().splitlines():
            if line.startswith("{"):
                json.loads(line)
            self.assertNotIn("\x1b", line)

    def test_threat_15_a_document_of_a_laboratory_is_never_shown_as_ours(self):
        page = base64.b64encode(b"<html><script>alert(1)</script></html>").decode()
        message = result("T15").replace(b"OBX|1|NM|8112-5^NK^LN||14.2|%|",
                                        b"OBX|1|ED|X^report^L||^text^html^Base64^" + page.encode() + b"||")
        self.assertEqual(code(self.gateway.send(message, tls=False)), "AA")
        attachments = [content["attachment"] for document in self.gateway.search("DocumentReference", _count=100)
                       for content in document.get("content", [])]
        attachments += [form for report in self.gateway.search("DiagnosticReport", _count=100)
                        for form in report.get("presentedForm", [])]
        self.assertIn("text/html", {attachment.get("contentType") for attachment in attachments})
        served = [a["url"] for a in attachments if a.get("url", "").startswith("Binary/")]
        self.assertTrue(served)
        for url in served:
            status, headers, _ = self.gateway.request("GET", "/fhir/" + url, headers={"Accept": "*/*"})
            self.assertEqual((status, headers["x-content-type-options"]), (200, "nosniff"))
            if not headers["content-type"].startswith("application/fhir+json"):
                self.assertEqual(headers["content-disposition"], "attachment")
                self.assertIn("sandbox", headers["content-security-policy"])

    def test_threat_18_what_would_cost_too_much_is_refused_with_its_remedy(self):
        for query in ("Observation?patient.general-practitioner.organization.partof.name=x",
                      "Observation?_count=1000001", "Patient?" + "&".join(f"_id=x{i}" for i in range(101))):
            with self.subTest(query=query[:60]):
                status, _, body = self.gateway.fhir(query)
                if query.endswith("1000001") and status == 200:  # held at a thousand
                    self.assertLessEqual(len(body.get("entry", [])), 1000)
                    continue
                self.assertEqual(status, 400)
                self.assertTrue(body["issue"][0]["diagnostics"] or body["issue"][0]["details"])

    def test_threat_19_two_spellings_of_an_identifier_are_two_women(self):
        composed, decomposed = "\u00c5-1", "A\u030a-1"
        for control, patient in (("T19-1", composed), ("T19-2", decomposed)):
            message = RESULT.format(id=control, patient=patient).replace("|P|2.5.1\r", "|P|2.5.1||||||UNICODE UTF-8\r")
            self.assertEqual(code(self.gateway.send(message.encode(), tls=False)), "AA")
        found = [self.gateway.search("Patient", identifier=f"{MRN}|{patient}") for patient in (composed, decomposed)]
        self.assertEqual([len(one) for one in found], [1, 1])
        self.assertNotEqual(found[0][0]["id"], found[1][0]["id"])


if __name__ == "__main__":
    unittest.main()
