"""The console (TRUST.md §9) in Debian's Chromium on the program with real messages: written scenarios below console/,
each a module that says what somebody does; axe-core judges each page, and markup in messages stays text (T15). Pictures
and the scenarios as they were played lie in .build/console-pictures."""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from fault_target import FaultTarget
from harness import Gateway, await_true, code, exchange, sample, samples
from test_follow_up import mappings as mappings_with_rule
from test_people import BUILD, HERE, WORDS, invitation, user, with_socket

PLACE = os.path.join(BUILD, "console")
# Ways of T15 to be more than text; none has a character that HL7 would take apart.
MARKUPS = (b"<img src=x onerror=alert(%d)>", b"<script>alert(%d)</script>", b"<svg onload=alert(%d)>", b'"><script>alert(%d)</script>',
           b'<iframe srcdoc="<script>alert(%d)</script>">', b"javascript:alert(%d)", b"<a href=javascript:alert(%d)>x</a>",
           b"<object data=javascript:alert(%d)>", b"<style>@import'//outside.example/%d'</style>", b"<base href=//outside.example/%d>",
           b'<meta http-equiv=refresh content="0;url=//outside.example/%d">', b"{{constructor.constructor('alert(%d)')()}}",
           b"</script><details open ontoggle=alert(%d)>", b"<math><mtext><style><img src=x onerror=alert(%d)>")
CHARTED = "P0777"


def node():
    """Node.js with what tests/end_to_end/console asks for, or a reason to skip."""
    own = os.path.join(BUILD, "node", "node_modules", ".bin", "node")
    if not os.path.isdir(os.path.join(PLACE, "node_modules", "playwright-core")):
        raise unittest.SkipTest("the browser's driver is not installed: npm's registry is not reachable, see .build/console.log")
    if not os.path.exists("/usr/bin/chromium"):
        raise unittest.SkipTest("chromium is not installed")
    return own if os.access(own, os.X_OK) else shutil.which("node")


def renamed(number, old, new, *more):
    """A sample with another control id and order, and other changes."""
    message = sample(number).replace(old, new)
    for before, after in more:
        message = message.replace(before, after)
    return message


def charted(control_id, message):
    """The same of the patient whose chart is drawn, by orders of their own."""
    message = re.sub(rb"\|P\d{4}\^\^\^CLINIC", f"|{CHARTED}^^^CLINIC".encode(), message)
    message = re.sub(rb"(OBR\|\d\|)(\w+)\|(\w+)\|", rb"\1K\2|K\3|", message)
    return re.sub(rb"(ORU\^R01(?:\^ORU_R01)?\|)\w+", rb"\g<1>" + control_id.encode(), message, count=1)


def chart():
    """Results of one patient: two cycles, a correction, a day that nobody said, a pregnancy."""
    first = renamed(9, b"|12.9|", b"|11.9|", (b"||C\r", b"||F\r"), (b"|C\r", b"|F\r"))
    other = renamed(1, b"ORD1|F1", b"ORD1B|F1B", (b"20250302", b"20250402"), (b"20250322093000", b"20250410093000"), (b"|14.2|", b"|12.40|"))
    unknown = renamed(1, b"ORD1|F1", b"ORD1C|F1C", (b"|14.2|", b"|<5.0|"), (b"20250322", b"20250601"))
    unknown = b"\r".join(s for s in unknown.split(b"\r") if b"8665-2" not in s)
    taken = renamed(1, b"|14.2|", b"|13.8|")
    return [charted(f"K{at}", message) for at, message in enumerate((taken, other, first, sample(9), unknown, sample(11), sample(12)))]


def full_of_markup():
    """One that is taken, with markup where people write; and with each way of it in every field but those that say what
    a message is."""
    first = MARKUPS[0]
    taken = renamed(1, b"N1001", b"X0", (b"Aksoy^Elif", first % 1 + b"^" + first % 2), (b"NK subset panel", first % 3),
                    (b"Venous blood specimen", first % 4), (b"NK % of lymphocytes", first % 5), (b"|5.0-12.0|", b"|" + first % 6 + b"|"))
    out = [re.sub(rb"(OBX\|3\|)NM(\|[^|]*\|[^|]*\|)5.10", rb"\1ST\g<2>" + first % 7, taken)]
    for turn in range(len(MARKUPS)):
        segments = []
        for segment in sample(1).replace(b"N1001", b"X%d" % (turn + 1)).strip().split(b"\r"):
            fields = segment.split(b"|")
            kept = range(1, 12) if fields[0] == b"MSH" else (1, 2) if fields[0] in (b"OBX", b"SPM") else (1,)
            segments.append(b"|".join(f if at == 0 or at in kept or not f else MARKUPS[(turn + at) % len(MARKUPS)] % at for at, f in enumerate(fields)))
        out.append(b"\r".join(segments) + b"\r")
    return out


class Console(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.node = node()
        shutil.copytree(os.path.join(HERE, "console"), PLACE, dirs_exist_ok=True)
        # The hospital does not want the first message, and takes all others.
        cls.target = FaultTarget(lambda bundle, number: "422" if "14.2" in json.dumps(bundle) and "5.10" in json.dumps(bundle) else None)
        cls.target.__enter__()
        cls.addClassCleanup(cls.target.__exit__, None, None, None)
        folder = tempfile.mkdtemp(prefix="immunogate-console-")
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        rules = mappings_with_rule(folder, enabled=True, site="Clinic A", author="Dr. Example")

        def change(config):
            with_socket(config)
            config["mappings"] = rules
        cls.gateway = Gateway("clinic-a", change=change, forward=[cls.target.as_target()]).start()
        cls.addClassCleanup(cls.gateway.__exit__)
        if b"/console/assets/" not in cls.page():
            raise unittest.SkipTest("the program was built without the console's pages: npm was not there")
        with cls.gateway.connect() as s:
            for message in samples() + chart() + [sample(1), sample(2)]:   # the last two come again
                exchange(s, message)
            exchange(s, b"MSH|^~\\&|NORTHLIS|NORTHLAB|FHIRGW|CLINIC|20250324101500-0500||ORU^R01^ORU_R01|BAD1|P|2.5.1\rOBX|1\r")
            exchange(s, b"MSH|^~\\&|NORTHLIS|NORTHLAB|FHIRGW|CLINIC|20250324101500-0500||ADT^A01|ADT1|P|2.5.1\rPID|1\r")
        await_true("a dead letter", lambda: (cls.gateway.metric("immunogate_dead_letters", target="hospital") or 0) >= 1)

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
                             capture_output=True, text=True, timeout=400)
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, "", ""))

    def test_an_operators_day(self):
        late = renamed(1, b"N1001", b"LATE1", (b"ORD1|F1", b"ORDL|FL"), (b"|14.2|", b"|13.1|"))
        self.play("operators_day", operator=self.person("olga", "operator"), plain=self.gateway.ports["plain"], wanted="N3001",
                  late=late.decode())

    def every_page(self, view):
        self.play("every_page", view=view, patient=CHARTED, operator=self.person("o-" + view, "operator"),
                  administrator=self.person("a-" + view, "administrator"), auditor=self.person("e-" + view, "auditor"))

    def test_every_page_is_accessible(self):
        self.every_page("wide")

    def test_every_page_is_accessible_in_the_dark(self):
        self.every_page("dark")

    def test_every_page_is_accessible_on_a_phone(self):
        self.every_page("phone")

    def test_a_patients_chart(self):
        self.play("chart", operator=self.person("otto", "operator"), patient=CHARTED)

    def test_the_follow_up_list(self):
        self.play("follow_up", reviewer=self.person("rita", "reviewer"), others=self.person("olaf", "operator"))

    def test_changed_mappings_on_stored_messages(self):
        self.play("remaps", analyst=self.person("ada", "analyst"))

    def test_ones_own_account(self):
        self.play("account", person=self.person("paul", "analyst"))

    def test_threat_15_markup_in_messages_does_nothing(self):
        answers = [self.gateway.send(message) for message in full_of_markup()]
        self.assertEqual(code(answers[0]), "AA", answers[0])
        status, _, body = self.gateway.request("GET", f"/admin/v1/messages?count={len(answers)}", who="sender")
        self.assertEqual(status, 200, body)
        arrivals = [one["arrival"] for one in json.loads(body)["items"]]
        self.play("markup", operator=self.person("omar", "operator"), arrivals=arrivals,
                  pages=["Messages", "Live", "Reviews", "Dead letters", "Senders", "Targets", "Overview"])

    def test_the_page_holds_with_very_many_messages(self):
        self.play("many", operator=self.person("oda", "operator"))


if __name__ == "__main__":
    unittest.main()
