from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

import blobnet
from blobnet.viz import event_file
from blobnet.viz.event_file import BINS, EventFile, histogram

pytest.importorskip("tensorboardX")

from tests.viz.event_reader import events_in, values_in


def write(folder, **entries):
    file = EventFile(folder)
    for tag, value in entries.items():
        file.add(tag, value, 7)
    file.close()
    return values_in(folder)


def test_numbers_are_read_back(tmp_path):
    found = write(tmp_path / "a" / "b", loss=0.5, diverged=math.nan)
    assert found["loss"] == [(7, 0.5)]
    assert math.isnan(found["diverged"][0][1])


def test_a_file_begins_with_its_version_and_the_step_from_which_it_holds(tmp_path):
    write(tmp_path, loss=0.5)
    version, start, number = events_in(tmp_path)
    assert version.file_version == "brain.Event:2"
    assert (start.step, start.session_log.status) == (7, start.session_log.START)
    assert number.step == 7
    assert number.wall_time > 1e9


def test_two_files_of_one_moment_stand_side_by_side(tmp_path):
    write(tmp_path, loss=0.5)
    assert write(tmp_path, loss=0.25)["loss"] == [(7, 0.5), (7, 0.25)]


def test_histograms_are_read_back(tmp_path, rng):
    values = rng.normal(size=(20, 30)).astype(np.float32)
    ((_, found),) = write(tmp_path, weights=values)["weights"]
    counts, edges = np.histogram(values.astype(float), BINS)
    assert list(found.bucket) == pytest.approx(counts, abs=1)
    np.testing.assert_allclose(found.bucket_limit, edges[1:])
    assert (found.num, found.min, found.max) == (600, values.min(), values.max())
    assert found.sum == pytest.approx(values.sum(), rel=1e-4)
    assert found.sum_squares == pytest.approx(np.square(values).sum(), rel=1e-4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "values", [[0, 0], [3], [1, 1 + 1e-6], [-3e38, 3e38], [1e-30, 2e-30], [[1, 2], [3, 4]]]
)
def test_every_value_is_in_one_bin(values, dtype):
    made = histogram(np.array(values, dtype))
    assert sum(made["bucket_counts"]) == made["num"] == np.size(values)
    assert len(made["bucket_limits"]) == len(made["bucket_counts"])
    assert made["bucket_limits"][-1] == made["max"]
    assert made["bucket_limits"] == sorted(made["bucket_limits"])


def test_what_is_no_number_is_left_out_of_a_histogram(tmp_path):
    found = write(tmp_path, some=np.array([1, np.nan, np.inf, 2]), none=np.array([np.nan]))
    assert found["some"][0][1].num == 2
    assert "none" not in found


def test_an_empty_blob_has_no_histogram(tmp_path):
    assert write(tmp_path, empty=np.zeros((0, 3))) == {}


@pytest.mark.parametrize(
    ("name", "tag"),
    [("test/accuracy[3]", "test/accuracy.3"), ("a b:c", "a_b_c"), ("ä/-.1", "_/-.1")],
)
def test_tags_have_the_letters_that_tensorboard_allows(name, tag, tmp_path):
    assert list(write(tmp_path, **{name: 1.0})) == [tag]


def test_a_folder_that_cannot_be_made_is_explained(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(blobnet.DataError, match="events for TensorBoard cannot be written there"):
        EventFile(tmp_path / "file" / "runs")


def test_without_tensorboardx_there_is_an_error_with_a_way_out(tmp_path, monkeypatch):
    import_extra = event_file.import_extra
    monkeypatch.setattr(event_file, "import_extra", lambda name, *more: import_extra("no", *more))
    with pytest.raises(blobnet.MissingExtraError, match=r"blobnet\[tensorboard\]"):
        EventFile(tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_large_sums_make_no_noise():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        histogram(np.full(9, 3e38, np.float32))
