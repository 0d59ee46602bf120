"""The package in a Debian of its own: installed, run, upgraded with traffic, removed, purged (TRUST.md §8.9, §8.11).

Its service manager is this test: in a chroot there is no systemd to be the first process.
"""
import filecmp
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from bare import bare_debian
from common import DEPLOY, said
from harness import DEADLINE, PROGRAM, Gateway, await_true, code, exchange, own_environment, sample

STATE = "var/lib/immunogate"


def packed(folder, *options):
    return said(os.path.join(DEPLOY, "debian-package"), "--program", PROGRAM, "--out", folder, *options).split()


class Reproducible(unittest.TestCase):
    def test_the_same_program_is_packed_to_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            for path, again in zip(packed(one), packed(other)):
                self.assertTrue(filecmp.cmp(path, again, shallow=False), path)


class Installed(Gateway):
    """The gateway of the chroot, as its unit starts it: as its user, in its folder."""

    def __init__(self, root):
        super().__init__("clinic", folder=os.path.join(root, STATE), store="/" + os.path.join(STATE, "gateway.db"))
        self.root, self.on_host = root, os.path.join(root, STATE, "gateway.db")

    def write_configuration(self):
        config = self.configuration()
        config["mappings"] = "/etc/immunogate/mappings"
        for door in (config["mllp"][0], config["https"]):
            door["tls"] = {k: "/etc/immunogate/tls/" + os.path.basename(v) for k, v in door["tls"].items()}
        tls = os.path.join(self.root, "etc/immunogate/tls")
        group = os.stat(tls).st_gid
        for name in os.listdir(os.path.dirname(self.tls()["key"])):
            path = shutil.copy(os.path.join(os.path.dirname(self.tls()["key"]), name), tls)
            os.chown(path, 0, group)
            os.chmod(path, 0o640)
        with open(os.path.join(self.root, "etc/immunogate/immunogate.jsonc"), "w") as out:
            json.dump(config, out)
        return "/etc/immunogate/immunogate.jsonc"

    def launch(self):
        self.log = open(os.path.join(self.root, "tmp", "log"), "ab")
        self.process = subprocess.Popen(
            ["chroot", self.root, "setpriv", "--reuid=immunogate", "--regid=immunogate", "--init-groups",
             "/usr/bin/immunogate", "serve", "--config", self.write_configuration()],
            stdout=self.log, stderr=self.log, env=own_environment())

    def log_text(self):
        with open(os.path.join(self.root, "tmp", "log"), errors="replace") as log:
            return log.read()


class Debian(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="immunogate-debian-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.root = os.path.join(cls.folder, "root")
        bare_debian(cls.root)
        cls.addClassCleanup(subprocess.run, ["umount", os.path.join(cls.root, "proc")])
        cls.inside("apt-get", "update", "-qq")
        cls.old = packed(os.path.join(cls.folder, "old"), "--version", "0.0.9")
        cls.new = packed(os.path.join(cls.folder, "new"))

    @classmethod
    def inside(cls, *command, **variables):
        return said("chroot", cls.root, "env", "DEBIAN_FRONTEND=noninteractive",
                    *[f"{k}={v}" for k, v in variables.items()], *command, timeout=900)

    def install(self, packages):
        for package in packages:
            shutil.copy(package, os.path.join(self.root, "srv"))
        self.inside("apt-get", "install", "-y", "-qq", "--no-install-recommends",
                    *["/srv/" + os.path.basename(p) for p in packages])

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))

    def test_1_unused_it_leaves_nothing_behind(self):
        self.install(self.old)
        self.assertEqual(os.stat(os.path.join(self.root, STATE)).st_mode & 0o7777, 0o700)
        self.assertFalse(self.exists("etc/immunogate/immunogate.jsonc"))
        said_so = self.inside("immunogate", "check", "--mappings", "/etc/immunogate/mappings")
        self.assertIn("no problem found", said_so)
        self.inside("setpriv", "--reuid=immunogate", "--regid=immunogate", "--clear-groups", "immunogate", "store",
                    "init", "--store", f"sqlite:/{STATE}/gateway.db")
        self.inside("apt-get", "purge", "-y", "-qq", "immunogate", "immunogate-doc")
        for path in (STATE, "etc/immunogate", "usr/bin/immunogate", "usr/share/immunogate", "usr/share/doc/immunogate",
                     "etc/systemd/system/multi-user.target.wants/immunogate.service"):
            self.assertFalse(self.exists(path), path)

    def test_2_upgraded_with_traffic_and_removed_it_loses_no_message(self):
        self.install(self.old)
        gateway, answers, ended = Installed(self.root), [], threading.Event()
        self.addCleanup(gateway.__exit__)
        gateway.start()

        def laboratory():
            number = 0
            while not ended.is_set():
                number += 1
                one = sample(1).split(b"|")
                one[9] = f"UPGRADE{number}".encode()
                answer = None
                while answer is None and not ended.is_set():   # a queue that resends, as every engine has
                    try:
                        with gateway.connect() as s:
                            answer = exchange(s, b"|".join(one))
                    except OSError:
                        ended.wait(0.05)
                if answer is not None:
                    answers.append(code(answer))
        sender = threading.Thread(target=laboratory)
        sender.start()
        try:
            await_true("messages are answered", lambda: len(answers) > 5)
            self.install(self.new)
            self.assertEqual(gateway.stop(), 0)   # what the package asks systemd for
            gateway.start()
            some = len(answers)
            await_true("and again", lambda: len(answers) > some + 5)
        finally:
            ended.set()
            sender.join(DEADLINE)
        self.assertEqual(set(answers), {"AA"})
        self.assertEqual(gateway.stop(), 0)
        verified = self.inside("immunogate", "store", "verify", "--store", f"sqlite:/{STATE}/gateway.db")
        self.assertIn(f"{len(answers)} arrivals", verified)
        self.inside("apt-get", "remove", "-y", "-qq", "immunogate")
        self.inside("apt-get", "purge", "-y", "-qq", "immunogate", "immunogate-doc")
        self.assertTrue(self.exists(f"{STATE}/gateway.db"), "results are not removed unasked")
        self.assertTrue(self.exists("etc/immunogate/tls"))
        self.install(self.new)
        self.inside("apt-get", "purge", "-y", "-qq", "immunogate", "immunogate-doc", IMMUNOGATE_PURGE_STATE="yes")
        for path in (STATE, "etc/immunogate"):
            self.assertFalse(self.exists(path), path)


if __name__ == "__main__":
    unittest.main()
