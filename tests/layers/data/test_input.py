import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.testing import run_layer


def tops_of(shapes, num_top):
    run = run_layer(f'name: "in" type: "Input" input_param {{ {shapes} }}', num_top=num_top)
    return [blob.shape for blob in run.top]


def test_one_shape_for_each_top():
    assert tops_of("shape { dim: 2 dim: 3 } shape { dim: 4 }", 2) == [(2, 3), (4,)]


def test_one_shape_for_all_tops():
    assert tops_of("shape { dim: 2 dim: 3 }", 2) == [(2, 3), (2, 3)]


def test_a_shape_may_have_no_axes_or_be_empty():
    assert tops_of("shape { } shape { dim: 0 dim: 2 }", 2) == [(), (0, 2)]


def test_no_shape_leaves_it_to_the_caller():
    assert tops_of("", 2) == [(0,), (0,)]
    net = blobnet.Net(blobnet.parse_net('layer { name: "in" type: "Input" top: "x" }'))
    net.blobs["x"].reshape(2, 3)
    assert net.forward(x=np.ones((2, 3)))["x"].sum() == 6


def test_a_forward_keeps_the_values_and_the_new_shape():
    run = run_layer('type: "Input" input_param { shape { dim: 2 } }')
    run.top[0].reshape(3)
    run.top[0].data[...] = [1, 2, 3]
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, [1, 2, 3])


def test_a_backward_keeps_the_gradient():
    run = run_layer('type: "Input" input_param { shape { dim: 2 } }')
    run.top[0].diff[...] = [1, 2]
    run.backward()
    np.testing.assert_array_equal(run.top[0].diff, [1, 2])


def test_two_shapes_do_not_fit_three_tops():
    with pytest.raises(LayerError, match=r'"in": must specify `shape` once.*\n.*0, 1 or 3.*\n.*2'):
        tops_of("shape { dim: 2 } shape { dim: 3 }", 3)


def test_an_input_reads_nothing():
    with pytest.raises(LayerError, match="takes 0 bottom blob"):
        run_layer('type: "Input"', np.zeros(3))


def test_a_shape_that_cannot_be():
    with pytest.raises(LayerError, match='Input layer "in": a blob cannot have this shape'):
        tops_of("shape { dim: -1 }", 1)


@pytest.mark.parametrize("above", ["", ' layer { name: "r" type: "ReLU" bottom: "x" top: "y" }'])
def test_an_input_that_is_too_large_for_memory_is_named(above):
    shape = "shape { dim: 1000000 dim: 1000000 }"  # 4 terabytes
    net = blobnet.Net(
        blobnet.parse_net(
            f'layer {{ name: "d" type: "Input" top: "x" input_param {{ {shape} }} }}{above}'
        ),
        "TEST",
    )
    with pytest.raises(blobnet.LayerError, match='Input layer "d": not enough memory'):
        net.forward()
