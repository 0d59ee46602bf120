"""The console (TRUST.md §9) in Debian's Chromium on the program: people sign in by an invitation, open each page, walk
by keyboard, decide on a dead letter; axe-core judges each page, and markup in messages stays text (T15)."""
import json
import os
import shutil
import subprocess
import unittest

from fault_target import FaultTarget
from harness import Gateway, await_true, sample
from test_people import BUILD, HERE, WORDS, invitation, user, with_socket

PLACE = os.path.join(BUILD, "console")


def node():
    """Node.js with what tests/end_to_end/console asks for, or a reason to skip."""
    own = os.path.join(BUILD, "node", "node_modules", ".bin", "node")
    if not os.path.isdir(os.path.join(PLACE, "node_modules", "playwright-core")):
        raise unittest.SkipTest("the browser's driver is not installed: npm's registry is not reachable, see .build/console.log")
    if not os.path.exists("/usr/bin/chromium"):
        raise unittest.SkipTest("chromium is not installed")
    return own if os.access(own, os.X_OK) else shutil.which("node")


class Console(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = node()
        shutil.copytree(os.path.join(HERE, "console"), PLACE, dirs_exist_ok=True)
        cls.target = FaultTarget(lambda bundle, number: "422")
        cls.target.__enter__()
        cls.addClassCleanup(cls.target.__exit__, None, None, None)
        cls.gateway = Gateway("clinic-a", change=with_socket, forward=[cls.target.as_target()]).start()
        cls.addClassCleanup(cls.gateway.__exit__)
        if b"/console/assets/" not in cls.page():
            raise unittest.SkipTest("the program was built without the console's pages: npm was not there")

    @classmethod
    def page(cls):
        status, _, body = cls.gateway.request("GET", "/console/")
        assert status == 200, status
        return body if isinstance(body, bytes) else body.encode()

    def person(self, name, role):
        status, text, error = user(self.gateway, "add", name, "--role", role)
        self.assertEqual(status, 0, error)
        return {"user": name, "invitation": invitation(text), "password": WORDS}

    def play(self, scenario, **settings):
        pictures = os.path.join(BUILD, "console-pictures")
        os.makedirs(pictures, exist_ok=True)
        settings |= {"origin": f"https://127.0.0.1:{self.gateway.ports['https']}", "pictures": pictures}
        run = subprocess.run([self.node, os.path.join(PLACE, "console.mjs"), scenario, json.dumps(settings)],
                             capture_output=True, text=True, timeout=300)
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, "", ""))

    def test_people_sign_in_see_what_is_theirs_and_decide(self):
        markup = b"<img src=x onerror=alert(1)>"
        self.gateway.send(sample(1).replace(b"||F|", b"||" + markup + b"|", 1))
        await_true("a dead letter", lambda: self.gateway.metric("immunogate_dead_letters", target="hospital") == 1)
        self.play("people", operator=self.person("olga", "operator"), administrator=self.person("anna", "administrator"))

    def test_threat_15_every_page_is_accessible_and_markup_stays_text(self):
        self.play("pages", auditor=self.person("eva", "auditor"), phone=self.person("paul", "administrator"))


if __name__ == "__main__":
    unittest.main()
