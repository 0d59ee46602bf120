"""A full disk is never answered AA, and all recovers by itself when there is room."""
import shutil
import tempfile
import unittest

from harness import Gateway, OnSmallVolume, await_true, code, exchange, mappings_with, sample


class FullDisk(OnSmallVolume):
    def gateway(self, when_unavailable):
        def change(config):
            config["limits"] = {"hold_seconds": 1}
            config["mappings"] = self.mappings_with(when_unavailable)
        return Gateway("full", store=self.store(), change=change)

    def mappings_with(self, when_unavailable):
        folder = tempfile.mkdtemp(prefix="immunogate-mappings-")
        self.addCleanup(shutil.rmtree, folder)
        return mappings_with(folder, "NORTHLIS", f'"when_unavailable": "{when_unavailable}"')

    def try_to_send(self, gateway, number):
        """AA, AR, or None where the connection was closed without an answer."""
        message = sample(1).replace(b"N1001", b"FULL%d" % number).replace(b"|F1|", b"|FULL%d|" % number)
        try:
            with gateway.connect() as s:
                return exchange(s, message)
        except OSError:
            return None

    def check(self, when_unavailable, is_right):
        with self.gateway(when_unavailable) as gateway:
            self.assertEqual(code(self.try_to_send(gateway, 0)), "AA")
            self.fill()
            for number in range(1, 4):
                answer = self.try_to_send(gateway, number)
                self.assertTrue(is_right(answer), answer)
            self.assertEqual(gateway.operations("/readyz")[0], 503)
            self.assertEqual(gateway.count("Observation?order=FULL0"), 4, "reads go on")
            self.make_room()
            await_true("an AA again", lambda: (a := self.try_to_send(gateway, 9)) and code(a) == "AA")
            self.assertEqual(gateway.count("Observation?order=FULL9"), 4)
            self.assertEqual(gateway.operations("/readyz")[0], 200)
            self.assertEqual(gateway.stop(), 0)
            status, text = gateway.verify()
            self.assertEqual(status, 0, text)

    def test_by_default_the_connection_is_closed_without_an_answer(self):
        self.check("close", lambda answer: answer is None)

    def test_an_engine_that_retries_is_told_ar_207(self):
        self.check("reject", lambda answer: answer and code(answer) == "AR" and "207" in answer)


if __name__ == "__main__":
    unittest.main()
