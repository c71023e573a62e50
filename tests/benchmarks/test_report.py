from __future__ import annotations

import json

import pytest

import blobnet
from benchmarks import report
from benchmarks.measure import Measured
from benchmarks.report import Result, amount, package_versions, print_table, write_json
from benchmarks.rows import Row


def never(rounds):
    raise NotImplementedError


RESULTS = [
    Result(Row("step", "a step", 0.6, never, "PyTorch"), Measured([0.003, 0.003], [0.004, 0.004])),
    Result(Row("help", "some help", 0.35, never), Measured([0.2, 0.3, 0.3])),
    Result(Row("wait", "a share", 2.0, never, unit="%"), Measured([2.5])),
]


def test_the_table_says_what_was_met_and_what_was_missed(capsys):
    print_table(RESULTS)
    rows = [line for line in capsys.readouterr().out.splitlines() if "│" in line]
    cells = [[cell.strip() for cell in row.strip("│").split("│")] for row in rows]
    step = ["step", "a step, against PyTorch", "3 ms ±0 %", "4 ms ±0 %", "0.75", "0.60", "missed"]
    assert cells == [
        step,
        ["help", "some help", "0.300 s ±8 %", "", "", "0.35 s", "met"],
        ["wait", "a share", "2.50 %", "", "", "2 %", "missed"],
    ]


def test_the_file_holds_every_sample_and_where_they_come_from(tmp_path):
    write_json(tmp_path / "out.json", RESULTS, rounds=3)
    held = json.loads((tmp_path / "out.json").read_text())
    assert held["threads"] == blobnet.num_threads()
    assert held["versions"]["blobnet"] == package_versions()["blobnet"]
    assert {"date", "processor", "cores", "system", "rounds"} < set(held)
    step, _, wait = held["rows"]
    assert step["ours"] == [0.003, 0.003]
    assert step["theirs"] == [0.004, 0.004]
    assert (step["value"], step["met"], step["against"]) == (pytest.approx(0.75), False, "PyTorch")
    assert (wait["theirs"], wait["against"], wait["unit"]) == (None, None, "%")


@pytest.mark.parametrize(
    ("samples", "unit", "text"),
    [
        ([0.0015], "s", "1.5 ms ±0 %"),
        ([0.75, 1.0, 1.25], "s", "1.000 s ±12 %"),
        ([2.0**20, 3 * 2.0**20], "bytes", "2 MiB"),
        ([1.234], "%", "1.23 %"),
    ],
)
def test_amounts_have_units(samples, unit, text):
    assert amount(samples, unit) == text


def test_a_package_that_is_missing_is_no_disaster(monkeypatch):
    monkeypatch.setattr(report, "PACKAGES", ("blobnet", "no-such-package"))
    assert package_versions()["no-such-package"] == "not installed"
