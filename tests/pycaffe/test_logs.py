"""The log of `import caffe`, in a Python of its own: pytest configures logging."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

LINE = re.compile(r"([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ (\S+)\] (.*)")
BEGIN = """
import logging, sys
from blobnet.pycaffe.logs import init_log, log, start_unless_configured
from blobnet.loggers import named_logger
warn = named_logger("blobnet.x").warning
"""


def said(code, folder, **variables):
    """What a program writes to stderr, and nothing to stdout."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GLOG_")}
    ran = subprocess.run(
        [sys.executable, "-c", BEGIN + code],
        capture_output=True,
        text=True,
        check=True,
        env=environment | {"PYTHONPATH": os.pathsep.join(sys.path)} | variables,
        cwd=folder,
    )
    assert ran.stdout == ""
    return ran.stderr


def lines(text):
    found = [LINE.fullmatch(line) for line in text.splitlines()]
    assert all(found), text
    return [(match[1], match[3]) for match in found]


SAY = "start_unless_configured(); log('100% sure'); warn('a doubt')"
BOTH = [("I", "100% sure"), ("W", "a doubt")]


def test_the_log_goes_to_stderr_in_glogs_form(tmp_path):
    text = said(SAY, tmp_path)
    assert lines(text) == BOTH
    assert LINE.match(text)[2] == "_caffe.cpp:68"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"GLOG_minloglevel": "1"}, BOTH[1:]),
        ({"GLOG_minloglevel": "2"}, []),
        ({"GLOG_logtostderr": "1", "GLOG_log_dir": "."}, BOTH),
    ],
)
def test_variables_are_obeyed(variables, expected, tmp_path):
    assert lines(said(SAY, tmp_path, **variables)) == expected
    assert not list(tmp_path.iterdir())


def test_log_dir_gets_a_file_with_the_first_line(tmp_path):
    said("start_unless_configured()", tmp_path, GLOG_log_dir=".")
    assert not list(tmp_path.iterdir())
    text = said(SAY, tmp_path, GLOG_log_dir=".")
    assert (tmp_path / "caffe.INFO").read_text().splitlines()[3:] == text.splitlines()


def test_without_alsologtostderr_only_errors_go_to_stderr(tmp_path):
    quiet = {"GLOG_log_dir": ".", "GLOG_alsologtostderr": "0"}
    assert said(SAY, tmp_path, **quiet) == ""
    assert "a doubt" in (tmp_path / "caffe.INFO").read_text()


def test_a_log_dir_that_is_none_is_said_once_and_the_log_goes_on(tmp_path):
    first, *rest = said(SAY, tmp_path, GLOG_log_dir="none").splitlines()
    told = [line for line in (first, *rest) if line.startswith("blobnet: ")]
    assert len(told) == 1
    assert "No such file" in told[0]
    assert lines("\n".join(line for line in (first, *rest) if line not in told)) == BOTH


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("init_log(); log('a'); warn('b')", [("I", "a"), ("W", "b")]),
        ("init_log(0); log('a'); warn('b')", [("I", "a"), ("W", "b")]),
        ("init_log(1); log('a'); warn('b')", [("W", "b")]),
        ("init_log(2, True); log('a'); warn('b')", []),
        ("init_log(1); init_log(0); log('a')", [("I", "a")]),
        ("start_unless_configured(); start_unless_configured(); log('a')", [("I", "a")]),
    ],
)
def test_init_log_sets_how_much_is_logged(code, expected, tmp_path):
    assert lines(said(f"start_unless_configured(); {code}", tmp_path)) == expected


def test_init_log_without_a_level_asks_the_variable(tmp_path):
    assert lines(said("init_log(); log('a'); warn('b')", tmp_path, GLOG_minloglevel="1")) == [
        ("W", "b")
    ]


BASIC = "logging.basicConfig(format='mine %(message)s', level=logging.{})"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (f"{BASIC.format('INFO')}; {SAY}", "mine 100% sure\nmine a doubt\n"),
        (f"{BASIC.format('WARNING')}; {SAY}", "mine a doubt\n"),
        (f"start_unless_configured(); {BASIC.format('INFO')}; log('a')", "mine a\n"),
        (
            f"start_unless_configured(); {BASIC.format('WARNING')}; warn('a'); log('b')",
            "mine a\n",
        ),
        (
            f"{BASIC.format('INFO')}; {SAY}; init_log(2); warn('b')",
            "mine 100% sure\nmine a doubt\n",
        ),
        (
            f"logging.getLogger('blobnet').propagate = False; {SAY}",
            "a doubt\n",
        ),  # logging's own last resort
    ],
)
def test_whoever_configures_logging_has_the_log(code, expected, tmp_path):
    assert said(code, tmp_path) == expected


def test_a_level_that_the_user_has_set_stays(tmp_path):
    code = f"logging.getLogger('blobnet').setLevel(logging.WARNING); {SAY}"
    assert lines(said(code, tmp_path)) == BOTH[1:]


def test_blobnet_alone_is_silent(tmp_path):
    assert said("import blobnet; log('a')", tmp_path) == ""


def test_import_caffe_starts_the_log(tmp_path):
    code = "from blobnet.pycaffe import alias; alias.take_the_name(); import caffe; caffe.log('a')"
    assert lines(said(code, tmp_path)) == [("I", "a")]
