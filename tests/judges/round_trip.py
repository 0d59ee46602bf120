#!/usr/bin/env python3
"""What the gateway writes, read by a parser that others wrote (tests/judges/second_reader): acknowledgements in the
form of every version, with other delimiters and character sets, of batches; and what `send` sends.

usage: round_trip.py PROGRAM NODE READER-FOLDER"""
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import threading
import unittest

PROGRAM, NODE, READER = sys.argv[1:4] if len(sys.argv) > 3 else ("", "", "")
PROGRAM = os.path.abspath(PROGRAM)
os.environ["IMMUNOGATE_TEST_PROGRAM"] = PROGRAM
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "end_to_end"))
from harness import SAMPLES, Gateway, own_environment, sample, samples  # noqa: E402

VERSIONS = ("2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8", "2.9")
ASK = {"MSH": ["3.1", "4.1", "5.1", "6.1", "9.1", "9.2", "9.3", "10", "11.1", "12.1", "18"], "MSA": ["1", "2", "3"],
       "ERR": ["1.1", "1.2", "1.3", "1.4.1", "2.1", "2.2", "2.3", "3.1", "3.3", "4", "5.1", "7", "8"],
       "BHS": ["3", "4", "5", "6", "11", "12"], "BTS": ["1", "2"]}


def read(texts, ask=ASK):
    """{name: what the second parser found}; it is run as it would be by somebody else."""
    lines = "\n".join(json.dumps({"name": name, "text": text, "ask": ask}) for name, text in texts.items())
    run = subprocess.run([NODE, "read.cjs"], cwd=READER, input=lines, capture_output=True, text=True, timeout=120)
    if run.returncode != 0:
        raise AssertionError(run.stderr)
    return {found["name"]: found for found in map(json.loads, run.stdout.splitlines())}


def message(control_id, version="2.5.1", header="", sender="NEWLIS", patient="PID|1||P77^^^CLINIC^MR||DOE^J\r", event="ORU^R01"):
    return (f"MSH|^~\\&|{sender}|LAB|GW|CLINIC|20250301120000+0100||{event}|{control_id}|P|{version}{header}\r{patient}"
            f"OBR|1|A1|F{control_id}|NK^Panel^L|||20250301100000+0100\rOBX|1|NM|8112-5^NK^LN||12.5|%|||||F\r")


def frames(s, count):
    got = b""
    while got.count(b"\x1c\r") < count:
        chunk = s.recv(65536)
        if not chunk:
            break
        got += chunk
    return [part[part.find(b"\x0b") + 1:] for part in got.split(b"\x1c\r")[:-1]]


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = Gateway("round-trip").start()

    @classmethod
    def tearDownClass(cls):
        cls.gateway.__exit__()

    def answers(self, text, count=1, charset="utf-8"):
        with self.gateway.connect(tls=False) as s:
            s.sendall(b"\x0b" + text.encode(charset) + b"\x1c\r")
            return [frame.decode(charset) for frame in frames(s, count)]

    def read_one(self, text, **options):
        found = read({"answer": self.answers(text, **options)[0]})["answer"]
        self.assertNotIn("error", found)
        self.assertEqual(len(found["messages"]), 1)
        return found["messages"][0]

    def test_an_acknowledgement_of_every_version_is_read_with_its_control_id(self):
        texts = {v: self.answers(message(f"V{v}", v))[0] for v in VERSIONS}
        for version, found in read(texts).items():
            with self.subTest(version):
                segments = dict(found["messages"][0])
                self.assertEqual((segments["MSA"]["1"], segments["MSA"]["2"]), ("AA", f"V{version}"))
                header = segments["MSH"]
                self.assertEqual([header[k] for k in ("3.1", "4.1", "5.1", "6.1")], ["GW", "CLINIC", "NEWLIS", "LAB"])
                self.assertEqual((header["9.1"], header["12.1"]), ("ACK", version))
                self.assertEqual(header["9.2"], "" if version in ("2.1", "2.2") else "R01")

    def test_an_error_is_read_in_the_form_of_the_version(self):
        texts = {v: self.answers(message(f"E{v}", v, patient=""))[0] for v in VERSIONS}
        for version, found in read(texts).items():
            with self.subTest(version):
                segments = found["messages"][0]
                self.assertEqual(dict(segments)["MSA"]["1"], "AE")
                errors = [values for name, values in segments if name == "ERR"]
                self.assertEqual(len(errors), 1)
                if version == "2.1":
                    self.assertEqual(errors[0]["1.1"], "PID")
                elif version < "2.5":
                    self.assertEqual((errors[0]["1.1"], errors[0]["1.4.1"]), ("PID", "101"))
                else:
                    self.assertEqual((errors[0]["1.1"], errors[0]["2.1"], errors[0]["3.1"], errors[0]["4"]), ("", "PID", "101", "E"))
                    self.assertEqual(errors[0]["3.3"], "HL70357")

    def test_a_refusal_says_why(self):
        segments = dict(self.read_one(message("R1", event="ADT^A01")))
        self.assertEqual((segments["MSA"]["1"], segments["MSA"]["2"], segments["ERR"]["3.1"]), ("AR", "R1", "200"))

    def test_no_hl7_at_all_is_answered_with_a_message_that_can_be_read(self):
        segments = dict(self.read_one("GET / HTTP/1.1"))
        self.assertEqual((segments["MSA"]["1"], segments["MSA"]["2"], segments["MSH"]["12.1"]), ("AR", "", "2.5.1"))

    def test_several_errors_of_one_answer_stay_apart(self):
        first = message("SAME")
        self.answers(first)
        segments = self.read_one(first.replace("12.5", "13.5"))
        self.assertEqual(dict(segments)["MSA"]["1"], "AA")
        self.assertEqual([values["4"] for name, values in segments if name == "ERR"], ["W"])

    def test_names_with_delimiters_in_them_come_back_whole(self):
        segments = dict(self.read_one(message("T1", sender="LAB\\T\\CO\\S\\X\\F\\Y\\R\\Z\\E\\")))
        self.assertEqual(segments["MSH"]["5.1"], "LAB&CO^X|Y~Z\\")

    def test_the_senders_own_delimiters_are_answered_in(self):
        other = message("D1").translate(str.maketrans({"|": "#", "^": "*", "~": "+", "\\": "!", "&": "%", "%": "&"}))
        segments = dict(self.read_one(other))
        self.assertEqual((segments["MSA"]["2"], segments["MSH"]["9.2"], segments["MSH"]["5.1"]), ("D1", "R01", "NEWLIS"))

    def test_an_answer_in_latin_1_is_latin_1(self):
        text = message("L1", header="||||||8859/1", sender="MÜLLERLAB")
        segments = dict(self.read_one(text, charset="latin-1"))
        self.assertEqual((segments["MSH"]["5.1"], segments["MSH"]["18"], segments["MSA"]["1"]), ("MÜLLERLAB", "8859/1", "AA"))

    def test_enhanced_mode_answers_twice(self):
        commit, application = self.answers(message("H1", header="|||AL|AL"), count=2)
        found = read({"commit": commit, "application": application})
        self.assertEqual(dict(found["commit"]["messages"][0])["MSA"]["1"], "CA")
        self.assertEqual(dict(found["application"]["messages"][0])["MSA"]["1"], "AA")

    def test_a_batch_is_answered_by_a_batch_message_by_message(self):
        body = message("B1") + message("B2", patient="") + message("B3")
        batch = "BHS|^~\\&|NEWLIS|LAB|GW|CLINIC|20250301||||BATCH7\r" + body + "BTS|3\r"
        for name, text in {"batch": batch, "file": "FHS|^~\\&|NEWLIS|LAB\r" + batch.replace("B1", "C1").replace(
                "B2", "C2").replace("|B3|", "|C3|") + "FTS|1\r"}.items():
            with self.subTest(name):
                found = read({name: self.answers(text)[0]})[name]
                self.assertNotIn("error", found)
                acknowledgements = [dict(m)["MSA"] for m in found["messages"]]
                self.assertEqual([a["1"] for a in acknowledgements], ["AA", "AE", "AA"])
                if name == "batch":
                    self.assertEqual([a["2"] for a in acknowledgements], ["B1", "B2", "B3"])
                    self.assertEqual((found["envelope"]["BHS.12"], found["envelope"]["BTS.1"]), ("BATCH7", "3"))


class Sent(unittest.TestCase):
    """`send` against a listener of our own that takes the bytes as they come."""

    def receive(self, listener, into, count):
        connection, _ = listener.accept()
        with connection:
            rest = b""
            while len(into) < count:
                chunk = connection.recv(65536)
                if not chunk:
                    return
                rest += chunk
                while b"\x1c\r" in rest:
                    frame, rest = rest.split(b"\x1c\r", 1)
                    into.append(frame[frame.find(b"\x0b") + 1:])
                    connection.sendall(b"\x0bMSH|^~\\&|A|B|C|D|20250101||ACK|1|P|2.5.1\rMSA|AA|1\r\x1c\r")

    def send(self, files, count):
        got = []
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(1)
            thread = threading.Thread(target=self.receive, args=(listener, got, count), daemon=True)
            thread.start()
            run = subprocess.run([PROGRAM, "send", "--plain", "--to", f"127.0.0.1:{listener.getsockname()[1]}", *files],
                                 capture_output=True, text=True, timeout=60, env=own_environment())
            thread.join(60)
        self.assertEqual(run.returncode, 0, run.stderr)
        return got

    def test_every_sample_arrives_as_it_is_and_both_parsers_read_the_same(self):
        files = sorted(os.path.join(SAMPLES, name) for name in os.listdir(SAMPLES) if name.endswith(".hl7"))
        got = self.send(files, len(files))
        self.assertEqual(got, [bytes(text).rstrip(b"\r\n") + b"\r" if not text.endswith(b"\r") else text for text in samples()])
        explained = subprocess.run([PROGRAM, "explain", "--json", *files], capture_output=True, text=True, timeout=60,
                                   cwd=HERE.parents[1], env=own_environment())
        compared = 0
        for bytes_sent, line in zip(got, explained.stdout.splitlines()):
            compared += self.compare(bytes_sent.decode(), json.loads(line))
        self.assertGreater(compared, 800)

    def compare(self, text, account):
        """Each leaf that has no escape and is of a first repetition, by its address."""
        wanted = {}
        for field in account["fields"]:
            place = re.fullmatch(r"(\w{3})(?:\[(\d+)\])?-(\d+(?:\.\d+)*)", field["at"])
            if place and "\n" not in field["value"] and field["at"] not in ("MSH-1", "MSH-2"):
                wanted[(place[1], int(place[2] or 1), place[3])] = field["value"]
        ask = {}
        for name, _, path in wanted:
            ask.setdefault(name, set()).add(path)
        found = read({"sent": text}, {name: sorted(paths) for name, paths in ask.items()})["sent"]
        self.assertNotIn("error", found)
        seen = {}
        theirs = {}
        for name, values in found["messages"][0]:
            seen[name] = seen.get(name, 0) + 1
            for path, value in values.items():
                theirs[name, seen[name], path] = value
        for place, value in wanted.items():
            self.assertEqual(theirs[place], value, f"{account['control_id']} {place}")
        return len(wanted)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
