"""Two builds of the same commit, in folders of other names, are the same bytes."""
import filecmp
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from common import PROJECT, said


class Reproducible(unittest.TestCase):
    def test_two_builds_of_the_same_commit_are_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            programs = []
            for name in ("one", "another-place"):
                source, build = os.path.join(folder, name), os.path.join(folder, name + "-build")
                said("git", "clone", "--quiet", PROJECT, source)
                said("cmake", "-G", "Ninja", "-S", source, "-B", build, "-DCMAKE_BUILD_TYPE=Release")
                said("cmake", "--build", build, "--target", "immunogate", timeout=3600,
                     env={**os.environ, "CCACHE_DISABLE": "1"})   # the second is compiled, not remembered
                programs.append(os.path.join(build, "immunogate"))
            self.assertTrue(filecmp.cmp(*programs, shallow=False))


if __name__ == "__main__":
    unittest.main()
