"""shape, reshape, pad, eltwise and yolov2 of Synopsys' Caffe."""

import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.testing import check_gradients
from tests.python_layers.running import run_python


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (7,), ()])
def test_the_shape_of_a_blob(shape, rng):
    run = run_python("shape", "TensorShape", rng.normal(size=shape))
    np.testing.assert_array_equal(run.top[0].data, shape)
    run.bottom[0].diff[...] = np.nan
    run.backward([True])
    assert not run.bottom[0].diff.any()


RESHAPED = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 6 } } }
layer { name: "y" type: "Input" top: "y" input_param { shape { dim: 3 dim: 4 } } }
layer { name: "s" type: "Python" bottom: "y" top: "s"
        python_param { module: "shape" layer: "TensorShape" } }
layer { name: "r" type: "Python" bottom: "x" bottom: "s" top: "r"
        python_param { module: "reshape" layer: "Reshape" } }
"""


def test_a_shape_that_is_computed(rng):
    net = blobnet.Net(blobnet.parse_net(RESHAPED), phase="TEST")
    assert net.blobs["r"].shape == (0, 0)  # nobody has computed it yet
    x = net.blobs["x"].data[...] = rng.normal(size=(2, 6)).astype(np.float32)
    net.forward()
    np.testing.assert_array_equal(net.blobs["r"].data, x.reshape(3, 4))


def test_a_length_that_is_left(rng):
    x = rng.normal(size=(2, 6))
    run = run_python("reshape", "Reshape", x, np.array([3.0, -1, 2]))
    np.testing.assert_array_equal(run.top[0].data, x.reshape(3, 2, 2))
    run.top[0].diff[...] = dy = rng.normal(size=(3, 2, 2))
    run.backward([True, False])
    np.testing.assert_array_equal(run.bottom[0].diff, dy.reshape(2, 6))


@pytest.mark.parametrize("lengths", [[5, 2], [-1, -1], [-1, 5], [-2, 6], [-1, 0]])
def test_no_shape_for_the_values(lengths):
    with pytest.raises(LayerError, match="no shape for"):
        run_python("reshape", "Reshape", np.zeros((2, 6)), np.array(lengths, float))


def pads(mode, t=2, b=1, left=0, r=3):
    return f"{{'pad_t': {t}, 'pad_b': {b}, 'pad_l': {left}, 'pad_r': {r}, 'pad_mode': '{mode}'}}"


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric", "wrap"])
def test_images_are_padded_as_numpy_does(mode, rng):
    x = rng.normal(size=(2, 3, 4, 5))
    run = run_python("pad", "PadTensor", x, param_str=pads(mode))
    expected = np.pad(x, ((0, 0), (0, 0), (2, 1), (0, 3)), mode)
    np.testing.assert_array_equal(run.top[0].data, expected)
    check_gradients(run, rng)


def test_what_does_not_suit_a_pad():
    with pytest.raises(LayerError, match="unknown pad_mode"):
        run_python("pad", "PadTensor", np.zeros((1, 1, 2, 2)), param_str=pads("mean"))
    with pytest.raises(LayerError, match="no images"):
        run_python("pad", "PadTensor", np.zeros((1, 2, 2)), param_str=pads("edge"))
    with pytest.raises(LayerError, match='"pad_t" in param_str'):
        run_python("pad", "PadTensor", np.zeros((1, 1, 2, 2)), param_str=pads("edge", t=-1))


OPERATIONS = [
    ("0", np.multiply),
    ("1, 'coeff': [2, -0.5]", lambda a, b: 2 * a - 0.5 * b),
    ("2", np.maximum),
    ("3", np.divide),
    ("4", np.minimum),
]
SHAPES = [((2, 3, 4), (2, 3, 4)), ((2, 3, 4), (3, 1)), ((4,), (2, 3, 4)), ((2, 1, 4), (3, 1))]


@pytest.mark.parametrize(("operation", "numpys"), OPERATIONS)
@pytest.mark.parametrize("shapes", SHAPES)
def test_two_blobs_value_by_value(operation, numpys, shapes, rng):
    a, b = (rng.uniform(0.5, 2, size=shape) for shape in shapes)
    run = run_python("eltwise", "Eltwise", a, b, param_str=f"{{'operation': {operation}}}")
    np.testing.assert_allclose(run.top[0].data, numpys(a, b), rtol=1e-12)
    check_gradients(run, rng)


@pytest.mark.parametrize(
    ("param", "shape", "words"),
    [
        ("5", (2, 3), "unknown operation"),
        ("1, 'coeff': [1]", (2, 3), "one factor for each"),
        ("0", (2, 2), "shapes do not fit"),
    ],
)
def test_what_does_not_suit_two_blobs(param, shape, words):
    with pytest.raises(LayerError, match=words):
        run_python(
            "eltwise",
            "Eltwise",
            np.zeros((2, 3)),
            np.zeros(shape),
            param_str=f"{{'operation': {param}}}",
        )


def test_the_order_of_darknet(rng):
    x = rng.normal(size=(2, 8, 4, 6))
    run = run_python("yolov2", "darknet_reorg", x)
    assert run.top[0].shape == (2, 32, 2, 3)
    for n in range(2):
        fine, coarse = x[n].reshape(2, 8, 12), run.top[0].data[n].reshape(8, 4, 6)
        for k, row, column in np.ndindex(8, 4, 6):
            corner = k // 2
            place = fine[k % 2, 2 * row + corner // 2, 2 * column + corner % 2]
            assert coarse[k, row, column] == place
    check_gradients(run, rng)
    with pytest.raises(LayerError, match="cannot be cut"):
        run_python("yolov2", "darknet_reorg", np.zeros((1, 4, 3, 2)))
