"""The texts of launchers: for sh, for Python, for cmd, for `import caffe`.

Each runs `python -m blobnet.cli.launched TOOL ...` with the Python that wrote it, in the folder in
which it is called. A Python that has blobnet from a clone is told where that is; a tool with files
of Caffe's as defaults, the folder to find them in.
"""

from __future__ import annotations

import stat
import sys
import sysconfig
from pathlib import Path
from shlex import quote

import blobnet.cli
from blobnet.cli.launched import CAFFE_ROOT

MARK = "written by `blobnet caffe_tools`"
"""What our launchers are known by."""

_ROOT = Path(blobnet.cli.__file__).absolute().parents[2]
_MODULE = "blobnet.cli.launched"


def for_sh(
    tool: str,
    python: str = sys.executable,
    root: Path | None = None,
    caffe_root: Path | None = None,
) -> str:
    """A program: `DIR/build/tools/caffe`."""
    return (
        "#!/bin/sh\n"
        f"# {tool}, {MARK}\n"
        f"{_path_for_sh(root)}"
        f'exec {_for_sh(python, tool, caffe_root)} "$@"\n'
    )


def for_python(
    tool: str,
    python: str = sys.executable,
    root: Path | None = None,
    caffe_root: Path | None = None,
) -> str:
    """A script that is run as it is, or by any Python: `DIR/python/classify.py`.

    sh reads its second line, whose first quotes are nothing there; Python begins below. No line
    with the interpreter's name at the top could have a blank in it.
    """
    found = _root(root)
    first = (
        "#!/bin/sh\n"
        f"''':' # {tool}, {MARK}\n"
        f"{_path_for_sh(root)}"
        f'exec {_for_sh(python, tool, caffe_root)} "$@"\n'
        "'''\n"
    )
    if "\\" in first:  # on Windows, where Python would read the paths in these lines as escapes
        first = f"#!/usr/bin/env python3\n# {tool}, {MARK}\n"
    return (
        f"{first}"
        "import os\n"
        "import sys\n"
        "\n"
        f"path = [os.environ.get('PYTHONPATH'), {found!r}]\n"
        "path = os.pathsep.join(part for part in path if part)\n"
        "environment = dict(os.environ, PYTHONPATH=path)\n"
        f"words = {[python, *_words(tool, caffe_root)]!r} + sys.argv[1:]\n"
        "if os.name == 'nt':\n"
        "    import subprocess\n"
        "    sys.exit(subprocess.call(words, env=environment))\n"
        "os.execve(words[0], words, environment)\n"
    )


def for_cmd(
    tool: str,
    python: str = sys.executable,
    root: Path | None = None,
    caffe_root: Path | None = None,
) -> str:
    """What Windows runs: `DIR\\build\\tools\\caffe.cmd`."""
    found = _root(root)
    path = f'set "PYTHONPATH=%PYTHONPATH%;{_for_cmd(found)}"\n' if found else ""
    words = " ".join(f'"{_for_cmd(word)}"' for word in [python, *_words(tool, caffe_root)])
    return f"@echo off\nrem {tool}, {MARK}\nsetlocal\n{path}{words} %*\n"


def for_import(root: Path | None = None) -> str:
    """The package `DIR/python/caffe`, which scripts of Caffe's put first in sys.path."""
    found = _root(root)
    path = f"if {found!r} not in sys.path:\n    sys.path.append({found!r})\n" if found else ""
    return (
        f"# caffe, {MARK}\n"
        "import sys\n"
        f"\n{path}"
        "from blobnet.pycaffe import alias\n"
        "\n"
        "alias.take_the_name()\n"
    )


def executable(path: Path) -> None:
    """Let everybody run a file who may read it."""
    mode = path.stat().st_mode
    path.chmod(mode | (mode & (stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)) >> 2)


def _words(tool: str, caffe_root: Path | None) -> list[str]:
    """What Python is told to run."""
    where = [] if caffe_root is None else [f"{CAFFE_ROOT}={caffe_root}"]
    return ["-m", _MODULE, *where, tool]


def _for_sh(python: str, tool: str, caffe_root: Path | None) -> str:
    return " ".join(map(quote, [python, *_words(tool, caffe_root)]))


def _root(root: Path | None) -> str | None:
    """The folder to look for blobnet in; None where Python finds it by itself."""
    if root is not None:
        return str(root)
    installed = {Path(sysconfig.get_path(name)).absolute() for name in ("purelib", "platlib")}
    return None if _ROOT in installed else str(_ROOT)


def _path_for_sh(root: Path | None) -> str:
    found = _root(root)
    if found is None:
        return ""
    return f'PYTHONPATH="${{PYTHONPATH:+$PYTHONPATH:}}"{quote(found)}\nexport PYTHONPATH\n'


def _for_cmd(text: str) -> str:
    return text.replace("%", "%%")
