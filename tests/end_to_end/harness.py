"""The built program as a process, and the two ways to talk to it: what every end-to-end test uses.

Everything is on loopback, in a folder of its own, and ends with the test.
"""
import contextlib
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.environ.get("IMMUNOGATE_TEST_PROGRAM", os.path.join(PROJECT, ".build", "dev", "immunogate"))
SAMPLES = os.path.join(PROJECT, "tests", "samples")
BASE = "https://immunogate.example/fhir"
MRN = f"{BASE}/identifier/clinic"
DEADLINE = 60


def sample(number):
    name = next(n for n in sorted(os.listdir(SAMPLES)) if n.startswith(f"{number:02d}-"))
    with open(os.path.join(SAMPLES, name), "rb") as file:
        return file.read()


def samples():
    return [sample(number) for number in range(1, 13)]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def await_true(what, question, seconds=DEADLINE):
    """Asks again until the answer is true; an event awaited with a deadline."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


_certificates = None


def certificates():
    """Development certificates, made once for the whole run."""
    global _certificates
    if _certificates is None:
        _certificates = tempfile.mkdtemp(prefix="immunogate-certs-")
        subprocess.run([os.path.join(PROJECT, "certs", "make-dev-certs"), _certificates], check=True,
                       stdout=subprocess.DEVNULL)
        import atexit
        atexit.register(shutil.rmtree, _certificates, ignore_errors=True)
    return _certificates


def expired_certificate(name, folder):
    """NAME.pem and NAME-key.pem in `folder`, signed by our authority, whose time is over."""
    ca = certificates()
    with open(os.path.join(folder, "ca.cnf"), "w") as out:
        out.write(f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index\nnew_certs_dir={folder}\n"
                  "serial=serial\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n[x]\n"
                  "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=clientAuth\n"
                  "[req]\ndistinguished_name=n\n[n]\n")
    open(os.path.join(folder, "index"), "w").close()
    run = lambda *command: subprocess.run(command, check=True, capture_output=True, cwd=folder)
    run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config",
        "ca.cnf", "-subj", f"/CN={name}", "-keyout", f"{name}-key.pem", "-out", "request")
    run("openssl", "ca", "-batch", "-notext", "-config", "ca.cnf", "-rand_serial", "-extensions", "x",
        "-cert", f"{ca}/ca.pem", "-keyfile", f"{ca}/ca-key.pem", "-startdate", "20200101000000Z",
        "-enddate", "20200201000000Z", "-in", "request", "-out", f"{name}.pem")


def client_context(who, folder=None):
    folder = folder or certificates()
    context = ssl.create_default_context(cafile=os.path.join(certificates(), "ca.pem"))
    if who:
        context.load_cert_chain(os.path.join(folder, f"{who}.pem"), os.path.join(folder, f"{who}-key.pem"))
    return context


def keep(headers, data):
    """Puts an answer beside all others, once, where IMMUNOGATE_BODIES names a folder: a judge reads them."""
    folder = os.environ.get("IMMUNOGATE_BODIES")
    # A part of a resource is held to no profile.
    is_plain = "content-encoding" not in headers and "content-range" not in headers and b'"SUBSETTED"' not in data
    if folder and data and is_plain and headers.get("content-type", "").startswith("application/fhir+json"):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, hashlib.sha256(data).hexdigest()[:24] + ".json"), "wb") as out:
            out.write(data)


_canaries = set()


def plant(message):
    """Every name, patient number, street and telephone number that is sent is looked for, at the end of each
    gateway, in what it wrote and counted (TRUST.md P19, T11)."""
    text = message.decode("utf-8", "replace") if isinstance(message, bytes) else message
    separator, component, repetition = (text[3:6] + "|^~")[:3] if text.startswith("MSH") else "|^~"
    for segment in text.replace("\n", "\r").split("\r"):
        fields = segment.split(separator)
        for number in (3, 5, 6, 11, 13) if fields[0] == "PID" else ():
            for one in fields[number].split(repetition) if number < len(fields) else ():
                for part in one.split(component)[:2 if number in (5, 6) else 1]:
                    if len(part) >= 5 and part.isprintable():
                        _canaries.add(part)


def leaks(text):
    return sorted(canary for canary in _canaries if canary in text)


def own_environment():
    """Ours without the variables that would override a configuration."""
    return {k: v for k, v in os.environ.items() if not k.startswith("IMMUNOGATE_")}


def default_store(folder):
    """A file, or a database where IMMUNOGATE_TEST_STORE is `postgresql`: then every test asks that engine."""
    if os.environ.get("IMMUNOGATE_TEST_STORE") != "postgresql":
        return os.path.join(folder, "state", "gateway.db")
    import postgres
    return postgres.shared().database()


class Gateway:
    """One gateway. `store` is a file of SQLite or a postgresql: URL; `change` edits the configuration before it
    is written."""

    def __init__(self, name="gateway", store=None, change=None, forward=(), folder=None):
        self.name = name
        self.folder = folder or tempfile.mkdtemp(prefix=f"immunogate-{name}-")
        self.own_folder = folder is None
        self.store = store or default_store(self.folder)
        self.ports = {door: free_port() for door in ("mllp", "plain", "https", "operations")}
        self.change, self.forward, self.process = change, list(forward), None

    def store_url(self):
        return self.store if self.store.startswith("postgresql:") else "sqlite:" + self.store

    def beside(self, what):
        """Where it keeps what lies beside the store."""
        file = os.path.join(self.folder, "state", "gateway") if self.store.startswith("postgresql:") else self.store
        return f"{file}-{what}"

    def tls(self, who="gateway"):
        folder = certificates()
        return {"certificate": f"{folder}/{who}.pem", "key": f"{folder}/{who}-key.pem",
                "client_ca": f"{folder}/ca.pem"}

    def configuration(self):
        p = self.ports
        config = {
            "instance": self.name,
            "base_url": f"https://127.0.0.1:{p['https']}/fhir",
            "mappings": os.path.join(PROJECT, "mappings"),
            "store": {"url": self.store_url(), "folder": os.path.join(self.folder, "state")},
            "mllp": [{"listen": f"127.0.0.1:{p['mllp']}", "tls": self.tls(), "senders": ["*"]},
                     {"listen": f"127.0.0.1:{p['plain']}", "plain": True, "senders": ["*"]}],
            "https": {"listen": f"127.0.0.1:{p['https']}", "tls": self.tls(), "senders": ["*"]},
            "operations": {"listen": f"127.0.0.1:{p['operations']}"},
            "access": {"certificates": [
                {"subject": "CN=client", "scopes": "system/*.rs"},
                {"subject": "CN=gateway", "scopes": "system/*.cud", "role": "source"},
                {"subject": "CN=operator", "scopes": "system/Observation.cruds"},
                {"subject": "CN=sender", "scopes": "system/Observation.rs?category=laboratory"}]},
            "forward": self.forward,
        }
        if self.change:
            self.change(config)
        return config

    def as_target(self, name="hospital"):
        """This gateway as an entry of another one's `forward`."""
        folder = certificates()
        return {"name": name, "url": f"https://127.0.0.1:{self.ports['https']}/fhir", "allow_private_address": True,
                "tls": {"certificate": f"{folder}/gateway.pem", "key": f"{folder}/gateway-key.pem",
                        "ca": f"{folder}/ca.pem"}}

    def write_configuration(self):
        path = os.path.join(self.folder, "config.json")
        with open(path, "w") as out:
            json.dump(self.configuration(), out, indent=1)
        return path

    def launch(self):
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen([PROGRAM, "serve", "--config", self.write_configuration()],
                                        stdout=self.log, stderr=self.log, env=own_environment())

    def start(self):
        self.launch()
        await_true(f"{self.name} is ready", self.is_ready)
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self.process.returncode}: {self.log_text()[-2000:]}")
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.operations("/readyz")[0] == 200
        return False

    def log_text(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as log:
            return log.read()

    def stop(self):
        """The orderly end; returns the exit status."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(DEADLINE)
        return self.process.returncode if self.process else None

    def kill(self):
        self.process.kill()
        self.process.wait(DEADLINE)

    __enter__ = start

    def reload(self):
        """SIGHUP, and all that it reads anew is read: the mappings come last."""
        done = lambda: self.log_text().count('"mappings.reloaded"')
        before = done()
        self.process.send_signal(signal.SIGHUP)
        await_true("it is read anew", lambda: done() > before)

    def told(self):
        """What people beside the clients see of it: log and metrics."""
        text = self.log_text() if self.process else ""
        with contextlib.suppress(OSError, http.client.HTTPException):
            text += self.operations("/metrics")[1]
        return text

    def __exit__(self, *_):
        leaked = leaks(self.told())
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        if leaked:
            raise AssertionError(f"P19: {len(leaked)} of {len(_canaries)} names and numbers stand in log or metrics")

    # -- MLLP -----------------------------------------------------------------------------------
    def connect(self, tls=True, who="sender", folder=None):
        s = socket.create_connection(("127.0.0.1", self.ports["mllp" if tls else "plain"]), timeout=DEADLINE)
        return client_context(who, folder).wrap_socket(s, server_hostname="127.0.0.1") if tls else s

    def send(self, message, tls=True, who="sender"):
        with self.connect(tls, who) as s:
            return exchange(s, message)

    # -- HTTPS ----------------------------------------------------------------------------------
    def request(self, method, path, body=None, headers=None, who="client"):
        connection = http.client.HTTPSConnection("127.0.0.1", self.ports["https"], context=client_context(who),
                                                 timeout=DEADLINE)
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers = {"Content-Type": "application/fhir+json", **(headers or {})}
        if path.startswith("/hl7v2") and body:
            plant(body)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        data = response.read()
        connection.close()
        got = {k.lower(): v for k, v in response.getheaders()}
        keep(got, data)
        return response.status, got, data

    def fhir(self, path, method="GET", body=None, headers=None, who="client"):
        """(status, headers, JSON with numbers as their text)"""
        status, got, data = self.request(method, "/fhir/" + path if path else "/fhir", body, headers, who)
        return status, got, json.loads(data, parse_float=str, parse_int=str) if data else None

    def search(self, path, **parameters):
        """The matches of a search that must succeed; `a__2` is a second `a`, `__` in names a dot."""
        pairs = [(k, v) for k, vs in parameters.items() for v in (vs if isinstance(vs, list) else [vs])]
        query = urllib.parse.urlencode(pairs)
        status, _, bundle = self.fhir(f"{path}?{query}" if query else path)
        if status != 200:
            raise AssertionError(f"{path}?{query}: {status} {bundle}")
        return [e["resource"] for e in bundle.get("entry", []) if e["search"]["mode"] == "match"]

    def count(self, query):
        status, _, bundle = self.fhir(query + "&_summary=count")
        if status != 200:
            raise AssertionError(f"{query}: {status} {bundle}")
        return int(bundle["total"])

    # -- operations -----------------------------------------------------------------------------
    def operations(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["operations"], timeout=5)
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return response.status, body

    def metric(self, name, **labels):
        wanted = "{" + ",".join(f'{k}="{v}"' for k, v in labels.items()) + "}" if labels else ""
        for line in self.operations("/metrics")[1].splitlines():
            if line.startswith(name + wanted + " "):
                return float(line.rsplit(" ", 1)[1])
        return None

    def verify(self):
        """`store verify`, also beside the running gateway."""
        run = subprocess.run([PROGRAM, "store", "verify", "--store", self.store_url()],
                             capture_output=True, text=True, env=own_environment(), timeout=300)
        return run.returncode, run.stdout + run.stderr


class OnSamples(unittest.TestCase):
    """Tests that ask one gateway which has taken the twelve samples, in order. `change` edits its
    configuration."""
    change = None

    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway(cls.__name__.lower(), change=cls.change).start()
        with cls.gateway.connect() as s:
            for message in samples():
                exchange(s, message)

    @classmethod
    def tearDownClass(cls):
        cls.gateway.__exit__()


@unittest.skipUnless(os.geteuid() == 0, "needs root to mount a small file system")
class OnSmallVolume(unittest.TestCase):
    """Tests of a store on a volume of 24 MB, which `fill` leaves without a block."""

    def setUp(self):
        self.volume = tempfile.mkdtemp(prefix="immunogate-volume-")
        self.filler = os.path.join(self.volume, "filler")
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", self.volume], check=True)

    def tearDown(self):
        subprocess.run(["umount", "-l", self.volume], check=True)
        shutil.rmtree(self.volume, ignore_errors=True)

    def store(self):
        return os.path.join(self.volume, "state", "gateway.db")

    def fill(self):
        with open(self.filler, "wb", buffering=0) as out, contextlib.suppress(OSError):
            while out.write(b"\0" * 4096):
                pass

    def make_room(self):
        os.remove(self.filler)


def mappings_with(folder, sender, member):
    """A copy of the mappings below `folder`, in which the profile of a sender has one member more."""
    copy = os.path.join(folder, "mappings")
    shutil.copytree(os.path.join(PROJECT, "mappings"), copy)
    path = os.path.join(copy, "senders", f"{sender}.json")
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace("{", "{ " + member + ",", 1))
    return copy


def exchange(s, message):
    plant(message)
    s.sendall(b"\x0b" + message + b"\x1c\r")
    return read_frame(s)


def read_frame(s):
    got = b""
    while b"\x1c\r" not in got:
        chunk = s.recv(65536)
        if not chunk:
            raise ConnectionError(f"closed after {len(got)} bytes")
        got += chunk
    return got[got.find(b"\x0b") + 1:got.find(b"\x1c\r")].decode("utf-8", "replace")


def msa(acknowledgement):
    return next((s.split("|") for s in acknowledgement.split("\r") if s.startswith("MSA")), ["MSA", "?", ""])


def code(acknowledgement):
    return msa(acknowledgement)[1]
