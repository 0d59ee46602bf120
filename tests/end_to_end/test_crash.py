"""AA is true: nothing that was acknowledged is lost when the process is killed in the middle."""
import os
import random
import threading
import time
import unittest

from harness import Gateway, await_true, code, exchange, msa, sample


class Sender(threading.Thread):
    """One laboratory connection: sends its messages in order, resends what was not answered, and
    notes what was acknowledged."""

    def __init__(self, gateway, number, messages):
        super().__init__()
        self.gateway, self.number, self.left = gateway, number, messages
        self.sent, self.acknowledged, self.strange = [], [], []

    def message(self, i):
        patient, order, control = f"K{self.number:02d}{i % 5}", f"K{self.number}-{i}", f"C{self.number}-{i}"
        text = sample(1).replace(b"P0001", patient.encode()).replace(b"N1001", control.encode())
        return control, order, text.replace(b"|F1|", f"|{order}|".encode()).replace(b"|ORD1|", f"|O{order}|".encode())

    def run(self):
        deadline = time.monotonic() + 120
        i = 0
        while i < self.left and time.monotonic() < deadline:
            try:
                with self.gateway.connect(tls=False) as s:
                    while i < self.left:
                        control, order, text = self.message(i)
                        self.sent.append(order)
                        answer = exchange(s, text)
                        if code(answer) == "AA" and msa(answer)[2] == control:
                            self.acknowledged.append(order)
                            i += 1
                        else:
                            self.strange.append(answer)
                            i += 1
            except OSError:
                time.sleep(0.02)   # the gateway is away: a laboratory tries again


class Kill(unittest.TestCase):
    def test_kill_in_the_middle_loses_nothing_acknowledged(self):
        seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
        print(f"seed {seed}", flush=True)
        chance = random.Random(seed)
        with Gateway("crash") as gateway:
            senders = [Sender(gateway, n, 120) for n in range(8)]
            for sender in senders:
                sender.start()
            for _ in range(3):
                enough = sum(len(s.acknowledged) for s in senders) + chance.randrange(60, 200)
                await_true("senders go on", lambda: sum(len(s.acknowledged) for s in senders) >= enough
                           or not any(s.is_alive() for s in senders))
                gateway.kill()
                gateway.start()
            for sender in senders:
                sender.join()
            acknowledged = [order for s in senders for order in s.acknowledged]
            self.assertEqual([a for s in senders for a in s.strange], [])
            self.assertEqual(len(acknowledged), 8 * 120, f"seed {seed}")
            lost = [order for order in acknowledged if gateway.count(f"Observation?order={order}") != 4]
            self.assertEqual(lost, [], f"seed {seed}: acknowledged and not there, or there twice")
            self.assertEqual(gateway.count("Observation?"), 4 * 8 * 120)
            self.assertEqual(gateway.stop(), 0)
            status, text = gateway.verify()
            self.assertEqual(status, 0, text)

    def test_sigterm_in_the_middle_loses_nothing_acknowledged_and_ends_with_0(self):
        with Gateway("drain") as gateway:
            senders = [Sender(gateway, n, 60) for n in range(4)]
            for sender in senders:
                sender.start()
            await_true("some are through", lambda: sum(len(s.acknowledged) for s in senders) > 40)
            self.assertEqual(gateway.stop(), 0)
            gateway.start()
            for sender in senders:
                sender.join()
            for s in senders:
                self.assertEqual(s.strange, [])
                self.assertEqual(len(s.acknowledged), 60)
            self.assertEqual(gateway.count("Observation?"), 4 * 4 * 60)


if __name__ == "__main__":
    unittest.main()
