"""What the gateway writes and counts names nobody (TRUST.md T11, P19). Every other test looks too: see
harness.plant; here the look itself is tried, and what a refused or broken message could bring into the log."""
import unittest

import harness
from harness import Gateway, exchange, sample

NAME = b"Kanarienvogel"


class Leaks(unittest.TestCase):
    def test_threat_11_nothing_of_a_message_stands_in_log_or_metrics_whatever_becomes_of_it(self):
        message = sample(1).replace(b"Aksoy", NAME).replace(b"P0001", NAME + b"-77")
        broken = [message, message.replace(b"|P|2.5.1", b"|X|2.5.1"), message.replace(b"ORU^R01", NAME + b"^R01"),
                  message.replace(b"N1001", NAME), message.replace(b"OBR|1", b"OBR|" + NAME),
                  message.replace(b"PID|", b"PIX|"), NAME, b"MSH|" + NAME, message.replace(b"NORTHLIS", NAME)]
        with Gateway("leaks") as gateway:
            with gateway.connect(tls=False) as s:
                for one in broken:
                    exchange(s, one)
            for query in (f"Patient?family={NAME.decode()}", f"Observation?patient.identifier=|{NAME.decode()}-77",
                          f"Patient/{NAME.decode()}", f"Patient?nothing={NAME.decode()}", f"{NAME.decode()}/1"):
                gateway.fhir(query)
                gateway.fhir(query, who=None)
            gateway.request("GET", f"/{NAME.decode()}")
            told = gateway.told()
            self.assertIn("gateway.ready", told)
            self.assertIn("immunogate_messages_received_total", told)
            self.assertNotIn(NAME.decode(), told)
            self.assertGreaterEqual(gateway.metric("immunogate_connections", door="mllp"), 0)

    def test_the_look_finds_what_is_there(self):
        harness.plant(sample(1))
        self.assertEqual(harness.leaks("the patient Aksoy was here"), ["Aksoy"])
        self.assertEqual(harness.leaks("arrival 17 was stored"), [])


if __name__ == "__main__":
    unittest.main()
