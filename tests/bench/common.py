"""What the benches share: where things are, programs built once, rows of RESULTS.md."""
import datetime, os, platform, subprocess

here = os.path.dirname(os.path.abspath(__file__))
project = os.path.dirname(os.path.dirname(here))
shared = os.path.join(project, "..", "shared")
work = os.path.join(os.environ.get("IMMUNOGATE_BUILD", os.path.join(project, ".build")), "bench")


def built(source, *libraries):
    """The program of one C++ file, compiled anew when the file is newer."""
    os.makedirs(work, exist_ok=True)
    program = os.path.join(work, os.path.splitext(os.path.basename(source))[0])
    if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
        subprocess.run(["g++", "-O2", "-std=c++17", "-pthread", source, "-o", program, *libraries], check=True)
    return program


def head():
    """Date, commit and machine: how each row begins."""
    run = subprocess.run(["git", "-C", project, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    commit = run.stdout.strip() or "-"
    return f"| {datetime.date.today()} | {commit} | {platform.machine()}, {os.cpu_count()} cores |"


def keep(heading, row):
    """Adds the row to the table under that heading of RESULTS.md."""
    path = os.path.join(here, "RESULTS.md")
    with open(path) as file:
        lines = file.read().split("\n")
    at = lines.index("## " + heading) + 1
    while at < len(lines) and not lines[at].startswith("## "):
        at += 1
    while not lines[at - 1].startswith("|"):
        at -= 1
    lines.insert(at, row)
    with open(path, "w") as file:
        file.write("\n".join(lines))
