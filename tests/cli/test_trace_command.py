from __future__ import annotations

import pytest

import blobnet
from blobnet.viz.trace import trace_page, trace_steps, trace_text


def test_a_step_is_told_as_the_python_function_tells_it(tiny, run):
    ran = run("trace", "solver.prototxt")
    assert (ran.code, ran.err) == (0, "")
    (step,) = trace_steps(blobnet.get_solver("solver.prototxt"))
    assert ran.out.startswith(trace_text(step))
    assert "--- forward" in ran.out
    assert "check: before - change = after, exactly, in all 12 values" in ran.out


def test_several_steps_but_none_beyond_max_iter(tiny, run):
    assert run("trace", "solver.prototxt", "--iterations", 3).out.count("=== iteration") == 3
    assert run("trace", "solver.prototxt", "--iterations", 9).out.count("=== iteration") == 4


def test_one_layer_alone(tiny, run):
    out = run("trace", "solver.prototxt", "--layer", "ip").out
    assert "  ip (InnerProduct)" in out
    assert "  loss (EuclideanLoss)" not in out
    assert "(EuclideanLoss)" in run("trace", "solver.prototxt", "-layer=ip", "-layer=loss").out


def test_how_much_is_told_in_full(tiny, run):
    assert "min " not in run("trace", "solver.prototxt").out
    out = run("trace", "solver.prototxt", "--full", 4).out
    assert "arrays of up to 4 values in full" in out
    assert "min " in out


def test_a_page_instead_of_text(tiny, run):
    ran = run("trace", "solver.prototxt", "--iterations", 2, "--html", "step.html")
    assert ran.out.splitlines()[0] == "wrote step.html"
    assert "=== iteration" not in ran.out
    solver = blobnet.get_solver("solver.prototxt")
    steps = list(trace_steps(solver, 2))
    assert (tiny / "step.html").read_text(encoding="utf-8") == trace_page(steps, solver.net)


@pytest.mark.parametrize("words", [[], ["--html", "step.html"]], ids=["text", "page"])
def test_the_last_line_says_what_to_do_next(words, tiny, run):
    last = run("trace", "solver.prototxt", *words).out.splitlines()[-1]
    assert last == "next: blobnet gradients solver.prototxt gradients.png"


def test_nothing_is_tested_and_no_snapshot_is_written(tiny, run, monkeypatch):
    monkeypatch.setattr(blobnet.Solver, "test", lambda *words: pytest.fail("tested"))
    with open(tiny / "solver.prototxt", "a") as file:
        file.write("snapshot: 1")
    assert run("trace", "solver.prototxt", "--iterations", 2).code == 0
    assert sorted(path.name for path in tiny.iterdir()) == ["net.prototxt", "solver.prototxt"]


def test_it_goes_on_from_weights_or_from_a_snapshot(tiny, weights, run):
    solver = blobnet.get_solver("solver.prototxt")
    solver.step(2)
    state = solver.snapshot()
    (step,) = trace_steps(solver)
    assert step.iteration == 2
    assert trace_text(step) in run("trace", "solver.prototxt", "--snapshot", state).out
    first = run("trace", "solver.prototxt", "--weights", weights).out
    assert first.startswith("=== iteration 0")
    assert first != run("trace", "solver.prototxt").out
    assert run("trace", "solver.prototxt", "--weights", "a", "--snapshot", "b").code == 2


def test_mistakes_are_found_before_the_step(tiny, run):
    ran = run("trace", "solver.prototxt", "--html", "none/step.html")
    assert ran.code == 2
    assert "there is no folder none" in ran.err
    ran = run("trace", "solver.prototxt", "--layer", "ipp")
    assert ran.code == 1
    assert ran.err == "blobnet: no layer named 'ipp'\n  fix:      did you mean ip?\n"
    assert run("trace", "none.prototxt").code == 1
    assert run("trace").code == 2
