import numpy as np
import pytest

import blobnet
from blobnet import LayerError

TOPS = """
    top { name: "data" type: RAW_IMAGE channels: 3 height: 8 width: 9 out_height: 4 out_width: 5
          transform_param { scale: 2 } }
    top { name: "label" type: INT channels: 1 sample_num_axes: 0 }
    top { name: "words" type: INT_ARRAY channels: 6 sample_num_axes: 1 transpose: true }
    top { name: "row" type: FLOAT_ARRAY channels: 7 sample_num_axes: 1 }"""
SHAPES = [(2, 3, 4, 5), (2,), (6, 2), (2, 7)]


def make_net(tops=TOPS, batch_size=2, names=("data", "label", "words", "row")):
    text = f"""layer {{ name: "d" type: "CoSData" {" ".join(f'top: "{name}"' for name in names)}
        source_class: "com.yahoo.ml.caffe.DataFrameSource"
        cos_data_param {{ source: "hdfs:///x" batch_size: {batch_size} {tops} }} }}"""
    return blobnet.Net(blobnet.parse_net(text), "TRAIN")


def test_tops_have_the_shapes_of_what_is_handed_over(rng):
    net = make_net()
    assert [blob.shape for blob in net.blobs.values()] == SHAPES
    arrays = [rng.normal(size=shape).astype("f4") for shape in SHAPES]
    net.layers[0].reset(arrays)
    net.forward()
    for blob, array in zip(net.blobs.values(), arrays, strict=True):
        np.testing.assert_array_equal(blob.data, array)
    arrays[1][...] = 7
    net.forward()
    np.testing.assert_array_equal(net.blobs["label"].data, [7, 7])


def test_without_arrays_it_says_how_to_hand_them_over():
    with pytest.raises(LayerError, match=r"there is no data yet\n.*reset"):
        make_net().forward()


def test_what_does_not_fit():
    with pytest.raises(LayerError, match=r"do not fit the tops\n.*\(2, 3, 4, 5\)"):
        make_net().layers[0].reset([np.zeros((2, 3, 4, 5))])
    with pytest.raises(LayerError, match=r"each top must be described\n.*4 times"):
        make_net("top { channels: 1 height: 1 width: 1 }")
    wide = 'top { channels: 1 height: 1 width: 1 transpose: true name: "w" }'
    with pytest.raises(LayerError, match="1d-vector if transpose"):
        make_net(wide, names="a")
    with pytest.raises(LayerError, match="less or equal to 3"):
        make_net("top { channels: 1 sample_num_axes: 4 }", names="a")
    with pytest.raises(LayerError, match="a batch must hold values"):
        make_net("top { channels: 1 height: 3 }", names="a")
