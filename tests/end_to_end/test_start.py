"""Start-up fails at once, with one sentence that names the cause and the remedy."""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from harness import Gateway, PROGRAM, PROJECT, SAMPLES, await_true, own_environment


def serve(gateway, environment=None):
    run = subprocess.run([PROGRAM, "serve", "--config", gateway.write_configuration()], capture_output=True,
                         text=True, timeout=60, env={**own_environment(), **(environment or {})})
    return run.returncode, run.stderr


class Start(unittest.TestCase):
    def refused(self, change, *words, environment=None):
        gateway = Gateway("start", change=change)
        try:
            status, said = serve(gateway, environment)
        finally:
            gateway.__exit__()
        self.assertEqual(status, 2, said)
        self.assertIn("immunogate:", said)
        for word in words:
            self.assertIn(word, said)
        self.assertEqual([line for line in said.splitlines() if "advice: " in line or "accepted)" in line], [],
                         "only what stops the start is said")

    def test_a_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            self.refused(lambda c: c["mllp"][0].update(listen=address), address, "use")
            self.refused(lambda c: c["https"].update(listen=address), address, "use")

    def test_a_definition_that_is_none_is_named_by_check_and_by_serve(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = os.path.join(folder, "mappings")
            shutil.copytree(os.path.join(PROJECT, "mappings"), copy)
            with open(os.path.join(copy, "fhir", "CodeSystem-broken.json"), "w") as out:
                out.write('{"resourceType": "CodeSystem", "id": "broken", "concept": []}')
            run = subprocess.run([PROGRAM, "check", "--mappings", copy], capture_output=True, text=True, timeout=60)
            self.assertEqual(run.returncode, 1)
            self.assertIn("CodeSystem-broken.json: CodeSystem.concept: invalid-resource a list is empty",
                          run.stdout + run.stderr)
            self.refused(lambda c: c.update(mappings=copy), "CodeSystem-broken.json")

    def test_a_missing_certificate(self):
        self.refused(lambda c: c["mllp"][0]["tls"].update(certificate="/nowhere/gateway.pem"), "/nowhere/gateway.pem")

    def test_a_file_that_is_missing_is_said_once(self):
        gateway = Gateway("start", change=lambda c: c["https"]["tls"].update(certificate="/nowhere.pem"))
        try:
            said = serve(gateway)[1]
        finally:
            gateway.__exit__()
        self.assertEqual(said.count("/nowhere.pem"), 1, said)

    def test_a_key_of_another_certificate(self):
        def other_key(config):
            tls = config["https"]["tls"]
            tls["key"] = tls["key"].replace("gateway-key", "sender-key")
        self.refused(other_key, "sender-key.pem", "key")

    def test_a_key_that_others_may_read(self):
        with tempfile.TemporaryDirectory() as folder:
            def open_key(config):
                tls = config["https"]["tls"]
                copy = os.path.join(folder, "key.pem")
                with open(tls["key"]) as source, open(copy, "w") as out:
                    out.write(source.read())
                os.chmod(copy, 0o644)
                tls["key"] = copy
            self.refused(open_key, "chmod 600")

    def test_a_wrong_key_names_the_line_and_the_nearest(self):
        self.refused(lambda c: c.update(forwards=[]), "config.json:", "forwards", "did you mean forward?")

    def test_a_target_on_loopback_must_be_allowed_by_name(self):
        def forward(config):
            config["forward"] = [{"name": "hospital", "url": "https://127.0.0.1:1/fhir",
                                  "tls": {"ca": config["https"]["tls"]["client_ca"]}}]
        self.refused(forward, "forward hospital", "private", "allow_private_address")
        gateway = Gateway("start", change=forward)
        try:
            run = subprocess.run([PROGRAM, "check", "--config", gateway.write_configuration()], capture_output=True,
                                 text=True, timeout=60, env=own_environment())
        finally:
            gateway.__exit__()
        self.assertEqual(run.returncode, 1, run.stdout)
        self.assertIn("allow_private_address", run.stdout)

    def test_an_empty_configuration_is_called_empty(self):
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            run = subprocess.run([PROGRAM, "serve", "--config", file.name], capture_output=True, text=True, timeout=60,
                                 env=own_environment())
        self.assertEqual(run.returncode, 2)
        self.assertIn("is empty", run.stderr)

    def test_a_store_folder_that_cannot_be_written(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "file")
            open(file, "w").close()   # a file where a folder must be: refused even to root
            self.refused(lambda c: c["store"].update(url=f"sqlite:{file}/gateway.db"), file)

    def test_a_store_that_another_gateway_holds(self):
        with Gateway("first") as first:
            self.refused(lambda c: c["store"].update(url="sqlite:" + first.store), first.store)

    def test_plain_mllp_beyond_loopback_off_localhost(self):
        def change(config):
            config["base_url"] = "https://gateway.example/fhir"
            config["mllp"] = [{"listen": "0.0.0.0:0", "plain": True, "senders": ["NORTHLIS"]}]
            del config["https"]
        self.refused(change, "unsafe", "plain-mllp-beyond-loopback", "accept_unsafe")

    def test_development_certificates_off_localhost(self):
        self.refused(lambda c: c.update(base_url="https://gateway.example/fhir"), "development certificate")

    def test_a_variable_overrides_a_key_and_a_wrong_one_is_named(self):
        self.refused(None, "store.url", environment={"IMMUNOGATE_STORE_URL": "mysql:x"})
        self.refused(None, "IMMUNOGATE_STORE_URI", environment={"IMMUNOGATE_STORE_URI": "sqlite:x"})

    def test_wrong_mappings_are_named_with_file_and_line(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = os.path.join(folder, "mappings")
            shutil.copytree(os.path.join(PROJECT, "mappings"), copy)
            with open(os.path.join(copy, "units.csv"), "a") as out:
                out.write("bogus,not a unit!!\n")
            self.refused(lambda c: c.update(mappings=copy), "units.csv:")


class Reload(unittest.TestCase):
    def test_mappings_that_would_not_start_are_not_taken_up_either(self):
        """Off localhost, a profile that loses its certificates would let one laboratory speak as another."""
        with tempfile.TemporaryDirectory() as folder:
            mappings, pair = os.path.join(folder, "mappings"), [os.path.join(folder, f) for f in ("own.pem", "own-key.pem")]
            shutil.copytree(os.path.join(PROJECT, "mappings"), mappings)
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-subj", "/O=Clinic/CN=gw", "-out", pair[0], "-keyout", pair[1]], check=True, capture_output=True)
            os.chmod(pair[1], 0o600)

            def profile(name, certificates):
                with open(os.path.join(mappings, "senders", name + ".json"), "w") as out:
                    json.dump({"recognise": [{"msh3": name, "msh4": "LAB"}], "code_map": "samples", **certificates}, out)

            def change(config):
                tls = {"certificate": pair[0], "key": pair[1], "client_ca": pair[0]}
                config.update(base_url="https://gateway.example/fhir", mappings=mappings)
                config["mllp"] = [{**config["mllp"][0], "tls": tls, "senders": ["ONE", "TWO"]}]
                config["https"].update(tls=tls, senders=[])
            for name in ("ONE", "TWO"):
                profile(name, {"certificates": ["CN=" + name]})
            with Gateway("reload", change=change) as gateway:
                before = gateway.operations("/version")
                profile("TWO", {})
                gateway.process.send_signal(signal.SIGHUP)
                await_true("the reload is refused", lambda: "mappings.reload_refused" in gateway.log_text())
                self.assertIn("sender-without-certificate", gateway.log_text())
                self.assertEqual(gateway.operations("/version"), before)
                profile("TWO", {"certificates": ["CN=TWO", "CN=two"]})
                gateway.process.send_signal(signal.SIGHUP)
                await_true("mended, it is taken up", lambda: gateway.operations("/version") != before)


class Scripts(unittest.TestCase):
    def test_a_tree_that_was_configured_by_hand_is_built_on(self):
        """README.md tells to configure .build/release without a generator; quickstart wanted Ninja there."""
        with tempfile.TemporaryDirectory() as project:
            with open(os.path.join(project, "CMakeLists.txt"), "w") as out:
                out.write("cmake_minimum_required(VERSION 3.25)\nproject(tree NONE)\n")
            script = f". {PROJECT}/deploy/packages.sh; project={project}; cmake -G 'Unix Makefiles' -S {project} " \
                     f"-B {project}/hand && configure {project}/hand && configure {project}/own"
            run = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, timeout=60)
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertTrue(os.path.exists(os.path.join(project, "own", "build.ninja")))


class CommandLine(unittest.TestCase):
    def run_it(self, *arguments, text=None):
        return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, input=text, timeout=60,
                              env=own_environment(), cwd=PROJECT)

    def test_help_lists_each_command_and_each_command_has_help(self):
        overview = self.run_it("--help")
        self.assertEqual(overview.returncode, 0)
        for command in ("serve", "convert", "explain", "check", "send", "store"):
            self.assertIn(f"immunogate {command} ", overview.stdout)
            one = self.run_it(command, "--help")
            self.assertEqual(one.returncode, 0)
            self.assertEqual(one.stdout, self.run_it("help", command).stdout)
            self.assertIn("usage: immunogate " + command, one.stdout)

    def test_help_helps_with_itself(self):
        self.assertEqual(self.run_it("help", "help").stdout, self.run_it("--help").stdout)

    def test_a_misspelt_command_or_option_names_the_nearest(self):
        run = self.run_it("convrt")
        self.assertEqual(run.returncode, 2)
        self.assertIn("did you mean `immunogate convert`?", run.stderr)
        run = self.run_it("convert", "--mapings", "x")
        self.assertEqual(run.returncode, 2)
        self.assertIn("did you mean --mappings?", run.stderr)

    def test_check_finds_nothing_wrong_with_what_is_shipped(self):
        run = self.run_it("check", "--mappings", "mappings")
        self.assertEqual(run.returncode, 0, run.stdout)

    def test_convert_writes_one_bundle_a_line_and_an_outcome_for_what_it_cannot_read(self):
        with open(os.path.join(SAMPLES, "01-us-loinc-blood-nk.hl7"), newline="") as file:
            message = file.read()
        run = self.run_it("convert", "-", text=message + "\rMSH|^~\\&|X\r" + message)
        self.assertEqual(run.returncode, 1)
        lines = [json.loads(line)["resourceType"] for line in run.stdout.splitlines()]
        self.assertEqual(lines, ["Bundle", "OperationOutcome", "Bundle"])

    def test_nothing_listens_is_said_as_such(self):
        run = self.run_it("send", "--to", "127.0.0.1:1", "--plain", "tests/samples/01-us-loinc-blood-nk.hl7")
        self.assertEqual(run.returncode, 2)
        self.assertIn("127.0.0.1:1", run.stderr)


class Verifying(unittest.TestCase):
    def test_a_store_is_verified_beside_the_running_gateway(self):
        with Gateway("beside") as gateway:
            status, said = gateway.verify()
            self.assertEqual(status, 0, said)
            self.assertIn("clean", said)
            self.assertRegex(said, r"audit head: \d+ [0-9a-f]{64}")


if __name__ == "__main__":
    unittest.main()
