"""What a forward multiplies: counted one by one, or by hand."""

from __future__ import annotations

import pytest

import blobnet
from blobnet.testing import run_layer


def count(prototxt, *shapes, **options):
    """The multiply-adds of one layer on bottoms of these shapes."""
    run = run_layer(prototxt, *(blobnet.Blob(shape).data for shape in shapes), **options)
    return run.layer.multiply_adds(run.bottom, run.top)


def convolved(image, kernel, *, stride, pad):
    """How often a plain convolution multiplies in one axis-aligned plane, counted one by one."""
    places = range(-pad, image + pad - kernel + 1, stride)
    return sum(1 for _ in places for _ in places for _ in range(kernel) for _ in range(kernel))


@pytest.mark.parametrize("group", [1, 2])
def test_a_convolution_multiplies_once_for_each_weight_at_each_place(group):
    settings = f"num_output: 6 kernel_size: 3 stride: 2 pad: 1 group: {group}"
    text = f'type: "Convolution" convolution_param {{ {settings} }}'
    planes = 6 * 4 // group  # pairs of an output and an input channel that it sees
    assert count(text, (5, 4, 7, 7)) == 5 * planes * convolved(7, 3, stride=2, pad=1)


def test_every_bottom_of_a_convolution_counts():
    text = 'type: "Convolution" convolution_param { num_output: 2 kernel_size: 1 }'
    assert count(text, (1, 3, 4, 4), (1, 3, 4, 4), num_top=2) == 2 * (16 * 3 * 2)


def test_a_deconvolution_multiplies_each_input_with_the_weights_that_start_from_it():
    settings = "num_output: 6 kernel_size: 3 stride: 2 group: 2"
    text = f'type: "Deconvolution" convolution_param {{ {settings} }}'
    assert count(text, (5, 4, 7, 7)) == 5 * 4 * 49 * 9 * 3


@pytest.mark.parametrize("options", ["", "transpose: true", "bias_term: false", "axis: 2"])
def test_an_inner_product_multiplies_once_for_each_weight_and_item(options):
    text = f'type: "InnerProduct" inner_product_param {{ num_output: 5 {options} }}'
    assert count(text, (3, 4, 6)) == 3 * 4 * 6 * 5


@pytest.mark.parametrize("with_static", [False, True])
@pytest.mark.parametrize("exposed", [False, True])
@pytest.mark.parametrize(
    ("kind", "states", "matrices"),
    [
        ("LSTM", 2, {"x": 4 * 5 * 3, "static": 4 * 5 * 7, "hidden": 4 * 5 * 5}),
        ("RNN", 1, {"x": 5 * 3, "static": 5 * 7, "hidden": 5 * 5 + 5 * 5}),
    ],
)
def test_recurrent_layers_multiply_in_every_timestep(kind, states, matrices, exposed, with_static):
    settings = f"num_output: 5 expose_hidden: {str(exposed).lower()}"
    text = f'type: "{kind}" recurrent_param {{ {settings} }}'
    shapes = [(6, 2, 3), (6, 2)] + [(2, 7)] * with_static + [(1, 2, 5)] * states * exposed
    found = count(text, *shapes, num_top=1 + states * exposed)
    expected = 2 * 6 * (matrices["x"] + matrices["hidden"])
    assert found == expected + 2 * matrices["static"] * with_static


@pytest.mark.parametrize("kind", ["ReLU", "LRN", "Pooling", "Softmax", "BatchNorm", "Scale"])
def test_what_works_value_by_value_counts_nothing(kind):
    settings = "pooling_param { kernel_size: 2 }" if kind == "Pooling" else ""
    assert count(f'type: "{kind}" {settings}', (2, 3, 4, 4)) == 0
