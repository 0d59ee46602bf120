"""The same promises on PostgreSQL: one gateway, a server that dies, and two gateways on one store."""
import os
import subprocess
import threading
import unittest

from harness import PROGRAM, Gateway, await_true, code, exchange, own_environment, sample, samples
from postgres import Cluster
from test_crash import Sender


class OnPostgresql(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster()
        cls.addClassCleanup(cls.cluster.__exit__)

    def assert_nothing_is_lost(self, gateway, senders):
        for sender in senders:
            sender.join()
        acknowledged = [order for s in senders for order in s.acknowledged]
        self.assertEqual([a for s in senders for a in s.strange], [])
        self.assertEqual(len(acknowledged), sum(s.left for s in senders))
        lost = [order for order in acknowledged if gateway.count(f"Observation?order={order}") != 4]
        self.assertEqual(lost, [], "acknowledged and not there, or there twice")
        self.assertEqual(gateway.count("Observation?"), 4 * len(acknowledged))

    def through(self, senders, messages):
        await_true("senders go on", lambda: sum(len(s.acknowledged) for s in senders) >= messages)


class OneGateway(OnPostgresql):
    def test_the_samples_are_taken_searched_and_verified_as_on_sqlite(self):
        with Gateway("file") as file, Gateway("served", store=self.cluster.database()) as served:
            for gateway in (file, served):
                with gateway.connect() as s:
                    for message in samples():
                        self.assertEqual(code(exchange(s, message)), "AA")
            for query in ("cycle-day=ge19&cycle-day=le23", "sample-type=peripheral-blood", "cycle-day=22",
                          "category=laboratory&_sort=-date", "code:missing=false", "patient.identifier:missing=false"):
                asked = [[one["id"] for one in gateway.search("Observation?" + query + "&_count=500")]
                         for gateway in (file, served)]
                self.assertEqual(len(asked[0]), len(asked[1]), query)
                self.assertEqual(sorted(asked[0]), sorted(asked[1]), query)
            status, text = served.verify()
            self.assertEqual(status, 0, text)
            self.assertIn("12 arrivals", text)

    def test_a_kill_of_the_gateway_in_the_middle_loses_nothing_acknowledged(self):
        with Gateway("kill", store=self.cluster.database()) as gateway:
            senders = [Sender(gateway, n, 40) for n in range(4)]
            for sender in senders:
                sender.start()
            for enough in (30, 90):
                self.through(senders, enough)
                gateway.kill()
                gateway.start()
            self.assert_nothing_is_lost(gateway, senders)
            self.assertEqual(gateway.stop(), 0)
            self.assertEqual(gateway.verify()[0], 0)

    def test_what_is_wrong_with_the_server_is_one_sentence_at_the_start(self):
        with self.assertRaisesRegex(AssertionError, "(?s)ended with 2.*store.url: no connection to PostgreSQL"):
            Gateway("nowhere", store="postgresql:///x?host=/nowhere").start()

    def test_what_cannot_be_made_beside_it_is_said_at_the_start(self):
        beside = lambda config: config["store"].update(folder="/proc/nowhere")
        with self.assertRaisesRegex(AssertionError, "ended with 2(?s:.*)store.folder: /proc/nowhere cannot be made"):
            Gateway("beside", store=self.cluster.database(), change=beside).start()

    def test_an_export_has_a_folder_that_only_its_user_opens(self):
        with Gateway("export", store=self.cluster.database()) as gateway:
            gateway.send(sample(1))
            status, headers, _ = gateway.request("GET", "/fhir/$export", headers={
                "Accept": "application/fhir+json", "Prefer": "respond-async"})
            self.assertEqual(status, 202)
            where = headers["content-location"].partition(f"{gateway.ports['https']}")[2]
            await_true("it is exported", lambda: gateway.request("GET", where)[0] == 200)
            self.assertEqual(os.stat(os.path.join(gateway.folder, "state")).st_mode & 0o077, 0)


class Moving(OnPostgresql):
    def migrate(self, gateway, to):
        run = subprocess.run([PROGRAM, "store", "migrate", "--from", gateway.store_url(), "--to", to],
                             capture_output=True, text=True, env=own_environment(), timeout=120)
        return run.returncode, run.stdout + run.stderr

    def test_a_store_is_moved_whole_and_goes_on_as_it_was(self):
        database = self.cluster.database()
        with Gateway("moved") as gateway:
            for message in samples()[:8]:
                gateway.send(message)
            self.assertIn("stop it", self.migrate(gateway, database)[1])
            known = {one["id"]: one for one in gateway.search("Observation?_count=500")}
            self.assertEqual(gateway.stop(), 0)
            status, text = self.migrate(gateway, database)
            self.assertEqual(status, 0, text)
            self.assertIn("8 arrivals", text)
            self.assertIn("a store is there already", self.migrate(gateway, database)[1])
            gateway.store = database
            gateway.start()
            self.assertEqual({one["id"]: one for one in gateway.search("Observation?_count=500")}, known)
            for message in samples()[8:]:   # 09 corrects 08
                self.assertEqual(code(gateway.send(message)), "AA")
            with Gateway("alone") as alone:
                for message in samples():
                    alone.send(message)
                wanted = {one["id"]: one["meta"]["versionId"] for one in alone.search("Observation?_count=500")}
            self.assertEqual({one["id"]: one["meta"]["versionId"] for one in gateway.search("Observation?_count=500")},
                             wanted)
            self.assertEqual(gateway.search("DiagnosticReport?_sort=date")[0]["resourceType"], "DiagnosticReport")
            status, text = gateway.verify()
            self.assertEqual(status, 0, text)


class ServerThatDies(unittest.TestCase):
    def test_a_kill_of_the_server_in_the_middle_loses_nothing_acknowledged_and_needs_nobody(self):
        with Cluster() as cluster, Gateway("failing", store=cluster.database()) as gateway:
            senders = [Sender(gateway, n, 40) for n in range(4)]
            for sender in senders:
                sender.start()
            for enough in (30, 90):
                OnPostgresql.through(self, senders, enough)
                cluster.kill()
                await_true("it is not ready", lambda: gateway.operations("/readyz")[0] != 200)
                cluster.start()
                await_true("it is ready again", gateway.is_ready)
            OnPostgresql.assert_nothing_is_lost(self, gateway, senders)
            self.assertEqual(gateway.verify()[0], 0)


class TwoGateways(OnPostgresql):
    """TRUST.md §7.1: any may serve any sender."""

    def two(self, **more):
        store = self.cluster.database()
        return Gateway("left", store=store, **more), Gateway("right", store=store, **more)

    def test_a_message_that_both_are_sent_is_kept_once_and_both_find_it(self):
        left, right = self.two()
        with left, right:
            answers = []
            senders = [threading.Thread(target=lambda g=gateway: answers.append(g.send(sample(1))))
                       for gateway in (left, right)]
            for sender in senders:
                sender.start()
            for sender in senders:
                sender.join()
            self.assertEqual([code(answer) for answer in answers], ["AA", "AA"])
            for gateway in (left, right):
                self.assertEqual(gateway.count("Observation?"), 4)

    def test_a_correction_by_the_other_door_follows_its_original(self):
        left, right = self.two()
        with left, right:
            for i, message in enumerate(samples()):
                self.assertEqual(code((left, right)[i % 2].send(message)), "AA")
            with Gateway("alone") as alone:
                for message in samples():
                    alone.send(message)
                wanted = {one["id"]: one["meta"]["versionId"] for one in alone.search("Observation?_count=500")}
            for gateway in (left, right):
                found = {one["id"]: one["meta"]["versionId"] for one in gateway.search("Observation?_count=500")}
                self.assertEqual(found, wanted)

    def test_a_kill_of_one_leaves_the_other_and_loses_nothing(self):
        left, right = self.two()
        with left, right:
            senders = [Sender(gateway, n, 40) for n, gateway in enumerate((left, right, left, right))]
            for sender in senders:
                sender.start()
            self.through(senders, 40)
            left.kill()
            self.through(senders[1::2], 60)
            left.start()
            self.assert_nothing_is_lost(right, senders)
            self.assertEqual(right.verify()[0], 0)

    def test_what_both_forward_arrives_once_and_in_order(self):
        with Gateway("hospital") as hospital:
            left, right = self.two(forward=[hospital.as_target()])
            with left, right:
                for i, message in enumerate(samples()):
                    (left, right)[i % 2].send(message)
                await_true("all is delivered", lambda: left.metric("immunogate_outbox_pending", target="hospital") == 0)
                wanted = {one["id"]: one["meta"]["versionId"] for one in left.search("Observation?_count=500")}
                found = {one["id"]: one["meta"]["versionId"] for one in hospital.search("Observation?_count=500")}
                self.assertEqual(found, wanted)


if __name__ == "__main__":
    unittest.main()
