from __future__ import annotations

import shlex

import pytest

pytest.importorskip("matplotlib")


def test_the_loss_is_drawn_and_a_rate_suggested(tiny, run):
    ran = run("find_lr", "solver.prototxt", "rates.png", "--iterations", 40)
    assert ran.code == 0
    assert (tiny / "rates.png").read_bytes().startswith(b"\x89PNG")
    assert {path.name for path in tiny.iterdir()} == {
        "net.prototxt",
        "rates.png",
        "solver.prototxt",
    }
    *_, fastest, following = ran.out.splitlines()
    assert fastest.startswith("the loss falls fastest at ")
    assert run(*shlex.split(following)[2:]).code == 0


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("rates.jpg",), 2, "call it rates.png"),
        (("none/rates.png",), 2, "there is no folder none"),
        (("rates.png", "--lowest", 1, "--highest", 0.1), 1, "these rates make no range"),
    ],
)
def test_what_does_not_do_is_explained(words, code, message, tiny, run):
    ran = run("find_lr", "solver.prototxt", *words)
    assert ran.code == code
    assert message in ran.err
    assert not list(tiny.glob("*.png"))
