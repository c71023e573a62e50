from __future__ import annotations

import io
import logging
import re
import sys

import pytest

from blobnet.cli.logs import start_logging

LOG = logging.getLogger("blobnet.solver")


def say_everything():
    LOG.debug("details")
    LOG.info("a step")
    LOG.warning("a doubt")
    LOG.error("a mistake")


def messages(text):
    return [line.partition("] ")[2] for line in text.splitlines()]


# --- where it goes --------------------------------------------------------------------------------


def test_the_log_goes_to_stderr(capsys):
    start_logging()
    LOG.info("a step")
    written = capsys.readouterr()
    assert written.out == ""
    assert re.fullmatch(r"I\d{4} \S+ +\d+ test_logs\.py:\d+\] a step\n", written.err)


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
