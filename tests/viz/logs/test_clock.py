from __future__ import annotations

import math

import pytest

from blobnet.viz.logs.clock import PREFIX, LogClock


def seconds(*stamps):
    """What the clock says at each of the given times."""
    clock, said = LogClock(), []
    for stamp in stamps:
        prefix = PREFIX.search(f"I{stamp} 10241 solver.cpp:289] a line")
        assert prefix, stamp
        clock.read(prefix)
        said.append(clock.now)
    return said


def test_before_the_first_line_there_is_no_time():
    assert math.isnan(LogClock().now)


DAY = 86_400


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        (["1123 03:19:27.250000", "1123 03:19:28.750000"], [0, 1.5]),
        (["1123 03:19:27", "1123 04:20:28"], [0, 3661]),  # without parts of seconds
        (["1123 23:59:59.5", "1124 00:00:00.5"], [0, 1]),
        (["1130 23:00:00", "1202 01:00:00"], [0, DAY + 7200]),
        (["1231 23:59:00", "0101 00:01:00"], [0, 120]),  # New Year
        (["0227 12:00:00", "0301 12:00:00"], [0, 2 * DAY]),  # no leap day was seen
        (["0228 12:00:00", "0229 12:00:00", "0301 12:00:00"], [0, DAY, 2 * DAY]),
        (["20240228 12:00:00", "20240301 12:00:00"], [0, 2 * DAY]),  # the year says it
        (["20230228 12:00:00", "20230301 12:00:00"], [0, DAY]),
        (["20231231 23:00:00", "20240101 01:00:00"], [0, 7200]),
        (["1029 02:59:59", "1029 02:00:01", "1029 02:00:02"], [0, 0, 1]),  # winter time begins
        (["0101 00:00:01.2", "0101 00:00:01.1", "0101 00:00:02.1"], [0, 0, 1]),  # two threads
    ],
)
def test_time_goes_on_over_the_ends_of_days_and_years(stamps, expected):
    assert seconds(*stamps) == pytest.approx(expected)


@pytest.mark.parametrize("stamp", ["1399 00:00:00", "0230 00:00:00", "00001301 00:00:00"])
def test_a_date_that_is_none_is_passed_over(stamp):
    assert seconds("1123 00:00:00", stamp, "1123 00:00:05") == [0, 0, 5]


@pytest.mark.parametrize(
    "line",
    [
        "I1123 03:19:27.278252 10241 solver.cpp:289] Solving",
        "W20231123 03:19:27.278252     7 my-file.py:1] Solving",
        "2023-11-23T03:19:28Z stderr F E1123 03:19:27.278252 10241 data_layer.cu:5] Solving",
    ],
)
def test_a_prefix_is_found_wherever_it_stands(line):
    prefix = PREFIX.search(line)
    assert line[prefix.end() :] == "Solving"


@pytest.mark.parametrize("line", ["Solving LeNet", "I1123 Solving", "X1123 03:19:27 1 a.cpp:2] b"])
def test_other_lines_have_none(line):
    assert PREFIX.search(line) is None
