from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.comparing.inputs import draw_inputs, random_inputs
from blobnet.comparing.meanings import drawn_for_reader, samples
from blobnet.layer import Layer


def net_of(layer: str, **shapes) -> blobnet.Net:
    """A net of inputs with these shapes, all of them bottoms of one layer."""
    text = "".join(
        f'layer {{ name: "{name}" type: "Input" top: "{name}" input_param {{ '
        f"shape {{ dim: {list(shape)} }} }} }}\n"
        for name, shape in shapes.items()
    )
    bottoms = " ".join(f'bottom: "{name}"' for name in shapes)
    text += f'layer {{ name: "it" {bottoms} top: "y" {layer} }}'
    return blobnet.Net(blobnet.parse_net(text), "TEST", seed=1)


ROI = 'type: "ROIPooling" roi_pooling_param { pooled_h: 2 pooled_w: 2 spatial_scale: 0.25 }'


def test_regions_lie_in_the_image_before_it_was_scaled():
    net = net_of(ROI, x=(2, 3, 5, 8), regions=(40, 5))
    rows = random_inputs(net, 1)["regions"]
    assert set(rows[:, 0]) == {0, 1}
    assert (rows[:, 1:3] <= rows[:, 3:]).all()
    assert (rows[:, 1:] >= 0).all()
    assert 20 < rows[:, [1, 3]].max() < 32
    assert 12 < rows[:, [2, 4]].max() < 20


def test_numbers_of_rows_are_those_of_the_weights():
    layer = 'type: "Embed" embed_param { num_output: 2 input_dim: 3 }'
    values = random_inputs(net_of(layer, words=(60, 2)), 1)["words"]
    assert set(values.reshape(-1)) == {0, 1, 2}


def test_a_single_number_for_each_item_has_a_meaning_too():
    net = net_of('type: "BatchReindex"', x=(4, 2), chosen=(50,))
    assert set(random_inputs(net, 1)["chosen"]) == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("layer", "x", "cont"),
    [
        ('type: "LSTM" recurrent_param { num_output: 2 }', (9, 3, 4), (9, 3)),
        ('type: "Lstm" lstm_param { num_output: 2 batch_size: 3 }', (27, 4), (27,)),
    ],
)
def test_sequences_begin_in_the_first_timestep(layer, x, cont):
    marks = random_inputs(net_of(layer, x=x, cont=cont), 1)["cont"].reshape(9, 3)
    assert not marks[0].any()
    assert set(marks[1:].reshape(-1)) == {0, 1}


def test_a_mask_of_upsample_has_each_place_once():
    layer = 'type: "Upsample" upsample_param { scale: 2 }'
    mask = random_inputs(net_of(layer, x=(1, 2, 2, 3), mask=(1, 2, 2, 3)), 1)["mask"]
    for plane in mask.reshape(2, -1):
        assert len(set(plane)) == 6


def test_a_label_of_a_layer_without_a_gradient_for_it_is_0():
    layer = 'type: "LabelSpecificAdd" label_specific_add_param { bias: -1 }'
    net = net_of(layer, x=(5, 3), label=(5,))
    assert not draw_inputs(net, ["label"], np.random.default_rng(1))["label"].any()


def test_other_single_numbers_are_drawn_but_for_labels():
    net = net_of('type: "Eltwise"', a=(5, 1), b=(5, 1))
    drawn = draw_inputs(net, ["a", "b"], np.random.default_rng(1), deviation=100)
    assert 20 < np.abs(drawn["a"]).mean() < 300
    assert not random_inputs(net, 1)["a"].any()


def test_a_type_of_your_own_says_what_it_reads():
    @samples(Doubled)
    def sevens(layer, index, shapes, rng):
        return np.full(shapes[index], 7)

    net = net_of('type: "DoubledForMeanings"', x=(2, 3))
    assert (drawn_for_reader(net, "x", np.random.default_rng(1)) == 7).all()


class Doubled(Layer):
    exact_num_bottom_blobs = exact_num_top_blobs = 1

    def setup(self, bottom, top):
        pass

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        top[0].data[...] = 2 * bottom[0].data


@pytest.fixture(scope="module", autouse=True)
def registered():
    if not blobnet.layer_register.is_layer_type("DoubledForMeanings"):
        blobnet.register_layer("DoubledForMeanings")(Doubled)
