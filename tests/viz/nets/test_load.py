from __future__ import annotations

import pytest

import blobnet
from blobnet.errors import DataError, NetError
from blobnet.viz.nets import load_net

NET = """
    name: "with data"
    layer { name: "data" type: "Data" top: "data" top: "label" include { phase: TRAIN }
      transform_param { scale: 0.5 } data_param { source: "no such lmdb" batch_size: 8 } }
    layer { name: "data" type: "Data" top: "data" top: "label" include { phase: TEST }
      data_param { source: "no such lmdb" batch_size: %d } }
    layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
      inner_product_param { num_output: 3 } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
"""


def definition(test_batch=8):
    return blobnet.parse_net(NET % test_batch)


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_a_given_shape_stands_in_for_data_and_labels_follow_it(phase):
    net = load_net(definition(), phase, shapes={"data": (4, 2, 5)})
    assert net.layers[0].type == "Input"
    assert net.layers[0].name == "data"
    assert net.blobs["data"].shape == (4, 2, 5)
    assert net.blobs["label"].shape == (4,)
    assert net.params["ip"][0].shape == (3, 10)


def test_labels_may_have_a_shape_of_their_own():
    net = load_net(definition(), "TRAIN", shapes={"data": (4, 2), "label": (4, 1)})
    assert net.blobs["label"].shape == (4, 1)


def test_an_input_may_get_another_shape(tmp_path):
    file = tmp_path / "deploy.prototxt"
    file.write_text("""
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 10 dim: 3 } } }
        layer { name: "relu" type: "ReLU" bottom: "x" top: "y" }
    """)
    assert load_net(file, "TEST").blobs["y"].shape == (10, 3)
    assert load_net(file, "TEST", shapes={"x": (1, 7)}).blobs["y"].shape == (1, 7)


def test_the_definition_itself_is_left_alone():
    param = definition()
    before = param.SerializeToString()
    load_net(param, "TRAIN", shapes={"data": (4, 2)})
    assert param.SerializeToString() == before


@pytest.mark.parametrize(("test_batch", "shape"), [(8, "8,C,H,W"), (100, "N,C,H,W")])
def test_data_that_is_missing_is_an_error_with_a_way_out(test_batch, shape):
    with pytest.raises(DataError) as caught:
        load_net(definition(test_batch), "TRAIN")
    assert 'Data layer "data"' in str(caught.value)
    assert f"saying its shape, --shape data={shape}" in str(caught.value)


def test_a_shape_for_a_blob_that_is_no_data_is_refused():
    with pytest.raises(NetError, match=r"'dta'(.|\n)*did you mean data"):
        load_net(definition(), "TRAIN", shapes={"dta": (4, 2)})
    with pytest.raises(NetError, match="'ip', which no data layer makes"):
        load_net(definition(), "TRAIN", shapes={"ip": (4, 2)})


def test_labels_alone_do_not_say_how_large_the_data_is():
    with pytest.raises(NetError, match="no shape is given for 'data'"):
        load_net(definition(), "TRAIN", shapes={"label": (4,)})


def test_level_and_stages_choose_layers():
    more = 'layer { name: "s" type: "Silence" bottom: "ip" include { min_level: 2 stage: "x" } }'
    text = NET % 8 + more
    for level, stages, there in ((0, [], False), (2, ["x"], True)):
        net = load_net(
            blobnet.parse_net(text), "TRAIN", level=level, stages=stages, shapes={"data": (4, 2)}
        )
        assert ("s" in net.layer_names) == there
