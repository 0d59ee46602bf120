"""SMART Backend Services (TRUST.md §4.2) with libraries that others wrote, and what ends a token: being taken
back, the key that signed it, a certificate that does not come with it."""
import base64
import glob
import http.server
import json
import os
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from harness import PROJECT, Gateway, OnSamples, await_true, certificates

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("IMMUNOGATE_BUILD", os.path.join(PROJECT, ".build"))
LABORATORY = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory"


def run_client(**settings):
    """What backend_services.mjs found, as JSON."""
    place, node = os.path.join(BUILD, "clients"), os.path.join(BUILD, "node", "node_modules", ".bin", "node")
    if not os.path.isdir(os.path.join(place, "node_modules", "jose")):
        raise unittest.SkipTest("clients from npm are not installed: its registry is not reachable, see .build/clients.log")
    node = node if os.access(node, os.X_OK) else shutil.which("node")
    shutil.copytree(os.path.join(HERE, "clients"), place, dirs_exist_ok=True)
    run = subprocess.run([node, os.path.join(place, "backend_services.mjs"), json.dumps(settings)],
                         capture_output=True, text=True, timeout=120)
    if run.returncode:
        raise AssertionError(run.stdout + run.stderr)
    return json.loads(run.stdout)


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """A pair of P-384 by the openssl command, and assertions signed with it."""

    def __init__(self, folder, name):
        self.file, self.kid, self.made = os.path.join(folder, name + ".key"), name, 0
        subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out",
                        self.file], check=True, capture_output=True)
        point = subprocess.run(["openssl", "pkey", "-in", self.file, "-pubout", "-outform", "DER"], check=True,
                               capture_output=True).stdout[-96:]
        self.jwk = {"kty": "EC", "crv": "P-384", "kid": name, "x": base64url(point[:48]), "y": base64url(point[48:])}

    def sign(self, header, claims):
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        der = subprocess.run(["openssl", "dgst", "-sha384", "-sign", self.file], input=text.encode(), check=True,
                             capture_output=True).stdout
        r_end = 4 + der[3]  # SEQUENCE { INTEGER r, INTEGER s }, each shorter than 128 bytes
        r, s = der[4:r_end], der[r_end + 2:]
        fixed = b"".join(part.lstrip(b"\0").rjust(48, b"\0") for part in (r, s))
        return text + "." + base64url(fixed)

    def assertion(self, client, audience, **more):
        import time
        self.made += 1
        claims = {"iss": client, "sub": client, "aud": audience, "exp": int(time.time()) + 240,
                  "jti": f"{os.getpid()}-{id(self)}-{self.made}", **more}
        return self.sign({"alg": "ES384", "typ": "JWT", "kid": self.kid}, claims)


class WithTokens:
    """A gateway whose clients are in `clients`: id → (key, scopes)."""

    def post(self, path, form, who=None):
        status, headers, body = self.gateway.request("POST", path, urllib.parse.urlencode(form),
                                                     {"Content-Type": "application/x-www-form-urlencoded"}, who)
        return status, headers, json.loads(body) if body else None

    def form(self, client, **more):
        audience = f"https://127.0.0.1:{self.gateway.ports['https']}/auth/token"
        return {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": self.keys[client].assertion(client, audience), **more}

    def token(self, client, scope="system/*.rs", who=None):
        status, _, answer = self.post("/auth/token", self.form(client, grant_type="client_credentials", scope=scope), who)
        self.assertEqual(status, 200, answer)
        return answer["access_token"]

    def ask(self, token, path="Observation?_summary=count", who=None, **more):
        return self.gateway.fhir(path, headers={"Authorization": "Bearer " + token}, who=who, **more)


class Scenario28(OnSamples):
    """FHIR.md §10, row 28: jose signs, fhir-kit-client and Medplum ask."""

    @classmethod
    def setUpClass(cls):
        cls.keys = tempfile.mkdtemp(prefix="immunogate-keys-")
        run_client(step="keys", folder=cls.keys)

        def change(config):
            config["access"]["clients"] = [{"id": "https://ehr.example/client", "scopes": "system/*.rs",
                                            "jwks_file": os.path.join(cls.keys, "jwks.json")}]
        cls.change = staticmethod(change)
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.keys, ignore_errors=True)

    def test_28_tokens(self):
        base = f"https://127.0.0.1:{self.gateway.ports['https']}"
        rows = self.gateway.verify()[1]
        found = run_client(step="ask", base=base + "/fhir", authority=f"{certificates()}/ca.pem", folder=self.keys,
                           client="https://ehr.example/client")
        table = found["table"]
        for name in ("RS384", "ES384", "once"):
            self.assertEqual({k: table[name].get(k) for k in ("status", "token_type", "expires_in", "scope", "cache")},
                             {"status": 200, "token_type": "bearer", "expires_in": 300, "scope": "system/*.rs",
                              "cache": "no-store"}, name)
        for name in ("wrong aud", "exp 10 min", "same jti", "alg none", "unknown kid"):
            self.assertEqual((table[name]["status"], table[name]["error"]), (401, "invalid_client"), name)
        self.assertEqual(found["header"]["typ"], "at+jwt")
        self.assertEqual(found["claims"]["client_id"], "https://ehr.example/client")
        self.assertEqual((found["observations"], found["medplum"]), (60, 60))
        self.assertEqual((found["laboratory"], found["patients"]), (48, 403))
        self.assertEqual((found["revoked"], found["after"]), (200, 401))
        self.assertEqual(found["configuration"]["token_endpoint"], base + "/auth/token")
        self.assertEqual(found["configuration"]["jwks_uri"], base + "/auth/jwks")
        status, clean = self.gateway.verify()
        self.assertEqual(status, 0, clean)
        self.assertNotEqual(rows, clean, "each is audited")
        self.assertEqual(self.gateway.metric("immunogate_token_requests_total", result="invalid_client"), 5)
        self.assertNotIn(found["token"], self.gateway.log_text())

    def test_28_the_statement_says_where(self):
        _, _, statement = self.gateway.fhir("metadata", who=None)
        security = statement["rest"][0]["security"]
        self.assertIn("SMART-on-FHIR", [s["coding"][0]["code"] for s in security["service"]])
        self.assertNotIn("extension", security, "oauth-uris demands an address where people authorise")
        _, _, found = self.gateway.fhir(".well-known/smart-configuration", who=None)
        self.assertEqual(found["token_endpoint"], f"https://127.0.0.1:{self.gateway.ports['https']}/auth/token")


class Tokens(WithTokens, OnSamples):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="immunogate-keys-")
        scopes = {"ehr": "system/*.rs", "registry": "system/Observation.rs?category=laboratory",
                  "peer": "system/*.cud", "watcher": "system/*.rs system/Subscription.cruds"}
        cls.keys = {name: Key(cls.folder, name) for name in scopes}
        for name, key in cls.keys.items():
            with open(os.path.join(cls.folder, name + ".jwks"), "w") as out:
                json.dump({"keys": [key.jwk]}, out)

        def change(config):
            config["access"]["clients"] = [
                {"id": name, "scopes": scope, "jwks_file": os.path.join(cls.folder, name + ".jwks"),
                 **({"role": "source"} if name == "peer" else {})} for name, scope in scopes.items()]
        cls.change = staticmethod(change)
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def test_a_token_reads_what_its_scopes_say(self):
        self.assertEqual(self.ask(self.token("ehr"))[2]["total"], "60")
        registry = self.token("registry")
        self.assertEqual(self.ask(registry)[2]["total"], "48")
        survey = self.gateway.search("Observation", category="survey")[0]["id"]
        self.assertEqual(self.ask(registry, f"Observation/{survey}")[0], 404)
        self.assertEqual(self.ask(registry, "Patient")[0], 403)
        self.assertEqual(self.ask(self.token("ehr", "system/Patient.rs"))[0], 403)

    def test_a_bad_token_is_refused_in_the_words_of_rfc_6750(self):
        for token in ("x", self.token("ehr") + "x"):
            status, headers, outcome = self.ask(token)
            self.assertEqual((status, headers["www-authenticate"]), (401, 'Bearer error="invalid_token"'))
            self.assertEqual(outcome["issue"][0]["details"]["coding"][0]["code"], "token-invalid")
            self.assertEqual(self.ask(token, who="client")[0], 401, "whatever certificate comes with it")
        self.assertEqual(self.gateway.fhir("Observation", who=None)[1]["www-authenticate"], "Bearer")

    def test_a_token_in_the_address_is_none(self):
        self.assertEqual(self.gateway.fhir("Observation?access_token=" + self.token("ehr"), who=None)[0], 401)

    def test_a_token_that_came_with_a_certificate_needs_it(self):
        bound = self.token("ehr", who="sender")
        self.assertEqual(self.ask(bound)[0], 401)
        self.assertEqual(self.ask(bound, who="client")[0], 401)
        self.assertEqual(self.ask(bound, who="sender")[2]["total"], "48", "what both allow: sender sees laboratory alone")

    def test_threat_08_of_an_assertion_sent_twice_at_once_one_wins(self):
        import concurrent.futures
        form = self.form("ehr", grant_type="client_credentials", scope="system/*.rs")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: self.post("/auth/token", form)[0], range(4)))
        self.assertEqual(sorted(answers), [200, 401, 401, 401])

    def test_a_source_writes_with_a_token_and_others_do_not(self):
        body = {"resourceType": "Patient", "id": "by-token", "identifier": [{"system": "urn:oid:1.2.3", "value": "TOKEN"}]}
        put = lambda token: self.gateway.fhir("Patient/by-token", "PUT", body, {
            "Authorization": "Bearer " + token, "Content-Type": "application/fhir+json"}, None)
        self.assertEqual(put(self.token("ehr"))[0], 403)
        self.assertEqual(put(self.token("peer", "system/*.cud"))[0], 201)

    def test_a_subscription_is_told_no_more_than_its_token_allowed(self):
        token = self.token("watcher", "system/Observation.rs?category=survey system/Subscription.cruds")
        topic = "https://immunogate.example/fhir/SubscriptionTopic/result-new"
        body = {"resourceType": "Subscription", "status": "requested", "reason": "test", "criteria": topic,
                "channel": {"type": "rest-hook", "endpoint": "https://127.0.0.1:1/", "payload": "application/fhir+json"}}
        headers = {"Authorization": "Bearer " + token, "Content-Type": "application/fhir+json"}
        status, _, outcome = self.gateway.fhir("Subscription", "POST", body, headers, None)
        self.assertIn(status, (201, 400, 422), outcome)
        self.assertEqual(self.ask(self.token("ehr"), "Subscription?_summary=count")[2]["total"], "0", "others see none")

    def test_threat_08_the_key_that_is_deleted_takes_its_tokens_with_it(self):
        token = self.token("ehr")
        self.assertEqual(self.ask(token)[0], 200)
        for file in glob.glob(self.gateway.beside("token-keys") + "/*.pem"):
            self.assertEqual(os.stat(file).st_mode & 0o777, 0o600)
            os.remove(file)
        self.assertEqual(self.ask(token)[0], 200, "until it is told")
        self.reload()
        self.assertEqual(self.ask(token)[0], 401)
        self.assertEqual(self.ask(self.token("ehr"))[0], 200)

    def reload(self):
        done = lambda: self.gateway.log_text().count('"mappings.reloaded"')
        before = done()
        self.gateway.process.send_signal(signal.SIGHUP)
        await_true("it is read anew", lambda: done() > before)

    def test_the_clients_keys_are_read_anew_on_sighup(self):
        old, new = self.keys["registry"], Key(self.folder, "rotated")

        def register(key):
            with open(os.path.join(self.folder, "registry.jwks"), "w") as out:
                json.dump({"keys": [key.jwk]}, out)
            self.reload()

        def granted(key):
            self.keys["registry"] = key
            return self.post("/auth/token", self.form("registry", grant_type="client_credentials"))[0]
        register(new)
        try:
            self.assertEqual((granted(new), granted(old)), (200, 401))
        finally:
            register(old)
        self.assertEqual(granted(old), 200)


class KeysByUrl(WithTokens, unittest.TestCase):
    def test_threat_09_keys_are_fetched_once_from_a_named_host_and_outlive_its_outage(self):
        with tempfile.TemporaryDirectory() as folder:
            self.keys = {"ehr": Key(folder, "ehr")}
            asked, body = [], json.dumps({"keys": [self.keys["ehr"].jwk]}).encode()

            class Answer(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    asked.append(self.path)
                    self.send_response(200)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

                def log_message(self, *_):
                    pass
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(f"{certificates()}/receiver.pem", f"{certificates()}/receiver-key.pem")
            server.socket = context.wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()

            def change(config):
                config["access"].update(allow_hosts=["127.0.0.1"], jwks_ca=f"{certificates()}/ca.pem", clients=[
                    {"id": "ehr", "scopes": "system/*.rs",
                     "jwks_url": f"https://127.0.0.1:{server.server_port}/jwks"}])
            with Gateway("by-url", change=change) as self.gateway:
                self.assertEqual(asked, [], "nobody asked yet")
                self.assertEqual(self.ask(self.token("ehr"))[0], 200)
                server.shutdown()
                server.server_close()
                self.assertEqual(self.ask(self.token("ehr"))[0], 200)
            self.assertEqual(asked, ["/jwks"])


class WithoutClients(unittest.TestCase):
    def test_nothing_is_offered_where_no_client_is_registered(self):
        with Gateway("no-clients") as gateway:
            for path in ("/fhir/.well-known/smart-configuration", "/auth/jwks"):
                self.assertEqual(gateway.request("GET", path, who=None)[0], 404)
            self.assertEqual(gateway.fhir("Observation", headers={"Authorization": "Bearer x"})[0], 401)
            self.assertFalse(os.path.exists(gateway.beside("token-keys")))

    def test_clients_that_come_later_wait_for_a_restart_and_it_is_said_each_time(self):
        """The second list was told to be taken once another key had been taken beside the first."""
        with Gateway("later-clients") as gateway:
            key = Key(gateway.folder, "later")
            keys = os.path.join(gateway.folder, "later.jwks")
            with open(keys, "w") as out:
                json.dump({"keys": [key.jwk]}, out)

            def reload():
                done = lambda: gateway.log_text().count('"mappings.reloaded"')
                before = done()
                gateway.process.send_signal(signal.SIGHUP)
                await_true("it is read anew", lambda: done() > before)
            waits = lambda: gateway.log_text().count("immunogate: access.clients changed in the configuration")
            for times, name in enumerate(("first", "second"), 1):
                config = gateway.configuration()
                config["access"]["clients"] = [{"id": name, "scopes": "system/*.rs", "jwks_file": keys}]
                config["access"]["certificates"].append({"subject": f"CN={name}", "scopes": "system/*.rs"})
                with open(os.path.join(gateway.folder, "config.json"), "w") as out:
                    json.dump(config, out, indent=1)
                reload()
                self.assertEqual(waits(), times, gateway.log_text())
                self.assertEqual(gateway.log_text().count("access.certificates is taken"), times)
            self.assertNotIn("access.clients is taken", gateway.log_text())


if __name__ == "__main__":
    unittest.main()
