"""Message after message: corrections, withdrawals, wrong patients (DOMAIN.md §8)."""
import unittest

from harness import BASE, Gateway, code

ISSUES = BASE + "/CodeSystem/gateway-issue"


def row(status, value="5.0", result="8112-5^NK^LN", flag="", range_=""):
    return f"OBX|1|NM|{result}||{value}|%|{range_}|{flag}|||{status}"


def time(minute):
    return f"20250322{10 + minute // 60}{minute % 60:02d}00-0500"


class Corrections(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway("corrections").start()
        cls.sent = 0

    @classmethod
    def tearDownClass(cls):
        status, said = cls.gateway.verify()
        cls.gateway.__exit__()
        assert status == 0, said

    def say(self, patient, order, *rows, at=None, report="F", issued="", sender="LABQ"):
        """One message; `at` is the minute of MSH-7, by default later than all before."""
        type(self).sent += 1
        minute = at if at is not None else self.sent
        message = "\r".join([
            f"MSH|^~\\&|{sender}|SITE|GW|CL|{time(minute)}||ORU^R01^ORU_R01|C{self.sent}|P|2.5.1",
            f"PID|1||{patient}^^^CLINIC^MR||Test^{patient}||19900101|F",
            f"OBR|1||{order}|NKP^NK^L|||20250322093000-0500|||||||||||||||{issued}|||{report}", *rows, ""])
        answer = self.gateway.send(message.encode(), tls=False)
        self.assertEqual(code(answer), "AA", answer)

    def results(self, patient, **parameters):
        return self.gateway.search("Observation", **{"patient.identifier": patient, "_sort": "_id", **parameters})

    def report(self, patient):
        return self.gateway.search("DiagnosticReport", **{"patient.identifier": patient})[0]

    def issues(self, resource):
        return sorted(t["code"] for t in resource["meta"].get("tag", []) if t["system"] == ISSUES)

    def test_t9_an_order_number_under_another_patient_marks_both_until_one_is_taken_back(self):
        mark = ISSUES + "|patient-mismatch"
        self.say("WRONG", "F900", row("F"))
        self.say("RIGHT", "F900", row("F"))
        for patient in ("WRONG", "RIGHT"):
            self.assertEqual(len(self.results(patient, _tag=mark)), 1)
            self.assertEqual(self.issues(self.report(patient)), ["patient-mismatch"])
        self.say("WRONG", "F900", row("W"))
        self.assertEqual(self.gateway.search("Observation", _tag=mark), [])
        self.assertEqual(self.gateway.search("DiagnosticReport", _tag=mark), [])
        self.assertEqual([r["status"] for r in self.results("WRONG")], ["entered-in-error"])
        self.assertEqual([r["status"] for r in self.results("RIGHT")], ["final"])
        right = self.results("RIGHT")[0]
        history = self.gateway.fhir(f"Observation/{right['id']}/_history")[2]["entry"]
        self.assertEqual([self.issues(e["resource"]) for e in history], [[], ["patient-mismatch"]])


if __name__ == "__main__":
    unittest.main()
