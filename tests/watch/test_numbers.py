"""Arrays in JSON's types."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from blobnet.watch.numbers import described, image, mean_abs, plain, some


def pixels(told):
    data = np.frombuffer(base64.b64decode(told["data"]), np.uint8)
    return data.reshape(told["tiles"], told["height"], told["width"])


def test_few_values_are_told_one_by_one():
    told = described(np.array([[1, np.nan], [np.inf, -np.inf]]))
    assert told == {"shape": [2, 2], "values": [[1.0, "nan"], ["inf", "-inf"]]}
    json.dumps(told, allow_nan=False)


def test_of_many_there_are_statistics_and_a_histogram():
    values = np.arange(-50.0, 51)
    told = described(values)
    assert (told["low"], told["high"], told["mean"]) == (-50, 50, 0)
    assert told["zeros"] == pytest.approx(1 / 101)
    assert sum(told["bins"]) == 101
    assert set(told["bins"]) <= {4, 5}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_counted_and_left_out(bad):
    values = np.ones(100)
    values[:3] = bad
    told = described(values)
    assert told["not_finite"] == 3
    assert told["high"] == 1
    json.dumps(told, allow_nan=False)
    assert described(np.full(100, bad))["not_finite"] == 100


def test_an_item_of_a_batch_is_told_by_itself():
    batch = np.arange(200.0).reshape(20, 10)
    assert described(batch, item=3)["item"] == list(np.arange(30.0, 40))
    assert described(batch, item=99)["item"] == list(np.arange(190.0, 200))
    maps = np.zeros((4, 3, 5, 6))
    maps[1, 2, 4, 5] = 2
    told = described(maps, item=1)["image"]
    assert (told["tiles"], told["height"], told["width"], told["largest"]) == (3, 5, 6, 2)
    assert pixels(told)[2, 4, 5] == 255
    assert (pixels(told) == 128).sum() == 3 * 30 - 1


def test_images_are_bounded():
    told = image(np.full((1000, 900), -1.0))
    assert max(told["height"], told["width"]) <= 128
    assert (pixels(told) == 1).all()
    told = image(np.ones((500, 40, 3, 3)))
    assert (told["tiles"], told["of"]) == (64, 20000)
    assert image(np.zeros((0, 3))) is None


def test_sizes_look_at_each_nth_of_many():
    assert some(np.arange(10), 5).tolist() == [0, 2, 4, 6, 8]
    assert mean_abs(np.array([-1.0, 3.0])) == 2
    assert mean_abs(np.full(10**6, -2.0)) == 2
    assert mean_abs(np.zeros(0)) is None
    assert plain(np.float32(0.5)) == 0.5
