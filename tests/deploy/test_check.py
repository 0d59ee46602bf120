"""`immunogate check`: health for containers, and what of this machine is unsafe (TRUST.md §8.1, §8.7)."""
import subprocess
import unittest

import common  # noqa: F401  where the harness is
from harness import PROGRAM, Gateway, await_true, free_port, own_environment


def ready(*arguments, environment=None):
    run = subprocess.run([PROGRAM, "check", "--ready", *arguments], capture_output=True, text=True, timeout=60,
                         env={**own_environment(), **(environment or {})})
    return run.returncode, run.stdout + run.stderr


class Ready(unittest.TestCase):
    def test_a_gateway_that_is_ready_is_0(self):
        with Gateway("ready") as gateway:
            self.assertEqual(ready("--config", gateway.write_configuration()), (0, "ready\n"))

    def test_one_that_is_not_says_why_and_is_1(self):
        def full(config):
            config["store"]["min_free_bytes"] = 1 << 60
        gateway = Gateway("full", change=full)
        try:
            gateway.launch()
            where = gateway.write_configuration()

            def said():   # nobody answers, and other reasons hold, before the doors are open
                self.assertIsNone(gateway.process.poll(), gateway.log_text())
                status, text = ready("--config", where)
                self.assertEqual(status, 1, text)
                return "not ready: the volume of the store is nearly full" in text
            await_true("it says why", said)
        finally:
            gateway.__exit__()

    def test_where_nobody_answers_it_is_1(self):
        gateway = Gateway("nobody")
        try:
            status, said = ready("--config", gateway.write_configuration())
        finally:
            gateway.__exit__()
        self.assertEqual(status, 1)
        self.assertIn(f"127.0.0.1:{gateway.ports['operations']}: nobody answers", said)

    def test_variables_move_the_port_as_they_do_for_serve(self):
        gateway, port = Gateway("moved"), free_port()
        try:
            said = ready("--config", gateway.write_configuration(),
                         environment={"IMMUNOGATE_OPERATIONS_LISTEN": f"127.0.0.1:{port}"})[1]
        finally:
            gateway.__exit__()
        self.assertIn(str(port), said)


class Findings(unittest.TestCase):
    def test_a_store_in_memory_and_a_full_disk_are_found(self):
        def change(config):
            config["store"] = {"url": "sqlite:/dev/shm/immunogate-no-such/gateway.db", "min_free_bytes": 1 << 60}
        gateway = Gateway("memory", change=change)
        try:
            run = subprocess.run([PROGRAM, "check", "--config", gateway.write_configuration()], capture_output=True,
                                 text=True, timeout=60, env=own_environment())
        finally:
            gateway.__exit__()
        self.assertIn("unsafe (store-in-memory, accepted)", run.stdout)
        self.assertIn("advice: the volume of store.url has", run.stdout)


if __name__ == "__main__":
    unittest.main()
