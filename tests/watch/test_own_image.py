"""An image that a watcher draws goes in as those of the training do."""

from __future__ import annotations

import base64

import numpy as np
import pytest

import blobnet
from blobnet.errors import SolverError
from blobnet.sources.image import gray_of_opencv
from blobnet.watch.session import Session

NET = """
    layer { name: "data" type: "Input" top: "data" top: "label"
      input_param { shape { dim: [2, %d, 4, 3] } shape { dim: 2 } } %s }
    layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
      inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
"""
PIXELS = np.random.default_rng(3).integers(0, 256, (4, 3, 3), dtype=np.uint8)


def session(channels=3, transform=""):
    param = blobnet.parse_solver('base_lr: 0.1 lr_policy: "fixed" random_seed: 5')
    param.net_param.CopyFrom(blobnet.parse_net(NET % (channels, transform)))
    made = Session(blobnet.get_solver(param))
    made.look()
    return made


def test_an_image_takes_the_place_of_one_of_the_batch():
    watched = session()
    watched.set_image("data", 1, PIXELS.tobytes())
    data = watched.solver.net.blobs["data"].data
    np.testing.assert_array_equal(data[1], PIXELS.transpose(2, 0, 1))
    assert not data[0].any()
    assert watched.view(watched.position("ip"))["frame"]["loss"] == pytest.approx(
        float(watched.solver.net.blobs["loss"].data)
    )
    assert watched.solver.iter == 0


def test_it_is_prepared_as_the_layer_prepares_its_own():
    watched = session(transform="transform_param { scale: 0.5 mean_value: [1, 2, 3] crop_size: 3 }")
    watched.set_image("data", 0, PIXELS.tobytes())
    expected = (PIXELS.astype(np.float32) - [1, 2, 3]) * 0.5
    data = watched.solver.net.blobs["data"].data
    np.testing.assert_array_equal(data[0], expected.transpose(2, 0, 1))


def test_of_one_channel_it_is_the_brightness():
    watched = session(1, "transform_param { scale: 0.00390625 }")
    watched.set_image("data", 0, PIXELS.tobytes())
    expected = gray_of_opencv(PIXELS.astype(np.int32)) / np.float32(256)
    np.testing.assert_array_equal(watched.solver.net.blobs["data"].data[0, 0], expected)


@pytest.mark.parametrize(
    ("blob", "item", "size", "message"),
    [
        ("dta", 0, 36, "did you mean data"),
        ("ip", 0, 36, "'ip' is computed"),
        ("label", 0, 36, "no image for 'label'"),
        ("data", 0, 35, "no image for 'data'.*\n.*2\u00d73\u00d74\u00d73.*\n.*35 bytes"),
        ("data", 2, 36, "items of the batch: no number 2"),
    ],
)
def test_what_does_not_fit_is_refused(blob, item, size, message):
    watched = session()
    with pytest.raises(SolverError, match=message):
        watched.set_image(blob, item, bytes(size))
    assert not watched.solver.net.blobs["data"].data.any()


def test_a_page_sends_it_as_base64(started):
    from blobnet.watch.serving import serving
    from tests.watch.conftest import Browser

    pytest.importorskip("starlette")
    pytest.importorskip("uvicorn")
    watched = session()
    with serving(started(watched), port=0) as address:
        browser = Browser(address)
        pixels = base64.b64encode(PIXELS.tobytes()).decode()
        status, _ = browser.do("image", blob="data", item=1, pixels=pixels)
        assert status == 200
        assert browser.view(layer=0, item=1)["layer"]["tops"][0]["item"][0][0][0] == PIXELS[0, 0, 0]
        assert browser.do("image", blob="data", item=1, pixels="?")[0] == 400
        assert browser.do("image", blob="data", item=1)[0] == 400
