"""`blobnet train` and weights that are not those of the snapshot, or are about to be replaced."""

from __future__ import annotations

from tests.cli.conftest import SOLVER
from tests.cli.test_train_command import assert_same, check_explained, weights_in


def test_weights_of_another_run_are_refused_unless_they_are_trusted(tiny, run):
    assert run("train", "--solver", "solver.prototxt").code == 0
    state, weights = "tiny_iter_4.solverstate", tiny / "tiny_iter_4.caffemodel"
    (tiny / "other.prototxt").write_text(SOLVER.replace("random_seed: 3", "random_seed: 4"))
    (tiny / "kept").write_bytes((tiny / state).read_bytes())
    assert run("train", "--solver", "other.prototxt").code == 0
    other = weights_in(weights)
    (tiny / state).write_bytes((tiny / "kept").read_bytes())
    words = ("train", "--solver", "solver.prototxt", "--snapshot", state, "--max_iter", 4)
    ran = run(*words)
    check_explained(ran, [state, str(weights.name), "--trust_weights"])
    assert run(*words, "--trust_weights").code == 0
    assert_same(weights_in(weights), other)


def test_trust_without_a_snapshot_is_wrong_usage(run):
    assert run("train", "--solver", "x", "--trust_weights").code == 2


def test_weights_to_start_from_that_will_be_replaced_are_named(tiny, run):
    assert run("train", "--solver", "solver.prototxt").code == 0
    weights = "tiny_iter_4.caffemodel"
    ran = run("train", "--solver", "solver.prototxt", "--weights", weights)
    assert ran.code == 0
    assert f"{weights} will be replaced by the snapshot of iteration 4" in ran.log
