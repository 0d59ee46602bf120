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

    def one(self, patient, result):
        found = [r for r in self.results(patient)
                 if any(c.get("code") == result for c in r["code"].get("coding", []))]
        self.assertEqual(len(found), 1, result)
        return found[0]

    def context(self, resource):
        parts = next(e for e in resource["extension"] if e["url"].endswith("/cycle-context"))["extension"]
        return {p["url"]: next(v for k, v in p.items() if k.startswith("value")) for p in parts}

    def test_t7_each_order_of_a_message_counts_from_its_own_obr_22(self):
        other = f"OBR|2||F702|TH^TH^L|||20250322093000-0500|||||||||||||||{time(300)}|||F"
        self.say("T7A", "F701", row("F"), other, row("F", result="8124-0^T^LN"), issued=time(100))
        self.say("T7A", "F701", row("C", "6.0"), issued=time(200), report="C")
        self.assertEqual(self.one("T7A", "8112-5")["valueQuantity"]["value"], "6.0")

    def test_t7_a_day_is_not_older_than_an_hour_of_it(self):
        self.say("T7B", "F703", row("F"), issued=time(100))
        self.say("T7B", "F703", row("C", "6.0"), issued="20250322", report="C")
        self.assertEqual(self.one("T7B", "8112-5")["status"], "corrected")
        self.say("T7B", "F703", row("F", "4.0"), issued=time(50))
        self.assertEqual(self.one("T7B", "8112-5")["valueQuantity"]["value"], "6.0")

    def test_an_empty_obr_25_takes_the_status_of_every_result_of_the_order(self):
        second = "8124-0^T^LN"
        for rows, wanted in (((row("P"), row("P", result=second)), "preliminary"), ((row("F"),), "preliminary"),
                             ((row("F", result=second),), "final"), ((row("C", "6.0"),), "corrected"),
                             ((row("F", result=second),), "corrected"), ((row("W"),), "final"),
                             ((row("X", "", result=second),), "cancelled")):
            self.say("ST", "F704", *rows, report="")
            self.assertEqual(self.report("ST")["status"], wanted, rows)

    def test_t6_an_update_without_target_is_a_tag_on_the_report(self):
        self.say("T6", "F706", row("U", ""))
        self.assertEqual(self.results("T6"), [])
        self.assertEqual(self.issues(self.report("T6")), ["update-target-unknown"])

    def test_t3_what_is_taken_back_no_longer_gives_the_cycle(self):
        period = "OBX|2|DT|8665-2^LMP^LN||{}||||||{}||||||||||||||||||AOE"
        day = "OBX|3|NM|107139-8^Day^LN||{}||||||F||||||||||||||||||AOE"
        self.say("CX", "F730", row("F"), period.format("20250302", "F"))
        self.assertEqual(self.context(self.one("CX", "8112-5"))["day"], "21")
        self.say("CX", "F730", row("C", "6.0"), day.format("19"), report="C")
        result = self.one("CX", "8112-5")
        self.assertEqual(self.context(result)["confidence"], "conflicting")
        self.assertEqual(self.issues(result), ["cycle-day-conflict"], "no message alone said it (C14)")
        self.say("CX", "F730", row("C", "6.0"), day.format('""'), report="C")
        result = self.one("CX", "8112-5")
        self.assertEqual((self.context(result)["day"], self.issues(result)), ("21", []))
        self.say("CX", "F730", row("C", "6.0"), period.format("20250302", "W"), report="C")
        self.assertEqual(self.context(self.one("CX", "8112-5")), {"status": "unknown", "source": "none"})

    def test_s14_and_s16_parts_that_are_not_sent_again_stay(self):
        half = "OBX|1|NM|{}^BP^LN|1|{}|mm[Hg]|||||{}"
        self.say("BP", "F714", half.format("8480-6", "138", "F"), half.format("8462-4", "88", "F"))
        self.say("BP", "F714", half.format("8480-6", "140", "C"), report="C")
        panel = self.one("BP", "85354-9")
        self.assertEqual([c["valueQuantity"]["value"] for c in panel["component"]], ["140", "88"])
        main, fields = "OBX|1|NM|UNKPCT^CD56^L|1|{}|%|||||{}", "OBX|2|NM|UNKFLD^Fields^L|1|{}||||||{}"
        specimen = "SPM|1|S1||122704003^Endometrium^SCT"
        self.say("UNK", "F715", main.format("6.8", "F"), fields.format("20", "F"), specimen)
        self.say("UNK", "F715", main.format("7.0", "C"), specimen, report="C")
        part = lambda: [c["valueInteger"] for c in self.one("UNK", "unk-cd56-pct-stroma").get("component", [])]
        self.assertEqual(part(), ["20"])
        self.say("UNK", "F715", main.format("7.0", "C"), fields.format("", "C"), specimen, report="C")
        self.assertEqual(part(), ["20"])
        self.assertEqual(self.issues(self.one("UNK", "unk-cd56-pct-stroma")), ["value-empty-on-update"])
        self.say("UNK", "F715", main.format("7.0", "C"), fields.format("20", "W"), specimen, report="C")
        self.assertEqual(part(), [])

    def test_w5_a_declaration_stays_on_its_report_until_it_is_answered_anew(self):
        egg = "OBX|2|CWE|AOEEGG^Egg^L||{}||||||{}||||||||||||||||||AOE"
        safety = lambda: [t["code"] for t in self.report("EGG")["meta"].get("tag", []) if t["system"].endswith("/safety")]
        self.say("EGG", "F750", row("F"), egg.format("Y^Yes^HL70136", "F"))
        self.say("EGG", "F750", row("C", "6.0"), report="C")
        self.assertEqual(safety(), ["egg-allergy-declared"])
        self.say("EGG", "F750", egg.format("Y^Yes^HL70136", "W"), report="C")
        self.assertEqual(safety(), [])

    def test_a_corrected_text_takes_the_document_of_the_old_one_away(self):
        line = "OBX|1|TX|22637-3^Diagnosis^LN||{}||||||{}"
        self.say("TXT", "F760", *(line.format(text, "F") for text in ("one", "two", "three")))
        self.assertEqual(len(self.report("TXT")["presentedForm"]), 1)
        self.say("TXT", "F760", line.format("one", "C"), line.format("2", "C"), report="C")
        self.assertNotIn("presentedForm", self.report("TXT"))

    def test_w1_a_reused_control_id_is_a_tag_on_the_message_header(self):
        type(self).sent -= 1
        self.say("REUSED", "F770", row("F"))
        headers = self.gateway.search("MessageHeader", _tag=ISSUES + "|control-id-reused")
        self.assertEqual(len(headers), 1)


if __name__ == "__main__":
    unittest.main()
