"""Commands try the place of their result before they do the work, or even read what it is of."""

from __future__ import annotations

import os

import pytest

pytest.importorskip("matplotlib")

COMMANDS = {
    "draw": ("draw", "none.prototxt", "OUT.svg"),
    "show": ("show", "none.prototxt", "none.caffemodel", "OUT.png"),
    "show an image": ("show", "none.prototxt", "none.caffemodel", "image.png", "OUT.png"),
    "plot": ("plot", "none.log", "OUT.png"),
    "trace": ("trace", "none.prototxt", "--html", "OUT.html"),
    "gradients": ("gradients", "none.prototxt", "OUT.png"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_is_missing(command, tiny, run):
    words = [word.replace("OUT", "nowhere/out") for word in COMMANDS[command]]
    ran = run(*words)
    assert ran.code in (1, 2)
    assert "nowhere" in ran.err
    assert "none" not in ran.err
    assert ran.out == ""


@pytest.mark.skipif(os.name != "posix", reason="needs pipes")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_pipe_in_the_place_of_the_file_is_not_replaced(command, tiny, run):
    words = [word.replace("OUT", "out") for word in COMMANDS[command]]
    out = next(tiny / word for word in words if word.startswith("out"))
    if command.startswith("show"):
        out = tiny / "out.png"
    os.mkfifo(out)
    ran = run(*words)
    assert ran.code in (1, 2)
    assert "out." in ran.err
    assert "none" not in ran.err
    assert out.is_fifo()


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_is_left_of_the_trial(command, tiny, run):
    before = sorted(tiny.iterdir())
    ran = run(*(word.replace("OUT", "out") for word in COMMANDS[command]))
    assert ran.code == 1
    assert "none" in ran.err, "the work itself fails, but the place would have done"
    assert sorted(tiny.iterdir()) == before
