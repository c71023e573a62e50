import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.netdef import part_reshaped_blobs
from blobnet.proto import NetParameter

CONVOLUTION = """
    layer { name: "d" type: "DummyData" top: "d"
            dummy_data_param { shape { dim: 2 dim: 3 dim: 4 dim: 4 }
                               data_filler { type: "gaussian" } } }
    layer { name: "c" type: "Convolution" bottom: "d" top: "x"
            convolution_param { num_output: 2 kernel_size: 1
                                weight_filler { type: "gaussian" std: 1 } } }
    layer { name: "relu" type: "ReLU" bottom: "x" top: "x" }
"""


def fold(name, *dims, top="x"):
    shape = " ".join(f"dim: {dim}" for dim in dims)
    return f"""layer {{ name: "{name}" type: "Reshape" bottom: "x" top: "{top}"
        reshape_param {{ shape {{ {shape} }} }} }}"""


def behind(blob="x"):
    return f"""
        layer {{ name: "s" type: "Power" bottom: "{blob}" top: "y" power_param {{ scale: 3 }} }}
        layer {{ name: "l" type: "Reduction" bottom: "y" top: "l" loss_weight: 1
                 reduction_param {{ operation: SUMSQ }} }}"""


def ran(text):
    net = blobnet.Net(blobnet.parse_net(text), "TRAIN", seed=3)
    net.forward()
    net.backward()
    return net


def test_it_computes_what_names_of_their_own_compute():
    net = ran(CONVOLUTION + fold("fold", 4, 16) + fold("again", 2, -1, 8) + behind())
    other = ran(
        CONVOLUTION
        + fold("fold", 4, 16, top="y1")
        + fold("again", 2, -1, 8).replace('bottom: "x" top: "x"', 'bottom: "y1" top: "y2"')
        + behind("y2")
    )
    assert net.blobs["x"].shape == (2, 4, 8)
    np.testing.assert_array_equal(net.blobs["x"].data, other.blobs["y2"].data)
    assert net.blobs["x_before_fold"].shape == (2, 2, 4, 4)
    assert net.blobs["x_before_again"].shape == (4, 16)
    for index in (0, 1):
        diffs = [each.params["c"][index].diff for each in (net, other)]
        np.testing.assert_array_equal(*diffs)
        assert diffs[0].any()


def test_who_reads_it_further_up_reads_the_other_shape():
    text = CONVOLUTION + 'layer { name: "p" type: "Power" bottom: "x" top: "p" }'
    net = ran(text + fold("fold", 4, 16) + behind())
    assert net.blobs["p"].shape == (2, 2, 4, 4)
    assert net.blobs["x"].shape == (4, 16)


def test_a_name_that_is_taken_is_left_alone():
    net = NetParameter()
    for bottom, top in (("d", "x_before_r"), ("d", "x"), ("x", "x")):
        net.layer.add(
            name="r", type="Reshape" if bottom == top else "Power", bottom=[bottom], top=[top]
        )
    part_reshaped_blobs(net, lambda type_name: False)
    assert [list(layer.top) for layer in net.layer] == [["x_before_r"], ["x_before_r_"], ["x"]]
    assert list(net.layer[2].bottom) == ["x_before_r_"]


def test_an_input_keeps_its_name_and_one_shape():
    text = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }'
    with pytest.raises(LayerError, match="does not allow in-place computation"):
        blobnet.Net(blobnet.parse_net(text + fold("fold", 6)), "TRAIN")
