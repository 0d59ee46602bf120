"""What goes over the wire: formats, codings, conditions, Binary, pages of other origins, limits
(FHIR.md §4, scenarios 30 and 37)."""
import base64
import gzip
import hashlib
import json
import re
import unittest

from harness import MRN, Gateway, OnSamples

HAPI = "application/fhir+xml;q=1.0, application/fhir+json;q=1.0, application/xml+fhir;q=0.9, application/json+fhir;q=0.9"
ORIGIN = "https://app.clinic.example"


def change(config):
    config["https"]["allowed_origins"] = [ORIGIN]


class Content(OnSamples):
    change = staticmethod(change)

    def ask(self, path, method="GET", body=None, who="client", **headers):
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        return self.gateway.request(method, "/fhir/" + path if path else "/fhir", body, headers, who)

    def code(self, data):
        outcome = json.loads(data)
        self.assertEqual(outcome["resourceType"], "OperationOutcome")
        return outcome["issue"][0]["details"]["coding"][0]["code"]

    def patient(self, number="P0001"):
        return self.gateway.search("Patient", identifier=f"{MRN}|{number}")[0]["id"]

    # -- formats --------------------------------------------------------------------------------
    def test_answers_are_json_of_r4_or_said_not_to_be(self):
        for accept in (None, "*/*", "application/*", "application/fhir+json", "application/json", "text/json",
                       HAPI, "application/fhir+json; fhirVersion=4.0", "text/html, */*;q=0.1",
                       'application/fhir+json;fhirVersion="4.0.1"',
                       "application/fhir+json;fhirVersion=5.0, application/fhir+json;fhirVersion=4.0"):
            status, headers, _ = self.ask("Patient", **({"Accept": accept} if accept else {}))
            self.assertEqual((status, headers["content-type"]), (200, "application/fhir+json"), accept)
        for accept, code in (("application/fhir+xml", "format-json-only"), ("text/html", "format-json-only"),
                             ("application/fhir+json;q=0, application/fhir+xml", "format-json-only"),
                             ("application/fhir+json;fhirVersion=5.0", "version-r4-only")):
            status, _, data = self.ask("Patient", Accept=accept)
            self.assertEqual((status, self.code(data)), (406, code), accept)

    def test_format_goes_before_accept(self):
        for format in ("json", "application/json", "application/fhir%2Bjson", "application/fhir+json", "text/json"):
            self.assertEqual(self.ask(f"Patient?_format={format}", Accept="application/fhir+xml")[0], 200, format)
        for format in ("xml", "application/fhir%2Bxml", "html", "ttl"):
            status, headers, data = self.ask(f"Patient?_format={format}", Accept="application/fhir+json")
            self.assertEqual((status, headers["content-type"], self.code(data)),
                             (406, "application/fhir+json", "format-json-only"), format)

    def test_pretty_changes_blanks_alone(self):
        plain = self.ask("Observation?_count=100")[2]
        pretty = self.ask("Observation?_count=100&_pretty=true")[2]
        self.assertIn(b'\n  "resourceType": "Bundle"', pretty)
        squeezed = re.sub(rb'("(?:[^"\\]|\\.)*")|\s+', lambda m: m.group(1) or b"", pretty)
        self.assertEqual(squeezed.replace(b"&_pretty=true", b""), plain, "but for the links")
        self.assertIn(b'"value": 5.10', pretty)

    def test_a_body_that_is_no_json_is_not_read(self):
        for type in ("text/plain", "application/fhir+xml", "application/x-www-form-urlencoded"):
            status, _, data = self.ask("Patient/x", "PUT", b"<x/>", "gateway", Content_Type=type)
            self.assertEqual((status, self.code(data)), (415, "format-json-only"), type)

    def test_head_is_get_without_the_body(self):
        for path in ("metadata", "Patient", f"Patient/{self.patient()}", f"Patient/{self.patient()}/_history",
                     f"Patient/{self.patient()}/_history/1", "_history", f"Patient/{self.patient()}/$everything",
                     "Observation/$lastn?code=x", "Patient/nobody", "Patient?colour=red"):
            got, head = self.ask(path), self.ask(path, "HEAD")
            self.assertEqual((head[0], head[2]), (got[0], b""), path)
            for name in ("content-type", "etag", "last-modified", "cache-control", "vary"):
                self.assertEqual(head[1].get(name), got[1].get(name), (path, name))

    def test_meta_is_told_of_a_resource_and_never_changed_so(self):
        path = f"Patient/{self.patient()}"
        _, _, body = self.gateway.fhir(path)
        status, _, said = self.gateway.fhir(path + "/$meta")
        self.assertEqual((status, said["parameter"]), (200, [{"name": "return", "valueMeta": body["meta"]}]))
        self.assertEqual(self.gateway.fhir("Patient/nobody/$meta")[0], 404)
        self.assertEqual(self.gateway.fhir(path + "/$meta", who="sender")[0], 403)
        status, headers, _ = self.gateway.fhir(path + "/$meta", "DELETE")
        self.assertEqual((status, headers["allow"]), (405, "GET, HEAD"))

    # -- conditions -----------------------------------------------------------------------------
    def test_what_the_client_has_is_not_sent_again(self):
        path = f"Patient/{self.patient()}"
        _, headers, _ = self.ask(path)
        for method in ("GET", "HEAD"):
            for condition in ({"If_None_Match": headers["etag"]}, {"If_None_Match": '"x", "1"'},
                              {"If_None_Match": "*"}, {"If_Modified_Since": headers["last-modified"]}):
                status, got, data = self.ask(path, method, **condition)
                self.assertEqual((status, got["etag"], data), (304, headers["etag"], b""), condition)
            for condition in ({"If_None_Match": 'W/"2"'}, {"If_Modified_Since": "Sun, 06 Nov 1994 08:49:37 GMT"},
                              {"If_None_Match": 'W/"2"', "If_Modified_Since": headers["last-modified"]}):
                self.assertEqual(self.ask(path, method, **condition)[0], 200, condition)

    # -- gzip -----------------------------------------------------------------------------------
    def test_large_answers_are_packed_for_who_takes_it(self):
        plain = self.ask("Observation?_count=100")[2]
        for accept in ("gzip", "gzip, deflate, br", "*", "br;q=1, gzip;q=0.2"):
            status, headers, data = self.ask("Observation?_count=100", Accept_Encoding=accept)
            self.assertEqual((status, headers["content-encoding"]), (200, "gzip"), accept)
            self.assertEqual(gzip.decompress(data), plain)
            self.assertLess(len(data), len(plain) / 4)
            self.assertIn("Accept-Encoding", headers["vary"])
        for accept in ("br", "gzip;q=0", "identity", "*;q=0"):
            self.assertNotIn("content-encoding", self.ask("Observation?_count=100", Accept_Encoding=accept)[1], accept)
        small = self.ask("Patient/nobody", Accept_Encoding="gzip")
        self.assertNotIn("content-encoding", small[1], "below 1 kB it does not pay")

    def test_bodies_come_packed(self):
        patient = {"resourceType": "Patient", "id": "packed", "identifier": [{"value": "packed" * 300}]}
        headers = {"Content_Type": "application/fhir+json", "Content_Encoding": "gzip"}
        packed = gzip.compress(json.dumps(patient).encode())
        self.assertEqual(self.ask("Patient/packed", "PUT", packed, "gateway", **headers)[0], 201)
        self.assertEqual(self.gateway.fhir("Patient/packed")[2]["identifier"], patient["identifier"])
        for damaged in (packed[:-9], packed + b"x", b"no gzip"):
            self.assertEqual(self.ask("Patient/packed", "PUT", damaged, "gateway", **headers)[0], 400)
        status, got, _ = self.ask("Patient/packed", "PUT", packed, "gateway", **{**headers, "Content_Encoding": "br"})
        self.assertEqual((status, got["accept-encoding"]), (415, "gzip"))
        bomb = gzip.compress(b" " * (17 * 1024 * 1024))
        self.assertLess(len(bomb), 20000)
        status, _, data = self.ask("Patient/packed", "PUT", bomb, "gateway", **headers)
        self.assertEqual((status, self.code(data)), (413, "body-too-large"))

    # -- Binary ---------------------------------------------------------------------------------
    def document(self):
        report = next(r for r in self.gateway.search("DiagnosticReport", patient=self.patient("P0003"))
                      if "presentedForm" in r)
        data = base64.b64decode(report["presentedForm"][0]["data"])
        _, _, bundle = self.gateway.fhir("DocumentReference?patient=" + self.patient("P0003"))
        url = bundle["entry"][0]["resource"]["content"][0]["attachment"]["url"]
        return url, data

    def test_37_a_binary_is_the_document_itself(self):
        path, document = self.document()
        digest = hashlib.sha256(document)
        for accept in (None, "*/*", "application/pdf", "text/html,application/xhtml+xml,*/*;q=0.8",
                       "application/pdf, application/fhir+json;q=0.5"):
            status, headers, data = self.ask(path, **({"Accept": accept} if accept else {}))
            self.assertEqual((status, headers["content-type"], data), (200, "application/pdf", document), accept)
            self.assertEqual(headers["etag"], f'"{digest.hexdigest()}"')
            self.assertEqual(headers["repr-digest"], f"sha-256=:{base64.b64encode(digest.digest()).decode()}:")
            self.assertIn("sandbox", headers["content-security-policy"])
            self.assertEqual(headers["content-disposition"], "attachment")
        for accept in ("application/fhir+json", "application/json", "application/fhir+json, */*"):
            status, headers, data = self.ask(path, Accept=accept)
            self.assertEqual((status, headers["etag"]), (200, 'W/"1"'))
            self.assertEqual(base64.b64decode(json.loads(data)["data"]), document)
        self.assertEqual(json.loads(self.ask(path + "?_format=json")[2])["contentType"], "application/pdf")
        self.assertEqual(self.ask(path, Accept="image/png")[0], 406)
        self.assertEqual(self.ask(path, "HEAD")[1]["content-length"], str(len(document)))
        self.assertEqual(self.ask(path, If_None_Match=f'"{digest.hexdigest()}"')[0], 304)

    def test_37_a_part_of_a_binary_is_given(self):
        path, document = self.document()
        size = len(document)
        for asked, first, last in (("0-7", 0, 7), (f"0-{size + 99}", 0, size - 1), ("10-", 10, size - 1),
                                   ("-5", size - 5, size - 1), (f"-{size + 1}", 0, size - 1)):
            status, headers, data = self.ask(path, Range="bytes=" + asked)
            self.assertEqual((status, data), (206, document[first:last + 1]), asked)
            self.assertEqual(headers["content-range"], f"bytes {first}-{last}/{size}")
            self.assertEqual(headers["repr-digest"], self.ask(path)[1]["repr-digest"], "of the whole")
        self.assertTrue(self.ask(path, Range="bytes=0-7")[2].startswith(b"%PDF-1."))
        status, headers, _ = self.ask(path, Range=f"bytes={size}-")
        self.assertEqual((status, headers["content-range"]), (416, f"bytes */{size}"))
        for whole in ("bytes=5-2", "bytes=0-1,4-5", "lines=0-1", "bytes=a-b", "bytes=-"):
            self.assertEqual(self.ask(path, Range=whole)[0], 200, whole)
        etag = self.ask(path)[1]["etag"]
        self.assertEqual(self.ask(path, Range="bytes=0-1", If_Range=etag)[0], 206)
        self.assertEqual(self.ask(path, Range="bytes=0-1", If_Range='"other"')[0], 200)

    def test_a_binary_is_written_as_the_document_itself(self):
        status, headers, _ = self.ask("Binary/plain", "PUT", b"\x00\x01hello", "gateway", Content_Type="image/x-own")
        self.assertEqual((status, headers["etag"]), (201, 'W/"1"'))
        status, headers, data = self.ask("Binary/plain")
        self.assertEqual((status, headers["content-type"], data), (200, "image/x-own", b"\x00\x01hello"))

    def test_the_bytes_of_a_binary_are_left_alone_whatever_they_are(self):
        document = json.dumps({"a": list(range(1000))}).encode()
        wrapped = {"resourceType": "Binary", "id": "json", "contentType": "application/json",
                   "data": base64.b64encode(document).decode()}
        self.assertEqual(self.ask("Binary/json", "PUT", json.dumps(wrapped).encode(), "gateway",
                                  Content_Type="application/fhir+json")[0], 201)
        status, headers, data = self.ask("Binary/json?_pretty=true", Accept="*/*", Accept_Encoding="gzip")
        self.assertEqual((status, headers["content-type"], data), (200, "application/json", document))
        self.assertNotIn("content-encoding", headers)

    # -- pages of other origins -------------------------------------------------------------------
    def test_a_page_of_an_allowed_origin_may_ask_and_sees_refusals_too(self):
        status, headers, data = self.ask("Patient/x", "OPTIONS", who=None, Origin=ORIGIN,
                                         Access_Control_Request_Method="PUT",
                                         Access_Control_Request_Headers="if-match, content-type")
        self.assertEqual((status, data, headers["access-control-allow-origin"]), (204, b"", ORIGIN))
        self.assertIn("PUT", headers["access-control-allow-methods"])
        self.assertIn("If-Match", headers["access-control-allow-headers"])
        for path, who, wanted in (("Patient", "client", 200), ("metadata", None, 200), ("Patient", None, 401),
                                  ("Patient/nobody", "client", 404), (f"Patient?{'x' * 17000}", "client", 414)):
            status, headers, _ = self.ask(path, who=who, Origin=ORIGIN)
            self.assertEqual(status, wanted)
            if wanted != 414:   # of its head nothing was read
                self.assertEqual(headers["access-control-allow-origin"], ORIGIN, path)
                self.assertIn("ETag", headers["access-control-expose-headers"])
                self.assertIn("Origin", headers["vary"])

    def test_a_page_of_another_origin_sees_nothing(self):
        for origin in ("https://evil.example", ORIGIN + ".evil.example", ORIGIN.upper(), "null", "*"):
            for method in ("GET", "OPTIONS"):
                headers = self.ask("Patient", method, Origin=origin)[1]
                self.assertFalse([h for h in headers if h.startswith("access-control-")], origin)

    def test_options_tell_what_may_be_asked(self):
        for path, allow in (("", "GET, HEAD, POST, OPTIONS"), ("Patient", "GET, HEAD, POST, PUT, OPTIONS"),
                            ("Observation/x", "GET, HEAD, PUT, DELETE, OPTIONS"), ("Task/x", "GET, HEAD, PUT, PATCH, OPTIONS"),
                            ("Binary", "POST, PUT, OPTIONS")):
            status, headers, _ = self.ask(path, "OPTIONS", who=None)
            self.assertEqual((status, headers["allow"]), (204, allow), path)

    # -- ids and limits -----------------------------------------------------------------------------
    def test_a_request_keeps_its_id_or_gets_one(self):
        self.assertEqual(self.ask("Patient", X_Request_Id="mine-1.x")[1]["x-request-id"], "mine-1.x")
        self.assertEqual(self.ask("Patient/nobody", X_Request_Id="mine-2")[1]["x-request-id"], "mine-2")
        given = {self.ask("Patient", X_Request_Id=bad)[1]["x-request-id"] for bad in ("", "a b", "x" * 65, "é")}
        self.assertEqual(len(given), 4)
        self.assertFalse(given & {"", "a b", "x" * 65})

    def test_a_client_that_asks_too_much_is_told_when_to_ask_again(self):
        def slow(config):
            config["limits"] = {"requests_per_second": 2}
        with Gateway("throttled", change=slow) as gateway:
            answers = [gateway.fhir("Patient?_count=0") for _ in range(25)]
            refused = [a for a in answers if a[0] == 429]
            self.assertTrue(all(a[0] == 200 for a in answers[:20]))
            self.assertTrue(refused, "twenty at once, then two a second")
            status, headers, outcome = refused[0]
            self.assertEqual(outcome["issue"][0]["code"], "throttled")
            self.assertEqual(headers["retry-after"], "1")
            self.assertRegex(headers["ratelimit"], r'^"client";r=0;t=(9|10)$')
            self.assertEqual(headers["ratelimit-policy"], '"client";q=20;w=10')
            self.assertNotIn("ratelimit", answers[0][1])
            self.assertEqual(gateway.fhir("metadata", who=None)[0], 200, "another client")

    def test_limits_are_told(self):
        deep = ('{"resourceType":"Patient","id":"x","extension":' + '[{"extension":' * 40 + "1"
                + "}]" * 40 + "}").encode()
        many = "&".join(f"_tag=x{i}" for i in range(101))
        values = "_id=" + ",".join(f"x{i}" for i in range(1001))
        json_type = {"Content_Type": "application/fhir+json"}
        rows = ((414, "url-too-long", ("Patient?" + "x" * 17000,), {}),
                (431, "headers-too-large", ("Patient",), {"A": "x" * 33000}),
                (400, "json-too-deep", ("Patient/x", "PUT", deep, "gateway"), json_type),
                (400, "search-too-costly", ("Patient?" + many,), {}),
                (400, "search-too-costly", ("Patient?" + values,), {}))
        for status, code, arguments, headers in rows:
            got = self.ask(*arguments, **headers)
            self.assertEqual((got[0], self.code(got[2])), (status, code))
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        long = "_id=" + ",".join("x" * 40 + str(i) for i in range(900))
        self.assertGreater(len(long), 16 * 1024)
        self.assertEqual(self.ask("Patient/_search", "POST", long.encode(), **form)[0], 200, "as a form it is taken")

    def test_data_is_not_cached(self):
        for path in ("Patient", f"Patient/{self.patient()}", "Patient/nobody", "_history"):
            self.assertEqual(self.ask(path)[1]["cache-control"], "no-store", path)

    def test_a_search_is_a_resource_a_line_where_ndjson_is_wanted(self):
        _, _, page = self.gateway.fhir("Observation?_sort=-date&_count=1000")
        expected = [entry["resource"]["id"] for entry in page["entry"]]
        lines = {"Accept": "application/fhir+ndjson, application/fhir+json;q=0.5"}
        for path, headers in (("Observation?_sort=-date", lines), ("Observation?_sort=-date&_count=7", lines),
                              ("Observation?_sort=-date&_format=application/fhir%2Bndjson", {})):
            status, got, data = self.gateway.request("GET", "/fhir/" + path, headers=headers)
            self.assertEqual((status, got["content-type"]), (200, "application/fhir+ndjson"))
            self.assertEqual([json.loads(line)["id"] for line in data.splitlines()], expected, path)
        _, _, body = self.gateway.request("GET", f"/fhir/Observation/{expected[0]}")
        self.assertEqual(data.splitlines()[0], body)
        _, _, data = self.gateway.request("GET", "/fhir/DiagnosticReport?_include=DiagnosticReport:result&_count=2", headers=lines)
        kinds = [json.loads(line)["resourceType"] for line in data.splitlines()]
        self.assertEqual((kinds.count("DiagnosticReport"), kinds.count("Observation")), (13, 49), "laboratory and vital signs")
        for path, status in (("Observation?_summary=count", 400), ("Observation?cycle-dai=1", 400), (f"Observation/{expected[0]}", 406)):
            self.assertEqual(self.gateway.request("GET", "/fhir/" + path, headers={"Accept": "application/fhir+ndjson"})[0], status, path)

    def test_head_of_what_comes_in_chunks_says_so_and_has_no_body(self):
        lines = {"Accept": "application/fhir+ndjson"}
        for path, headers in (("Observation", lines), ("Observation?_format=ndjson", {}), ("_history?_after=&_count=1", {})):
            got, head = (self.gateway.request(method, "/fhir/" + path, headers=headers) for method in ("GET", "HEAD"))
            self.assertEqual((head[0], head[2]), (got[0], b""), path)
            for name in ("content-type", "transfer-encoding", "cache-control", "vary"):
                self.assertEqual(head[1].get(name), got[1].get(name), (path, name))

    def test_links_are_as_pretty_as_their_page(self):
        for path in ("Observation?_count=5&_pretty=true", "_history?_count=5&_pretty=true"):
            for turn in range(3):
                _, _, data = self.gateway.request("GET", "/fhir/" + path)
                self.assertIn(b"\n", data, (turn, path))
                links = {link["relation"]: link["url"] for link in json.loads(data)["link"]}
                self.assertTrue(all("_pretty=true" in url for url in links.values()), links)
                path = links["next"].split("/fhir/", 1)[1]

    def test_how_long_a_search_took_is_told(self):
        _, headers, _ = self.gateway.request("GET", "/fhir/Observation?status=final")
        self.assertRegex(headers["server-timing"], r"^search;dur=\d+\.\d{3}$")


if __name__ == "__main__":
    unittest.main()
