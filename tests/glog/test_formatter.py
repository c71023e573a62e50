from __future__ import annotations

import logging
import re
import time

import pytest

from blobnet.glog.formatter import CaffeFormatter


def record(level=logging.INFO, message="Solving %s", args=("LeNet",), created=0.0):
    made = logging.LogRecord("elsewhere", level, "/a/b/solver.py", 289, message, args, None)
    made.created = created
    made.process = 10241
    return made


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


def test_a_short_process_number_takes_five_columns_as_in_glog():
    short = record()
    short.process = 7
    assert CaffeFormatter().format(short)[21:] == "     7 solver.py:289] Solving LeNet"


def test_a_line_of_ours_that_caffe_has_too_has_caffes_place():
    ours = record(message="Iteration %d, lr = %g", args=(3, 0.5))
    ours.name, ours.filename = "blobnet.solver", "sgd.py"
    assert CaffeFormatter().format(ours)[28:] == "sgd_solver.cpp:112] Iteration 3, lr = 0.5"
