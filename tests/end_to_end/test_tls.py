"""Who is let in at the doors, while certificates, authorities and revocations change under a running
gateway (TRUST.md T6, T7, P15)."""
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

import harness
from harness import Gateway, await_true, code, exchange, sample


class Authority:
    """Certificates of one authority in a folder, and its list of what it has revoked."""

    def __init__(self, folder):
        self.folder = folder
        subprocess.run([os.path.join(harness.PROJECT, "certs", "make-dev-certs"), folder], check=True,
                       stdout=subprocess.DEVNULL)
        with open(f"{folder}/crl.cnf", "w") as out:
            out.write(f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index\ncrlnumber={folder}/number\n"
                      "default_md=sha256\ndefault_crl_days=1\n")
        open(f"{folder}/index", "w").close()
        with open(f"{folder}/number", "w") as out:
            out.write("01\n")

    def openssl(self, *arguments):
        subprocess.run(["openssl", "ca", "-config", f"{self.folder}/crl.cnf", "-cert", f"{self.folder}/ca.pem",
                        "-keyfile", f"{self.folder}/ca-key.pem", *arguments], check=True, capture_output=True)

    def list_revoked(self, path, *names, seconds=86400):
        """Revokes NAMES, and puts the new list where `path` is, as a whole."""
        for name in names:
            self.openssl("-revoke", f"{self.folder}/{name}.pem")
        self.openssl("-gencrl", "-crlsec", str(seconds), "-out", f"{self.folder}/new.crl")
        os.replace(f"{self.folder}/new.crl", path)


def put(source, target):
    """As a careful tool does: beside it, then renamed over it."""
    shutil.copy(source, target + ".new")
    os.replace(target + ".new", target)


class Doors(unittest.TestCase):
    """A gateway whose TLS files lie in a folder of the test."""
    settings = {}

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="immunogate-tls-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.live = os.path.join(self.folder, "live")
        os.mkdir(self.live)
        self.authority = Authority(os.path.join(self.folder, "one"))
        for file in ("gateway.pem", "gateway-key.pem", "ca.pem"):
            shutil.copy(os.path.join(self.authority.folder, file), self.live)
        self.list = os.path.join(self.live, "revoked.crl")
        self.authority.list_revoked(self.list)
        self.gateway = Gateway("doors", change=self.change)
        self.gateway.start()
        self.addCleanup(self.gateway.__exit__)

    def change(self, config):
        for door in (config["mllp"][0], config["https"]):
            door["tls"] = {"certificate": f"{self.live}/gateway.pem", "key": f"{self.live}/gateway-key.pem",
                           "client_ca": f"{self.live}/ca.pem", "client_crl": self.list}
            door["tls"] = {key: file for key, file in {**door["tls"], **self.settings}.items() if file}

    def connect(self, who="sender", authority=None, door="mllp", ca=None):
        authority = authority or self.authority
        context = ssl.create_default_context(cafile=ca or f"{authority.folder}/ca.pem")
        context.load_cert_chain(f"{authority.folder}/{who}.pem", f"{authority.folder}/{who}-key.pem")
        s = socket.create_connection(("127.0.0.1", self.gateway.ports[door]), timeout=harness.DEADLINE)
        return context.wrap_socket(s, server_hostname="127.0.0.1")

    def is_let_in(self, *arguments, **named):
        """TLS 1.3 tells a client that it was refused only after its own handshake: so something is said."""
        try:
            with self.connect(*arguments, **named) as s:
                return code(exchange(s, sample(1))) == "AA"
        except (OSError, ConnectionError):
            return False

    def renewals(self, result="ok"):
        return self.gateway.metric("immunogate_config_reloads_total", what="tls", result=result) or 0

    def await_renewal(self, act, result="ok"):
        before = self.renewals(result)
        act()
        await_true(f"the files were taken: {result}", lambda: self.renewals(result) > before)


class TestRevocation(Doors):
    def test_threat_07_a_revoked_certificate_is_refused_and_who_is_connected_with_it_is_put_out(self):
        with self.connect() as revoked, self.connect("client") as other:
            self.assertEqual(code(exchange(revoked, sample(1))), "AA")
            self.await_renewal(lambda: self.authority.list_revoked(self.list, "sender"))
            self.assertEqual(revoked.recv(1), b"")
            self.assertEqual(code(exchange(other, sample(3))), "AA")  # nobody else is
        self.assertFalse(self.is_let_in("sender"))
        self.assertTrue(self.is_let_in("client"))
        await_true("it is said", lambda: "certificate-revoked" in self.gateway.log_text())

    def test_threat_07_a_connection_to_https_ends_with_its_certificate_too(self):
        with self.connect("client", door="https") as s:
            s.sendall(b"GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertIn(b"200", s.recv(64))
            self.await_renewal(lambda: self.authority.list_revoked(self.list, "client"))
            with self.assertRaises((ConnectionError, ssl.SSLError, AssertionError)):
                while s.recv(1 << 16):
                    pass
                raise ConnectionError("closed")

    def test_threat_07_a_list_out_of_date_lets_nobody_in(self):
        self.await_renewal(lambda: self.authority.list_revoked(self.list, seconds=1))
        await_true("the list ends", lambda: not self.is_let_in("sender"))
        await_true("it is said", lambda: "revocation-list-expired" in self.gateway.log_text())
        self.await_renewal(lambda: self.authority.list_revoked(self.list))
        self.assertTrue(self.is_let_in("sender"))


class TestRevocationListsThatWarn(Doors):
    settings = {"expired_crl": "warn"}

    def test_a_site_may_let_clients_in_while_the_list_is_out_of_date_but_none_that_it_names(self):
        self.await_renewal(lambda: self.authority.list_revoked(self.list, "client", seconds=1))
        await_true("the list has ended", lambda: b"out of date" in subprocess.run(
            [harness.PROGRAM, "check", "--config", self.gateway.write_configuration()],
            capture_output=True, env=harness.own_environment()).stdout)
        self.assertTrue(self.is_let_in("sender"))
        self.assertFalse(self.is_let_in("client"))


class TestRotation(Doors):
    def serial(self):
        with self.connect() as s:
            return s.getpeercert()["serialNumber"]

    def test_promise_15_a_new_certificate_is_shown_while_old_connections_go_on(self):
        with self.connect() as s:
            before = self.serial()
            for _ in range(3):
                self.issue_again()
                now = self.serial()
                self.assertNotEqual(now, before)
                before = now
                self.assertEqual(code(exchange(s, sample(1))), "AA")

    def issue_again(self):
        """A new key and certificate of the same authority for the gateway: the certificate first, so that for
        a while they do not fit."""
        one = self.authority.folder
        with open(f"{one}/extensions", "w") as out:
            out.write("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n")
        run = lambda *command: subprocess.run(command, check=True, capture_output=True, cwd=one)
        run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/O=ImmunoGate development/CN=gateway", "-keyout", "new-key.pem", "-out", "request")
        run("openssl", "x509", "-req", "-in", "request", "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-days", "2",
            "-extfile", "extensions", "-out", "new.pem")
        self.await_renewal(lambda: put(f"{one}/new.pem", f"{self.live}/gateway.pem"), result="refused")
        self.assertEqual(self.is_let_in(), True)  # with what stood
        self.await_renewal(lambda: put(f"{one}/new-key.pem", f"{self.live}/gateway-key.pem"))

    def test_promise_15_files_change_under_load_and_no_connection_is_dropped(self):
        stop, trouble, sent = threading.Event(), [], [0]

        def keep_sending():
            try:
                with self.connect() as s:
                    while not stop.is_set():
                        if code(exchange(s, sample(1))) != "AA":
                            raise AssertionError("not AA")
                        sent[0] += 1
            except Exception as error:  # noqa: BLE001 – told to the test
                trouble.append(error)

        senders = [threading.Thread(target=keep_sending) for _ in range(4)]
        for sender in senders:
            sender.start()
        for _ in range(3):
            self.await_renewal(lambda: self.authority.list_revoked(self.list))
        stop.set()
        for sender in senders:
            sender.join(harness.DEADLINE)
        self.assertEqual(trouble, [])
        self.assertGreater(sent[0], 0)


class TestAuthorities(Doors):
    settings = {"client_crl": ""}

    def test_promise_15_an_authority_that_is_believed_no_longer_takes_its_clients_along(self):
        other, both = Authority(os.path.join(self.folder, "two")), os.path.join(self.folder, "both.pem")
        ca = f"{self.authority.folder}/ca.pem"
        with open(both, "w") as out:
            for authority in (self.authority, other):
                with open(f"{authority.folder}/ca.pem") as file:
                    out.write(file.read())
        self.assertFalse(self.is_let_in("sender", other, ca=ca))
        self.await_renewal(lambda: put(both, f"{self.live}/ca.pem"))
        with self.connect("sender", other, ca=ca) as s, self.connect() as stays:
            self.assertEqual(code(exchange(s, sample(1))), "AA")
            self.await_renewal(lambda: put(ca, f"{self.live}/ca.pem"))
            self.assertEqual(s.recv(1), b"")
            self.assertEqual(code(exchange(stays, sample(1))), "AA")


class TestProfile(Doors):
    """openssl's own client, over versions, ciphers and groups: only the profile connects."""

    def handshake(self, *arguments):
        one = self.authority.folder
        run = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.gateway.ports['mllp']}", "-CAfile", f"{one}/ca.pem",
             "-cert", f"{one}/sender.pem", "-key", f"{one}/sender-key.pem", "-verify_return_error", *arguments],
            input=b"", capture_output=True, timeout=harness.DEADLINE)
        return run.returncode == 0 and b"Cipher is (NONE)" not in run.stdout

    def test_threat_06_old_versions_are_refused(self):
        weak = ("-cipher", "ALL:@SECLEVEL=0")
        for version in ("-tls1", "-tls1_1"):
            self.assertFalse(self.handshake(version, *weak), version)
        for version in ("-tls1_2", "-tls1_3"):
            self.assertTrue(self.handshake(version), version)

    def test_threat_06_of_tls_1_2_only_ecdhe_with_aead_is_spoken(self):
        spoken = {"ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"}
        names = subprocess.run(["openssl", "ciphers", "-s", "-tls1_2", "ALL:@SECLEVEL=0"], capture_output=True,
                               text=True, check=True).stdout.strip().split(":")
        self.assertGreater(len(names), 30)
        accepted = {name for name in names if self.handshake("-tls1_2", "-cipher", f"{name}:@SECLEVEL=0")}
        self.assertEqual(accepted, spoken)

    def test_threat_06_groups_outside_the_profile_are_refused(self):
        for group in ("X25519", "P-256", "P-384"):
            self.assertTrue(self.handshake("-groups", group), group)
        for group in ("P-521", "X448", "ffdhe2048"):
            self.assertFalse(self.handshake("-groups", group), group)

    def test_threat_06_a_session_is_never_resumed(self):
        one = self.authority.folder
        for version in ("-tls1_2", "-tls1_3"):   # six handshakes, each with what the one before gave
            run = subprocess.run(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{self.gateway.ports['mllp']}", version, "-reconnect",
                 "-CAfile", f"{one}/ca.pem", "-cert", f"{one}/sender.pem", "-key", f"{one}/sender-key.pem"],
                input=b"", capture_output=True, timeout=harness.DEADLINE)
            self.assertEqual((run.stdout.count(b"\nNew, "), run.stdout.count(b"\nReused, ")), (6, 0), version)


class TestCrowds(Doors):
    def change(self, config):
        super().change(config)
        config["limits"] = {"connections_per_address": 3}

    def test_threat_03_one_address_cannot_hold_more_than_its_share(self):
        held = [self.connect() for _ in range(3)]
        try:
            self.assertFalse(self.is_let_in())
            self.assertEqual(code(exchange(held[0], sample(1))), "AA")
            held.pop().close()
            await_true("there is room again", self.is_let_in)
        finally:
            for s in held:
                s.close()
        self.assertGreaterEqual(
            self.gateway.metric("immunogate_connections_closed_total",
                                door=f"mllp:{self.gateway.ports['mllp']}", reason="address"), 1)


if __name__ == "__main__":
    unittest.main()
