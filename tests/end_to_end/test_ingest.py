"""A laboratory pushes results: over MLLP with mutual TLS, by the tools it has."""
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest

from harness import (DEADLINE, Gateway, HERE, PROGRAM, PROJECT, SAMPLES, await_true, certificates, client_context, code,
                     exchange, expired_certificate, mappings_with, msa, own_environment, sample, samples)


class Ingest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway("ingest").start()

    @classmethod
    def tearDownClass(cls):
        cls.gateway.__exit__()

    def test_every_sample_is_acknowledged_and_each_observation_is_there(self):
        with self.gateway.connect() as s:
            for message in samples():
                answer = exchange(s, message)
                self.assertEqual(code(answer), "AA", answer)
                control_id = message.split(b"\r")[0].split(b"|")[9].decode()
                self.assertEqual(msa(answer)[2], control_id)
        self.assertEqual(self.gateway.count("Observation?"), 60)
        self.assertEqual(self.gateway.count("Observation?category=laboratory"), 48)

    def test_the_same_message_again_gets_the_first_answer_and_stores_nothing(self):
        first = self.gateway.send(sample(1))
        before = self.gateway.count("Observation?")
        again = self.gateway.send(sample(1))
        self.assertEqual(msa(first), msa(again))
        self.assertEqual(self.gateway.count("Observation?"), before)

    def test_a_reused_control_id_with_other_bytes_is_kept_and_warned_of(self):
        self.assertEqual(code(self.gateway.send(sample(1))), "AA")
        answer = self.gateway.send(sample(1).replace(b"||14.2|", b"||14.3|"))
        self.assertEqual(code(answer), "AA")
        self.assertIn("control-id-reused", answer)

    def test_a_message_without_patient_is_refused_with_place_and_code(self):
        message = b"\r".join(s for s in sample(1).split(b"\r") if not s.startswith(b"PID")).replace(b"N1001", b"NOPID")
        answer = self.gateway.send(message)
        self.assertEqual(code(answer), "AE")
        self.assertIn("PID", answer)
        self.assertIn("101", answer)

    def test_what_is_not_taken_is_answered_ar(self):
        for change, wanted in (((b"ORU^R01^ORU_R01", b"ADT^A01^ADT_A01"), "200"),
                               ((b"|P|2.5.1", b"|T|2.5.1"), "202"), ((b"|P|2.5.1", b"|P|3.1"), "203")):
            answer = self.gateway.send(sample(1).replace(*change).replace(b"N1001", b"AR" + wanted.encode()))
            self.assertEqual(code(answer), "AR", answer)
            self.assertIn(wanted, answer)

    def test_bytes_that_are_no_hl7_are_answered_and_the_next_message_is_stored(self):
        with self.gateway.connect() as s:
            self.assertEqual(code(exchange(s, b"GET / HTTP/1.1")), "AR")
            self.assertEqual(code(exchange(s, sample(5))), "AA")

    def test_pipelined_messages_are_answered_in_order_of_arrival(self):
        with self.gateway.connect(tls=False) as s:
            messages = [sample(1).replace(b"N1001", b"PIPE%03d" % i) for i in range(50)]
            s.sendall(b"".join(b"\x0b" + m + b"\x1c\r" for m in messages))
            got = b""
            while got.count(b"\x1c\r") < 50:
                got += s.recv(65536)
            ids = [msa(frame.decode())[2] for frame in got.split(b"\x1c\r")[:50]]
            self.assertEqual(ids, [f"PIPE{i:03d}" for i in range(50)])

    def test_without_a_certificate_nothing_is_taken(self):
        with self.assertRaises((ssl.SSLError, ConnectionError, OSError)):
            with self.gateway.connect(who=None) as s:
                exchange(s, sample(1))

    def test_a_certificate_of_another_authority_is_refused(self):
        import tempfile
        with tempfile.TemporaryDirectory() as other:
            subprocess.run([os.path.join(HERE, "..", "..", "certs", "make-dev-certs"), other], check=True,
                           stdout=subprocess.DEVNULL)
            with self.assertRaises((ssl.SSLError, ConnectionError, OSError)):
                with self.gateway.connect(folder=other) as s:
                    exchange(s, sample(1))

    def test_openssl_s_client_can_push_a_message(self):
        c = certificates()
        process = subprocess.Popen(
            ["openssl", "s_client", "-quiet", "-no_ign_eof", "-connect", f"127.0.0.1:{self.gateway.ports['mllp']}",
             "-CAfile", f"{c}/ca.pem", "-cert", f"{c}/sender.pem", "-key", f"{c}/sender-key.pem"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            process.stdin.write(b"\x0b" + sample(2) + b"\x1c\r")
            process.stdin.flush()
            got = b""
            while b"\x1c" not in got:
                chunk = os.read(process.stdout.fileno(), 65536)
                self.assertTrue(chunk, "s_client ended without an answer")
                got += chunk
        finally:
            process.kill()
            process.communicate()
        self.assertIn(b"MSA|AA|K77", got)

    def test_a_short_script_in_another_language_can_push_a_message(self):
        c = certificates()
        run = subprocess.run(
            ["perl", os.path.join(HERE, "push.pl"), "127.0.0.1", str(self.gateway.ports["plain"]),
             os.path.join(SAMPLES, "04-v24-unk-hpf-medicated-cycle.hl7")],
            capture_output=True, text=True, timeout=60)
        self.assertIn("MSA|AA|B24", run.stdout, run.stderr)

    def test_send_prints_each_acknowledgement(self):
        c = certificates()
        run = subprocess.run(
            [PROGRAM, "send", "--to", f"127.0.0.1:{self.gateway.ports['mllp']}", "--cert", f"{c}/sender.pem",
             "--key", f"{c}/sender-key.pem", "--ca", f"{c}/ca.pem",
             os.path.join(SAMPLES, "01-us-loinc-blood-nk.hl7")],
            capture_output=True, text=True, env=own_environment(), timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("MSA|AA|N1001", run.stdout)

    def test_hl7_over_http_answers_with_the_acknowledgement(self):
        status, headers, body = self.gateway.request("POST", "/hl7v2", sample(7),
                                                     {"Content-Type": "application/hl7-v2"}, who="sender")
        self.assertEqual(status, 200, body)
        self.assertIn(b"MSA|AA|E24", body)
        self.assertEqual(self.gateway.request("POST", "/hl7v2", sample(7), {"Content-Type": "application/hl7-v2"},
                                              who=None)[0], 401)

    def test_no_name_or_identifier_of_a_patient_is_logged(self):
        for message in samples():
            self.gateway.send(message)
        log = self.gateway.log_text()
        for word in ("Aksoy", "P0001", "Elif", "Stone", "P0008", "14.2", "N1001"):
            self.assertNotIn(word, log)


class Certificates(unittest.TestCase):
    """Who may not come in is refused before a byte of HL7, and the log says why."""

    def refused(self, gateway, reason, who, folder=None):
        with self.assertRaises((ssl.SSLError, OSError)):
            with gateway.connect(who=who, folder=folder) as s:
                exchange(s, sample(1))
        await_true(f"{reason} is logged",
                   lambda: any('"mllp.handshake_failed"' in line and f'"{reason}"' in line
                               for line in gateway.log_text().splitlines()))
        door = f"mllp:{gateway.ports['mllp']}"
        self.assertEqual(gateway.metric("immunogate_tls_handshakes_total", door=door, result=reason), 1)

    def test_expired_foreign_and_missing_certificates_fail_the_handshake_and_are_logged(self):
        with Gateway("refusing") as gateway, tempfile.TemporaryDirectory() as folder:
            subprocess.run([os.path.join(PROJECT, "certs", "make-dev-certs"), folder], check=True,
                           stdout=subprocess.DEVNULL)
            self.refused(gateway, "certificate-authority", "sender", folder)
            expired_certificate("late", folder)
            self.refused(gateway, "certificate-expired", "late", folder)
            self.refused(gateway, "no-certificate", None)
            self.assertEqual(gateway.count("Observation?"), 0)
            self.assertEqual(code(gateway.send(sample(1))), "AA")

    def test_a_certificate_that_may_not_speak_for_the_sender_is_answered_ar_and_logged(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = mappings_with(folder, "NORTHLIS", '"certificates": ["CN=operator"]')
            with Gateway("bound", change=lambda c: c.update(mappings=copy)) as gateway:
                answer = gateway.send(sample(1))
                self.assertEqual(code(answer), "AR", answer)
                self.assertIn("certificate", answer)
                self.assertIn('"intake.sender_refused"', gateway.log_text())
                self.assertEqual(gateway.count("Observation?"), 0)
                self.assertEqual(code(gateway.send(sample(1), who="operator")), "AA")


class Drain(unittest.TestCase):
    def drains(self, tls):
        with Gateway("drain") as gateway:
            frames = [b"\x0b" + sample(1).replace(b"N1001", b"DRAIN%02d" % i) + b"\x1c\r" for i in range(31)]
            half = len(frames[-1]) // 2
            with gateway.connect(tls=tls) as s:
                s.sendall(b"".join(frames[:-1]) + frames[-1][:half])
                got = b""
                while b"\x1c\r" not in got:   # then all of it has been read: it came as one
                    got += s.recv(65536)
                gateway.process.send_signal(signal.SIGTERM)
                await_true("the drain begins", lambda: '"gateway.draining"' in gateway.log_text())
                s.sendall(frames[-1][half:])   # a frame that has begun may end
                while chunk := s.recv(65536):
                    got += chunk
            answers = [msa(frame.decode()) for frame in got.split(b"\x1c\r")[:-1]]
            self.assertEqual([(a[1], a[2]) for a in answers], [("AA", f"DRAIN{i:02d}") for i in range(31)])
            self.assertEqual(gateway.process.wait(DEADLINE), 0)
            status, said = gateway.verify()
            self.assertEqual(status, 0, said)
            self.assertIn("31 arrivals", said)

    def test_after_sigterm_what_was_read_is_answered_on_its_connection(self):
        self.drains(tls=False)

    def test_after_sigterm_what_was_read_is_answered_on_its_tls_connection(self):
        self.drains(tls=True)


class OverHttp(unittest.TestCase):
    def test_a_message_that_was_cut_off_over_http_is_not_taken(self):
        with Gateway("cut") as gateway:
            body = sample(1).replace(b"N1001", b"CUT1").replace(b"|F1|", b"|CUT1|")
            head = (f"POST /hl7v2 HTTP/1.1\r\nHost: x\r\nContent-Type: application/hl7-v2\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n").encode()
            raw = socket.create_connection(("127.0.0.1", gateway.ports["https"]), timeout=30)
            with client_context("sender").wrap_socket(raw, server_hostname="127.0.0.1") as s:
                s.sendall(head + body[:body.index(b"14.2") + 2])
                try:
                    s.unwrap()   # close_notify: a clean end in the middle of the body
                except (OSError, ssl.SSLError):
                    pass
            status, _, _ = gateway.request("POST", "/hl7v2", body, {"Content-Type": "application/hl7-v2"}, who="sender")
            self.assertEqual(status, 200)
            values = [o.get("valueQuantity", {}).get("value") for o in gateway.search("Observation", order="CUT1")]
            self.assertIn("14.2", values)
            history = [gateway.fhir(f"Observation/{o['id']}")[1]["etag"]
                       for o in gateway.search("Observation", order="CUT1")]
            self.assertEqual(set(history), {'W/"1"'}, "the cut message was stored")


class Binding(unittest.TestCase):
    def test_a_sender_that_a_listener_does_not_name_is_refused(self):
        def only_north(config):
            config["mllp"][0]["senders"] = ["NORTHLIS"]
        with Gateway("binding", change=only_north) as gateway:
            self.assertEqual(code(gateway.send(sample(1))), "AA")
            answer = gateway.send(sample(2))
            self.assertEqual(code(answer), "AR", answer)


if __name__ == "__main__":
    unittest.main()
