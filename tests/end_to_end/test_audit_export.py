"""The audit trail leaves as syslog over TLS (RFC 5424, RFC 5425): to rsyslog as it is packaged, and to a receiver of
our own that breaks off; nothing is missing, and the export alone proves the chain (TRUST.md §5.2)."""
import base64
import contextlib
import hashlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

from harness import Gateway, await_true, certificates, code, free_port, sample

ROW = re.compile(rb'\[immunogate@32473 row="(\d+)" chain="([0-9a-f]{64})" record="([^"]+)"\]')


def syslog_to(port):
    folder = certificates()

    def change(config):
        config["access"]["certificates"].insert(0, {"subject": "CN=receiver", "role": "auditor"})
        config["audit"] = {"syslog": {"to": f"127.0.0.1:{port}", "allow_private_address": True, "tls": {
            "certificate": f"{folder}/gateway.pem", "key": f"{folder}/gateway-key.pem", "ca": f"{folder}/ca.pem"}}}
    return change


def rows(octets):
    """number -> (chain, record) of what arrived, however often."""
    return {int(n): (chain.decode(), base64.b64decode(record)) for n, chain, record in ROW.findall(octets)}


def unbroken(found):
    """Every row from the first on, each chained to the one before."""
    chain = bytes(32)
    for number in range(1, max(found) + 1):
        if number not in found:
            raise AssertionError(f"row {number} of {max(found)} is missing")
        chain = hashlib.sha256(chain + found[number][1]).digest()
        if chain.hex() != found[number][0]:
            raise AssertionError(f"row {number} is not what its chain says")
    return True


class Receiver:
    """Takes what comes; after `bytes_of_first` of the first connection it breaks off."""

    def __init__(self, bytes_of_first=None):
        self.got, self.left, self.connections = b"", bytes_of_first, 0
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        folder = certificates()
        self.context.load_cert_chain(f"{folder}/receiver.pem", f"{folder}/receiver-key.pem")
        self.context.load_verify_locations(f"{folder}/ca.pem")
        self.context.verify_mode = ssl.CERT_REQUIRED
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            with peer, contextlib.suppress(ssl.SSLError), self.context.wrap_socket(peer, server_side=True) as tls:
                self.take(tls)

    def take(self, tls):
        taken = b""
        while self.left is None or len(taken) < self.left:
            some = tls.recv(4096)
            if not some:
                break
            taken += some
            self.got += some
        self.left = None

    def close(self):
        self.listener.close()


class Export(unittest.TestCase):
    def last_row(self, gateway):
        return int(gateway.fhir("AuditEvent?_count=1", who="receiver")[2]["entry"][0]["resource"]["id"].split("-")[0])

    def all_there(self, gateway, got):
        """What the trail has now arrives, whole."""
        last = self.last_row(gateway)
        await_true("it arrives", lambda: last in rows(got()))
        self.assertTrue(unbroken(rows(got())))

    def test_a_receiver_that_breaks_off_misses_nothing(self):
        receiver = Receiver(bytes_of_first=3000)
        self.addCleanup(receiver.close)
        with Gateway("trail", change=syslog_to(receiver.port)) as gateway:
            for number in range(1, 6):
                self.assertEqual(code(gateway.send(sample(number))), "AA")
                gateway.search("Observation")
            self.all_there(gateway, lambda: receiver.got)
            self.assertGreater(receiver.connections, 1)
            await_true("it has all", lambda: gateway.metric("immunogate_audit_export_lag_seconds") == 0)

    def test_after_a_restart_it_goes_on_where_the_receiver_was(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        with tempfile.TemporaryDirectory() as state:
            with Gateway("trail", store=f"{state}/a/gateway.db", change=syslog_to(receiver.port)) as gateway:
                gateway.send(sample(1))
                self.all_there(gateway, lambda: receiver.got)
                await_true("it has all", lambda: gateway.metric("immunogate_audit_export_lag_seconds") == 0)
                first = len(rows(receiver.got))
                gateway.stop()
            before = len(receiver.got)
            with Gateway("trail", store=f"{state}/a/gateway.db", change=syslog_to(receiver.port)) as gateway:
                self.all_there(gateway, lambda: receiver.got)
                self.assertEqual(min(rows(receiver.got[before:])), first + 1, "what it has is not sent again")

    def test_a_receiver_that_is_away_holds_nobody_up_and_shows_as_lag(self):
        with Gateway("trail", change=syslog_to(free_port())) as gateway:
            self.assertEqual(code(gateway.send(sample(1))), "AA")
            await_true("it lags", lambda: gateway.metric("immunogate_audit_export_lag_seconds") > 1)

    def test_no_export_goes_to_who_is_not_verified(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)

        def change(config):
            syslog_to(receiver.port)(config)
            config["audit"]["syslog"]["tls"]["ca"] = f"{certificates()}/client.pem"
        with Gateway("trail", change=change) as gateway:
            gateway.send(sample(1))
            await_true("it is tried", lambda: "audit.export_failed" in gateway.log_text())
            self.assertEqual(receiver.got, b"")

    def test_rsyslog_writes_every_row(self):
        if not shutil.which("rsyslogd"):
            self.fail("rsyslogd is missing: tests/run packages installs it")
        port, folder = free_port(), certificates()
        with tempfile.TemporaryDirectory() as home:
            with open(f"{home}/conf", "w") as out:
                out.write(f'''global(workDirectory="{home}" maxMessageSize="64k" DefaultNetstreamDriver="ossl"
  DefaultNetstreamDriverCAFile="{folder}/ca.pem" DefaultNetstreamDriverCertFile="{folder}/receiver.pem"
  DefaultNetstreamDriverKeyFile="{folder}/receiver-key.pem")
module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/certvalid")
template(name="whole" type="string" string="%structured-data% %msgid% %msg%\\n")
input(type="imtcp" port="{port}" address="127.0.0.1")
action(type="omfile" file="{home}/trail" template="whole")
''')
            daemon = subprocess.Popen(["rsyslogd", "-n", "-f", f"{home}/conf", "-i", f"{home}/pid"],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

            def written():
                try:
                    with open(f"{home}/trail", "rb") as file:
                        return file.read()
                except OSError:
                    return b""
            try:
                with Gateway("trail", change=syslog_to(port)) as gateway:
                    gateway.send(sample(1))
                    gateway.search("Observation")
                    self.all_there(gateway, written)
                    self.assertIn(b'"resourceType":"AuditEvent"', written())
            finally:
                daemon.terminate()
                daemon.wait(60)


if __name__ == "__main__":
    unittest.main()
