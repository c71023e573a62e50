"""agreement: how two nets agree on images, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import blobnet
from blobnet.errors import DataError, NetError
from blobnet.merging.measure import Agreement, agreement
from blobnet.preprocessing import Settings

NET = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 1 dim: 2 dim: 3 } } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "y"
  inner_product_param { num_output: 6 } }
"""


@pytest.fixture
def nets():
    """Both give back the six pixels; of the second, the last is twice as large."""
    made = tuple(blobnet.Net(blobnet.parse_net(NET), "TEST") for _ in range(2))
    for net in made:
        net.params["ip"][0].data[...] = np.eye(6)
    made[1].params["ip"][0].data[5, 5] = 2
    return made


def image(path, pixels):
    Image.fromarray(np.uint8(pixels).reshape(2, 3)).save(path)
    return path


def test_agreement_is_counted_image_by_image(nets, tmp_path):
    paths = [
        image(tmp_path / "a.png", [1, 2, 3, 4, 200, 0]),  # the same
        image(tmp_path / "b.png", [1, 2, 3, 4, 200, 120]),  # the best becomes the second
    ]
    told = []
    found = agreement(nets, paths, Settings(), lambda *done: told.append(done))
    assert found == {"y": Agreement(pytest.approx(120 / 200), 2, 1, 2)}
    assert told == [(1, 2), (2, 2)]


def test_the_best_may_leave_the_five_best():
    one = Agreement()
    one.add(np.float32([[9, 1, 2, 3, 4, 5]]), np.float32([[0, 1, 2, 3, 4, 5]]))
    assert (one.top_1, one.top_5) == (0, 0)


def test_what_is_no_score_of_classes_has_a_difference_alone():
    one = Agreement()
    one.add(np.ones((1, 2, 3, 3)), np.full((1, 2, 3, 3), 1.5))
    assert one == Agreement(0.5, 1, None, None)
    one.add(np.ones((1, 1, 4, 7)), np.ones((1, 1, 5, 7)))
    assert one.relative == np.inf


def test_images_that_cannot_be_read_are_passed_over_where_somebody_listens(nets, tmp_path):
    paths = [tmp_path / "broken.png", image(tmp_path / "a.png", [1, 2, 3, 4, 5, 0])]
    paths[0].write_bytes(b"no image")
    errors = []
    assert agreement(nets, paths, Settings(), unreadable=errors.append)["y"].images == 1
    assert len(errors) == 1
    with pytest.raises(DataError, match=r"broken\.png"):
        agreement(nets, paths, Settings())


def test_without_images_or_with_two_inputs_there_is_nothing_to_measure(nets):
    with pytest.raises(DataError, match="no images"):
        agreement(nets, [], Settings())
    two = blobnet.parse_net('layer { name: "i" type: "Input" top: "a" top: "b" }')
    net = blobnet.Net(two, "TEST")
    with pytest.raises(NetError, match="one input"):
        agreement((net, net), [], Settings())
