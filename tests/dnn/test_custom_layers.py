"""Layers of the user's own, by cv2.dnn's calls."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import dnn
from tests.dnn.net_cases import IMAGE, IN_PLACE, values, weights

POOLED = (
    IMAGE
    + """
    layer { name: "small" type: "Pooling" bottom: "data" top: "small"
            pooling_param { pool: AVE kernel_size: 2 stride: 2 } }
    layer { name: "crop" type: "Crop" bottom: "data" bottom: "small" top: "crop"
            crop_param { axis: 2 offset: 1 offset: 3 } }
    layer { name: "last" type: "Power" bottom: "crop" top: "last" power_param { scale: -1 } }
"""
)


class Crop:
    """The middle of the first input, as large as the second: what HED's scripts register."""

    def __init__(self, params, blobs):
        self.params, self.blobs = params, blobs

    def getMemoryShapes(self, inputs):
        (images, channels, *_), (*_, height, width) = inputs
        return [[images, channels, height, width]]

    def forward(self, inputs):
        whole, (*_, height, width) = inputs[0], inputs[1].shape
        top, left = (whole.shape[2] - height) // 2, (whole.shape[3] - width) // 2
        return [whole[:, :, top : top + height, left : left + width]]


@pytest.fixture
def register():
    """`dnn_registerLayer`, taken back afterwards."""
    types = []

    def register(kind, cls):
        dnn.dnn_registerLayer(kind, cls)
        types.append(kind)

    yield register
    for kind in types:
        dnn.dnn_unregisterLayer(kind)


def run(text, blob, name=""):
    net = dnn.readNetFromCaffe(text.encode())
    net.setInput(blob)
    return net.forward(name)


def test_a_class_stands_in_the_place_of_a_type(register):
    blob = values((2, 3, 8, 8))
    own = run(POOLED, blob, "crop")
    np.testing.assert_array_equal(own, blob[:, :, 1:5, 3:7])
    register("Crop", Crop)
    np.testing.assert_array_equal(run(POOLED, blob, "crop"), blob[:, :, 2:6, 2:6])
    np.testing.assert_array_equal(run(POOLED, blob), -blob[:, :, 2:6, 2:6])
    dnn.dnn_unregisterLayer("Crop")
    np.testing.assert_array_equal(run(POOLED, blob, "crop"), own)
    dnn.dnn_unregisterLayer("Crop")  # nothing is left to take back


def test_a_type_that_nobody_has(register):
    register("MyType", lambda params, blobs: Crop(params, blobs))
    net = dnn.readNetFromCaffe(POOLED.replace('"Crop"', '"MyType"').encode())
    net.setInput(values((1, 3, 8, 8)))
    assert net.forward("crop").shape == (1, 3, 4, 4)
    assert net.getLayer("crop").type == "MyType"
    assert net.getFLOPS(3, (1, 3, 8, 8)) == 96  # of the layer behind it is not known
    net.setInput(values((1, 3, 10, 6)))
    assert net.forward().shape == (1, 3, 5, 3)


def test_a_class_gets_settings_and_weights_as_opencv_gives_them(register):
    seen = []

    class Convolution(Crop):
        def __init__(self, params, blobs):
            seen.append((params, blobs))

        def getMemoryShapes(self, inputs):
            assert inputs == [(1, 3, 8, 8)]
            return inputs

        def forward(self, inputs):
            (blob,) = inputs
            assert blob.dtype == np.float32
            return [2 * blob]

    register("Convolution", Convolution)
    text = IN_PLACE.replace(
        "pad: 1 }", 'pad: 1 pad: 2 bias_term: true engine: CAFFE weight_filler { type: "xavier" } }'
    )
    net = dnn.readNetFromCaffe(text.encode(), weights(IN_PLACE))
    net.setInput(values((1, 3, 8, 8)))
    np.testing.assert_array_equal(net.forward("conv1"), 2 * values((1, 3, 8, 8)))
    ((params, blobs),) = seen
    assert params == {
        "bias_term": 1,
        "engine": "CAFFE",
        "kernel_size": 3,
        "num_output": 4,
        "pad": (1, 2),
        "type": "xavier",
    }
    assert list(params) == sorted(params)
    assert [blob.shape for blob in blobs] == [(4, 3, 3, 3), (4, 1)]


def test_a_python_layer_can_be_given_a_class(register):
    text = (
        IMAGE
        + """
        layer { name: "a" type: "Python" bottom: "data" bottom: "data" top: "a"
                python_param { module: "not_there" layer: "Layer" param_str: "3" } }
    """
    )
    register("Python", Crop)
    assert run(text, values((1, 3, 8, 8))).shape == (1, 3, 8, 8)


def test_what_a_class_does_wrong_is_said(register):
    class Wrong(Crop):
        def forward(self, inputs):
            return [inputs[0]]

    class Few(Crop):
        def getMemoryShapes(self, inputs):
            return []

    class Boom(Crop):
        def forward(self, inputs):
            raise ValueError("boom")

    for cls, kind, said in (
        (Wrong, dnn.error, "forward gives another shape"),
        (Few, dnn.error, "another number of outputs"),
        (Boom, ValueError, "boom"),
    ):
        register("Crop", cls)
        with pytest.raises(kind, match=said):
            run(POOLED, values((1, 3, 8, 8)))
    with pytest.raises(TypeError, match="callable"):
        dnn.dnn_registerLayer("Crop", 5)
