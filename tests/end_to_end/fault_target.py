"""A FHIR server that fails as a test's plan says, and records every request and every version it kept."""
import collections
import hashlib
import http.server
import json
import os
import socket
import ssl
import subprocess
import tempfile
import threading
import time

from harness import certificates, free_port

# What it does with one request. "half" and "gone" keep what was asked and do not say so.
FAULTS = ("500", "503", "429", "412", "422", "half", "gone", "before", "slow", "redirect", "401")


def foreign_certificate(folder):
    """A certificate for 127.0.0.1 that no authority of ours signed."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-keyout",
                    f"{folder}/wrong-key.pem", "-out", f"{folder}/wrong.pem"], check=True, capture_output=True)
    return f"{folder}/wrong.pem", f"{folder}/wrong-key.pem"


def text_of(value):
    """JSON again, numbers as they were sent."""
    if isinstance(value, dict):
        if list(value) == ["#"]:
            return value["#"]
        return "{" + ",".join(json.dumps(k) + ":" + text_of(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text_of, value)) + "]"
    return json.dumps(value)


class FaultTarget:
    """`plan(bundle, number)` names the fault of the number-th transaction, or None."""

    def __init__(self, plan=lambda bundle, number: None, readable=True, name="hospital"):
        self.plan, self.readable, self.name = plan, readable, name
        self.port = free_port()
        self.folder = tempfile.TemporaryDirectory(prefix="immunogate-target-")
        self.lock = threading.Lock()
        self.requests = []                                 # (method, path, sha256, X-ImmunoGate-Path, fault)
        self.history = collections.defaultdict(list)       # Type/id → bodies, one a version
        self.faults = collections.Counter()
        self.server = None
        self.wrong = False                                 # shows a certificate that nobody believes

    def as_target(self, **more):
        ca = certificates()
        return {"name": self.name, "url": f"https://127.0.0.1:{self.port}/fhir", "allow_private_address": True,
                "tls": {"certificate": f"{ca}/gateway.pem", "key": f"{ca}/gateway-key.pem", "ca": f"{ca}/ca.pem"},
                **more}

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self.wrong:
            context.load_cert_chain(*foreign_certificate(self.folder.name))
        else:
            context.load_cert_chain(f"{certificates()}/receiver.pem", f"{certificates()}/receiver-key.pem")
        return context

    def up(self):
        target = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                target.get(self)

            def do_POST(self):
                target.post(self)

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def get_request(self):
                peer, address = self.socket.accept()
                peer.settimeout(30)
                return target.tls.wrap_socket(peer, server_side=True, do_handshake_on_connect=False), address

            def handle_error(self, *_):
                pass

        self.tls = self.context()
        self.server = Server(("127.0.0.1", self.port), Handler)
        self.peers = []
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def down(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def __enter__(self):
        return self.up()

    def __exit__(self, *_):
        self.down()
        self.folder.cleanup()

    # -- what it says ---------------------------------------------------------------------------
    @staticmethod
    def say(handler, status, body=b"", **headers):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Type", "application/fhir+json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def get(self, handler):
        path = handler.path.removeprefix("/fhir/")
        with self.lock:
            self.requests.append(("GET", path, "", "", None))
            versions = list(self.history.get(path, ()))
        if path == "metadata":
            kinds = ("Patient", "Observation", "DiagnosticReport", "Specimen", "ServiceRequest", "Provenance",
                     "Organization", "Practitioner", "PractitionerRole")
            body = {"resourceType": "CapabilityStatement", "rest": [{"resource": [
                {"type": kind, "versioning": "versioned-update"} for kind in kinds]}]}
        elif not self.readable:
            return self.say(handler, 403)
        elif not versions:
            return self.say(handler, 404)
        else:
            body = {**versions[-1]}
            body["meta"] = {**body.get("meta", {}), "versionId": str(len(versions))}
        self.say(handler, 200, text_of(body).encode())

    def post(self, handler):
        data = handler.rfile.read(int(handler.headers["Content-Length"]))
        # Numbers as their text: what is kept must be what was sent.
        bundle = json.loads(data, parse_float=lambda t: {"#": t}, parse_int=lambda t: {"#": t})
        with self.lock:
            number = sum(1 for r in self.requests if r[0] == "POST")
            fault = self.plan(bundle, number)
            self.requests.append(("POST", handler.path, hashlib.sha256(data).hexdigest(),
                                  handler.headers.get("X-ImmunoGate-Path", ""), fault))
            if fault:
                self.faults[fault] += 1
        if fault in ("500", "503", "429", "412", "422", "401"):
            headers = {"Retry_After": "1"} if fault == "429" else {}
            outcome = {"resourceType": "OperationOutcome",
                       "issue": [{"severity": "error", "code": "processing", "diagnostics": f"scripted {fault}"}]}
            return self.say(handler, int(fault), json.dumps(outcome).encode(), **headers)
        if fault == "redirect":
            return self.say(handler, 307, Location="https://127.0.0.1:1/elsewhere")
        if fault == "before":                              # not kept, nothing said
            return self.cut(handler)
        if fault == "slow":
            time.sleep(1)
        answer = self.keep(bundle)
        if answer is None:
            return self.say(handler, 412)
        if fault == "gone":                                # kept, nothing said
            return self.cut(handler)
        if fault == "half":                                # kept, half of it said
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: "
                                + str(len(answer)).encode() + b"\r\n\r\n" + answer[:len(answer) // 2])
            return self.cut(handler)
        self.say(handler, 200, answer)

    @staticmethod
    def cut(handler):
        handler.close_connection = True
        try:
            handler.wfile.flush()
            handler.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def keep(self, bundle):
        """All of it or nothing; an equal body makes no version. None: a condition does not hold."""
        with self.lock:
            for entry in bundle["entry"]:
                condition = entry["request"].get("ifMatch")
                if condition and condition != f'W/"{len(self.history[entry["request"]["url"]])}"':
                    self.faults["condition"] += 1
                    return None
            answers = []
            for entry in bundle["entry"]:
                versions = self.history[entry["request"]["url"]]
                if not versions or versions[-1] != entry["resource"]:
                    versions.append(entry["resource"])
                answers.append({"response": {"status": "200", "etag": f'W/"{len(versions)}"'}})
        return json.dumps({"resourceType": "Bundle", "type": "transaction-response", "entry": answers}).encode()


def versions_here(gateway, reference):
    """Bodies of all versions of a resource at the gateway, oldest first, as a target was sent them."""
    status, _, data = gateway.request("GET", f"/fhir/{reference}/_history?_count=200")
    assert status == 200, (reference, status, data)
    bundle = json.loads(data, parse_float=lambda t: {"#": t}, parse_int=lambda t: {"#": t})
    bodies = []
    for entry in reversed(bundle.get("entry", [])):
        resource = entry.get("resource")
        if resource is None:
            continue
        for name in ("versionId", "lastUpdated"):
            resource["meta"].pop(name, None)
        if not resource["meta"]:
            resource.pop("meta")
        bodies.append(resource)
    return bodies


def compare(gateway, target):
    """(lost, reordered, different): the checker's I6. Each resource's versions at the target are, in
    order, some of ours, each at most once, and the last is our last."""
    lost, reordered, different = [], [], []
    for reference, there in list(target.history.items()):
        ours = versions_here(gateway, reference)
        at = -1
        for body in there:
            if body not in ours:
                different.append(reference)
                break
            found = [i for i, our in enumerate(ours) if our == body and i > at]
            if not found:
                reordered.append(reference)
                break
            at = found[0]
        if there and ours and there[-1] != ours[-1]:
            lost.append(reference)
    return lost, reordered, different
