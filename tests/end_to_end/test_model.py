"""Random resources and random searches, answered by the gateway and by a slow obvious evaluation of
FHIR's SearchParameters in another language (tests/model): no difference.

    IMMUNOGATE_MODEL_SEED=7 IMMUNOGATE_MODEL_SEARCHES=20000 python3 -m unittest test_model
"""
import http.client
import json
import os
import random
import shutil
import subprocess
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from harness import DEADLINE, PROJECT, OnSamples, client_context

MODEL = os.path.join(PROJECT, "tests", "model")
BUILD = os.environ.get("IMMUNOGATE_BUILD", os.path.join(PROJECT, ".build"))
SEED = int(os.environ.get("IMMUNOGATE_MODEL_SEED") or random.randrange(1, 2**31))
SEARCHES = int(os.environ.get("IMMUNOGATE_MODEL_SEARCHES") or 2500)
# A slow build asks as many as it can in that time; who names a number gets all of them.
SECONDS = float("inf") if "IMMUNOGATE_MODEL_SEARCHES" in os.environ else 40
ASKERS = 4
SHOWN = 20  # differences, of all that there are


def change(config):
    config["access"]["certificates"].append({"subject": "CN=receiver", "scopes": "system/*.cruds", "role": "source"})


class Model(OnSamples):
    change = staticmethod(change)

    @classmethod
    def setUpClass(cls):
        cls.place = os.path.join(BUILD, "model")
        if not os.path.isdir(os.path.join(cls.place, "node_modules")):
            raise unittest.SkipTest("the FHIRPath library is not installed: npm's registry is not reachable, "
                                    "see .build/model.log")
        shutil.copytree(MODEL, cls.place, dirs_exist_ok=True)
        super().setUpClass()

    def node(self, script, *arguments):
        own = os.path.join(BUILD, "node", "node_modules", ".bin", "node")
        node = own if os.access(own, os.X_OK) else shutil.which("node")
        run = subprocess.run([node, os.path.join(self.place, script), *map(str, arguments)], capture_output=True,
                             text=True, timeout=600)
        self.assertEqual(run.returncode, 0, run.stderr[:4000])
        return run.stdout.splitlines()

    def write_resources(self):
        for bundle in self.node("resources.mjs", SEED):
            status, _, answer = self.gateway.fhir("", "POST", bundle.encode(), {"Content-Type": "application/fhir+json"}, "receiver")
            self.assertEqual(status, 200, answer)

    def served(self):
        """The types that are searched, each with its parameters."""
        _, _, statement = self.gateway.fhir("metadata")
        types = {}
        for one in statement["rest"][0]["resource"]:
            status, _, bundle = self.gateway.fhir(f"{one['type']}?_count=1")
            stored = [e for e in bundle.get("entry", []) if "versionId" in e["resource"].get("meta", {})] if status == 200 else []
            if stored:
                types[one["type"]] = sorted(p["name"] for p in one["searchParam"] if "." not in p["name"])
        return types

    def stored(self, types, path):
        """Every resource, as served: one searchset a line."""
        with open(path, "wb") as out:
            for type_ in types:
                _, _, data = self.gateway.request("GET", f"/fhir/{type_}?_count=1000")
                self.assertNotIn("next", [l["relation"] for l in json.loads(data)["link"]])
                out.write(data + b"\n")

    def ask(self, questions):
        """What is answered otherwise than expected, by one connection kept open."""
        connection = http.client.HTTPSConnection("127.0.0.1", self.gateway.ports["https"],
                                                 context=client_context("client"), timeout=DEADLINE)

        def get(url):
            connection.request("GET", url)
            response = connection.getresponse()
            answer = json.loads(response.read())
            return answer if response.status == 200 else Refused(answer)

        wrong, until = [], time.monotonic() + SECONDS
        for number, question in enumerate(questions, 1):
            if time.monotonic() > until:
                break
            url, chance = f"/fhir/{question['type']}?{question['query']}", random.Random(f"{SEED} {number}")
            for got in answers(get, url, question["ids"], chance):
                if got != question["ids"]:
                    wrong.append((question, got))
            self.asked.append(question)
        connection.close()
        return wrong

    def test_every_search_finds_what_the_model_finds(self):
        print(f"\nmodel: seed {SEED}, {SEARCHES} searches (IMMUNOGATE_MODEL_SEED, IMMUNOGATE_MODEL_SEARCHES)", flush=True)
        self.write_resources()
        types = self.served()
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "served.json"), "w") as out:
                json.dump(types, out)
            self.stored(types, os.path.join(folder, "resources"))
            questions = [json.loads(line) for line in self.node(
                "questions.mjs", SEED, SEARCHES, os.path.join(PROJECT, "mappings"), os.path.join(folder, "served.json"),
                os.path.join(folder, "resources"))]
        self.asked = []  # and answered
        with ThreadPoolExecutor(ASKERS) as pool:
            wrong = [one for some in pool.map(self.ask, [questions[n::ASKERS] for n in range(ASKERS)]) for one in some]
        asked = len(self.asked)
        print(f"model: {asked} asked", flush=True)
        self.assertGreater(asked, 400)
        self.assertGreater(sum(1 for q in self.asked if q["ids"]), asked // 4, "too few searches find anything")
        self.assertEqual(len(wrong), 0, "\n".join([f"seed {SEED}"] + [difference(*one) for one in wrong[:SHOWN]]))


def answers(get, url, expected, chance):
    """The ids on one page; of some searches those on small pages in some order too, and their number."""
    yield ids_of(get(f"{url}&_count=1000&_elements=id"))
    if chance.random() < 0.1:
        sort = chance.choice(["_id", "-_id", "_lastUpdated", "-_lastUpdated,_id"])
        found, link = [], f"{url}&_count={max(2, len(expected) // 4)}&_sort={sort}"
        while link and isinstance(found, list):
            page = get(link)
            found = page if isinstance(page, Refused) else found + ids_of(page)
            link = next(("/fhir/" + l["url"].split("/fhir/", 1)[1] for l in page.get("link", []) if l["relation"] == "next"), None)
        yield sorted(found) if isinstance(found, list) else found
    if chance.random() < 0.1:
        counted = get(f"{url}&_summary=count")
        yield expected if counted.get("total") == len(expected) else Refused({"issue": f"counted {counted}"})


def ids_of(page):
    return page if isinstance(page, Refused) else sorted(e["resource"]["id"] for e in page.get("entry", []))


class Refused(dict):
    """An answer that is no page."""


def difference(question, got):
    what = f"{question['type']}?{question['query']}"
    if isinstance(got, dict):
        return f"{what}\n    refused: {got.get('issue')}"
    expected, got = set(question["ids"]), set(got)
    return f"{what}\n    missing {sorted(expected - got)[:5]}, too many {sorted(got - expected)[:5]} of {len(expected)}"


if __name__ == "__main__":
    unittest.main()
