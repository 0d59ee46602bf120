"""Two builds of the same commit by deploy/reproducible-build, in folders of other names, are the same bytes."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from common import PROJECT, said


class Reproducible(unittest.TestCase):
    def test_two_builds_of_the_same_commit_are_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            digests = set()
            for name in ("one", "another-place"):
                source = os.path.join(folder, name)
                said("git", "clone", "--quiet", PROJECT, source)
                said(os.path.join(source, "deploy", "reproducible-build"), timeout=3600)
                digests.add(said("sha256sum", os.path.join(source, ".build", "reproducible", "immunogate")).split()[0])
            self.assertEqual(len(digests), 1)


if __name__ == "__main__":
    unittest.main()
