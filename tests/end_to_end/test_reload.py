"""What is exchanged while the gateway runs, and what is said of the rest (TRUST.md §8.2, P15)."""
import json
import os
import shutil
import tempfile
import unittest

from harness import Gateway, await_true, certificates, code, sample

RECEIVER = {"subject": "CN=receiver", "scopes": "system/*.rs"}


class Configuration(unittest.TestCase):
    def rewritten(self, gateway, change):
        """Its file with a change, read anew."""
        path = os.path.join(gateway.folder, "config.json")
        config = gateway.configuration()
        change(config)
        with open(path, "w") as out:
            json.dump(config, out, indent=1)
        gateway.reload()

    def test_who_may_what_counts_from_the_signal_on(self):
        with Gateway("grants") as gateway:
            status = lambda: gateway.fhir("Observation", who="receiver")[0]
            self.assertEqual(status(), 401)
            self.rewritten(gateway, lambda config: config["access"]["certificates"].append(RECEIVER))
            self.assertEqual(status(), 200)
            self.assertIn("access.certificates is taken", gateway.log_text())
            gateway.reload()
            self.assertEqual(gateway.log_text().count("is taken"), 1, "what did not change is not taken again")
            self.rewritten(gateway, lambda config: None)
            self.assertEqual(status(), 401, "and so does what is taken away")

    def test_what_takes_a_restart_is_said_by_its_name(self):
        with Gateway("restart") as gateway:
            def change(config):
                config["limits"] = {"connections": 7}
                config["forward"] = [{"name": "folder", "directory": gateway.folder}]
            self.rewritten(gateway, change)
            for key in ("limits.connections", "forward"):
                self.assertIn(f"immunogate: {key} changed in the configuration", gateway.log_text())
            self.assertNotIn("is taken", gateway.log_text())

    def test_a_configuration_that_would_not_start_changes_nothing(self):
        with Gateway("refused") as gateway:
            def change(config):
                config["access"]["certificates"] = [{**RECEIVER, "scope": "typo"}]
            self.rewritten(gateway, change)
            self.assertIn("the configuration stays as it was", gateway.log_text())
            self.assertEqual(gateway.fhir("Observation")[0], 200)
            self.assertEqual(gateway.metric("immunogate_config_reloads_total", result="refused",
                                            what="configuration") or
                             gateway.metric("immunogate_config_reloads_total", what="configuration",
                                            result="refused"), 1)


class TargetFiles(unittest.TestCase):
    def test_files_of_a_target_are_exchanged_without_a_restart(self):
        with tempfile.TemporaryDirectory() as own, Gateway("hospital") as hospital:
            def put(name, source):
                shutil.copy(os.path.join(certificates(), source), os.path.join(own, name + ".new"))
                os.replace(os.path.join(own, name + ".new"), os.path.join(own, name))
            put("ca.pem", "ca.pem")
            put("own.pem", "sender.pem")  # nobody who may write there
            put("key.pem", "sender-key.pem")
            target = {**hospital.as_target(), "tls": {"certificate": f"{own}/own.pem", "key": f"{own}/key.pem",
                                                      "ca": f"{own}/ca.pem"}}
            with Gateway("clinic", forward=[target]) as gateway:
                self.assertEqual(code(gateway.send(sample(1))), "AA")
                await_true("the target refuses it", lambda: gateway.metric("immunogate_circuit_state",
                                                                           target="hospital"))
                put("own.pem", "gateway.pem")
                put("key.pem", "gateway-key.pem")
                await_true("it arrives", lambda: gateway.metric("immunogate_outbox_pending", target="hospital") == 0)
                self.assertGreater(len(hospital.search("Observation")), 0)
