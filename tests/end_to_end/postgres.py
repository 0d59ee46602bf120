"""A real PostgreSQL of a test's own, reached by a socket in its folder; with a standby where asked."""
import atexit
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import urllib.parse

from harness import await_true

SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0777
shared_buffers = 32MB
max_connections = 60
wal_level = replica
"""


def tools():
    return max(pathlib.Path("/usr/lib/postgresql").iterdir(), key=lambda folder: int(folder.name)) / "bin"


def is_running(process):
    """Not yet reaped is no longer running."""
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Cluster:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="immunogate-postgres-")
        os.chmod(self.folder, 0o777)
        self.databases = 0
        self.run("initdb", "-D", f"{self.folder}/data", "-U", "postgres", "--auth=trust", "--no-sync",
                 "--encoding=UTF8", "--locale=C")
        with open(f"{self.folder}/data/postgresql.conf", "a") as settings:
            settings.write(SETTINGS)
        self.start()

    def run(self, tool, *arguments, check=True):
        """Of PostgreSQL, which does not run as root."""
        as_whom = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        return subprocess.run([*as_whom, tools() / tool, *arguments], cwd=self.folder, check=check, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def control(self, folder, *words):
        self.run("pg_ctl", "-D", f"{self.folder}/{folder}", "-l", f"{self.folder}/{folder}/log", "-w", "-s", *words)

    def start(self):
        self.control("data", "-o", f"-k {self.folder}", "start")

    def stop(self, mode="fast"):
        self.control("data", "-m", mode, "stop")

    def kill(self):
        """All its processes at once, as a machine that dies: nothing is said to anybody, and no process that the
        lock files name is there when it starts."""
        with open(f"{self.folder}/data/postmaster.pid") as file:
            postmaster = file.readline().strip()
        children = subprocess.run(["pgrep", "-P", postmaster], capture_output=True, text=True).stdout.split()
        for process in [postmaster, *children]:
            with contextlib.suppress(ProcessLookupError):  # a child that saw its postmaster go
                os.kill(int(process), signal.SIGKILL)
        await_true("all have ended", lambda: not any(map(is_running, [postmaster, *children])))
        for lock in ("data/postmaster.pid", ".s.PGSQL.5432.lock"):
            os.remove(f"{self.folder}/{lock}")

    def add_standby(self):
        """A second server that follows the first by streaming, and without which no commit of the first ends. It is
        copied before the first waits for it: promoted, it waits for nobody."""
        self.run("pg_basebackup", "-D", f"{self.folder}/standby", "-R", "-X", "stream", "-c", "fast",
                 "-d", f"host={self.folder} user=postgres application_name=standby")
        self.start_standby()
        self.ask("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        self.ask("SELECT pg_reload_conf()")
        await_true("it follows", lambda: self.answer("SELECT sync_state FROM pg_stat_replication") == "sync")

    def start_standby(self):
        self.control("standby", "-o", f"-k {self.folder} -p 5433", "start")

    def stop_standby(self):
        self.control("standby", "-m", "fast", "stop")

    def promote(self):
        self.control("standby", "promote")

    def answer(self, sql):
        """Of one row of one column, as text."""
        return subprocess.run([tools() / "psql", "-X", "-q", "-t", "-A", "-h", self.folder, "-U", "postgres", "-c", sql,
                               "postgres"], check=True, capture_output=True, text=True, timeout=60).stdout.strip()

    def ask(self, sql):
        self.run("psql", "-X", "-q", "-h", self.folder, "-U", "postgres", "-c", sql, "postgres")

    def database(self):
        """The URL of a new and empty one."""
        self.databases += 1
        self.ask(f"CREATE DATABASE store{self.databases}")
        return f"postgresql:///store{self.databases}?" + urllib.parse.urlencode(
            {"user": "postgres", "host": self.folder})

    def __enter__(self):
        return self

    def on_either(self):
        """The URL of a new and empty one, on whichever of the two servers takes writes."""
        return self.database().partition("?")[0] + "?" + urllib.parse.urlencode(
            {"user": "postgres", "host": f"{self.folder},{self.folder}", "port": "5432,5433",
             "target_session_attrs": "read-write"})

    def __exit__(self, *_):
        if os.path.exists(f"{self.folder}/standby"):
            self.run("pg_ctl", "-D", f"{self.folder}/standby", "-m", "immediate", "-w", "-s", "stop", check=False)
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "immediate", "-w", "-s", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


_shared = None


def shared():
    """One for the whole run."""
    global _shared
    if _shared is None:
        _shared = Cluster()
        atexit.register(_shared.__exit__)
    return _shared
