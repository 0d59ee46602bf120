#!/usr/bin/env python3
"""Where our bundles differ from those that public messages carry of their own projects' converters, by kind:
resource type, element path, and which side says what. Never a value, since values are a patient's.

usage: differences.py PROGRAM MAPPINGS CORPUS TABLE [--all]

TABLE is tests/golden/DIFFERENCES.md: its rows explain kinds. A kind that no row explains, and a row that explains
nothing any more, is an error and gives exit status 1. --all prints every kind with the row that explains it.

How two bundles are compared: all resources of one type together, since ids and their number differ. A path is the
element names from the resource down, without positions; an extension is named by the last part of its URL; a
reference counts as the type it leads to. At each path the values of both sides are compared as a multiset."""
import collections
import fnmatch
import json
import pathlib
import re
import subprocess
import sys

SIDES = ("theirs", "ours", "differ", "more", "fewer")
MEANING = {"theirs": "only they say something here", "ours": "only we say something here",
           "differ": "they have values here that we have not", "more": "we have all of theirs, and more",
           "fewer": "a resource of theirs has no counterpart in number"}


def spelled(number):
    return f"number {number}"


def read(text):
    return json.loads(text, parse_float=spelled, parse_int=spelled)


def last_part(url):
    return str(url).rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def target(reference, types):
    """The type a reference leads to; a URN is looked up in its bundle."""
    if reference in types:
        return types[reference]
    parts = reference.split("/")
    return parts[-2] if len(parts) > 1 else "contained" if reference.startswith("#") else "?"


def leaves(node, path, types):
    if isinstance(node, dict):
        if "url" in node and path.endswith(("extension", "modifierExtension")):
            path += f"({last_part(node['url'])})"
        for name, value in node.items():
            if name == "reference" and isinstance(value, str):
                yield path + ".reference", target(value, types)
            elif name not in ("resourceType", "id", "div", "contained") and not (name == "url" and "extension" in path):
                yield from leaves(value, f"{path}.{name}", types)
        for inner in node.get("contained", []):
            yield from leaves(inner, f"{path}.contained({inner.get('resourceType')})", types)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value, path, types)
    elif node is not None:
        yield path, str(node)


def said(bundle):
    """path → how often each value stands there; and how many resources of each type there are."""
    entries = [e for e in bundle.get("entry", []) if e.get("resource")]
    types = {}
    for entry in entries:
        kind = entry["resource"].get("resourceType", "?")
        types[entry.get("fullUrl", "")] = kind
        types[f"{kind}/{entry['resource'].get('id')}"] = kind
    at = collections.defaultdict(collections.Counter)
    for entry in entries:
        kind = entry["resource"].get("resourceType", "?")
        at[kind]["resource"] += 1
        for path, value in leaves(entry["resource"], kind, types):
            at[path][value] += 1
    return at


def kinds_of(theirs, ours):
    for path in theirs.keys() | ours.keys():
        a, b = theirs.get(path), ours.get(path)
        if not b:
            yield path, "theirs"
        elif not a:
            yield path, "ours"
        elif a - b:
            yield path, "fewer" if "." not in path else "differ"
        elif b - a:
            yield path, "more"


def rows_of(table):
    """(pattern, sides, line) of each row: | `Patient.name*`, `…` | theirs, differ | … |"""
    rows = []
    for number, line in enumerate(table.read_text(encoding="utf-8").splitlines(), 1):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) < 5 or not cells[1].startswith("`"):
            continue
        sides = [side.strip() for side in cells[2].split(",")]
        if not set(sides) <= set(SIDES):
            sys.exit(f"{table}:{number}: a side is one of {', '.join(SIDES)}")
        for pattern in re.findall(r"`([^`]+)`", cells[1]):
            rows.append((pattern, tuple(sides), number))
    return rows


def explains(row, kind):
    pattern, sides, _ = row
    return kind[1] in sides and fnmatch.fnmatchcase(kind[0], pattern)


def main():
    words = [word for word in sys.argv[1:] if word != "--all"]
    if len(words) != 4:
        sys.exit(__doc__)
    program, mappings, corpus, table = words
    found = collections.Counter()
    where = {}
    compared = 0
    for expected in sorted(pathlib.Path(corpus).rglob("*.expected.json")):
        message = expected.with_name(expected.name.replace(".expected.json", ".hl7"))
        made = subprocess.run([program, "convert", "--mappings", mappings, str(message)], capture_output=True, text=True)
        ours = read(made.stdout) if made.stdout.strip() else {}
        if ours.get("resourceType") != "Bundle":
            found["message not read", "theirs"] += 1
            continue
        compared += 1
        for kind in kinds_of(said(read(expected.read_text(encoding="utf-8-sig"))), said(ours)):
            found[kind] += 1
            where.setdefault(kind, str(expected.relative_to(corpus)))
    rows = rows_of(pathlib.Path(table))
    used, unexplained = set(), 0
    for kind, count in sorted(found.items()):
        row = next((row for row in rows if explains(row, kind)), None)
        used.add(row)
        if row is None:
            unexplained += 1
        if row is None or "--all" in sys.argv:
            print(f"{count:3} messages: {kind[0]}: {MEANING[kind[1]]} ({kind[1]})"
                  + (f", line {row[2]}" if row else f": not explained; first in {where.get(kind)}"))
    stale = [row for row in rows if row not in used]
    for pattern, _, line in stale:
        print(f"{table}:{line}: `{pattern}` explains nothing any more; remove it")
    print(f"{compared} bundles compared, {len(found)} kinds of difference, {unexplained} not explained, {len(stale)} rows stale")
    return 1 if unexplained or stale or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
