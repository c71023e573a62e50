from __future__ import annotations

import pytest

from blobnet.errors import DataError
from blobnet.viz.logs.calendar import LogCalendar, timed_lines
from blobnet.viz.logs.clock import PREFIX


def line(date: str, time: str, text: str = "Iteration 1") -> str:
    return f"I{date} {time} 10241 solver.cpp:239] {text}"


def seconds(year: int, *times: tuple[str, str]) -> list[float | None]:
    """From the first of the times on."""
    calendar = LogCalendar(year)
    first, *others = (line(*time) for time in times)
    assert calendar.start(PREFIX.search(first))
    return [calendar.seconds(other) for other in others]


def test_microseconds_are_exact():
    assert seconds(2026, ("1123", "03:19:27.278252"), ("1123", "03:19:28.834604")) == [1.556352]


def test_midnight_and_new_year_pass():
    times = [("1231", "23:59:59.500000"), ("0101", "00:00:00.500000"), ("0102", "00:00:00.500000")]
    assert seconds(2026, *times) == [1.0, 86_401.0]


def test_lines_out_of_order_are_no_new_year():
    times = [
        ("0131", "23:59:58.000000"),
        ("0201", "00:00:00.000000"),
        ("0131", "23:59:59.000000"),
        ("0201", "00:00:01.000000"),
    ]
    assert seconds(2026, *times) == [2.0, 1.0, 3.0]


@pytest.mark.parametrize(("year", "days"), [(2023, 1), (2024, 2)])
def test_february_has_the_days_of_its_year(year, days):
    times = [("0228", "12:00:00.000000"), ("0301", "12:00:00.000000")]
    assert seconds(year, *times) == [86_400.0 * days]


def test_29_february_says_that_the_year_was_wrong():
    times = [(date, "12:00:00.000000") for date in ("0228", "0229", "0301", "0302")]
    assert seconds(2026, *times) == [86_400.0 * days for days in (1, 2, 3)]


def test_a_prefix_may_have_its_year():
    times = [("20251231", "23:59:59.000000"), ("20270101", "00:00:00.000000")]
    assert seconds(2000, *times) == [365 * 86_400 + 1.0]


@pytest.mark.parametrize("text", ["", "words", line("1341", "03:19:27.278252"), "I1123 03:19:27 x"])
def test_other_lines_have_no_time(text):
    calendar = LogCalendar(2026)
    assert calendar.start(PREFIX.search(line("0101", "00:00:00.000000")))
    assert calendar.seconds(text) is None


def test_time_counts_from_solving(tmp_path):
    log = tmp_path / "train.log"
    lines = [
        "Solving is no time",
        line("1231", "23:59:00.000000", "Iteration 7"),
        line("0101", "00:00:00.000000", "Solving LeNet"),
        "words",
        line("0101", "00:00:02.000000"),
    ]
    log.write_text("\n".join(lines) + "\n")
    assert [(number, when) for number, _, when in timed_lines(log)] == [(4, None), (5, 2.0)]


def february(log, *before: str) -> float | None:
    """Seconds between the last of February and the first of March."""
    times = [line("0228", "00:00:00.000000", "Solving x"), line("0301", "00:00:00.000000")]
    log.write_text("\n".join([*before, *times]) + "\n")
    return [when for _, _, when in timed_lines(log)][-1]


def test_the_log_knows_its_year(tmp_path):
    log = tmp_path / "train.log"
    assert february(log, "Log file created at: 2024/02/28 00:00:00") == 2 * 86_400
    assert february(log, "Log file created at: 2023/02/28 00:00:00") == 86_400


def test_else_the_year_is_the_file_s(tmp_path, monkeypatch):
    log = tmp_path / "train.log"
    log.write_text("")
    in_2024 = 1_709_000_000.0
    monkeypatch.setattr("blobnet.viz.logs.calendar.created", lambda path: in_2024)
    assert february(log) == 2 * 86_400


@pytest.mark.parametrize("text", ["", "Solving LeNet\n", line("1123", "03:19:27.000000") + "\n"])
def test_a_log_without_a_beginning_is_refused(tmp_path, text):
    log = tmp_path / "train.log"
    log.write_text(text)
    with pytest.raises(DataError, match="nothing says when the training began"):
        list(timed_lines(log))


def test_a_folder_is_no_log(tmp_path):
    with pytest.raises(DataError, match="a folder"):
        list(timed_lines(tmp_path))
