"""The service: what systemd is told, what it hands over, what its sandbox allows (TRUST.md §8.8)."""
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import unittest

from common import DEPLOY, read, said
from harness import PROGRAM, Gateway, await_true, code, exchange, own_environment, sample

UNIT = os.path.join(DEPLOY, "systemd", "immunogate.service")
BEGINS = 'export LISTEN_PID=$$; exec "$0" "$@"'   # the manager sets it in the child, which has its number


class Managed(Gateway):
    """A gateway as a service manager starts it: told where to notify, with sockets that listen already."""

    def __init__(self, name, handed_over=(), before=()):
        super().__init__(name)
        self.handed_over, self.before = list(handed_over), list(before)
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(os.path.join(self.folder, "notify"))
        self.manager.settimeout(60)

    def launch(self):
        self.log = open(os.path.join(self.folder, "log"), "ab")
        environment = {**own_environment(), "NOTIFY_SOCKET": os.path.join(self.folder, "notify")}
        if self.handed_over:
            environment["LISTEN_FDS"] = str(len(self.handed_over))

        def place():   # descriptors 3, 4, …; copied out of the way first
            copies = [os.dup(s.fileno()) for s in self.handed_over]
            for number, copy in enumerate(copies):
                os.dup2(copy, 3 + number)
        self.process = subprocess.Popen(
            ["sh", "-c", BEGINS, *self.before, PROGRAM, "serve", "--config", self.write_configuration()],
            stdout=self.log, stderr=self.log, env=environment, preexec_fn=place, close_fds=False)

    def heard(self, word):
        """The datagrams up to the one that has this line."""
        got = []
        while not got or word not in got[-1].split("\n"):
            got.append(self.manager.recv(4096).decode())
        return got

    def __exit__(self, *_):
        super().__exit__()
        self.manager.close()


def listening(port):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", port))
    s.listen(128)
    return s


class Notify(unittest.TestCase):
    def test_the_manager_hears_of_ready_of_each_second_of_reloads_and_of_the_end(self):
        gateway = Managed("notify")
        try:
            gateway.launch()
            self.assertEqual(gateway.heard("READY=1"), ["READY=1"])
            self.assertTrue(gateway.is_ready(), "READY means ready")
            gateway.heard("WATCHDOG=1")
            gateway.process.send_signal(signal.SIGHUP)
            self.assertRegex(gateway.heard("RELOADING=1")[-1], r"RELOADING=1\nMONOTONIC_USEC=\d+")
            gateway.heard("READY=1")
            gateway.process.send_signal(signal.SIGTERM)
            gateway.heard("STOPPING=1")
            self.assertEqual(gateway.process.wait(60), 0)
        finally:
            gateway.__exit__()


class Sockets(unittest.TestCase):
    def test_a_restart_with_sockets_held_by_the_manager_refuses_and_loses_nobody(self):
        gateway = Managed("restart")
        gateway.handed_over = [listening(gateway.ports[door]) for door in ("mllp", "plain", "https", "operations")]
        answers, ended = [], threading.Event()
        message = sample(1)

        def laboratory():
            """Sends anew what was not answered, as every engine does, and never finds the door shut."""
            number = 0
            while not ended.is_set():
                number += 1
                control = f"RESTART{number}".encode()
                one = re.sub(rb"^((?:[^|]*\|){9})[^|]*", lambda m: m[1] + control, message)
                answer = None
                while answer is None:
                    s = gateway.connect(tls=False)   # refused: an exception, and the test fails
                    try:
                        answer = exchange(s, one)
                    except (ConnectionError, BrokenPipeError):
                        pass
                    finally:
                        s.close()
                answers.append(code(answer))
        try:
            gateway.start()
            sender = threading.Thread(target=laboratory)
            sender.start()
            for _ in range(2):
                some = len(answers)
                await_true("messages are answered", lambda: len(answers) > some + 5)
                self.assertEqual(gateway.stop(), 0)
                gateway.start()
            some = len(answers)
            await_true("and again", lambda: len(answers) > some + 5)
            ended.set()
            sender.join()
            self.assertEqual(set(answers), {"AA"})
            status, verified = gateway.verify()
            self.assertEqual(status, 0, verified)
            self.assertIn(f"{len(answers)} arrivals", verified)
        finally:
            ended.set()
            gateway.__exit__()

    def test_a_socket_that_no_door_asks_for_is_an_error(self):
        with listening(0) as stray:
            gateway = Managed("stray", [stray])
            try:
                gateway.launch()
                self.assertEqual(gateway.process.wait(60), 2)
                self.assertIn(f"a socket on 127.0.0.1:{stray.getsockname()[1]}", gateway.log_text())
            finally:
                gateway.__exit__()


class Sandbox(unittest.TestCase):
    def test_threat_21_the_unit_is_exposed_to_little(self):
        out = said("systemd-analyze", "security", "--offline=true", UNIT)
        self.assertLessEqual(float(re.search(r"exposure level for immunogate.service: ([0-9.]+)", out)[1]), 1.5)

    def test_the_unit_files_are_well_formed(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("immunogate.service", "immunogate.socket"):
                with open(os.path.join(folder, name), "w") as out:   # the program is not installed here
                    out.write(read(DEPLOY, "systemd", name).replace("/usr/bin/immunogate", "/bin/true"))
            run = subprocess.run(["systemd-analyze", "verify", "--man=no", os.path.join(folder, "immunogate.service"),
                                  os.path.join(folder, "immunogate.socket")], capture_output=True, text=True)
            self.assertEqual((run.returncode, run.stderr), (0, ""))

    def test_threat_21_a_whole_life_needs_no_system_call_that_the_filter_forbids(self):
        """systemd is not the first process here; what its filter would end is seen by strace all the same."""
        allowed = self.allowed()
        with tempfile.TemporaryDirectory() as folder:
            trace = os.path.join(folder, "trace")
            # What comes before the program (execve of the shell and of strace) is not the program's.
            gateway = Managed("traced", before=["strace", "-f", "-qq", "-o", trace])
            try:
                gateway.start()
                self.assertEqual(code(gateway.send(sample(1))), "AA")
                self.assertEqual(gateway.fhir("Observation?code=8112-5")[0], 200)
                traced = gateway.process.pid
                child = int(said("pgrep", "-P", str(traced)).split()[0])
                os.kill(child, signal.SIGHUP)
                await_true("reloaded", lambda: "mappings.reloaded" in gateway.log_text())
                os.kill(child, signal.SIGTERM)
                self.assertEqual(gateway.process.wait(60), 0)
            finally:
                gateway.__exit__()
            used = set(re.findall(r"^\d+ +(?:<\.\.\. )?([a-z0-9_]+)(?:\(| resumed)", read(trace), re.M))
        self.assertGreater(len(used), 30)
        # SQLite gives side files to the owner of the store, where it runs as root: the service does not.
        self.assertEqual(used - allowed - {"fchown"}, set())

    @staticmethod
    def allowed():
        def members(name):
            if not name.startswith("@"):
                return {name}
            out = set()
            for word in said("systemd-analyze", "syscall-filter", name).splitlines()[1:]:
                word = word.strip()
                out |= members(word) if word.startswith("@") else {word} - {""} if not word.startswith("#") else set()
            return out
        allowed = set()
        for value in re.findall(r"^SystemCallFilter=(.*)$", read(UNIT), re.M):
            for name in value.lstrip("~").split():
                allowed = allowed - members(name) if value.startswith("~") else allowed | members(name)
        return allowed


if __name__ == "__main__":
    unittest.main()
