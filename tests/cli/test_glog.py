"""glog's flags, as scripts written for caffe pass them."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import click
import pytest

from blobnet.cli.glog import take_flags
from blobnet.glog.flags import GlogFlags

TRAIN = ["train", "--solver", "s.prototxt"]


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for name in [name for name in os.environ if name.startswith("GLOG_")]:
        monkeypatch.delenv(name)


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        (["--logtostderr"], {"logtostderr": True}),
        (["-logtostderr=1"], {"logtostderr": True}),
        (["--logtostderr=true"], {"logtostderr": True}),
        (["--nologtostderr"], {"logtostderr": False}),
        (["--logtostderr=0"], {"logtostderr": False}),
        (["-alsologtostderr"], {"alsologtostderr": True}),
        (["--noalsologtostderr"], {"alsologtostderr": False}),
        (["--minloglevel=1"], {"minloglevel": 1}),
        (["-minloglevel", "2"], {"minloglevel": 2}),
        (["--minloglevel", "WARNING"], {"minloglevel": 1}),
        (["--stderrthreshold=0"], {"stderrthreshold": 0}),
        (["--log_dir=/tmp/a=b"], {"log_dir": "/tmp/a=b"}),
        (["-log_dir", "logs"], {"log_dir": "logs"}),
        (["--v=3"], {"noted": ("--v=3",)}),
        (["-v", "3"], {"noted": ("-v 3",)}),
        (["--vmodule=net=2,solver*=3"], {"noted": ("--vmodule=net=2,solver*=3",)}),
        (["--nolog_prefix"], {"noted": ("--nolog_prefix",)}),
        (["--minloglevel=2", "--minloglevel=1"], {"minloglevel": 1}),  # the last one counts
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_flag_is_taken_wherever_it_stands(words, flags, place):
    line = [*TRAIN[:place], *words, *TRAIN[place:]]
    assert take_flags(line) == (GlogFlags(**flags), TRAIN)


@pytest.mark.parametrize("name", ["train", "test", "time", "device_query"])
def test_commands_of_caffes_take_flags_and_other_options_before_them(name):
    flags, words = take_flags(["-solver=s", "--logtostderr", "-gpu", "0", name, "--x"])
    assert flags.logtostderr
    assert words == [name, "-solver=s", "-gpu", "0", "--x"]


@pytest.mark.parametrize(
    "words", [["summary", "--v=1"], ["--logtostderr"], [], ["--help"], ["demo", "--log_dir", "x"]]
)
def test_other_lines_are_left_as_they_are(words):
    assert take_flags(words) == (GlogFlags(), words)


@pytest.mark.parametrize(
    ("line", "command", "rest"),
    [
        ("-model test -weights train test", "test", "-model test -weights train"),
        ("--weights=train -model train test", "test", "--weights=train -model train"),
        ("--max_iter 5 train -solver s", "train", "--max_iter 5 -solver s"),
        ("train -weights test", "train", "-weights test"),
        ("train -solver --v -gpu 0", "train", "-solver --v -gpu 0"),
    ],
)
def test_the_value_of_a_flag_is_no_command_and_no_flag(line, command, rest):
    assert take_flags(line.split()) == (GlogFlags(), [command, *rest.split()])


def test_what_follows_two_dashes_is_no_flag():
    line = ["train", "--", "--logtostderr"]
    assert take_flags(line) == (GlogFlags(), line)


def test_options_of_ours_are_no_flags_of_glogs():
    line = ["train", "--weights", "v", "-version", "--notensorboard", "--verbose"]
    assert take_flags(line) == (GlogFlags(), line)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--minloglevel=much"], "--minloglevel=much: 'much' is no severity; write 0 for all"),
        (["--logtostderr=maybe"], "'maybe' is neither true nor false; write 1 or 0"),
        (["--log_dir"], "--log_dir needs a value"),
        (["--v"], "--v needs a value"),
    ],
)
def test_a_value_that_cannot_be_read_is_wrong_usage(words, message, run):
    with pytest.raises(click.UsageError, match=re.escape(message)):
        take_flags([*TRAIN, *words])
    ran = run(*TRAIN, *words)
    assert ran.code == 2
    assert message in ran.err


def test_variables_say_the_same_and_a_flag_says_it_louder(monkeypatch):
    monkeypatch.setenv("GLOG_minloglevel", "2")
    assert take_flags(TRAIN)[0].minloglevel == 2
    assert take_flags([*TRAIN, "--minloglevel=1"])[0].minloglevel == 1


# --- what they do ---------------------------------------------------------------------------------

SOLVE = ["train", "--solver", "solver.prototxt"]


def test_log_dir_writes_a_file_as_glog_does(tiny, run):
    (tiny / "logs").mkdir()
    ran = run(*SOLVE, "--log_dir=logs")
    assert ran.code == 0
    (path,) = (tiny / "logs").glob("blobnet.*.log.INFO.*")
    assert re.fullmatch(rf"blobnet\..+\..+\.log\.INFO\.\d{{8}}-\d{{6}}\.{os.getpid()}", path.name)
    head, machine, form, *lines = path.read_text().splitlines(keepends=True)
    assert re.fullmatch(r"Log file created at: \d{4}/\d\d/\d\d \d\d:\d\d:\d\d\n", head)
    assert machine.startswith("Running on machine: ")
    assert form == "Log line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg\n"
    assert "".join(lines) == ran.err  # alsologtostderr, as caffe sets it
    assert (tiny / "logs" / "blobnet.INFO").resolve() == path.resolve()
    drawn = run("plot", "logs/blobnet.INFO", "out.png")
    assert drawn.code == 0
    assert "iterations 0 to 4" in drawn.out


def test_logtostderr_writes_no_file(tiny, run):
    ran = run(*SOLVE, "--log_dir", ".", "--logtostderr")
    assert "Optimization Done." in ran.log
    assert not list(tiny.glob("blobnet.*"))


def test_without_alsologtostderr_only_what_is_severe_goes_to_stderr(tiny, run):
    ran = run(*SOLVE, "--log_dir=.", "--noalsologtostderr", "--stderrthreshold=1", "--gpu", "0")
    assert ran.code == 0
    assert ran.log == ["--gpu 0: blobnet runs on the CPU"]
    assert "Optimization Done." in (tiny / "blobnet.INFO").read_text()


def test_minloglevel_leaves_out_what_is_less_severe(tiny, run):
    assert run(*SOLVE, "--gpu=0", "--minloglevel=1").log == ["--gpu 0: blobnet runs on the CPU"]
    assert run(*SOLVE, "--gpu=0", "--minloglevel=2").err == ""


def test_a_flag_without_effect_is_noted(tiny, run):
    ran = run(*SOLVE, "-v=3", "--colorlogtostderr")
    assert ran.code == 0
    assert ran.log[:2] == [
        "-v=3: this flag of glog has no effect in blobnet",
        "--colorlogtostderr: this flag of glog has no effect in blobnet",
    ]


@pytest.mark.parametrize("folder", ["nix", "net.prototxt"])
def test_a_log_dir_that_is_none_is_an_error_before_the_work(folder, tiny, run):
    ran = run(*SOLVE, f"--log_dir={folder}")
    assert ran.code == 1
    assert f"--log_dir {folder}: no log can be written there" in ran.err
    assert "make the folder" in ran.err
    assert not list(tiny.glob("*.caffemodel"))


def test_a_log_dir_on_a_full_disk_is_said_and_gets_no_empty_file(tiny, run, monkeypatch):
    def full(path, *args, **settings):
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    (tiny / "logs").mkdir()
    ran = run(*SOLVE, "--log_dir=logs")
    assert ran.code == 1
    assert "No space left on device" in ran.err
    assert "free some space" in ran.err
    assert not list((tiny / "logs").iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ["test", "--model", "net.prototxt", "--weights", "weights.caffemodel"],
        ["time", "--model", "net.prototxt", "--iterations", "1"],
        ["device_query"],
    ],
)
def test_every_command_of_caffes_takes_them(words, weights, run):
    ran = run("--logtostderr=1", *words, "-v", "1", "--minloglevel=0")
    assert ran.code == 0
    assert "-v 1: this flag of glog has no effect in blobnet" in ran.log
