"""A FHIR server that others wrote as a target: it takes what we forward, corrections after their originals, and once
(TRUST.md §6.2). Beside our own second gateway, which test_forward.py has."""
import http.client
import json
import os
import shutil
import subprocess
import unittest

from harness import PROJECT, Gateway, await_true, certificates, client_context, code, free_port, samples

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("IMMUNOGATE_BUILD", os.path.join(PROJECT, ".build"))


def as_target(port):
    folder = certificates()
    return {"name": "medplum", "url": f"https://127.0.0.1:{port}/fhir", "allow_private_address": True,
            "tls": {"certificate": f"{folder}/gateway.pem", "key": f"{folder}/gateway-key.pem",
                    "ca": f"{folder}/ca.pem"}}


class Medplum:
    """@medplum/fhir-router in a process of its own."""

    def __init__(self, test, port=None):
        place, node = os.path.join(BUILD, "clients"), os.path.join(BUILD, "node", "node_modules", ".bin", "node")
        if not os.path.isdir(os.path.join(place, "node_modules", "@medplum", "fhir-router")):
            test.skipTest("clients from npm are not installed: its registry is not reachable, see .build/clients.log")
        node = node if os.access(node, os.X_OK) else shutil.which("node")
        shutil.copytree(os.path.join(HERE, "clients"), place, dirs_exist_ok=True)
        self.port, folder = port or free_port(), certificates()
        self.process = subprocess.Popen(
            [node, os.path.join(place, "medplum_server.mjs"), str(self.port), f"{folder}/receiver.pem",
             f"{folder}/receiver-key.pem", f"{folder}/ca.pem"], stdout=subprocess.PIPE, text=True)
        test.addCleanup(self.end)
        test.assertEqual(self.process.stdout.readline().strip(), "ready")

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def get(self, path):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=client_context("client"), timeout=60)
        connection.request("GET", "/fhir/" + path)
        response = connection.getresponse()
        data = json.loads(response.read())
        connection.close()
        return response.status, data


class ForeignTarget(unittest.TestCase):
    def forwarded(self, gateway):
        await_true("all of it is there", lambda: gateway.metric("immunogate_outbox_pending", target="medplum") == 0)
        self.assertEqual(gateway.metric("immunogate_dead_letters", target="medplum"), 0)

    def same(self, medplum, gateway, kind):
        """Every resource of ours says there what it says here; numbers by their value, since JavaScript keeps no
        digits."""
        count = 0
        page = json.loads(gateway.request("GET", f"/fhir/{kind}?_count=500")[2])
        for ours in (entry["resource"] for entry in page["entry"]):
            status, theirs = medplum.get(f"{kind}/{ours['id']}")
            self.assertEqual(status, 200, f"{kind}/{ours['id']}")
            for resource in (ours, theirs):
                for added in ("versionId", "lastUpdated"):
                    resource.get("meta", {}).pop(added, None)
            self.assertEqual(theirs, ours)
            count += 1
        return count

    def test_every_sample_arrives_as_it_is_here(self):
        medplum = Medplum(self)
        with Gateway("clinic", forward=[as_target(medplum.port)]) as gateway:
            for message in samples():
                self.assertEqual(code(gateway.send(message)), "AA")
            self.forwarded(gateway)
            self.assertGreater(self.same(medplum, gateway, "Observation"), 50)
            for kind in ("Patient", "DiagnosticReport", "Specimen"):
                self.assertGreater(self.same(medplum, gateway, kind), 0)

    def test_what_waited_goes_together_and_a_correction_ends_up_last(self):
        port = free_port()
        with Gateway("clinic", forward=[as_target(port)]) as gateway:
            for message in samples():
                self.assertEqual(code(gateway.send(message)), "AA")
            self.assertGreater(gateway.metric("immunogate_outbox_pending", target="medplum"), 1)
            medplum = Medplum(self, port)
            self.forwarded(gateway)
            corrected = [o for o in gateway.search("Observation", _count=500) if o["status"] == "corrected"]
            self.assertTrue(corrected)
            for ours in corrected:
                self.assertEqual(medplum.get(f"Observation/{ours['id']}")[1]["status"], "corrected")


if __name__ == "__main__":
    unittest.main()
