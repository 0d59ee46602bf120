"""Messages as large as the door lets in: the work grows with the message and no faster. Asked of the program as it is
shipped: with sanitizers it would take ten times as long and say no more."""
import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from harness import PROGRAM, PROJECT, own_environment

HEAD = ("MSH|^~\\&|LAB|CLINIC|EHR|CLINIC|20250322093000||ORU^R01^ORU_R01|L1|P|2.5.1\r"
        "PID|1||P0001^^^CLINIC^MR||Aksoy^Ada||19890412|F\r")
# Where work grew with the square of the message, each of these took minutes.
LONGEST = 60


def results(count):
    """So many results of one order, some 10 MB for 50,000."""
    rows = (f"OBX|{i}|NM|NK{i}^NK cells absolute number and percentage in blood by flow cytometry^L^8112-5^NK cells^LN"
            f"||14.2|%^percent^UCUM|5-20|N|||F|||20250322093000||T^Tech^Anna^^^^MD|FACS^Flow cytometry^L\r"
            for i in range(count))
    return HEAD + "OBR|1||F1|58410-2^CBC^LN|||20250322093000\r" + "".join(rows)


def orders(count):
    rows = (f"ORC|RE||F{i}\rOBR|{i}||F{i}|58410-2^CBC^LN|||20250322093000|||||||||^Doe^{i}\r"
            f"OBX|1|NM|NK{i % 7}^NK cells^L||14.2|%|5-20|N|||F\r" for i in range(count))
    return HEAD + "".join(rows)


def clock(second):
    return f"{second // 3600 % 24:02d}{second // 60 % 60:02d}{second % 60:02d}"


def contexts(count):
    """Every result at a time of its own, under as many statements about the cycle."""
    said = (f"OBX|{i}|DT|8665-2^Last menstrual period^LN||20250301||||||F\r" for i in range(count))
    rows = (f"OBX|{i}|NM|8112-5^NK cells^LN|{i}|14.2|%||N|||F|||20250322{clock(i)}\r" for i in range(count))
    return HEAD + "OBR|1||F1|58410-2^CBC^LN\r" + "".join(said) + "".join(rows)


def documents(count):
    rows = (f"OBR|{i}||F{i}|58410-2^CBC^LN|||20250322093000\rTXA|1|CN|TX\r" for i in range(count))
    return HEAD + "".join(rows)


def specimens(count):
    said = (f"SPM|{i}|S{i}||BLD^Blood^HL70487\r" for i in range(count))
    rows = (f"OBX|{i}|NM|8112-5^NK cells^LN|{i}|14.2|%||N|||F\r" for i in range(count))
    return HEAD + "OBR|1||F1|58410-2^CBC^LN|||20250322093000\r" + "".join(said) + "".join(rows)


def notes(count):
    """Notes of one order, each of which could speak of the cycle."""
    return (HEAD + "OBR|1||F1|58410-2^CBC^LN|||20250322093000\r" + "".join(f"NTE|{i}||note {i}\r" for i in range(count))
            + "OBX|1|NM|8112-5^NK cells^LN||14.2|%||N|||F\r")


class Large(unittest.TestCase):
    def converted(self, message, resource_type):
        run = subprocess.run([PROGRAM, "convert", "--mappings", f"{PROJECT}/mappings", "-"], input=message.encode(),
                             capture_output=True, timeout=LONGEST, env=own_environment())
        self.assertEqual(run.returncode, 0, run.stderr[-2000:])
        bundle = json.loads(run.stdout)
        return sum(1 for e in bundle["entry"] if e["resource"]["resourceType"] == resource_type)

    def test_fifty_thousand_results(self):
        self.assertEqual(self.converted(results(50_000), "Observation"), 50_000)

    def test_twenty_thousand_orders(self):
        self.assertEqual(self.converted(orders(20_000), "DiagnosticReport"), 20_000)

    def test_as_many_statements_about_the_cycle_as_results(self):
        self.assertEqual(self.converted(contexts(3_000), "Observation"), 6_000)

    def test_as_many_documents_as_reports(self):
        self.assertEqual(self.converted(documents(3_000), "DocumentReference"), 3_000)

    def test_as_many_specimens_as_results(self):
        self.assertEqual(self.converted(specimens(5_000), "Specimen"), 5_000)

    def test_ninety_thousand_notes_of_one_order(self):
        self.assertEqual(self.converted(notes(90_000), "Observation"), 1)


if __name__ == "__main__":
    unittest.main()
