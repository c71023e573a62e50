from __future__ import annotations

import io
import logging
import re
import sys
import time

import pytest

from blobnet.cli.logs import CaffeFormatter, start_logging

LOG = logging.getLogger("blobnet.solver")


def record(level=logging.INFO, message="Solving %s", args=("LeNet",), created=0.0):
    made = logging.LogRecord("blobnet.x", level, "/a/b/solver.py", 289, message, args, None)
    made.created = created
    made.process = 10241
    return made


def say_everything():
    LOG.debug("details")
    LOG.info("a step")
    LOG.warning("a doubt")
    LOG.error("a mistake")


def messages(text):
    return [line.partition("] ")[2] for line in text.splitlines()]


# --- the form -------------------------------------------------------------------------------------


def test_a_line_has_the_form_of_caffes():
    created = time.mktime((2024, 11, 23, 3, 19, 27, 0, 0, -1)) + 0.25
    line = CaffeFormatter().format(record(created=created))
    assert line == "I1123 03:19:27.250000 10241 solver.py:289] Solving LeNet"


@pytest.mark.parametrize(
    ("level", "letter"),
    [
        (logging.DEBUG, "I"),
        (logging.INFO, "I"),
        (logging.WARNING, "W"),
        (logging.ERROR, "E"),
        (logging.CRITICAL, "F"),
        (25, "I"),  # a level of somebody's own
    ],
)
def test_the_first_letter_is_the_severity(level, letter):
    assert CaffeFormatter().format(record(level))[0] == letter


def test_microseconds_have_six_digits():
    for part in (0.0, 0.000001, 0.000244140625, 0.999999):
        line = CaffeFormatter().format(record(created=1_700_000_000 + part))
        assert re.match(r"I\d{4} \d\d:\d\d:\d\d\.\d{6} ", line)


# --- where it goes --------------------------------------------------------------------------------


def test_the_log_goes_to_stderr(capsys):
    start_logging()
    LOG.info("a step")
    written = capsys.readouterr()
    assert written.out == ""
    assert re.fullmatch(r"I\d{4} \S+ \d+ test_logs\.py:\d+\] a step\n", written.err)


def test_the_log_follows_a_display_that_takes_the_place_of_stderr(monkeypatch, capsys):
    start_logging()
    display = io.StringIO()
    monkeypatch.setattr(sys, "stderr", display)
    LOG.info("a step")
    assert messages(display.getvalue()) == ["a step"]
    assert capsys.readouterr().err == ""


def test_a_file_holds_this_run_only(tmp_path, capsys):
    file = tmp_path / "train.log"
    for message in ("the first run", "the second run: ü"):
        start_logging(file, to_stderr=False)
        LOG.info(message)
    assert messages(file.read_text(encoding="utf-8")) == ["the second run: ü"]
    assert capsys.readouterr().err == ""


def test_file_and_stderr_together(tmp_path, capsys):
    start_logging(tmp_path / "train.log")
    LOG.info("a step")
    assert (tmp_path / "train.log").read_text() == capsys.readouterr().err


def test_starting_twice_writes_once(capsys):
    start_logging()
    start_logging()
    LOG.info("a step")
    assert messages(capsys.readouterr().err) == ["a step"]


def test_other_loggers_are_left_alone(caplog):
    start_logging()
    LOG.info("ours")
    logging.getLogger("another").warning("theirs")
    assert caplog.messages == ["theirs"]


# --- how much -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "expected"), [("0", ["a doubt", "a mistake"]), ("2", ["a mistake"])]
)
def test_quiet_keeps_warnings_and_errors(setting, expected, capsys, monkeypatch):
    monkeypatch.setenv("GLOG_minloglevel", setting)
    start_logging(quiet=True)
    say_everything()
    assert messages(capsys.readouterr().err) == expected


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (None, ["a step", "a doubt", "a mistake"]),
        ("0", ["a step", "a doubt", "a mistake"]),
        ("1", ["a doubt", "a mistake"]),
        ("2", ["a mistake"]),
        ("3", []),
        ("much", ["a step", "a doubt", "a mistake"]),
    ],
)
def test_glog_minloglevel_is_honoured(setting, expected, capsys, monkeypatch):
    monkeypatch.delenv("GLOG_minloglevel", raising=False)
    if setting is not None:
        monkeypatch.setenv("GLOG_minloglevel", setting)
    start_logging()
    say_everything()
    assert messages(capsys.readouterr().err) == expected
