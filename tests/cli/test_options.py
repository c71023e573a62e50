from __future__ import annotations

import logging
import shlex

import click
import pytest

import blobnet
from blobnet.cli.options import (
    command_line,
    gpu_option,
    net_state_options,
    note_cpu,
    option,
    settle_switches,
    split_list,
    switch,
    threads_option,
)


@click.command()
@option("model", required=True)
@net_state_options
@gpu_option
def spelled(model, level, stage, gpu):
    return model, level, stage, gpu


@pytest.mark.parametrize(
    "words",
    [
        ["--model", "a=b", "--level", "2", "--stage", "x,y", "--gpu", "0"],
        ["-model", "a=b", "-level", "2", "-stage", "x,y", "-gpu", "0"],
        ["--model=a=b", "--level=2", "--stage=x,y", "--gpu=0"],
        ["-model=a=b", "-level=2", "-stage=x,y", "-gpu=0"],
    ],
    ids=lambda words: words[0],
)
def test_all_of_caffes_spellings_are_understood(words):
    assert spelled.main(words, standalone_mode=False) == ("a=b", 2, "x,y", "0")


def test_what_is_not_said_has_caffes_defaults():
    assert spelled.main(["-model", "a"], standalone_mode=False) == ("a", 0, "", "")


@click.command()
@switch("gray", help="Without colour.")
@switch("check_size", default=True)
@click.argument("words", nargs=-1)
def switched(gray, check_size, words):
    return gray, check_size, words


@pytest.mark.parametrize(
    ("line", "gray", "rest"),
    [
        ("a b", False, ("a", "b")),
        ("--gray a b", True, ("a", "b")),  # a word after it is no value of it
        ("-gray a", True, ("a",)),
        ("a --gray", True, ("a",)),
        ("--gray=true a", True, ("a",)),
        ("-gray=1", True, ()),
        ("-gray=T", True, ()),
        ("--gray=false", False, ()),
        ("--gray --nogray", False, ()),  # the last one counts
        ("-nogray -gray", True, ()),
        ("--gray=yes -gray=no", False, ()),
        ("-- --gray=true", False, ("--gray=true",)),
    ],
)
def test_a_switch_is_said_as_gflags_reads_it(line, gray, rest):
    words = settle_switches(switched, line.split())
    assert switched.main(words, standalone_mode=False) == (gray, True, rest)


def test_a_switch_that_is_on_can_be_taken_back():
    for word in ("--nocheck_size", "-check_size=0"):
        words = settle_switches(switched, [word])
        assert switched.main(words, standalone_mode=False) == (False, False, ())


def test_a_switch_is_neither_maybe_nor_empty():
    for word in ("--gray=maybe", "-gray="):
        with pytest.raises(click.UsageError, match=f"{word}: .* is neither true nor false"):
            settle_switches(switched, [word])


def test_values_of_other_options_are_left_alone():
    assert settle_switches(spelled, ["--model=true"]) == ["--model=true"]


@click.command()
@option("model")
@threads_option
def counted(model):
    return model, blobnet.num_threads()


@pytest.mark.parametrize("words", [["-threads", "5"], ["--threads", "5"], ["--threads=5"]])
def test_a_command_runs_with_the_threads_it_is_given_and_leaves_the_setting_alone(words):
    before = blobnet.num_threads()
    assert counted.main([*words, "-model", "a"], standalone_mode=False) == ("a", 5)
    assert blobnet.num_threads() == before
    assert counted.main([], standalone_mode=False) == (None, before)


@pytest.mark.parametrize("words", [["--threads", "0"], ["--threads", "many"]])
def test_what_is_no_number_of_threads_is_wrong_usage(words):
    with pytest.raises(click.BadParameter):
        counted.main(words, standalone_mode=False)


@pytest.mark.parametrize(
    ("text", "parts"),
    [("", []), ("a", ["a"]), ("a,b", ["a", "b"]), (" a , ,b,", ["a", "b"])],
)
def test_lists_are_separated_by_commas(text, parts):
    assert split_list(text) == parts


@pytest.mark.parametrize(
    ("request_", "level", "message"),
    [
        ("", logging.INFO, "Use CPU."),
        ("--gpu 0", logging.WARNING, "--gpu 0: blobnet runs on the CPU"),
    ],
)
def test_a_gpu_that_is_asked_for_is_a_warning(request_, level, message, caplog):
    caplog.set_level(logging.INFO, "blobnet.cli")
    note_cpu(request_)
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (level, message)
    ]


@pytest.mark.parametrize(
    "words", [["blobnet", "test"], ["my demo/a", 100], ["it's", '"x"', "$HOME", "a\\b", "*"]]
)
def test_a_shell_reads_a_command_line_as_it_was_meant(words, monkeypatch):
    monkeypatch.setattr("blobnet.cli.options.os.name", "posix")
    assert shlex.split(command_line(*words)) == [str(word) for word in words]


def test_windows_has_quotes_of_its_own(monkeypatch):
    monkeypatch.setattr("blobnet.cli.options.os.name", "nt")
    line = command_line("blobnet", r"C:\my demo\a", 5)
    monkeypatch.undo()
    assert line == r'blobnet "C:\my demo\a" 5'
