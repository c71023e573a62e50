from __future__ import annotations

import io
import math
import tracemalloc
from itertools import pairwise

import pytest

import blobnet
from blobnet.viz.logs import read_log, read_logs, run
from blobnet.viz.logs.file import to_number
from tests.viz.logs.logs import Log

CAFFE = """\
Log file created at: 2016/11/23 03:19:20
I1123 03:19:27.000000 10241 solver.cpp:289] Solving LeNet
I1123 03:19:27.100000 10241 solver.cpp:290] Learning Rate Policy: inv
I1123 03:19:27.200000 10241 solver.cpp:347] Iteration 0, Testing net (#0)
I1123 03:19:28.500000 10241 solver.cpp:414]     Test net output #0: accuracy = 0.0819
I1123 03:19:28.500000 10241 solver.cpp:414]     Test net output #1: loss = 2.4 (* 1 = 2.4 loss)
I1123 03:19:31.000000 10241 solver.cpp:239] Iteration 100 (42.5 iter/s, 2.35s/100 iters), loss = 0.17
I1123 03:19:31.000000 10241 solver.cpp:258]     Train net output #0: loss = 0.18 (* 1 = 0.18 loss)
I1123 03:19:31.000000 10241 sgd_solver.cpp:112] Iteration 100, lr = 0.00992565
a line of another program: Iteration, loss and lr
I1123 03:21:21.822131 10241 solver.cpp:464] Snapshotting to binary proto file a b_iter_100.caffemodel
I1123 03:21:21.829118 10241 sgd_solver.cpp:284] Snapshotting solver state to binary proto file a b_iter_100.solverstate
I1123 03:23:04.009814 10241 solver.cpp:332] Optimization Done.
"""  # noqa: E501


@pytest.fixture
def read(tmp_path):
    """A function that reads a text, or the lines of a Log."""

    def read_text(log):
        path = tmp_path / "train.log"
        path.write_text(log if isinstance(log, str) else "\n".join(log.lines))
        return read_log(path)

    return read_text


def rows(made, label):
    """(iteration, value) pairs of a series."""
    (series,) = (series for series in made.series if series.label == label)
    return list(zip(series.iterations, series.values, strict=True))


def times(made, label):
    return list(next(series for series in made.series if series.label == label).seconds)


# --- what lines say -------------------------------------------------------------------------------


def test_a_log_of_caffe_is_read(read):
    (made,) = read(CAFFE)
    assert (made.name, made.first, made.last) == ("train.log", 0, 100)
    assert made.snapshot == "a b_iter_100.caffemodel"
    assert {series.label: rows(made, series.label) for series in made.series} == {
        "test accuracy": [(0, 0.0819)],
        "test loss": [(0, 2.4)],
        "training loss": [(100, 0.17)],
        "train loss": [(100, 0.18)],
        "learning rate": [(100, 0.00992565)],
    }
    assert [series.is_loss for series in made.series] == [False, True, True, True, False]
    assert times(made, "test accuracy") == [1.5]
    assert times(made, "learning rate") == pytest.approx([4])


def test_our_own_log_is_read(tmp_path, caplog):
    param = blobnet.parse_solver("""
        net_param {
          layer { name: "data" type: "DummyData" top: "x" top: "y" dummy_data_param {
            shape { dim: 2 dim: 3 } shape { dim: 2 dim: 3 } data_filler { type: "uniform" } } }
          layer { name: "scale" type: "Scale" bottom: "x" top: "x2" }
          layer { name: "loss" type: "EuclideanLoss" bottom: "x2" bottom: "y" top: "loss" }
        }
        base_lr: 0.1 lr_policy: "fixed" max_iter: 4 display: 2 test_iter: 1 test_interval: 2
        test_compute_loss: true snapshot_after_train: false
    """)
    scores = []

    class Scores(blobnet.SolverCallback):
        def on_test(self, solver, test_net_id, found):
            scores.append((solver.iter, float(f"{found['loss']:g}")))

    with caplog.at_level("INFO", "blobnet.solver"):
        solver = blobnet.get_solver(param)
        solver.add_callback(Scores())
        solver.solve()
    (tmp_path / "our.log").write_text("\n".join(caplog.messages))
    (made,) = read_log(tmp_path / "our.log")
    assert rows(made, "test loss") == scores
    assert [iteration for iteration, _ in rows(made, "test total loss")] == [0, 2, 4]
    assert [iteration for iteration, _ in rows(made, "training loss")] == [0, 2, 4]
    assert rows(made, "learning rate") == [(0, 0.1), (2, 0.1)]
    assert math.isnan(times(made, "test loss")[0])  # lines without a prefix have no time


def test_older_and_other_forms_of_lines_are_understood(read):
    (made,) = read("""
        Iteration 20, loss = 1.5
        Iteration 40 (2 iter/s, 10s/20 iter), 0.1/10.2ep, loss = 2.5
        Iteration 40 (2 iter/s, 10s/20 iter), 0.1/10.2ep, lr = 0.25, m = 0.9
        \x1b[0mIteration 60, loss = 3.5\x1b[39m
    """)
    assert rows(made, "training loss") == [(20, 1.5), (40, 2.5), (60, 3.5)]
    assert rows(made, "learning rate") == [(40, 0.25)]


def test_numbers_that_are_none_are_rows_too(read):
    (made,) = read(Log().train(0).say("Iteration 5, loss = -nan").say("Iteration 6, loss = inf"))
    values = [value for _, value in rows(made, "training loss")]
    assert values[0] == 0
    assert math.isnan(values[1])
    assert values[2] == math.inf


def test_the_error_that_ends_a_diverging_training_is_a_row(read):
    log = Log().train(0).lines[0] + "\nblobnet: iteration 7: the loss is nan\n  expected: a number"
    (made,) = read(log)
    assert [iteration for iteration, _ in rows(made, "training loss")] == [0, 7]
    assert math.isnan(rows(made, "training loss")[1][1])


@pytest.mark.parametrize(
    ("text", "number"),
    [("1e-05", 1e-5), ("0.1,", 0.1), ("-inf", -math.inf), ("1.#INF", math.inf), ("x", None)],
)
def test_numbers_are_read_as_they_are_printed(text, number):
    assert to_number(text) == number


@pytest.mark.parametrize("text", ["nan", "-nan", "NaN", "1.#QNAN", "-1.#IND", "-nan(ind)"])
def test_every_systems_nan_is_one(text):
    assert math.isnan(to_number(text))


def test_outputs_of_one_name_are_numbered(read):
    log = Log().say("Iteration 0, Testing net (#0)")
    for index, value in enumerate([0.5, 0.25, 0.125]):
        log.say(f"    Test net output #{index}: accuracy = {value}")
    log.say("Iteration 0, Testing net (#1)").say("    Test net output #0: accuracy = 0.75")
    log.say("Iteration 9, Testing net (#0)").say("    Test net output #0: accuracy = 1")
    (made,) = read(log)
    assert rows(made, "test accuracy[0]") == [(0, 0.5), (9, 1)]
    assert rows(made, "test accuracy[2]") == [(0, 0.125)]
    assert rows(made, "test accuracy #1") == [(0, 0.75)]


def test_outputs_of_one_name_in_a_second_test_net_are_numbered_too(read):
    log = Log().say("Iteration 0, Testing net (#1)")
    for index in range(2):
        log.say(f"    Test net output #{index}: accuracy = 0.5")
    (made,) = read(log)
    assert [series.name for series in made.series] == ["accuracy[0] #1", "accuracy[1] #1"]


def test_an_output_that_counts_in_the_loss_is_a_loss(read):
    log = Log().train(0).say("    Train net output #0: error = 3 (* 0.5 = 1.5 loss)")
    (made,) = read(log.say("    Train net output #1: my = odd = 4"))
    assert {series.name: series.is_loss for series in made.series if series.kind == "train"} == {
        "error": True
    }  # a name with an equals sign is none


def test_numbers_before_the_first_iteration_belong_nowhere(read):
    (made,) = read(Log().say("    Test net output #0: accuracy = 0.5").train(5))
    assert [series.label for series in made.series] == ["training loss"]


def test_an_iteration_that_no_solver_can_reach_is_none(read):
    (made,) = read(Log().train(5, 10**20))
    assert rows(made, "training loss") == [(5, 5)]


# --- started again --------------------------------------------------------------------------------


def test_a_resumed_training_goes_on_where_its_snapshot_was(read):
    log = Log().say("Solving LeNet").train(0, 10, 20, 30)  # seconds 1, 2, 3, 4
    log.say("Resuming from x_iter_20.solverstate", after=1000).say("Solving LeNet")
    (made,) = read(log.train(20, 30, factor=2))
    assert rows(made, "training loss") == [(0, 0), (10, 10), (20, 40), (30, 60)]
    assert times(made, "training loss") == [1, 2, 3, 4]  # the pause and what was lost are left out


def test_what_another_series_knows_of_the_lost_part_goes_too(read):
    log = Log().train(0).test(10, 0.5).train(10).test(30, 0.75).train(30)
    (made,) = read(log.say("Resuming from x").train(20))
    assert rows(made, "test accuracy") == [(10, 0.5)]


def test_a_resumed_training_without_a_word_about_it_goes_on_too(read):
    (made,) = read(Log().train(0, 10, 20).train(15, 25))
    assert rows(made, "training loss") == [(0, 0), (10, 10), (15, 15), (25, 25)]


def test_a_log_that_begins_with_a_resumption_may_be_resumed_there_again(read):
    log = Log().say("Resuming from x").train(50, 60)
    (made,) = read(log.say("SGDSolver: restoring history").say("Solving LeNet").train(50, factor=2))
    assert rows(made, "training loss") == [(50, 100)]
    (made,) = read(log.say("Resuming from x").train(20))
    assert (made.first, made.last) == (20, 20)


def test_a_training_that_begins_anew_is_another_run(read):
    log = Log().say("Solving LeNet").train(0, 10).say("Solving LeNet", after=99).train(0, 10, 20)
    one, two = read(log)
    assert (one.name, two.name) == ("train.log, run 1", "train.log, run 2")
    assert (one.last, two.last) == (10, 20)
    assert times(one, "training loss") == times(two, "training loss")[:2] == [1, 2]


def test_a_start_that_came_to_nothing_is_no_run(read):
    log = Log().say("Solving LeNet").say("Check failed").say("Solving LeNet", after=50).train(0, 5)
    (made,) = read(log)
    assert times(made, "training loss") == [1, 2]


def test_a_second_solve_that_goes_on_is_the_same_run(read):
    log = Log().say("Solving LeNet").train(0, 10).say("Solving LeNet", after=70).train(10, 20)
    (made,) = read(log)
    assert rows(made, "training loss") == [(0, 0), (10, 10), (20, 20)]
    assert times(made, "training loss") == [1, 3, 4]


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "hello\n", "Batch 0, accuracy = 0.5\nLoss: 0.5\n", "\0" * 9])
def test_a_log_that_tells_nothing_is_refused(text, read):
    with pytest.raises(blobnet.DataError, match=r"train\.log: no training in this log\n"):
        read(text)


def test_a_log_that_cannot_be_read_is_explained(tmp_path):
    for path in (tmp_path / "none.log", tmp_path):
        with pytest.raises(blobnet.DataError, match=r"^the log .*: cannot be read\n"):
            read_log(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1"])
def test_logs_come_in_several_encodings(encoding, tmp_path):
    path = tmp_path / "train.log"
    path.write_bytes(("Größe\r\n" + CAFFE.replace("\n", "\r\n")).encode(encoding))
    (made,) = read_log(path)
    assert rows(made, "training loss") == [(100, 0.17)]


def test_a_file_without_lines_does_not_fill_the_memory(tmp_path):
    path = tmp_path / "zeros.log"
    with open(path, "wb") as file:
        file.truncate(5_000_000)
    tracemalloc.start()
    with pytest.raises(blobnet.DataError):
        read_log(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000


def test_a_long_series_is_thinned_out_over_all_its_length(read, monkeypatch):
    monkeypatch.setattr(run, "MAX_POINTS", 64)
    (made,) = read(Log().train(*range(1000)))
    iterations = [iteration for iteration, _ in rows(made, "training loss")]
    assert 32 <= len(iterations) <= 64
    assert iterations[0] == 0
    assert iterations[-1] > 950
    assert max(b - a for a, b in pairwise(iterations)) < 64
    assert all(iteration == value for iteration, value in rows(made, "training loss"))
    assert made.last == 999


def test_several_logs_are_told_apart_by_their_paths_where_names_are_the_same(tmp_path):
    paths = [tmp_path / "a" / "train.log", tmp_path / "b" / "train.log", tmp_path / "other.log"]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        Log().train(0).write(path)
    assert [made.name for made in read_logs(paths)] == [str(paths[0]), str(paths[1]), "other.log"]


def test_a_log_of_endless_names_is_refused_before_memory_is(read, monkeypatch):
    monkeypatch.setattr("blobnet.viz.logs.file._MOST_SERIES", 10)
    names = "".join(f"    Test net output #{i}: a{i} = 1\n" for i in range(9))
    head = "Iteration 1, loss = 1\n"
    (run,) = read(head + names)
    assert len(run.series) == 10
    with pytest.raises(blobnet.DataError, match=r"train\.log: too many names(.*\n)*.*up to 10 "):
        read(f"{head}{names}    Test net output #9: a9 = 1\n")


def test_series_that_end_at_different_points_go_back_together(read):
    """Each forgets what comes after the point at which the training was resumed, and no more."""
    (run,) = read(
        "Iteration 1, loss = 1\n    Train net output #0: a = 1\n"
        "Iteration 2, loss = 2\n"
        "Iteration 3, loss = 3\n    Train net output #0: b = 3\n"
        "Resuming from x.solverstate\n"
        "Iteration 2, loss = 20\n"
        "Resuming from x.solverstate\n"
        "Iteration 1, loss = 10\n    Train net output #0: b = 10\n"
    )
    found = {one.name: [*zip(one.iterations, one.values, strict=True)] for one in run.series}
    assert found == {"loss": [(1, 10)], "a": [], "b": [(1, 10)]}


def test_a_log_of_holes_is_refused_before_it_is_read(tmp_path):
    with open(tmp_path / "log", "wb") as file:
        file.write(CAFFE.encode())
        file.truncate(2**40)
    if (tmp_path / "log").stat().st_blocks < 2**10:  # where the file system knows holes
        with pytest.raises(blobnet.DataError, match=r"log asks for too much memory"):
            read_log(tmp_path / "log")


def test_a_log_that_grows_faster_than_it_is_read(tmp_path, monkeypatch):
    (tmp_path / "log").write_text(CAFFE)
    lines = 0

    class Growing(io.TextIOWrapper):
        def readline(self, size=-1):
            nonlocal lines
            lines += 1
            assert lines < 5000, "without an end"
            return super().readline(size) or "I1123 solver.cpp:1] Iteration 1, loss = 1\n"

    monkeypatch.setattr(io, "TextIOWrapper", Growing)
    assert read_log(tmp_path / "log")
