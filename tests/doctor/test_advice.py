"""The commands that findings advise: each exists, and takes what is written."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from blobnet import doctor
from blobnet.cli import cli

_COMMAND = re.compile(r"blobnet ((?:[a-z_]+ ?)+)((?: ?(?:--?[a-z_]+|[A-Z][\w.]*))*)")


def advised():
    """Each command in the texts of the doctor: its names, and what is written behind."""
    for path in sorted(Path(doctor.__file__).parent.glob("*.py")):
        text = re.sub(r'"\s*\n\s*f?"', "", path.read_text())  # strings over several lines
        for names, rest in _COMMAND.findall(text):
            if rest:
                yield names.split(), rest.split()


@pytest.mark.parametrize(("names", "written"), list(advised()))
def test_an_advised_command_takes_what_is_written(names, written):
    command, context = cli, click.Context(cli)
    for name in names:
        command = command.get_command(context, name)
        assert command is not None, name
    options = {each for one in command.params for each in one.opts}
    given = [word for word in written if word.startswith("-")]
    assert options.issuperset(given)
    places = [one for one in command.params if isinstance(one, click.Argument)]
    values = len(written) - 2 * len(given)
    assert sum(one.required for one in places) <= values
    assert values <= len(places) or any(one.nargs == -1 for one in places)


def test_there_are_some():
    assert len(list(advised())) > 4
