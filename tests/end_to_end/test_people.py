"""People (TRUST.md §4.3): the first administrator, accounts, sessions, roles, and signing in at a real OpenID Connect
provider. A browser is played by a client that keeps cookies and says where its requests come from."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import unittest
import urllib.parse

from harness import PROGRAM, PROJECT, Gateway, await_true, certificates, client_context, free_port, own_environment

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("IMMUNOGATE_BUILD", os.path.join(PROJECT, ".build"))
WORDS = "correct horse battery staple"


def with_socket(config):
    config["operations"]["socket"] = os.path.join(config["store"]["folder"], "immunogate.sock")
    config["access"]["certificates"].insert(0, {"subject": "CN=sender", "role": "administrator"})


def user(gateway, *arguments):
    """`immunogate user …` on the gateway's host: (status, output, errors)"""
    run = subprocess.run([PROGRAM, "user", *arguments, "--config", os.path.join(gateway.folder, "config.json")],
                         capture_output=True, text=True, env=own_environment(), timeout=60)
    return run.returncode, run.stdout, run.stderr


def invitation(text):
    return text.split(": ", 1)[1].split()[0]


def totp(secret):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1_000_000:06d}"


class Browser:
    """Cookies are kept for each origin; Secure and HttpOnly are taken as said, SameSite as told."""

    def __init__(self, gateway, who=None):
        self.gateway, self.who, self.cookies, self.csrf = gateway, who, {}, None
        self.origin = f"127.0.0.1:{gateway.ports['https']}"

    def fetch(self, method, url, body=None, headers=None):
        """(status, headers, text)"""
        parts = urllib.parse.urlsplit(url)
        host = parts.netloc or self.origin
        connection = http.client.HTTPSConnection(host, context=client_context(self.who), timeout=60)
        jar = self.cookies.setdefault(host, {})
        sent = dict(headers or {})
        if jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        connection.request(method, parts.path + ("?" + parts.query if parts.query else ""), body, sent)
        response = connection.getresponse()
        text = response.read().decode()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                pair, *rest = value.split(";")
                cookie, content = pair.split("=", 1)
                if "max-age=0" in value.lower().replace(" ", "") or not content:
                    jar.pop(cookie, None)
                else:
                    jar[cookie] = content
        got = {name.lower(): value for name, value in response.getheaders()}
        connection.close()
        return response.status, got, text

    def ask(self, path, body=None, **headers):
        """/admin/v1/PATH as the console's own page asks it: (status, JSON)"""
        sent = {"Sec-Fetch-Site": "same-origin", **headers}
        if body is not None:
            sent["Content-Type"] = "application/json"
            if self.csrf:
                sent["X-CSRF-Token"] = self.csrf
        status, _, text = self.fetch("GET" if body is None else "POST", "/admin/v1/" + path,
                                     None if body is None else json.dumps(body), sent)
        answer = json.loads(text) if text else {}
        self.csrf = answer.get("csrf", self.csrf)
        return status, answer

    def sign_in(self, name, password=WORDS, **more):
        return self.ask("session", {"user": name, "password": password, **more})


def events(gateway):
    """What the trail says of people, oldest first: event, who, outcome."""
    import sqlite3
    return sqlite3.connect(f"file:{gateway.store}?mode=ro", uri=True)


class Accounts(unittest.TestCase):
    def setUp(self):
        self.gateway = Gateway("clinic-a", change=with_socket).start()
        self.addCleanup(self.gateway.__exit__)

    def person(self, name, role):
        status, text, error = user(self.gateway, "add", name, "--role", role)
        self.assertEqual(status, 0, error)
        browser = Browser(self.gateway)
        status, answer = browser.ask("invitation", {"user": name, "invitation": invitation(text), "password": WORDS})
        self.assertEqual(status, 200, answer)
        return browser

    def test_the_first_administrator_comes_by_a_code_told_on_the_host(self):
        self.assertEqual(user(self.gateway, "list")[:2],
                         (0, "none; `immunogate user add NAME --role administrator` makes the first\n"))
        status, text, _ = user(self.gateway, "add", "anna", "--role", "administrator", "--name", "Anna")
        self.assertEqual(status, 0)
        browser = Browser(self.gateway)
        self.assertEqual(browser.ask("session")[1], {"signed_in": False, "provider": False})
        self.assertEqual(browser.sign_in("anna")[0], 401, "there is no password")
        given = {"user": "anna", "invitation": invitation(text), "password": "too short"}
        self.assertEqual(browser.ask("invitation", given)[0], 422)
        status, answer = browser.ask("invitation", {**given, "password": WORDS})
        self.assertEqual((status, answer["role"], answer["signed_in"]), (200, "administrator", True))
        self.assertEqual(browser.ask("invitation", given)[0], 401, "once")
        self.assertEqual(browser.ask("users")[1]["users"][0]["state"], "active")
        self.assertIn("anna  administrator  active", user(self.gateway, "list")[1])
        told = self.gateway.told()
        self.assertNotIn(WORDS, told)
        self.assertNotIn(invitation(text), told)
        self.assertEqual(self.gateway.verify()[0], 0)

    def test_threat_16_a_session_holds_through_a_restart_and_ends_with_sign_out_and_lock(self):
        anna, ben = self.person("anna", "administrator"), self.person("ben", "operator")
        stolen = dict(ben.cookies[ben.origin])
        self.gateway.stop()
        self.gateway.start()
        self.assertEqual(anna.ask("users")[0], 200)
        self.assertEqual(ben.ask("outbox")[0], 200)
        self.assertEqual(ben.ask("session/end", {})[0], 200)
        ben.cookies[ben.origin] = stolen
        self.assertEqual(ben.ask("outbox")[0], 401, "a stolen cookie after the sign-out")
        self.assertEqual(ben.sign_in("ben")[0], 200)
        self.assertEqual(anna.ask("users/ben/lock", {})[0], 200)
        self.assertEqual(ben.ask("outbox")[0], 401)
        self.assertEqual(ben.sign_in("ben")[0], 401)
        self.assertEqual(anna.ask("users/anna/lock", {})[0], 409, "the last administrator stays")

    def test_threat_16_a_change_needs_all_three_that_another_site_cannot_have(self):
        anna = self.person("anna", "administrator")
        body = json.dumps({"user": "carl", "role": "auditor"})
        sound = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": anna.csrf}
        for name, wrong in (("Content-Type", "text/plain"), ("Sec-Fetch-Site", "cross-site"), ("X-CSRF-Token", "x")):
            self.assertIn(anna.fetch("POST", "/admin/v1/users", body, {**sound, name: wrong})[0], (403, 415), name)
        self.assertEqual(anna.fetch("POST", "/admin/v1/users", body, sound)[0], 201)

    def test_threat_22_a_role_does_what_it_may_and_a_refusal_is_noted_down(self):
        self.person("anna", "administrator")
        eve = self.person("eve", "auditor")
        self.assertEqual(eve.ask("outbox")[0], 200)
        for path, body in (("users", None), ("users", {"user": "x", "role": "auditor"}),
                           ("outbox/retry", {"reason": "why"}), ("users/anna/lock", {})):
            status, answer = eve.ask(path, body)
            self.assertEqual((status, answer["error"]["code"]), (403, "role"), path)
        self.assertEqual(user(self.gateway, "role", "eve", "--role", "operator")[:2], (0, "eve: role operator\n"))
        self.assertEqual(eve.ask("outbox")[0], 401, "a new role is a new session")
        self.assertEqual(eve.sign_in("eve")[1]["role"], "operator")
        self.assertEqual(eve.ask("outbox/retry", {"reason": "why"})[0], 404)

    def test_a_code_is_set_up_and_asked_for_and_a_reset_takes_it_away(self):
        anna = self.person("anna", "operator")
        status, code = anna.ask("account/code", {})
        self.assertEqual(status, 200)
        self.assertTrue(code["address"].startswith("otpauth://totp/clinic-a:anna?"))
        self.assertEqual(anna.ask("account/code/confirm", {"code": "000000"})[0], 422)
        used = totp(code["secret"])
        older = Browser(self.gateway)
        self.assertEqual(older.sign_in("anna")[0], 200)
        self.assertEqual(anna.ask("account/code/confirm", {"code": used})[0], 200)
        self.assertEqual(older.ask("outbox")[0], 401, "it began where a password was enough")
        self.assertEqual(anna.ask("outbox")[0], 200, "who set it up goes on")
        self.assertEqual(anna.ask("account/code", {})[0], 200, "with the token of changes that it was told")
        other = Browser(self.gateway)
        self.assertEqual(other.sign_in("anna")[0], 401)
        self.assertEqual(other.sign_in("anna", code=used)[0], 401, "a code counts once")
        status, text, _ = user(self.gateway, "reset", "anna")
        self.assertEqual(status, 0)
        self.assertEqual(anna.ask("outbox")[0], 401)
        given = {"user": "anna", "invitation": invitation(text), "password": "another long password"}
        self.assertEqual(other.ask("invitation", given)[0], 200)

    def test_who_guesses_waits_and_others_do_not(self):
        self.person("anna", "operator")
        self.person("ben", "operator")
        browser = Browser(self.gateway)
        for _ in range(5):
            self.assertEqual(browser.sign_in("anna", "guessed password")[0], 401)
        status, answer = browser.sign_in("anna")
        self.assertEqual((status, answer["error"]["code"]), (429, "slow-down"))
        self.assertEqual(browser.sign_in("ben")[0], 200)

    def test_threat_15_every_page_is_strict(self):
        browser = Browser(self.gateway)
        for path in ("/console/", "/console/sign-in.js", "/console/nothing", "/admin/v1/session", "/admin/nothing"):
            _, headers, _ = browser.fetch("GET", path)
            self.assertIn("default-src 'none'", headers["content-security-policy"], path)
            self.assertEqual((headers["cache-control"], headers["x-frame-options"], headers["referrer-policy"],
                              headers["x-content-type-options"]), ("no-store", "DENY", "no-referrer", "nosniff"), path)
        status, _, text = browser.fetch("GET", "/admin/v1/openapi.json")
        self.assertEqual((status, json.loads(text)["openapi"]), (200, "3.1.0"))

    def list_by_certificate(self, who):
        return subprocess.run([PROGRAM, "user", "list", "--url", f"https://127.0.0.1:{self.gateway.ports['https']}",
                               "--cert", f"{certificates()}/{who}.pem", "--key", f"{certificates()}/{who}-key.pem",
                               "--ca", f"{certificates()}/ca.pem"], capture_output=True, text=True,
                              env=own_environment(), timeout=60)

    def test_a_certificate_with_a_persons_role_needs_no_session_and_one_without_is_nobody(self):
        self.assertEqual(user(self.gateway, "list", "--json")[0], 0)
        run = self.list_by_certificate("sender")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        run = self.list_by_certificate("operator")
        self.assertEqual(run.returncode, 2, run.stdout)
        self.assertIn("who asks is not known here", run.stderr)


def provider_of(folder, redirect):
    """The provider of oidc_provider.mjs as a process: (process, port)."""
    place, node = os.path.join(BUILD, "clients"), os.path.join(BUILD, "node", "node_modules", ".bin", "node")
    if not os.path.isdir(os.path.join(place, "node_modules", "oidc-provider")):
        raise unittest.SkipTest("clients from npm are not installed: its registry is not reachable, see .build/clients.log")
    node = node if os.access(node, os.X_OK) else shutil.which("node")
    shutil.copytree(os.path.join(HERE, "clients"), place, dirs_exist_ok=True)
    port = free_port()
    settings = {"port": port, "client": "immunogate", "secret": "s/e+c r:t", "redirect": redirect,
                "certificate": f"{certificates()}/receiver.pem", "key": f"{certificates()}/receiver-key.pem"}
    log = open(os.path.join(folder, "provider.log"), "w+b")
    process = subprocess.Popen([node, os.path.join(place, "oidc_provider.mjs"), json.dumps(settings)], stdout=log,
                               stderr=log)

    def is_ready():
        with open(log.name, "rb") as text:
            said = text.read()
        if process.poll() is not None:
            raise AssertionError(said.decode())
        return b"ready" in said
    await_true("the provider listens", is_ready, 180)
    return process, port


class ByProvider(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="immunogate-provider-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        gateway = Gateway("clinic-a", change=cls.with_provider)
        cls.gateway = gateway
        redirect = f"https://127.0.0.1:{gateway.ports['https']}/console/provider"
        cls.provider, cls.port = provider_of(cls.folder, redirect)
        cls.addClassCleanup(cls.provider.kill)
        with open(os.path.join(cls.folder, "secret"), "w") as out:
            out.write("s/e+c r:t\n")
        os.chmod(out.name, 0o600)
        gateway.start()
        cls.addClassCleanup(gateway.__exit__)

    @classmethod
    def with_provider(cls, config):
        with_socket(config)
        config["access"]["oidc"] = {
            "issuer": f"https://127.0.0.1:{cls.port}/realm", "client_id": "immunogate",
            "client_secret_file": os.path.join(cls.folder, "secret"), "ca": f"{certificates()}/ca.pem",
            "scopes": "openid profile groups", "acr": ["mfa"],
            "roles": [{"group": "ig-admins", "role": "administrator"}, {"group": "ig-audit", "role": "auditor"}]}

    def sign_in(self, sub="anna", acr="mfa", groups="ig-admins", browser=None):
        """As a browser does, from the link on the page to the page's own last step: (browser, status, answer)"""
        browser = browser or Browser(self.gateway)
        browser.fetch("GET", f"https://127.0.0.1:{self.port}/next?sub={sub}&acr={acr}&groups={groups}")
        url, steps = "/admin/v1/provider", []
        while not url.startswith(f"https://{browser.origin}/console/provider"):
            status, headers, text = browser.fetch("GET", url)
            self.assertIn(status, (302, 303), text)
            url = urllib.parse.urljoin(f"https://127.0.0.1:{self.port}" if steps else f"https://{browser.origin}",
                                       headers["location"])
            steps.append(url)
            self.assertLess(len(steps), 8, steps)
        self.assertEqual(browser.fetch("GET", url)[0], 200)
        given = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        self.given = {name: given.get(name, "") for name in ("code", "state", "iss")}
        return browser, *browser.ask("provider", self.given)

    def test_somebody_signs_in_with_the_role_of_a_group(self):
        browser, status, answer = self.sign_in()
        self.assertEqual((status, answer.get("user"), answer.get("role"), answer.get("name"), answer.get("proved")),
                         (200, "oidc:anna", "administrator", "The one called anna", True), answer)
        self.assertNotIn("__Host-clinic-a-provider", browser.cookies[browser.origin], "the short-lived one is gone")
        self.assertEqual(browser.ask("users")[0], 200)
        self.assertEqual(browser.ask("provider", self.given)[0], 401, "once")
        _, status, answer = self.sign_in("eve", groups="everybody,ig-audit")
        self.assertEqual((status, answer["role"]), (200, "auditor"))
        self.assertIn("oidc:eve  auditor  active", user(self.gateway, "list")[1])
        self.assertNotIn(self.given["code"], self.gateway.told())

    def test_who_has_no_group_or_proved_it_weakly_is_not_let_in(self):
        _, status, answer = self.sign_in("carl", groups="everybody")
        self.assertEqual((status, answer["error"]["code"]), (403, "no-role"))
        _, status, answer = self.sign_in("dora", acr="pwd")
        self.assertEqual((status, answer["error"]["code"]), (401, "sign-in-refused"))
        self.assertNotIn("dora", user(self.gateway, "list")[1])

    def test_who_is_locked_here_or_brings_the_return_of_another_is_not_let_in(self):
        _, status, _ = self.sign_in("frank")
        self.assertEqual(status, 200)
        self.assertEqual(user(self.gateway, "lock", "oidc:frank")[0], 0)
        self.assertEqual(self.sign_in("frank")[1], 401)
        victim = Browser(self.gateway)
        self.sign_in("mallory")
        victim.fetch("GET", "/admin/v1/provider")
        self.assertEqual(victim.ask("provider", self.given)[0], 401)

    def test_a_local_account_beside_a_provider_is_told_of(self):
        text = user(self.gateway, "add", "sealed", "--role", "administrator")[1]
        browser = Browser(self.gateway)
        browser.ask("invitation", {"user": "sealed", "invitation": invitation(text), "password": WORDS})
        self.assertEqual(browser.sign_in("sealed")[0], 200)
        self.assertIn("access.local_account_used", self.gateway.log_text())


if __name__ == "__main__":
    unittest.main()
