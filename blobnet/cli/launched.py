"""`python -m blobnet.cli.launched NAME ...`: what launchers of Caffe's names run.

NAME is caffe, which stands for the whole program, or the name of one tool.
"""

from __future__ import annotations

import sys

from blobnet.cli import main
from blobnet.cli.program import BLOBNET, CAFFE


def launch(name: str, words: list[str]) -> int:
    """Run `caffe WORDS`, or a tool with these words; returns the exit code."""
    return main(words, CAFFE) if name == CAFFE else main([name, *words], BLOBNET)


if __name__ == "__main__":
    sys.exit(launch(sys.argv[1], sys.argv[2:]))
