"""Fills a gateway with results, over plain MLLP as a laboratory would: ten Observations a message, 25 messages
a patient, one a month. The same numbers give the same store.

  tests/bench/fill.py PORT OBSERVATIONS
"""
import datetime, socket, sys, threading, time

PER_MESSAGE, PER_PATIENT, WINDOW, SENDERS = 10, 25, 32, 4
ROWS = (("8112-5", "NK cells/cells in Blood", "%", 142, 10), ("9728-7", "NK cells [#/volume] in Blood", "cells/uL", 298, 1),
        ("27415-9", "Interferon gamma", "pg/mL", 42, 10), ("26848-2", "Interleukin 10", "pg/mL", 330, 100),
        ("27161-9", "Interleukin 4", "ng/L", 26, 10), ("3074-2", "Tumor necrosis factor alpha", "pg/mL", 90, 10),
        ("26881-3", "Interleukin 6", "pg/mL", 19, 10), ("82334-4", "Interleukin 17A", "pg/mL", 11, 10),
        ("33959-8", "Procalcitonin", "ng/mL", 5, 100))


def message(number):
    patient, turn = divmod(number, PER_PATIENT)
    day = datetime.date(2023, 1, 1) + datetime.timedelta(days=30 * turn + patient % 28)
    lmp = day - datetime.timedelta(days=patient % 27 + 1)
    at = f"{day:%Y%m%d}0930{number % 60:02d}-0500"
    rows = "".join(
        f"OBX|{n}|NM|{code}^{name}^LN||{(value + number * n % 97) / scale}|{unit}^^UCUM||{'H' if number % 3 == 0 else 'N'}|||F\r"
        for n, (code, name, unit, value, scale) in enumerate(ROWS, 1))
    return (f"MSH|^~\\&|NORTHLIS|NORTHLAB|FHIRGW|CLINIC|{at}||ORU^R01^ORU_R01|B{number}|P|2.5.1\r"
            f"PID|1||B{patient:07d}^^^CLINIC^MR||Family{patient % 997}^Given{patient % 89}||19{60 + patient % 40}0412|F\r"
            f"OBR|1|O{number}|F{number}|98073-0^NK panel^LN|||{at}|||||||||9001^Demir^Selin||||||{at}||LAB|F\r{rows}"
            f"OBX|{len(ROWS) + 1}|DT|8665-2^Last menstrual period start date^LN||{lmp:%Y%m%d}||||||F||||||||||||||||||AOE\r"
            f"SPM|1|S{number}&NORTHLAB||122555007^Venous blood specimen^SCT^BLDV^Blood venous^HL70487|||||||||||||{at}\r").encode()


def send(port, numbers, failures):
    """Some ahead of their answers: as fast as the gateway commits. A patient's messages are one sender's."""
    with socket.create_connection(("127.0.0.1", port)) as s:
        numbers = list(numbers)
        for at in range(0, len(numbers), WINDOW):
            some, answers = numbers[at:at + WINDOW], b""
            s.sendall(b"".join(b"\x0b" + message(n) + b"\x1c\r" for n in some))
            while answers.count(b"\x1c\r") < len(some):
                part = s.recv(65536)
                if not part:
                    failures.append(f"behind message {some[0]} the connection ended")
                    return
                answers += part
            for number, answer in zip(some, answers.split(b"\x1c\r")):
                if b"MSA|AA|" not in answer:
                    failures.append(f"message {number}: {answer[-200:]!r}")
                    return


def fill(port, observations, say=print):
    messages, failures, begun = -(-observations // PER_MESSAGE), [], time.monotonic()
    patients = -(-messages // PER_PATIENT)
    threads = []
    for own in range(SENDERS):
        numbers = (n for p in range(own, patients, SENDERS) for n in range(p * PER_PATIENT, min(messages, (p + 1) * PER_PATIENT)))
        threads.append(threading.Thread(target=send, args=(port, numbers, failures)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit("fill: " + failures[0])
    say(f"filled {messages} messages, {patients} patients in {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    fill(int(sys.argv[1]), int(sys.argv[2]))
