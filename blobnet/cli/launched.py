"""`python -m blobnet.cli.launched [CAFFE_ROOT=DIR] NAME ...`: what launchers of Caffe's names run.

NAME is caffe, which stands for the whole program, or the name of one tool. DIR is the folder that
the launcher stands in, where Caffe's scripts look for their default files.
"""

from __future__ import annotations

import os
import sys

from blobnet.cli import main
from blobnet.cli.program import BLOBNET, CAFFE

CAFFE_ROOT = "CAFFE_ROOT"
"""The variable that names Caffe's folder; what the user has set is left as it is."""


def launch(name: str, words: list[str]) -> int:
    """Run `caffe WORDS`, or a tool with these words; returns the exit code."""
    if name.startswith(f"{CAFFE_ROOT}="):
        os.environ[CAFFE_ROOT] = os.environ.get(CAFFE_ROOT) or name.partition("=")[2]
        name, *words = words
    return main(words, CAFFE) if name == CAFFE else main([name, *words], BLOBNET)


if __name__ == "__main__":
    sys.exit(launch(sys.argv[1], sys.argv[2:]))
