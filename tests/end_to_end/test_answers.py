"""What every answer is, whatever was asked (FHIR.md, scenarios 45 and 46): sound by the independent
validator, and never ours to be ashamed of.

    IMMUNOGATE_FUZZ_SEED=7 IMMUNOGATE_FUZZ_REQUESTS=1000000 python3 -m unittest test_answers
"""
import http.client
import json
import os
import random
import shutil
import subprocess
import tempfile
import unittest

from harness import DEADLINE, MRN, PROJECT, OnSamples, client_context
from test_clients import BUILD, QUESTIONS

SEED = int(os.environ.get("IMMUNOGATE_FUZZ_SEED") or random.randrange(1, 2**31))
REQUESTS = int(os.environ.get("IMMUNOGATE_FUZZ_REQUESTS") or 1500)
VALIDATOR = os.path.join(BUILD, "validator")
FORM, FHIR = {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": "application/fhir+json"}
PIECES = ("\0", "%00", "%ff%fe", "é", "%", "%2", "&&", "=", "|", "$", ",", "\\", ":", ".", "..", "+", "'", '"', "9" * 40, "-",
          "1e999", "gt", "apx", "2025-13-45", "2025-03-22T09:30", "_has:Observation:patient:", "patient.", ":not", ":missing",
          ":iterate", "_include=*", "_count=99999999999999999999", "_sort=-", "_cursor=", "[", "{", "null", "true", "NaN")
HEADERS = ("If-None-Match", "If-Match", "If-Modified-Since", "Prefer", "Accept", "Accept-Encoding", "Content-Type",
           "Content-Encoding", "If-None-Exist", "Range", "X-Request-Id", "X-ImmunoGate-Path", "Last-Event-ID", "Origin")


def change(config):
    config["access"]["certificates"][0].update({"scopes": "system/*.cruds", "role": "source"})
    config["limits"] = {**config.get("limits", {}), "requests_per_second": 1000}


class Answers(OnSamples):
    change = staticmethod(change)

    def codes(self):
        """Those of our gateway-error system."""
        _, _, bundle = self.gateway.fhir("CodeSystem?name=GatewayError")
        found = {c["code"] for e in bundle.get("entry", []) for c in e["resource"].get("concept", [])}
        self.assertIn("cursor-forged", found)
        return found

    def seeds(self):
        """Requests that are answered well: method, path, body, headers."""
        patient = self.gateway.search("Patient", identifier=f"{MRN}|P0001")[0]
        _, _, page = self.gateway.fhir("Observation?_count=5")
        following = next(l["url"] for l in page["link"] if l["relation"] == "next").split("/fhir/", 1)[1]
        body = json.dumps({"resourceType": "Patient", "id": "fuzz", "name": [{"family": "Öz", "given": ["A"]}],
                           "extension": [{"url": "urn:x", "valueDecimal": 5.10}]})
        bundle = json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": [
            {"fullUrl": "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a", "resource": json.loads(body),
             "request": {"method": "PUT", "url": "Patient/fuzz", "ifNoneMatch": "*"}}]})
        of = f"Patient/{patient['id']}"
        paths = [f"{kind}?{query}" for _, kind, query, _ in QUESTIONS] + [
            following, of, f"{of}/_history", f"{of}/_history/1", f"{of}/$everything?_count=3", f"{of}/Observation?category=survey",
            "Observation/$lastn?max=1&category=laboratory", "_history?_count=3", "metadata", "Observation?_summary=count",
            "Observation?_elements=status&_count=2", "DiagnosticReport?_include=DiagnosticReport:result&_count=2",
            "CodeSystem?name=GatewayError", "Observation?code:text=x", "Observation?specimen:text=blood", "?_type=Patient,Specimen&_count=2",
            f"{of}/*?_count=4", f"{of}/$meta", "_history?_after=&_count=3", "ConceptMap/$translate?code=BLD", "Patient?birthdate=ge1980&_total=accurate"]
        posts = [("POST", "Observation/_search", "status=final&_count=3", FORM), ("PUT", "Patient/fuzz", body, FHIR),
                 ("POST", "Patient", body, FHIR), ("POST", "Patient/$validate", body, FHIR), ("POST", "", bundle, FHIR),
                 ("PATCH", "Patient/fuzz", "[]", {"Content-Type": "application/json-patch+json"}),
                 ("DELETE", "Patient/fuzz", None, {}), ("POST", "Observation", body, {**FHIR, "If-None-Exist": "status=final"})]
        return [("GET", path, None, {}) for path in paths] + posts

    def test_45_every_answer_is_validated(self):
        """The kinds of answers here; `tests/run judges` takes those of all scenarios."""
        if not os.path.isdir(os.path.join(VALIDATOR, "node_modules")):
            self.skipTest("the independent validator is not installed: `tests/run judges` does, from ../shared")
        own = os.path.join(BUILD, "node", "node_modules", ".bin", "node")
        with tempfile.TemporaryDirectory() as folder:
            for number, (method, path, body, headers) in enumerate(self.seeds()):
                _, got, data = self.gateway.request(method, f"/fhir/{path}".rstrip("/"), body, headers)
                if data and got["content-type"].startswith("application/fhir+json") and b"SUBSETTED" not in data:
                    with open(os.path.join(folder, f"{number}.json"), "wb") as out:
                        out.write(data)
            self.assertGreater(len(os.listdir(folder)), 20)
            run = subprocess.run([own if os.access(own, os.X_OK) else shutil.which("node"),
                                  os.path.join(VALIDATOR, "validate.mjs"), "--artefacts", os.path.join(PROJECT, "mappings"),
                                  "--best-practice", "ignore", "--quiet", folder], capture_output=True, text=True, timeout=300)
        self.assertEqual(run.returncode, 0, run.stdout[-4000:] + run.stderr[-2000:])

    def test_46_queries_cursors_bodies_and_headers_are_fuzzed(self):
        print(f"\nanswers: seed {SEED}, {REQUESTS} requests (IMMUNOGATE_FUZZ_SEED, IMMUNOGATE_FUZZ_REQUESTS)", flush=True)
        chance, seeds, codes = random.Random(SEED), self.seeds(), self.codes()
        connection, refused = None, 0
        for number in range(REQUESTS):
            asked = mutated(chance, chance.choice(seeds))
            connection = connection or http.client.HTTPSConnection(
                "127.0.0.1", self.gateway.ports["https"], context=client_context("client"), timeout=DEADLINE)
            status, closes, data = send(connection, *asked)
            if closes:
                connection.close()
                connection = None
            with self.subTest(seed=SEED, number=number, asked=asked):
                self.assertLess(status, 500, data[:500])
                if status >= 400 and asked[0] != "HEAD":
                    refused += 1
                    outcome = json.loads(data)
                    self.assertEqual(outcome["resourceType"], "OperationOutcome")
                    for issue in outcome["issue"]:
                        for coding in issue.get("details", {}).get("coding", []):
                            self.assertIn(coding["code"], codes)
        self.assertGreater(refused, REQUESTS // 10)
        self.assertEqual(self.gateway.verify()[0], 0)


    def test_46_bytes_that_are_no_text_are_not_said_again(self):
        """An OperationOutcome with them would be no JSON."""
        for method, path in (("GET", "Obs%ff%fe"), ("PUT", "%adobs/x"), ("GET", "Patient/x/%ff"), ("POST", "%ff/$validate")):
            status, _, data = self.gateway.request(method, f"/fhir/{path}", "{}" if method != "GET" else None, FHIR)
            self.assertEqual(status, 404, path)
            self.assertEqual(json.loads(data)["resourceType"], "OperationOutcome", path)


def mutated(chance, request):
    method, path, body, headers = request
    if chance.random() < 0.7:
        path = edited(chance, path)
    if body is not None and chance.random() < 0.7:
        body = edited(chance, body)
    if chance.random() < 0.3:
        headers = {**headers, chance.choice(HEADERS): edited(chance, chance.choice(('W/"1"', "*", "gzip", "handling=lenient")))}
    if chance.random() < 0.05:
        method = chance.choice(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"))
    return method, path, body, headers


def edited(chance, text):
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.choice((0, 0, 1, 2, 10)))
        text = text[:at] + (chance.choice(PIECES) * chance.choice((1, 1, 1, 60)) if chance.random() < 0.8 else "") + text[end:]
    return text


def send(connection, method, path, body, headers):
    """(status, is the connection done with, body). What no request line or header may hold is left out."""
    line = "".join(c for c in "/fhir/" + path if " " < c < "\x7f")
    connection.putrequest(method, line, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, "".join(c for c in value if " " <= c < "\x7f"))
    data = (body or "").encode()
    connection.putheader("Content-Length", str(len(data)))
    connection.endheaders(data)
    response = connection.getresponse()
    if response.getheader("Content-Type", "").startswith("text/event-stream"):
        return response.status, True, b""
    return response.status, response.will_close, response.read()


if __name__ == "__main__":
    unittest.main()
