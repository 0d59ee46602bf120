"""What the tests of deploy/ share with the end-to-end tests, and where things are."""
import functools
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "end_to_end"))

from harness import PROGRAM, PROJECT  # noqa: E402

DEPLOY = os.path.join(PROJECT, "deploy")


def said(*command, **how):
    """What a command that must succeed prints."""
    run = subprocess.run(command, capture_output=True, text=True, timeout=how.pop("timeout", 300), **how)
    if run.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {run.returncode}\n{run.stdout[-4000:]}{run.stderr[-4000:]}")
    return run.stdout


def project_version():
    return said(os.path.join(DEPLOY, "version")).strip()


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


@functools.cache
def renderer():
    """The renderer of charts, built once and kept beside the build."""
    folder = os.path.join(PROJECT, ".build", "helm")
    os.makedirs(folder, exist_ok=True)
    built = os.path.join(folder, f"render-{os.getpid()}")   # two modules may build it at once
    said("go", "build", "-o", built, os.path.join(HERE, "helm", "render.go"),
         env={**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "",
              "GOCACHE": os.path.join(folder, "cache")})
    os.replace(built, os.path.join(folder, "render"))
    return os.path.join(folder, "render")


def yaml(*path):
    return json.loads(said(renderer(), "yaml", os.path.join(*path)))
