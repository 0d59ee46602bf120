"""A store that is copied while it takes messages, and brought back elsewhere (TRUST.md P17)."""
import glob
import json
import os
import subprocess
import time
import unittest

from harness import PROGRAM, Gateway, certificates, exchange, msa, own_environment, sample, samples


def store(*words):
    run = subprocess.run([PROGRAM, "store", *words], capture_output=True, text=True, env=own_environment(),
                         timeout=120)
    return run.returncode, run.stdout + run.stderr


@unittest.skipIf(os.environ.get("IMMUNOGATE_TEST_STORE") == "postgresql", "PostgreSQL has tools of its own")
class Backup(unittest.TestCase):
    def setUp(self):
        self.gateway = Gateway("backed-up").start()
        self.addCleanup(self.gateway.__exit__)
        self.folder = os.path.join(self.gateway.folder, "backups")
        self.key = os.path.join(certificates(), "operator-key.pem")

    def back_up(self, *how):
        return store("backup", "--store", self.gateway.store_url(), "--to", self.folder,
                     *(how or ("--encrypt-to", os.path.join(certificates(), "operator.pem"))))

    def restored(self, *how, name="restored.db"):
        place = os.path.join(self.gateway.folder, name)
        return place, *store("restore", "--from", self.folder, "--store", "sqlite:" + place, *how)

    def test_what_is_restored_elsewhere_is_what_was_there_and_serves(self):
        for message in samples()[:8]:
            self.gateway.send(message)
        status, text = self.back_up()
        self.assertEqual(status, 0, text)
        self.assertIn(": 8 arrivals, ", text)
        self.assertGreater(self.gateway.metric("immunogate_backup_last_success_timestamp_seconds"), time.time() - 60)
        self.assertEqual(self.gateway.verify()[0], 0)
        self.assertGreater(self.gateway.metric("immunogate_verify_last_success_timestamp_seconds"), time.time() - 60)
        known = {one["id"]: one for one in self.gateway.search("Observation?_count=500")}
        acknowledged = os.path.join(self.gateway.folder, "acknowledged")
        with open(acknowledged, "w") as out:
            for message in samples()[8:]:
                with self.gateway.connect() as s:
                    out.write(f"default {msa(exchange(s, message))[2]}\n")
        place, status, text = self.restored("--key", self.key, "--acknowledged", acknowledged)
        self.assertIn("8 arrivals", text)
        self.assertIn("clean", text)
        self.assertIn("4 acknowledged after that", text)
        self.assertEqual(status, 1, "something is to be sent again")
        with Gateway("restored", store=place) as restored:
            found = {one["id"]: one for one in restored.search("Observation?_count=500")}
            self.assertEqual(found.keys(), known.keys())
            for message in samples()[8:]:
                restored.send(message)
            self.assertEqual(len(restored.search("Observation?_count=500")),
                             len(self.gateway.search("Observation?_count=500")))

    def test_it_goes_on_while_messages_are_taken_and_each_copy_is_of_one_moment(self):
        with self.gateway.connect() as s:
            for message in samples():
                exchange(s, message)
                status, text = self.back_up("--plain")
                self.assertIn(status, (0, 2), text)   # 2: a second backup within one second has the same name
        for one in sorted(os.listdir(self.folder)):
            place = os.path.join(self.gateway.folder, one + ".db")
            status, text = store("restore", "--from", os.path.join(self.folder, one), "--store", "sqlite:" + place)
            self.assertEqual(status, 0, text)

    def test_threat_21_it_holds_no_name_of_a_patient_and_is_for_its_user_alone(self):
        self.gateway.send(sample(1))
        self.assertEqual(self.back_up()[0], 0)
        for file in glob.glob(self.folder + "/*/*"):
            self.assertEqual(os.stat(file).st_mode & 0o077, 0, file)
            with open(file, "rb") as part:
                self.assertFalse(part.read(16).startswith(b"SQLite"), file)
        left = [one for one in glob.glob(self.gateway.store + "-backing-up*") if not one.endswith(".lock")]
        self.assertEqual(left, [])

    def test_threat_21_who_may_open_it_is_asked(self):
        status, text = store("backup", "--store", self.gateway.store_url(), "--to", self.folder)
        self.assertEqual(status, 2)
        self.assertIn("--encrypt-to CERTIFICATE, or --plain", text)

    def test_another_key_opens_nothing_and_leaves_nothing(self):
        self.back_up()
        place, status, text = self.restored("--key", os.path.join(certificates(), "sender-key.pem"))
        self.assertEqual(status, 2)
        self.assertIn("this key does not open it", text)
        self.assertFalse(os.path.exists(place))

    def test_a_part_that_was_changed_is_named(self):
        self.back_up("--plain")
        part = glob.glob(self.folder + "/*/000000.part")[0]
        with open(part, "r+b") as file:
            file.seek(5000)
            file.write(b"?")
        place, status, text = self.restored()
        self.assertEqual(status, 2)
        self.assertIn("000000.part: this part is not what the manifest says", text)
        self.assertFalse(os.path.exists(place))

    def test_threat_13_a_manifest_names_no_file(self):
        self.back_up("--plain")
        manifest = glob.glob(self.folder + "/*/manifest.json")[0]
        with open(manifest) as file:
            said = json.load(file)
        said["parts"][0]["name"] = "../../../etc/passwd"
        with open(manifest, "w") as file:
            json.dump(said, file)
        self.assertEqual(self.restored()[1], 0)

    def test_what_was_not_finished_is_no_backup(self):
        self.back_up("--plain")
        os.remove(glob.glob(self.folder + "/*/manifest.json")[0])
        self.assertIn("holds no backup", self.restored()[2])

    def test_the_newest_until_a_time_is_taken_and_never_over_a_store(self):
        self.gateway.send(sample(1))
        self.back_up("--plain")
        made = os.listdir(self.folder)[0]
        os.rename(os.path.join(self.folder, made), os.path.join(self.folder, "20200101T000000Z"))
        self.gateway.send(sample(2))
        self.back_up("--plain")
        self.assertIn("1 arrivals", self.restored("--until", "2020-01-02T00:00:00Z", name="old.db")[2])
        self.assertIn("2 arrivals", self.restored(name="new.db")[2])
        self.assertIn("holds no backup made by then", self.restored("--until", "2019-01-01T00:00:00Z", name="no.db")[2])
        self.assertIn("a store is there already", self.restored(name="new.db")[2])


if __name__ == "__main__":
    unittest.main()
