#!/usr/bin/env python3
"""The messages of the field tables (tests/unit/mapping/fields), each in a file of FOLDER: what every
row of V2FHIR.md becomes, for judges from outside.

usage: field_messages.py FOLDER"""
import pathlib
import sys

TABLES = pathlib.Path(__file__).resolve().parents[1] / "unit" / "mapping" / "fields"


def put(skeleton, field, sent):
    """The segments with `sent` at `field` ("PV1-36", "PRT[2]-5")."""
    name, number = field.rsplit("-", 1)
    occurrence = int(name[4:-1]) if "[" in name else 1
    at = int(number) - (1 if name.startswith("MSH") else 0)
    lines, seen = [], 0
    for line in skeleton:
        if line.startswith(name[:3]):
            seen += 1
            if seen == occurrence:
                parts = line.split("|")
                parts += [""] * (at + 1 - len(parts))
                parts[at] = sent
                line = "|".join(parts)
        lines.append(line)
    return "\r".join(lines) + "\r"


def messages(table):
    skeleton, fresh = [], True
    for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(">"):
            skeleton = skeleton if fresh else []
            fresh = True
            skeleton.append(line[1:].strip())
        elif line.strip() and not line.startswith("#"):
            fresh = False
            field, rest = line.split("|", 1)
            if field.strip():
                yield number, put(skeleton, field.strip(), rest.rsplit("|", 1)[0].strip())


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for table in sorted(TABLES.glob("*.txt")):
        for number, text in messages(table):
            (folder / f"{table.stem}-{number:03}.hl7").write_bytes(text.encode())


main()
