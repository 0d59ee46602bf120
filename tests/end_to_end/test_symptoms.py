"""What comparable converters do to a sender's queue (V2FHIR.md §4, 31): only a running gateway shows it."""
import unittest

from harness import Gateway, code, exchange, msa, sample


class Symptom31(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway("symptoms").start()

    @classmethod
    def tearDownClass(cls):
        cls.gateway.__exit__()

    def test_no_message_is_left_without_an_answer_so_no_queue_halts(self):
        """Whatever stands at the head of a queue gets its answer, and the good message behind it goes through."""
        good = sample(1)
        lines = good.split(b"\r")
        queue = [
            ("not HL7 at all", b"GET / HTTP/1.1", "AR"),
            ("no patient", b"\r".join(line for line in lines if not line.startswith(b"PID")), "AE"),
            ("neither order nor result", b"\r".join(lines[:2]) + b"\r", "AE"),
            ("delimiters that are equal", good.replace(b"MSH|^~\\&|", b"MSH|^^\\&|"), "AE"),
            ("undecodable bytes", good.replace(b"14.2", b"\xff\xfe"), "AR"),
            ("a type that is not taken", good.replace(b"ORU^R01^ORU_R01", b"ADT^A08^ADT_A01"), "AR"),
            ("an envelope round nothing", b"FHS|^~\\&|A\rBHS|^~\\&|A\rBTS|0\rFTS|1\r", None),
            ("a value that is no number", good.replace(b"14.2", b"see note"), "AA"),
        ]
        with self.gateway.connect() as s:
            for number, (what, message, expected) in enumerate(queue):
                with self.subTest(what):
                    answer = exchange(s, message.replace(b"N1001", b"Q%d" % number))
                    self.assertTrue(answer.startswith(("MSH|", "FHS|")), answer)
                    if expected:
                        self.assertEqual(code(answer), expected, answer)
            answer = exchange(s, good.replace(b"N1001", b"LAST"))
            self.assertEqual(msa(answer)[1:3], ["AA", "LAST"])


if __name__ == "__main__":
    unittest.main()
