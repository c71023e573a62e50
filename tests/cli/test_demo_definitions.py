"""The prototxts that the demo writes fit the digits it has found."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet.cli.demo_command import example_model, largest_divisor, with_border, write_definitions
from blobnet.datasets.digit_data import DigitData
from blobnet.proto import NetParameter
from blobnet.serialization.prototxt import read_solver, read_text


def digit_data(train=30, test=20, side=28):
    images = np.zeros((train + test, side, side), np.uint8)
    labels = np.zeros(train + test, np.uint8)
    return DigitData(images[:train], labels[:train], images[train:], labels[train:], "some digits")


def test_a_small_set_is_moved_about_and_a_large_one_is_not(tmp_path):
    for train, crop in ((9_999, 28), (10_000, 0)):
        data = digit_data(train, 500, side=28)
        write_definitions(tmp_path, data, 100)
        net = read_text(tmp_path / "train_test.prototxt", NetParameter())
        layers = [layer for layer in net.layer if layer.type == "Data"]
        assert [layer.transform_param.crop_size for layer in layers] == [crop, crop]


def test_a_border_is_added_on_every_side():
    data = digit_data()
    data.train_images[...] = 7
    bordered = with_border(data)
    assert bordered.train_images.shape == (30, 32, 32)
    assert bordered.test_images.shape == (20, 32, 32)
    np.testing.assert_array_equal(bordered.train_images[:, 2:-2, 2:-2], 7)
    assert bordered.train_images.sum() == 7 * data.train_images.size


@pytest.mark.parametrize(
    ("test", "batch", "batches"), [(10_000, 100, 100), (360, 90, 4), (7, 7, 1)]
)
def test_a_test_looks_at_every_image_once(test, batch, batches, tmp_path):
    out = tmp_path / "a test"  # the folder's name does not matter
    out.mkdir()
    solver = read_solver(write_definitions(out, digit_data(test=test), 1000))
    net = read_text(out / "train_test.prototxt", NetParameter())
    sizes = [layer.data_param.batch_size for layer in net.layer if layer.type == "Data"]
    assert sizes == [64, batch]
    assert list(solver.test_iter) == [batches]


@pytest.mark.parametrize(
    ("max_iter", "every"),
    [(1, (1, 1, 1)), (20, (20, 1, 10)), (600, (100, 12, 300)), (1500, (150, 30, 750))],
)
def test_intervals_fit_the_length(max_iter, every, tmp_path):
    solver = read_solver(write_definitions(tmp_path, digit_data(), max_iter))
    assert (solver.test_interval, solver.display, solver.snapshot) == every
    assert solver.max_iter == max_iter


@pytest.mark.parametrize(
    ("number", "limit", "divisor"), [(360, 100, 90), (97, 100, 97), (101, 100, 1), (1, 100, 1)]
)
def test_the_largest_divisor(number, limit, divisor):
    assert largest_divisor(number, limit) == divisor


def test_the_example_is_found():
    assert {"train_test.prototxt", "solver.prototxt", "deploy.prototxt"} <= {
        path.name for path in example_model("lenet5").iterdir()
    }
