"""The HTTP doors as clients of the field, and rude ones, meet them."""
import contextlib
import http.client
import json
import socket
import ssl
import unittest

from harness import Gateway, client_context, sample


def answer_on(s, method="GET"):
    response = http.client.HTTPResponse(s, method=method)
    response.begin()
    return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()


class Http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway("http").start()

    @classmethod
    def tearDownClass(cls):
        cls.gateway.__exit__()

    def connect(self, who="client"):
        raw = socket.create_connection(("127.0.0.1", self.gateway.ports["https"]), timeout=30)
        return client_context(who).wrap_socket(raw, server_hostname="127.0.0.1")

    def say(self, head, who="client", body=b""):
        """The answer to a head alone: without `body` whatever it announces is not sent."""
        with self.connect(who) as s:
            s.sendall(head.replace("\n", "\r\n").encode() + body)
            return answer_on(s)

    def assert_outcome(self, body, code):
        outcome = json.loads(body)
        self.assertEqual(outcome["resourceType"], "OperationOutcome")
        self.assertEqual(outcome["issue"][0]["details"]["coding"][0]["code"], code)

    def test_who_is_unknown_is_refused_before_the_body_is_read(self):
        post = "POST /fhir HTTP/1.1\nHost: x\nContent-Type: application/fhir+json\nContent-Length: 16000000\n\n"
        status, headers, body = self.say(post, who=None)
        self.assertEqual((status, headers["connection"]), (401, "close"))
        self.assert_outcome(body, "token-missing")
        self.assertEqual(self.say(post.replace("/fhir", "/hl7v2"), who=None)[0], 401)
        self.assertEqual(self.say(post.replace("/fhir", "/elsewhere"), who=None)[0], 404)

    def test_who_may_not_write_is_refused_before_the_body_is_read(self):
        head = "HTTP/1.1\nHost: x\nContent-Type: application/fhir+json\nContent-Length: 16000000\n\n"
        for line in ("POST /fhir/Observation", "PUT /fhir/Observation/x", "PUT /fhir/Patient?identifier=x"):
            status, _, body = self.say(f"{line} {head}", who="client")
            self.assertEqual(status, 403, line)
            self.assert_outcome(body, "scope-missing")

    def test_refusals_carry_code_and_request_id(self):
        long = "u" * (17 * 1024)
        rows = [(413, "body-too-large", "POST /fhir HTTP/1.1\nHost: x\nX-Request-Id: r-1\n"
                                        "Content-Type: application/fhir+json\nContent-Length: 16777217\n\n"),
                (414, "url-too-long", f"GET /fhir/{long} HTTP/1.1\nHost: x\nX-Request-Id: r-1\n\n"),
                (431, "headers-too-large", f"GET /fhir HTTP/1.1\nHost: x\nA: {long}\nB: {long}\nC: {long}\n\n"),
                (406, "format-json-only", "GET /fhir/Observation HTTP/1.1\nHost: x\nX-Request-Id: r-1\n"
                                          "Accept: application/fhir+xml\n\n"),
                (415, "format-json-only", "POST /fhir HTTP/1.1\nHost: x\nX-Request-Id: r-1\n"
                                          "Content-Type: application/fhir+xml\nContent-Length: 5\n\n")]
        for expected, code, head in rows:
            status, headers, body = self.say(head, who="gateway")
            self.assertEqual(status, expected)
            self.assert_outcome(body, code)
            self.assertIn("Accept", headers["vary"])
            if expected in (406, 413, 415):
                self.assertEqual(headers["x-request-id"], "r-1")
            else:   # its head was not read
                self.assertTrue(headers["x-request-id"])

    def test_a_sender_of_hl7_is_refused_in_words_not_in_fhir(self):
        status, headers, body = self.say("POST /hl7v2 HTTP/1.0\nContent-Type: application/hl7-v2\n\n", who="sender")
        self.assertEqual((status, headers["content-type"]), (411, "text/plain; charset=utf-8"))
        self.assertTrue(body.startswith(b"a body needs a Content-Length"), body)

    def test_a_message_over_the_limit_is_answered_ar_and_kept_by_its_head(self):
        message = sample(1).replace(b"N1001", b"LARGE1")
        message += b"NTE|1||" + b"x" * (16777217 - len(message) - 7)
        status, headers, body = self.say("POST /hl7v2 HTTP/1.1\nHost: x\nContent-Type: application/hl7-v2\n"
                                         f"Content-Length: {len(message)}\n\n", who="sender", body=message)
        self.assertEqual((status, headers["connection"]), (413, "close"))
        self.assertIn(b"MSA|AR|LARGE1", body)
        self.assertIn(b"ERR|", body)

    def test_methods_that_are_not_offered_are_answered_at_once(self):
        everywhere = ("/fhir/Observation", "/fhir/Observation/x", "/fhir/metadata", "/hl7v2")
        for method, paths in (("PATCH", everywhere), ("BREW", everywhere), ("OPTIONS", ("/hl7v2",)),
                              ("DELETE", ("/fhir/metadata", "/hl7v2", "/fhir/Patient/x"))):
            for path in paths:
                status, headers, _ = self.say(f"{method} {path} HTTP/1.1\nHost: x\n\n")
                self.assertEqual(status, 405, (method, path))
                self.assertTrue(headers["allow"], (method, path))

    def test_a_message_in_chunks_is_taken_and_one_cut_between_two_is_not(self):
        message = sample(1).replace(b"N1001", b"CHUNK1").replace(b"|F1|", b"|CHUNK1|")
        head = (b"POST /hl7v2 HTTP/1.1\r\nHost: x\r\nContent-Type: application/hl7-v2\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n")
        pieces = [message[i:i + 100] for i in range(0, len(message), 100)]
        chunks = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces]
        with self.connect("sender") as s:
            s.sendall(head + b"".join(chunks[:-1]))
            with contextlib.suppress(OSError, ssl.SSLError):   # the 400 may be there already
                s.unwrap()
        with self.connect("sender") as s:
            s.sendall(head + b"".join(chunks) + b"0\r\n\r\n")
            status, _, body = answer_on(s)
        self.assertEqual(status, 200)
        self.assertIn(b"MSA|AA|CHUNK1", body)
        stored = self.gateway.search("Observation", order="CHUNK1")
        self.assertIn("14.2", [o.get("valueQuantity", {}).get("value") for o in stored])
        for o in stored:
            self.assertEqual(self.gateway.fhir(f"Observation/{o['id']}")[1]["etag"], 'W/"1"', "the cut one was stored")

    def test_permission_to_send_is_given_to_who_waits_for_it(self):
        message = sample(1).replace(b"N1001", b"WAIT1")
        with self.connect("sender") as s:
            s.sendall(b"POST /hl7v2 HTTP/1.1\r\nHost: x\r\nContent-Type: application/hl7-v2\r\n"
                      b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(message))
            self.assertEqual(s.recv(1000), b"HTTP/1.1 100 Continue\r\n\r\n")
            s.sendall(message)
            self.assertIn(b"MSA|AA|WAIT1", answer_on(s)[2])

    def test_slow_clients_do_not_blind_the_doors(self):
        slow = []
        try:
            for door in ("operations", "https"):
                for _ in range(100):
                    s = socket.create_connection(("127.0.0.1", self.gateway.ports[door]), timeout=30)
                    slow.append(s)
                    s.sendall(b"GET /readyz HTTP/1.1\r\nHo" if door == "operations" else b"\x16\x03\x01")
            self.assertEqual(self.gateway.operations("/readyz")[0], 200)
            self.assertEqual(self.gateway.fhir("metadata")[0], 200)
        finally:
            for s in slow:
                s.close()


if __name__ == "__main__":
    unittest.main()
