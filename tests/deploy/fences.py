"""The fenced blocks of our Markdown, and the running gateway that they are tried against."""
import os
import re
import shutil
import subprocess

from common import PROJECT, read
from harness import PROGRAM, SAMPLES, Gateway, certificates, own_environment


def blocks(path):
    """[(language, words behind it, line, text)]"""
    text = read(path)
    for m in re.finditer(r"^```([a-z0-9]*)(?: ([^\n]*))?\n(.*?)^```$", text, re.M | re.S):
        yield m[1], (m[2] or "").split(), text.count("\n", 0, m.start()) + 1, m[3]


class Site(Gateway):
    """A gateway behind the paths and addresses that the documentation names."""

    def start(self):
        super().start()
        work = os.path.join(self.folder, "work")
        os.makedirs(os.path.join(work, "bin"))
        os.symlink(PROGRAM, os.path.join(work, "bin", "immunogate"))
        shutil.copytree(SAMPLES, os.path.join(work, "messages"))
        shutil.copy(os.path.join(SAMPLES, "01-us-loinc-blood-nk.hl7"), os.path.join(work, "message.hl7"))
        self.work = work
        return self

    __enter__ = start

    def ours(self, text):
        for documented, real in (
                ("/etc/immunogate/immunogate.jsonc", os.path.join(self.folder, "config.json")),
                ("/etc/immunogate/mappings", os.path.join(PROJECT, "mappings")), ("/etc/immunogate/tls", certificates()),
                ("/etc/immunogate/backup", os.path.join(certificates(), "operator")),
                ("/var/lib/immunogate", os.path.dirname(self.store)),
                ("/var/backups/immunogate", os.path.join(self.folder, "backups")),
                ("/srv/restored", os.path.join(self.folder, "restored")),
                ("127.0.0.1:9464", f"127.0.0.1:{self.ports['operations']}"),
                ("127.0.0.1:2575", f"127.0.0.1:{self.ports['mllp']}"),
                ("127.0.0.1:2576", f"127.0.0.1:{self.ports['plain']}"),
                ('"127.0.0.1", 2576', f'"127.0.0.1", {self.ports["plain"]}'),
                ("127.0.0.1:8443", f"127.0.0.1:{self.ports['https']}")):
            text = text.replace(documented, real)
        return text

    def run_block(self, text, *shell):
        """What a block does in the folder `work`: (exit status, all it said)."""
        run = subprocess.run([*(shell or ("bash", "-o", "pipefail", "-ec")), self.ours(text)], cwd=self.work, capture_output=True, text=True,
                             timeout=60, env={**own_environment(), "PATH": f"{self.work}/bin:{os.environ['PATH']}"})
        return run.returncode, run.stdout + run.stderr
