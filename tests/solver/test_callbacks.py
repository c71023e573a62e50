import numpy as np

import blobnet
from tests.solver.training import RANDOM_REGRESSION, make_solver, weights_of

TESTED = "test_iter: 2 test_interval: 2 "


class Diary(blobnet.SolverCallback):
    def __init__(self):
        self.entries = []

    def on_start(self, solver):
        self.entries.append(("start", solver.iter))

    def on_gradients_ready(self, solver):
        self.entries.append(("gradients", solver.iter))

    def on_update(self, solver):
        self.entries.append(("update", solver.iter))

    def on_test(self, solver, test_net_id, scores):
        self.entries.append(("test", solver.iter))

    def on_snapshot(self, solver, state_file):
        self.entries.append(("snapshot", solver.iter))


def test_every_hook_is_called_in_its_turn(tmp_path):
    solver = make_solver(settings=f'{TESTED} snapshot: 2 snapshot_prefix: "{tmp_path}/s"')
    diary = Diary()
    solver.add_callback(diary)
    solver.step(3)
    assert diary.entries == [
        ("test", 0),
        ("start", 0), ("gradients", 0), ("update", 1),
        ("start", 1), ("gradients", 1), ("update", 2), ("snapshot", 2),
        ("test", 2),
        ("start", 2), ("gradients", 2), ("update", 3),
    ]  # fmt: skip


def test_callbacks_are_called_in_the_order_in_which_they_came():
    solver, called = make_solver(), []
    solver.add_callback(lambda: called.append("first"), lambda: None)
    solver.add_callback(lambda: called.append("second"), lambda: None)
    solver.step(1)
    assert called == ["first", "second"]


def test_on_start_finds_gradients_of_0_and_may_add_to_them():
    plain, added = make_solver(), make_solver()
    seen = []

    def add_one():
        for blob in added.net.learnable_params:
            seen.append(np.abs(blob.diff).max())
            blob.diff[...] += 1

    added.add_callback(add_one)
    grown = []
    for solver in (plain, added):
        solver.add_callback(
            lambda: None,
            lambda s=solver: grown.append([blob.diff.copy() for blob in s.net.learnable_params]),
        )
        solver.step(1)
    for without, with_one in zip(*grown, strict=True):
        np.testing.assert_allclose(with_one, without + 1, rtol=1e-5)
    added.step(2)
    assert set(seen) == {0}


def test_on_test_finds_gradients_of_0():
    class Looking(blobnet.SolverCallback):
        def __init__(self):
            self.seen = []

        def on_test(self, solver, test_net_id, scores):
            self.seen += [np.abs(blob.diff).max() for blob in solver.net.learnable_params]

    solver, looking = make_solver(settings=TESTED), Looking()
    solver.add_callback(looking)
    solver.step(3)  # tests before the first and the third update
    assert set(looking.seen) == {0}
    assert len(looking.seen) == 2 * len(solver.net.learnable_params)


def test_two_functions_do_as_in_pycaffe():
    solver, called = make_solver(), []
    solver.add_callback(lambda: called.append("start"), lambda: called.append("gradients"))
    solver.step(2)
    assert called == ["start", "gradients"] * 2


def test_the_second_function_may_be_left_out():
    solver, called = make_solver(), []
    solver.add_callback(lambda: called.append("start"))
    solver.step(2)
    assert called == ["start"] * 2


def test_gradients_may_be_changed_before_they_are_used():
    solver = make_solver()
    before = weights_of(solver)

    def forget_gradients():
        for blob in solver.net.learnable_params:
            blob.diff[...] = 0

    solver.add_callback(lambda: None, forget_gradients)
    solver.step(3)
    for array, old in zip(weights_of(solver), before, strict=True):
        np.testing.assert_array_equal(array, old)


def test_scores_are_named_after_their_blobs():
    per_class = """
        layer { name: "ip3" type: "InnerProduct" bottom: "x" top: "b" include { phase: TEST }
          inner_product_param { num_output: 1 weight_filler { type: "xavier" } } }
        layer { name: "flat" type: "Flatten" bottom: "b" top: "a" include { phase: TEST }
          flatten_param { axis: 0 } }
    """
    solver = make_solver(RANDOM_REGRESSION + per_class, TESTED)
    seen = []

    class Scores(blobnet.SolverCallback):
        def on_test(self, solver, test_net_id, scores):
            seen.append(scores)

    solver.add_callback(Scores())
    solver.step(1)
    assert list(seen[0]) == [f"a[{i}]" for i in range(6)] + ["loss"]


def test_an_early_exit_ends_after_the_iteration_that_runs():
    solver = make_solver()
    solver.add_callback(lambda: solver.request_early_exit() if solver.iter == 3 else None)
    solver.step(10)
    assert solver.iter == 4
    solver.step(2)  # the request is over
    assert solver.iter == 6


def test_an_action_is_asked_for_after_every_update_and_before_every_test_batch():
    solver, asked = make_solver(settings=TESTED), []

    def action():
        asked.append(solver.iter)
        return blobnet.SolverAction.NONE

    solver.set_action_function(action)
    solver.step(3)
    assert asked == [0, 0, 1, 2, 2, 2, 3]
