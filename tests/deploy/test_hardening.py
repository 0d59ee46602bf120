"""How the release program is hardened (TRUST.md T20), read from what the linker wrote."""
import platform
import re
import unittest

import common  # noqa: F401
from common import said
from harness import PROGRAM


class Hardening(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.headers = said("readelf", "-W", "-h", "-l", "-d", "-n", PROGRAM)
        cls.symbols = said("readelf", "-W", "--dyn-syms", PROGRAM)

    def test_threat_20_it_is_position_independent_and_its_relocations_are_read_only(self):
        self.assertRegex(self.headers, r"Type: +DYN")
        self.assertIn("GNU_RELRO", self.headers)
        self.assertRegex(self.headers, r"FLAGS.*(BIND_NOW|NOW)")

    def test_threat_20_its_stack_is_guarded_and_not_executable(self):
        self.assertIn("__stack_chk_fail", self.symbols)
        self.assertRegex(self.headers, r"GNU_STACK +\S+ \S+ \S+ \S+ \S+ RW ")

    def test_threat_20_no_segment_is_written_and_executed(self):
        self.assertIsNone(re.search(r"LOAD .* RWE ", self.headers))

    def test_threat_20_it_has_no_search_path_of_its_own(self):
        self.assertIsNone(re.search(r"\((RPATH|RUNPATH)\)", self.headers))

    def test_threat_20_calls_of_the_c_library_are_fortified(self):
        self.assertRegex(self.symbols, r"__\w+_chk@")   # _FORTIFY_SOURCE

    @unittest.skipUnless(platform.machine() == "x86_64", "landing pads are of x86-64")
    def test_threat_20_indirect_jumps_find_landing_pads(self):
        """-fcf-protection. The linker marks a program only where the C library's start files have pads too, and
        Debian 12's have none: the code is ready, the processor is not asked yet."""
        with open(PROGRAM, "rb") as file:
            self.assertGreater(file.read().count(bytes.fromhex("f30f1efa")), 1000)   # endbr64


if __name__ == "__main__":
    unittest.main()
