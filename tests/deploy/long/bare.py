"""A Debian 12 with nothing in it, in a folder: debootstrap from where this machine has its packages."""
import os
import re
import shutil

from common import read, said


def bare_debian(root):
    """Makes it below ROOT, with /proc mounted; whoever asks unmounts that."""
    sources = next(os.path.join("/etc/apt", f) for f in ("sources.list", "sources.list.d/debian.sources")
                   if os.path.exists(os.path.join("/etc/apt", f)))
    mirror = re.search(r"^(?:URIs:|deb(?: \[.*\])?) *(http\S+)", read(sources), re.M)
    said("debootstrap", "--variant=minbase", "--include=tzdata,ca-certificates", "bookworm", root,
         *([mirror[1]] if mirror else []), timeout=1200)
    shutil.copytree("/etc/apt", os.path.join(root, "etc/apt"), dirs_exist_ok=True)
    for file in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(file, os.path.join(root, "etc"))
    said("mount", "-t", "proc", "proc", os.path.join(root, "proc"))
