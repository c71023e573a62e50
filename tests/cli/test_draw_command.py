from __future__ import annotations

import pytest

from tests.cli.test_summary_command import DATA

pytest.importorskip("matplotlib")


@pytest.mark.parametrize(
    ("name", "start"), [("net.svg", b"<?xml"), ("net.png", b"\x89PNG\r\n\x1a\n")]
)
def test_a_net_is_drawn_in_the_format_of_the_name(name, start, tiny, run):
    ran = run("draw", "net.prototxt", name)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == f"wrote {name}"
    assert (tiny / name).read_bytes().startswith(start)


def test_the_last_line_names_the_solver_beside_the_net(tiny, run):
    last = run("draw", "net.prototxt", "net.svg").out.splitlines()[-1]
    assert last == "next: blobnet trace solver.prototxt"
    assert run(*last.removeprefix("next: blobnet ").split()).code == 0
    (tiny / "solver.prototxt").unlink()
    last = run("draw", "net.prototxt", "net.svg").out.splitlines()[-1]
    assert last == "next: blobnet trace SOLVER, with a solver that trains this net"


def test_data_that_is_missing_can_be_given_by_its_shape(tiny, run):
    (tiny / "net.prototxt").write_text(DATA)
    assert "--shape x=8,C,H,W" in run("draw", "net.prototxt", "net.svg").err
    assert not (tiny / "net.svg").exists()
    assert run("draw", "net.prototxt", "net.svg", "--shape", "x=8,3", "-phase", "TEST").code == 0
    assert ">x</text>" in (tiny / "net.svg").read_text()


def test_another_format_is_refused_before_the_net_is_made(tiny, run):
    ran = run("draw", "none.prototxt", "net.gif")
    assert ran.code == 1
    assert "net.gif: a net cannot be drawn in this format" in ran.err


def test_the_picture_is_the_one_of_the_python_function(tiny, run):
    from blobnet.viz.nets import draw_net, load_net

    run("draw", "net.prototxt", "net.svg")
    draw_net(load_net("net.prototxt", "TRAIN"), "same.svg")
    assert (tiny / "net.svg").read_bytes() == (tiny / "same.svg").read_bytes()
