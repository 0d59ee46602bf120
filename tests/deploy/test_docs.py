"""Every block of the documentation for users does what the page says."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from common import DEPLOY, PROJECT, read, said
from fences import Site, blocks
from harness import BASE, PROGRAM, code, exchange, own_environment, samples

DOCS = os.path.join(DEPLOY, "docs")
NODE = os.environ.get("IMMUNOGATE_NODE") or shutil.which("node")


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        def clients(config):
            config["access"]["certificates"][0]["scopes"] = "system/*.rs"
        cls.site = Site("docs", change=clients).start()
        cls.addClassCleanup(cls.site.__exit__)
        with cls.site.connect() as s:
            for message in samples():
                assert code(exchange(s, message)) == "AA"

    def run_page(self, name):
        ran = 0
        for language, words, line, text in blocks(os.path.join(DOCS, name)):
            if words or language not in ("sh", "js"):
                continue
            with self.subTest(line=line):
                if language == "js":
                    with open(os.path.join(self.site.work, "tutorial.mjs"), "w") as out:
                        out.write(self.site.ours(text))
                    status, out = self.site.run_block(f"{NODE} tutorial.mjs")
                else:
                    status, out = self.site.run_block(text)
                self.assertEqual(status, 0, f"{name}:{line}\n{text}\n{out[-2000:]}")
                ran += 1
        return ran

    def test_integration_engineer(self):
        self.assertGreaterEqual(self.run_page("integration.md"), 4)

    def test_fhir_client_developer(self):
        self.assertTrue(NODE, "Node.js is needed for the tutorial")
        self.assertGreaterEqual(self.run_page("fhir-client.md"), 6)

    def test_operator_security_officer_laboratory_contributor(self):
        self.assertGreaterEqual(sum(map(self.run_page, ("operator.md", "security.md", "laboratory.md", "contributor.md"))), 4)


class Laboratory(unittest.TestCase):
    def converted(self, change=lambda m: m):
        text = next(text for language, _, _, text in blocks(os.path.join(DOCS, "laboratory.md")) if language == "hl7")
        out = said(PROGRAM, "convert", "--mappings", os.path.join(PROJECT, "mappings"), "-", input=change(text).replace("\n", "\r"),
                   env=own_environment())
        return [e["resource"] for e in json.loads(out)["entry"]]

    @staticmethod
    def result(resources):
        return next(r for r in resources if r["resourceType"] == "Observation" and r["category"][0]["coding"][0]["code"] == "laboratory")

    @staticmethod
    def tags(resource):
        return {(t["system"].removeprefix(BASE), t["code"]) for t in resource["meta"]["tag"]}

    def test_the_example_becomes_what_the_page_says(self):
        resources = self.converted()
        result = self.result(resources)
        tags = self.tags(result)
        self.assertTrue(any("cycle-day" in system and value == "cd-21" for system, value in tags), tags)
        self.assertTrue(any("sample-type" in system and value == "peripheral-blood" for system, value in tags), tags)
        self.assertEqual(result["valueQuantity"]["code"], "%")
        self.assertEqual(result["interpretation"][0]["coding"][0]["code"], "H")
        survey = [r for r in resources if r["resourceType"] == "Observation" and r["category"][0]["coding"][0]["code"] == "survey"]
        self.assertEqual([r["valueDateTime"] for r in survey], ["2025-03-02"])

    def test_the_example_raises_no_issue(self):
        self.assertFalse([t for r in self.converted() for t in r.get("meta", {}).get("tag", []) if "gateway-issue" in t["system"]])

    def test_a_stated_day_goes_before_a_derived_one(self):
        def stated(text):
            return text.replace("SPM|1", "OBX|3|NM|107139-8^Day of menstrual cycle^LN||20||||||F||||||||||||||||||AOE\nSPM|1")
        self.assertTrue(any(value == "cd-20" for _, value in self.tags(self.result(self.converted(stated)))))

    def test_without_a_period_or_a_day_it_is_unknown_and_never_guessed(self):
        def silent(text):
            return re.sub(r"OBX\|2\|DT.*\n", "", text)
        result = self.result(self.converted(silent))
        self.assertTrue(any("cycle-day" in system and value == "unknown" for system, value in self.tags(result)))


class Links(unittest.TestCase):
    def test_every_link_leads_to_a_file(self):
        for folder in (DOCS, DEPLOY, PROJECT):
            for file in os.listdir(folder):
                if not file.endswith(".md"):
                    continue
                for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(folder, file)):
                    self.assertTrue(os.path.exists(os.path.join(folder, target)), f"{file}: {target}")


if __name__ == "__main__":
    unittest.main()
