"""deploy/quickstart as a new user types it: the results go the whole way and are read back."""
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import tempfile
import unittest

from common import DEPLOY, read
from harness import PROGRAM, SAMPLES, await_true, own_environment

QUICKSTART = os.path.join(DEPLOY, "quickstart")


def five_free_ports():
    """The first of five that follow one another, below those that the kernel gives out by itself."""
    for base in range(21000, 32000, 5):
        held = []
        try:
            for port in range(base, base + 5):
                held.append(socket.create_server(("127.0.0.1", port)))
            return base
        except OSError:
            continue
        finally:
            for one in held:
                one.close()
    raise AssertionError("no five free ports")


def environment():
    """It builds where the program under test was built, and finds nothing left to build."""
    build, kind = os.path.split(os.path.dirname(PROGRAM))
    return {**own_environment(), **({"IMMUNOGATE_BUILD": build} if kind == "release" else {})}


class Quickstart(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="immunogate-quickstart-")
        self.addCleanup(self.folder.cleanup)
        self.command = [QUICKSTART, "--state", self.folder.name, "--port-base", str(five_free_ports())]

    def test_with_exit_it_ends_well_when_every_result_was_read_back_from_the_receiver(self):
        for again in range(2):   # the second time on what the first one left
            run = subprocess.run([*self.command, "--exit"], capture_output=True, text=True, timeout=1200, env=environment())
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            self.assertIn(f"{len(os.listdir(SAMPLES)) - 1} messages acknowledged AA", run.stdout)
            arrived = int(re.search(r"all (\d+) Observations reached the receiver", run.stdout).group(1))
            self.assertGreater(arrived, 50)
            rows = [line for line in run.stdout.splitlines() if re.search(r"peripheral-blood|endometrium|serum", line)]
            self.assertGreater(len(rows), 30, run.stdout)

    def test_serving_it_prints_a_curl_line_that_finds_sample_01_by_its_cycle_day(self):
        with open(os.path.join(self.folder.name, "out"), "w+") as out:
            running = subprocess.Popen(self.command, stdout=out, stderr=subprocess.STDOUT, env=environment())
            self.addCleanup(running.wait)
            self.addCleanup(running.send_signal, signal.SIGTERM)
            said = lambda: read(out.name)
            await_true("it serves", lambda: "Ctrl-C ends" in said() or running.poll() is not None, 1200)
            line = next(line.strip() for line in said().splitlines() if line.strip().startswith("curl "))
            ask = lambda text: json.loads(subprocess.run([*shlex.split(text), "-sS"], capture_output=True, text=True,
                                                         check=True, timeout=60).stdout)
            found = ask(line)
            self.assertEqual(found["total"] if "total" in found else len(found["entry"]), 1, found)
            tags = {tag["code"] for tag in found["entry"][0]["resource"]["meta"]["tag"]}
            self.assertLessEqual({"cd-21", "peripheral-blood"}, tags)
            elsewhere = ask(line.replace("cycle-day=ge19&cycle-day=le23", "cycle-day=22"))
            self.assertEqual([e for e in elsewhere.get("entry", []) if e.get("search", {}).get("mode") == "match"], [])


class Packages(unittest.TestCase):
    def wanted(self, path):
        return subprocess.run(["/bin/bash", "-c", f'. "{DEPLOY}/packages.sh"; echo "${{build_packages[*]}}"'], check=True,
                              capture_output=True, text=True, env={"PATH": path}).stdout.split()

    def test_npm_that_came_with_nodejs_from_elsewhere_is_taken_as_it_is(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("npm", self.wanted(folder))
            with open(os.path.join(folder, "npm"), "w") as npm:
                os.chmod(npm.name, 0o755)
            self.assertNotIn("npm", self.wanted(folder))


if __name__ == "__main__":
    unittest.main()
