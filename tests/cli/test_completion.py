"""What a shell is offered where a command line is half written."""

from __future__ import annotations

import pytest
from click.shell_completion import ShellComplete

from blobnet.cli import _COMMANDS, _TOOLS, cli


def offered(*words):
    """(kind, text) of what may stand in the place of the last word."""
    *before, begun = words
    completion = ShellComplete(cli, {}, "blobnet", "_BLOBNET_COMPLETE")
    return [(item.type, item.value) for item in completion.get_completions(before, begun)]


def test_all_commands_are_offered():
    assert {text for _, text in offered("")} == {*_COMMANDS, *_TOOLS}
    assert offered("tra") == [("plain", "train"), ("plain", "trace")]
    assert offered("demo", "three") == [("plain", "three_layer")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("train", "--so"), "--solver"),
        (("train", "-so"), "-solver"),
        (("demo", "three_layer", "--pl"), "--plain-error"),
        (("train", "--sigint_effect", "sn"), "snapshot"),
        (("train", "--set", "base"), "base_lr="),
        (("train", "--set", "base_lr="), None),
    ],
)
def test_options_and_what_they_may_say_are_offered(words, expected):
    assert offered(*words) == ([("plain", expected)] if expected else [])


@pytest.mark.parametrize(
    "words",
    [
        ("train", "--solver", "mod"),
        ("train", "--snapshot", ""),
        ("summary", "net"),
        ("trace", "solver", "--html", "x"),
        ("predict", "net.prototxt", "w.caffemodel", "cat"),
    ],
)
def test_where_a_file_is_wanted_the_shell_offers_files(words):
    assert offered(*words) == [("file", words[-1])]
