"""The Debian package: clean, complete, and not started before it is configured (TRUST.md §8.9)."""
import os
import shutil
import subprocess
import tempfile
import unittest

from common import DEPLOY, project_version, read, said
from harness import PROGRAM, SAMPLES, own_environment


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="immunogate-package-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        made = said(os.path.join(DEPLOY, "debian-package"), "--program", PROGRAM, "--out", cls.folder).split()
        cls.package = next(p for p in made if "immunogate_" in p)
        cls.all = made
        cls.root = os.path.join(cls.folder, "root")
        said("dpkg-deb", "-x", cls.package, cls.root)
        cls.control = os.path.join(cls.folder, "control")
        said("dpkg-deb", "-e", cls.package, cls.control)

    def test_lintian_finds_nothing(self):
        run = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", *self.all], capture_output=True, text=True)
        self.assertEqual((run.returncode, run.stdout), (0, ""), run.stderr)

    def test_its_version_is_that_of_the_program(self):
        self.assertEqual(said("dpkg-deb", "-f", self.package, "Version").strip(), project_version())
        self.assertEqual(said(PROGRAM, "--version").split()[1], project_version())

    def test_what_a_site_edits_are_conffiles_and_nothing_else_is(self):
        conffiles = set(read(self.control, "conffiles").split())
        in_etc = {os.path.join(at, file)[len(self.root):]
                  for at, _, files in os.walk(os.path.join(self.root, "etc")) for file in files
                  if not os.path.islink(os.path.join(at, file))}
        self.assertEqual(conffiles, in_etc)
        self.assertIn("/etc/immunogate/mappings/units.csv", conffiles)

    def test_it_is_not_started_before_it_is_configured(self):
        unit = read(self.root, "lib/systemd/system/immunogate.service")
        self.assertIn("ConditionPathExists=/etc/immunogate/immunogate.jsonc\n", unit)
        self.assertFalse(os.path.exists(os.path.join(self.root, "etc/immunogate/immunogate.jsonc")))

    def test_the_program_finds_its_mappings_where_it_was_unpacked(self):
        sample = os.path.join(SAMPLES, "01-us-loinc-blood-nk.hl7")
        program = os.path.join(self.root, "usr/bin/immunogate")
        with tempfile.TemporaryDirectory() as elsewhere:
            out = said(program, "convert", sample, cwd=elsewhere, env=own_environment())
        self.assertEqual(out, said(PROGRAM, "convert", "--mappings", os.path.join(DEPLOY, "..", "mappings"), sample))
        said(program, "check", "--mappings", os.path.join(self.root, "usr/share/immunogate/mappings"))

    def test_each_command_has_a_page_and_is_completed(self):
        pages = os.listdir(os.path.join(self.root, "usr/share/man/man1"))
        bash = read(self.root, "usr/share/bash-completion/completions/immunogate")
        for command in ("serve", "convert", "check", "store"):
            self.assertIn(f"immunogate-{command}.1.gz", pages)

        def completed(*words):
            script = f"{bash}\nCOMP_WORDS=(immunogate \"$@\"); COMP_CWORD=$#; _immunogate; printf '%s\\n' \"${{COMPREPLY[@]}}\""
            return said("bash", "-c", script, "bash", *words).split()
        self.assertEqual(completed("ser"), ["serve"])
        self.assertEqual(completed("check", "--re"), ["--ready"])
        said("zsh", "-n", os.path.join(self.root, "usr/share/zsh/vendor-completions/_immunogate"))


if __name__ == "__main__":
    unittest.main()
