from __future__ import annotations

import pytest

from benchmarks.rows import ROWS, rows_named
from blobnet import BlobnetError


def test_every_row_has_a_name_of_its_own_and_a_target():
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert all(row.target > 0 and row.what and " " not in row.name for row in ROWS)
    assert {row.unit for row in ROWS} == {"s", "bytes", "%"}


def test_every_public_net_is_there_in_both_modes_and_both_batches():
    names = {row.name for row in ROWS}
    for net in ("caffenet", "googlenet", "resnet50", "mobilenet"):
        for batch in (1, 8):
            assert {f"{net}-forward-{batch}", f"{net}-forward-{batch}-inference"} <= names
    for net in ("caffenet", "googlenet", "resnet50", "squeezenet", "mobilenet"):
        assert f"{net}-backward-8" in names


def test_requests_are_held_against_other_runtimes():
    rows = {row.name: row for row in ROWS}
    assert (rows["lenet-1-onnxruntime"].target, rows["lenet-1-opencv"].target) == (1.5, 1)
    assert "lenet-8-onnxruntime" not in rows
    for net in ("squeezenet", "mobilenet", "mobilenet_v2", "caffenet", "googlenet", "resnet50"):
        for batch in (1, 8):
            for peer, against in (("onnxruntime", "ONNX Runtime"), ("opencv", "OpenCV")):
                row = rows[f"{net}-{batch}-{peer}"]
                assert row.is_optional
                assert row.against == against
    assert rows["resnet50-1-onnxruntime"].target == 1.1
    assert rows["resnet50-8-onnxruntime"].target == 0.9


def test_rows_come_as_they_are_asked_for():
    assert [row.name for row in rows_named(["save", "import"])] == ["save", "import"]
    assert tuple(rows_named([])) == ROWS


@pytest.mark.parametrize(
    ("name", "hint"), [("lenet-stpe", "did you mean lenet-step"), ("xyz", "the names are lenet-")]
)
def test_an_unknown_name_is_refused_with_a_hint(name, hint):
    with pytest.raises(BlobnetError, match=f"no benchmark is called '{name}'\n.*{hint}"):
        rows_named([name])
