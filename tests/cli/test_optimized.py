"""`python -OO` strips docstrings: what the commands say must not come from there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import blobnet

ROOT = Path(blobnet.__file__).parents[1]

ALL_HELP = """
import click
from blobnet.cli import cli, main

def commands(group, words=()):
    yield words
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name)

for words in commands(cli):
    print("===", *words, flush=True)
    main([*words, "--help"])
"""


def said(*arguments: str) -> str:
    """What Python writes to stdout."""
    ran = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
        check=True,
    )
    return ran.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("-c", ALL_HELP),
        ("-m", "blobnet", "--help"),
        ("-m", "blobnet", "trace", "models/by_hand/solver.prototxt"),
    ],
    ids=["help of every command", "help", "trace"],
)
def test_without_docstrings_the_same_is_said(words):
    plain = said(*words)
    assert plain
    assert said("-OO", *words) == plain


def test_every_command_is_helped():
    helped = said("-c", ALL_HELP)
    for command in ("train", "trace", "demo lenet5", "demo resnet", "dataset csv"):
        assert f"=== {command}\n" in helped
    assert "Example: blobnet trace" in helped
