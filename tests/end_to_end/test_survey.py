"""An analyst looks at a new laboratory's messages: what maps, what does not, what is regularly lost."""
import json
import os
import subprocess
import tempfile
import unittest

from harness import PROGRAM, PROJECT, own_environment


def message(control_id, result="NEWCODE^Some assay^99LAB", unit="blob", more="", family="PRIVATENAME"):
    return ("MSH|^~\\&|NEWLIS|LAB|GW|CLINIC|20250301120000+0100||ORU^R01|" + control_id + "|P|2.5.1\r"
            f"PID|1||MRN77^^^CLINIC^MR||{family}^GIVEN||19800101|F\r"
            f"OBR|1|A1|F{control_id}|NK^Panel^99LAB|||20250301100000+0100\r"
            f"OBX|1|NM|{result}||98765.4|{unit}|||||F\r"
            "OBX|2|NM|8112-5^NK^LN||12.5|%|||||F\r" + more)


class Survey(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.put("1.hl7", message("C1", more="ZNN|1|secretvalue\r"))
        self.put("2.hl7", message("C2", more="ZNN|1|secretvalue|other\r") + message("C3"))
        self.put("NOTES.md", "Three messages of the test phase.\n")

    def put(self, name, text):
        with open(os.path.join(self.folder.name, name), "w", newline="") as out:
            out.write(text)

    def run_it(self, *arguments):
        return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, cwd=PROJECT, timeout=60,
                              env=own_environment())

    def check(self, *arguments):
        return self.run_it("check", "--mappings", "mappings", "--messages", self.folder.name, *arguments)

    def test_codes_that_map_and_codes_that_do_not_are_told_apart_without_a_value(self):
        run = self.check()
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertIn("NEWLIS|LAB: 3 messages by the rules of default", run.stdout)
        self.assertRegex(run.stdout, r"NEWCODE\^99LAB +3 rows in 3 messages: NOT MAPPED")
        self.assertRegex(run.stdout, r"8112-5\^LN +3 rows in 3 messages: http://loinc.org\|8112-5")
        self.assertIn("add a row to codes/samples.csv", run.stdout)
        self.assertRegex(run.stdout, r"blob +3 rows in 3 messages")
        self.assertRegex(run.stdout, r"ZNN-2 +in 2 of 3 messages, last in C2")
        self.assertIn("NOTES.md: holds no message, passed over", run.stdout)
        for value in ("PRIVATENAME", "MRN77", "98765", "12.5", "secretvalue", "19800101"):
            self.assertNotIn(value, run.stdout + run.stderr)

    def test_a_program_reads_one_line_a_sender(self):
        self.put("3.hl7", message("D1").replace("NEWLIS", "OTHER"))
        run = self.check("--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        senders = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual([s["sender"] for s in senders], ["NEWLIS|LAB", "OTHER|LAB"])
        new = senders[0]
        self.assertEqual(new["populated"], new["mapped"] + new["set_aside"] + new["unmapped"])
        self.assertEqual(new["codes"][0], {"name": "NEWCODE^99LAB", "target": "", "times": 3, "messages": 3, "unmapped": 3})
        self.assertIn("no problem found", run.stderr)
        self.assertNotIn("PRIVATENAME", run.stdout)

    def test_a_message_that_cannot_be_read_is_a_problem_and_the_others_are_still_counted(self):
        self.put("3.hl7", "MSH|^~\\&|NEWLIS|LAB||||| ORU\rPID|1\r")
        run = self.check()
        self.assertEqual(run.returncode, 1)
        self.assertIn("3.hl7: message 1 cannot be read", run.stdout)
        self.assertIn("NEWLIS|LAB: 3 messages", run.stdout)

    def test_a_folder_that_is_not_there_is_said(self):
        run = self.run_it("check", "--mappings", "mappings", "--messages", os.path.join(self.folder.name, "absent"))
        self.assertEqual(run.returncode, 2)
        self.assertIn("give the folder that holds a laboratory's messages", run.stderr)

    def test_the_summary_is_by_sender_and_begins_with_what_is_lost_most_often(self):
        self.put("3.hl7", message("D1").replace("NEWLIS", "OTHER"))
        run = self.run_it("explain", "--mappings", "mappings", "--summary",
                          *[os.path.join(self.folder.name, f"{n}.hl7") for n in (1, 2, 3)])
        self.assertEqual(run.returncode, 0, run.stderr)
        new, other = run.stdout.split("OTHER|LAB: ")
        lines = new.splitlines()
        self.assertIn("NEWLIS|LAB: 3 messages", lines[0])
        self.assertRegex(lines[2], r"^  ZNN-[12] +2 +2 +0 +0  C2$")
        self.assertRegex(new, r"  OBX-5 +0 +0 +0 +6 ")   # complete: what is mapped stands too
        self.assertIn("1 message ", other.splitlines()[0])
        self.assertNotIn("secretvalue", run.stdout)

    def test_explain_names_each_field_and_the_lines_of_a_batch(self):
        self.put("batch.hl7", "FHS|^~\\&|NEWLIS^1.2.9&x^ISO\rBHS|^~\\&|NEWLIS||||||||B7\r" + message("C4") + "BTS|1\rFTS|1\r")
        batch = os.path.join(self.folder.name, "batch.hl7")
        run = self.run_it("explain", "--mappings", "mappings", batch)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertRegex(run.stdout, r"BHS-11 +Batch Control ID +B7 +set aside \(transport\)")
        self.assertRegex(run.stdout, r"OBX\[1\]-5 +Observation Value +98765\.4 +→ Observation/")
        told = json.loads(self.run_it("explain", "--mappings", "mappings", "--json", batch).stdout)
        self.assertIn({"at": "BHS-11", "name": "Batch Control ID", "value": "B7", "fate": "set_aside",
                       "why": "transport"}, told["envelope"])
        self.assertEqual({field["at"]: field["value"] for field in told["envelope"]
                          if field["at"].startswith("FHS-3")},
                         {"FHS-3.1": "NEWLIS", "FHS-3.2.1": "1.2.9", "FHS-3.2.2": "x", "FHS-3.3": "ISO"})
        self.assertEqual(told["populated"], len(told["fields"]))
        self.assertEqual({field["name"] for field in told["fields"] if field["at"] == "OBX[2]-5"},
                         {"Observation Value"})


if __name__ == "__main__":
    unittest.main()
