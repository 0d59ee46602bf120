"""Every command of the runbook is run (TRUST.md §8.12), or says why it is not."""
import os
import re
import subprocess
import unittest

from common import DEPLOY, read, said
from fences import Site, blocks
from harness import PROGRAM, code, sample

RUNBOOK = os.path.join(DEPLOY, "RUNBOOK.md")


class Runbook(unittest.TestCase):
    def test_its_chapters_are_the_fifteen_symptoms(self):
        self.assertEqual([int(n) for n in re.findall(r"^## (\d+) ", read(RUNBOOK), re.M)], list(range(1, 16)))

    def test_each_chapter_has_a_first_command(self):
        for chapter in re.split(r"^## ", read(RUNBOOK), flags=re.M)[1:]:
            self.assertIn("```sh", chapter, chapter.split("\n")[0])

    def test_every_command_that_exists_works(self):
        ran = 0
        with Site("runbook") as site:
            self.assertEqual(code(site.send(sample(2))), "AA")
            site.fhir("Observation", who=None)   # a 401, so that the commands find what they look for
            for language, words, line, text in blocks(RUNBOOK):
                if language != "sh" or words:
                    continue
                with self.subTest(line=line, text=text):
                    # What grep does not find is not there yet: of a gateway without targets, no outbox.
                    status, out = site.run_block(re.sub(r"\| grep -E ('.*?')", r"| { grep -E \1 || true; }", text))
                    self.assertEqual(status, 0, out)
                    ran += 1
        self.assertGreater(ran, 20)

    def test_metrics_that_it_looks_for_are_counted(self):
        names = read(DEPLOY, "..", "gateway", "observe", "names.hpp")
        for stem in re.findall(r"grep -E '\^immunogate_(?:\(([^)]*)\)|([a-z_]+))", read(RUNBOOK)):
            for name in (stem[0] or stem[1]).split("|"):
                name = re.sub("_(count|sum)$", "", name)
                self.assertTrue(f'"immunogate_{name}' in names, name)

    def test_what_is_marked_as_not_built_is_not_built(self):
        commands = set(re.findall(r"^  immunogate (\w+) ", said(PROGRAM, "--help"), re.M))
        for language, words, line, text in blocks(RUNBOOK):
            if "waits" not in words:
                continue
            for call in re.findall(r"^immunogate (\w+)(?: (\w+))?", text, re.M):
                built = call[0] in commands and (call[0] != "store" or call[1] in ("init", "verify", "migrate"))
                self.assertFalse(built, f"line {line}: {' '.join(call)} is built; take `waits` away")

    def test_blocks_for_systemd_are_shell(self):
        for language, words, line, text in blocks(RUNBOOK):
            if "systemd" in words:
                self.assertEqual(subprocess.run(["bash", "-n", "-c", text]).returncode, 0, line)


if __name__ == "__main__":
    unittest.main()
