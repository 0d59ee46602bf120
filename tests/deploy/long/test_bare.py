"""A new user on a bare Debian 12: a fresh clone, `deploy/quickstart --exit`, and the results went the whole way."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from bare import bare_debian
from common import said
from harness import PROJECT


class Bare(unittest.TestCase):
    def test_quickstart_installs_builds_and_brings_the_samples_to_the_receiver(self):
        folder = tempfile.mkdtemp(prefix="immunogate-bare-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        root = os.path.join(folder, "root")
        bare_debian(root)
        self.addCleanup(subprocess.run, ["umount", os.path.join(root, "proc")])
        said("git", "clone", "-q", PROJECT, os.path.join(root, "srv/immunogate"))
        run = subprocess.run(["chroot", root, "/srv/immunogate/deploy/quickstart", "--exit"], capture_output=True, text=True,
                             timeout=3000, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"})
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertRegex(run.stdout, r"all \d+ Observations reached the receiver")
        self.assertRegex(run.stdout, r"(?m)^.*peripheral-blood.*$")


if __name__ == "__main__":
    unittest.main()
