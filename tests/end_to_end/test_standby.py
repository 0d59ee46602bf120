"""One PostgreSQL with its synchronous standby: what no standby has is never acknowledged (TRUST.md F4, R2, P5)."""
import unittest

from harness import Gateway, await_true, code, read_frame, sample
from postgres import Cluster
from test_crash import Sender
from test_postgresql import OnPostgresql

WAITING = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


class WithoutStandby(unittest.TestCase):
    def end_the_wait(self, function):
        """Of a message whose commit waits for a standby that is away: nothing says AA, neither at once nor later, and
        after the standby's return a resend is AA, once."""
        hold = lambda config: config.update(limits={"hold_seconds": 2})
        with Cluster() as cluster:
            cluster.add_standby()
            with Gateway("cut", store=cluster.database(), change=hold) as gateway:
                self.assertEqual(code(gateway.send(sample(2), tls=False)), "AA")
                before = gateway.count("Observation?")
                cluster.stop_standby()
                with gateway.connect(tls=False) as s:
                    s.sendall(b"\x0b" + sample(1) + b"\x1c\r")
                    await_true("it waits", lambda: cluster.answer("SELECT count(*) " + WAITING) != "0")
                    cluster.ask(f"SELECT {function}(pid) " + WAITING)
                    with self.assertRaises(OSError, msg="an answer without a standby"):
                        read_frame(s)
                cluster.start_standby()
                await_true("it is ready again", gateway.is_ready)
                self.assertEqual(code(gateway.send(sample(1), tls=False)), "AA")
                self.assertEqual(gateway.count("Observation?"), before + 4)
                self.assertEqual(gateway.verify()[0], 0)

    def test_a_wait_that_was_cancelled_is_never_acknowledged(self):
        self.end_the_wait("pg_cancel_backend")

    def test_a_wait_that_was_terminated_is_never_acknowledged(self):
        self.end_the_wait("pg_terminate_backend")


class FailOver(unittest.TestCase):
    def test_what_was_acknowledged_is_on_the_standby_that_takes_over(self):
        with Cluster() as cluster:
            cluster.add_standby()
            with Gateway("over", store=cluster.on_either()) as gateway:
                senders = [Sender(gateway, n, 40) for n in range(4)]
                for sender in senders:
                    sender.start()
                OnPostgresql.through(self, senders, 60)
                cluster.kill()
                cluster.promote()
                await_true("it is ready again", gateway.is_ready)
                OnPostgresql.assert_nothing_is_lost(self, gateway, senders)
                print(f"P05 lost=0 duplicated=0 of={sum(len(s.acknowledged) for s in senders)} rounds=1")
                self.assertEqual(gateway.verify()[0], 0)


if __name__ == "__main__":
    unittest.main()
