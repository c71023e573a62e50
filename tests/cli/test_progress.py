from __future__ import annotations

import logging
import re
import sys
from contextlib import nullcontext

import click

import blobnet
from blobnet.cli import progress
from blobnet.cli.logs import start_logging
from blobnet.cli.progress import (
    count_progress,
    reading_progress,
    share_progress,
    training_progress,
)
from tests.cli.conftest import NET
from tests.cli.terminal import CONTROL, on_a_terminal


def make_solver(net=NET, settings=""):
    param = blobnet.parse_solver('base_lr: 0.01 lr_policy: "fixed" random_seed: 3 max_iter: 20')
    param.snapshot_after_train = False
    param.MergeFrom(blobnet.parse_solver(settings))
    param.net_param.CopyFrom(blobnet.parse_net(net))
    return blobnet.get_solver(param)


TESTED = "test_iter: 1 test_interval: 10"


# --- the display ----------------------------------------------------------------------------------


def test_where_there_is_no_terminal_there_is_no_display(capsys):
    solver = make_solver()
    assert isinstance(training_progress(solver), nullcontext)
    with training_progress(solver):
        solver.solve()
    assert capsys.readouterr() == ("", "")


def test_the_display_ends_with_the_last_iteration_and_the_last_test():
    solver = make_solver(settings=TESTED)
    scores = []

    class Last(blobnet.SolverCallback):
        def on_test(self, solver, test_net_id, found):
            scores.append(found["loss"])

    solver.add_callback(Last())
    with on_a_terminal() as terminal, training_progress(solver):
        solver.solve()
    bar, test, end = terminal.lines[-3:]
    number = r"[\d.,e+-]+"
    assert re.fullmatch(rf"20/20 ━+ loss {number} +lr 0\.01 + {number} images/s +0:00:00 left", bar)
    assert test == f"test at 20: loss {scores[-1]:#.4g}"
    assert end == ""


def test_before_the_first_iteration_is_done_it_says_what_takes_so_long():
    with on_a_terminal() as terminal, training_progress(make_solver()):
        pass
    assert re.fullmatch(
        r" 0/20 ━+ the first iteration; new kernels are compiled", terminal.lines[0]
    )


def test_nothing_is_wider_than_the_terminal():
    more = "".join(
        f'layer {{ name: "{name}" type: "Power" bottom: "ip" top: "{name}" }}' for name in "abcdef"
    )
    solver = make_solver(NET + more, TESTED + " max_iter: 99999 momentum: 0.5")
    with on_a_terminal() as terminal, training_progress(solver):
        solver.step(30)
    widest = max(map(len, terminal.lines))
    unstripped = re.split(r"[\r\n]+", CONTROL.sub("", terminal.getvalue()))
    assert max(map(len, unstripped)) == widest  # blanks take columns, too
    assert widest == 80 - 3  # the display is there; a ^C that a terminal writes behind it has room
    assert any(line.endswith("…") for line in terminal.lines)  # the 108 scores do not fit


def test_tests_can_be_listed_above_the_display():
    solver = make_solver(settings=TESTED + " test_iter: 2")
    with on_a_terminal() as terminal, training_progress(solver, list_tests=True):
        solver.solve()
    shown = terminal.lines
    tests = [line for line in shown if line.startswith("test at ")]
    for line, iteration in zip(tests, (" 0", " 0", "10", "10", "20", "20"), strict=True):
        assert re.match(rf"test at {iteration}( \(net #1\))?: loss [\d.]+$", line)
    assert [("(net #1)" in line) for line in tests] == [False, True] * 3
    assert shown[-2].startswith("20/20 ")  # no test stands under the bar


def test_names_are_shown_as_they_are():
    net = NET.replace('top: "loss"', 'top: "loss[bold]"')
    for list_tests in (True, False):
        solver = make_solver(net, TESTED)
        with on_a_terminal() as terminal, training_progress(solver, list_tests=list_tests):
            solver.solve()
        assert any(line.startswith("test at 20: loss[bold] ") for line in terminal.lines)


def test_the_log_goes_on_above_the_display():
    start_logging()
    solver = make_solver(settings="display: 10")
    with on_a_terminal() as terminal, training_progress(solver):
        logging.getLogger("blobnet.solver").info("[a] word")  # rich's markup is no markup here
        solver.solve()
    text = "\n".join(terminal.lines)
    assert "] [a] word" in text
    assert "Iteration 10, lr = 0.01" in text
    assert terminal.lines[-2].startswith("20/20 ")


def test_a_line_of_the_log_is_never_broken():
    start_logging()
    word = "x" * 150
    with on_a_terminal() as terminal, training_progress(make_solver()):
        logging.getLogger("blobnet.solver").info("[bold]:warning: %s end", word)
        print(word, "printed", file=sys.stderr)
        print("no line yet", end="", file=sys.stderr)
    assert any(re.fullmatch(r"I.*\] \[bold\]:warning: x{150} end", s) for s in terminal.lines)
    assert f"{word} printed" in terminal.lines
    assert "no line yet" in terminal.lines


def test_where_programs_read_the_log_there_is_no_display(monkeypatch):
    with on_a_terminal() as terminal:
        monkeypatch.setenv("JPY_PARENT_PID", "1")  # what notebooks tell their commands
        assert isinstance(training_progress(make_solver()), nullcontext)
        with training_progress(make_solver(), list_tests=True):  # where there is no log
            pass
    assert terminal.getvalue()
    with on_a_terminal(), click.Context(click.Command("train"), info_name="caffe"):
        assert isinstance(training_progress(make_solver()), nullcontext)


def test_a_resumed_training_starts_where_it_stands():
    solver = make_solver()
    solver.step(15)
    with on_a_terminal() as terminal, training_progress(solver):
        solver.step(1)
    assert terminal.lines[-2].startswith("16/20 ")


def test_a_display_that_learned_nothing_ends_without_numbers():
    with on_a_terminal() as terminal, training_progress(make_solver()):
        pass
    assert terminal.lines[-2].startswith(" 0/20 ")
    assert "loss" not in terminal.getvalue()


def test_a_piped_stdout_does_not_end_up_in_the_display(capsys):
    with on_a_terminal() as terminal, training_progress(make_solver()):
        print("a line for a pipe")
    assert capsys.readouterr().out == "a line for a pipe\n"
    assert "a line for a pipe" not in terminal.getvalue()


# --- a file that is read --------------------------------------------------------------------------


def test_reading_a_file_shows_how_far_it_is():
    with on_a_terminal() as terminal, reading_progress("digits[1].csv") as show:
        show(1000, 50, 200)
        show(4000, 200, 200)
    assert any(line.startswith("digits[1].csv: 4,000 images ━") for line in terminal.lines)
    assert max(map(len, terminal.lines)) <= 80


def test_a_share_never_moves_back_and_the_end_is_shown():
    with on_a_terminal() as terminal, share_progress("train_lmdb") as show:
        show(1000, 0.75)
        show(1001, 0.1)
        show(2000, 1)
    shown = [line for line in terminal.lines if "images" in line]
    assert shown[-1].startswith("train_lmdb: 2,000 images ━")
    assert max(map(len, terminal.lines)) <= 80


def test_what_is_done_is_a_share_of_all(monkeypatch):
    shown = []
    monkeypatch.setattr(
        progress, "reading_progress", lambda name: nullcontext(lambda *step: shown.append(step))
    )
    monkeypatch.setattr(progress, "_SECONDS_BETWEEN_UPDATES", 0)
    with count_progress("db") as show:
        for done, total in ((1, 4), (3, 4), (2, 4), (4, 4)):
            show(done, total)
    whole = progress._WHOLE
    assert shown == [
        (1, whole // 4, whole),
        (3, whole * 3 // 4, whole),
        (2, whole * 3 // 4, whole),
        (4, whole, whole),
    ]


def test_reading_a_file_shows_nothing_where_there_is_no_terminal(capsys):
    with reading_progress("digits.csv") as show:
        show(1000, 50, 200)
    assert capsys.readouterr() == ("", "")
