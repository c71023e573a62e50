import itertools
from pathlib import Path

import numpy as np
import pytest

import tests
from blobnet import LayerError
from blobnet.testing import run_layer
from tests.layers.motion import correlations

RECORDED = Path(tests.__file__).parent / "reference/opencv/flownet2.npz"

SETTINGS = {
    # kernel_size, max_displacement, stride_1, stride_2, pad
    "as in FlowNetC, smaller": (1, 4, 1, 2, 4),
    "windows": (3, 2, 1, 1, 3),
    "strided windows": (3, 2, 2, 1, 2),
    "moves that the step does not divide": (1, 3, 2, 2, 2),
    "no padding": (3, 1, 1, 1, 0),
    "more padding than needed": (1, 1, 3, 1, 3),
}


def correlation(options, a, b):
    return run_layer(f'name: "corr" type: "Correlation" correlation_param {{ {options} }}', a, b)


def options(kernel, displacement, stride_1, stride_2, pad, kind="MULTIPLY"):
    return (
        f"kernel_size: {kernel} max_displacement: {displacement} stride_1: {stride_1} "
        f"stride_2: {stride_2} pad: {pad} correlation_type: {kind}"
    )


@pytest.mark.parametrize("kind", ["MULTIPLY", "SUBTRACT"])
@pytest.mark.parametrize("name", SETTINGS)
def test_means_of_windows_and_their_gradients(name, kind, rng):
    kernel, displacement, stride_1, stride_2, pad = SETTINGS[name]
    a, b = rng.normal(size=(2, 2, 3, 7, 8))
    run = correlation(options(*SETTINGS[name], kind), a, b)
    steps = range(-(displacement // stride_2) * stride_2, displacement + 1, stride_2)
    moves = list(itertools.product(steps, steps))
    starts = [
        range(displacement, n + 2 * pad - displacement - kernel + 1, stride_1) for n in (7, 8)
    ]
    more = (starts, moves, kernel, (pad, pad), kind == "MULTIPLY")
    np.testing.assert_allclose(
        run.top[0].data, correlations.forward(a, b, *more), rtol=1e-10, atol=1e-10
    )
    dy = run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    run.backward()
    for blob, expected in zip(run.bottom, correlations.gradients(a, b, dy, *more), strict=True):
        np.testing.assert_allclose(blob.diff, expected, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    ("name", "settings"), [("correlation", (1, 3, 1, 1, 3)), ("strided", (3, 4, 2, 2, 4))]
)
def test_as_in_opencv(name, settings):
    with np.load(RECORDED) as recorded:
        run = correlation(options(*settings), recorded["a"], recorded["b"])
        np.testing.assert_allclose(run.top[0].data, recorded[name], rtol=1e-5, atol=1e-6)


def test_one_gradient_may_be_wanted_alone(rng):
    a, b = rng.normal(size=(2, 1, 2, 3, 4))
    run = correlation("kernel_size: 1 max_displacement: 1 pad: 1", a, b)
    run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    run.backward()
    both = [blob.diff.copy() for blob in run.bottom]
    for i in range(2):
        for blob in run.bottom:
            blob.diff[...] = 7
        run.layer.backward(run.top, [i == 0, i == 1], run.bottom)
        np.testing.assert_array_equal(run.bottom[i].diff, both[i])
        assert (run.bottom[1 - i].diff == 7).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("max_displacement: 1", "kernel_size is not set"),
        ("kernel_size: 1", "Max displacement is required"),
        ("kernel_size: 2 max_displacement: 1", "Odd kernel size required"),
        ("kernel_size: 1 max_displacement: 1 stride_1: 0", "stride_1 must be at least 1"),
        ("kernel_size: 1 max_displacement: 1 stride_2: 0", "stride_2 must be at least 1"),
        ("kernel_size: 1 max_displacement: 4", "don't fit in blob"),
    ],
)
def test_what_is_refused(text, words):
    with pytest.raises(LayerError, match=words):
        correlation(text, np.zeros((1, 2, 3, 4)), np.zeros((1, 2, 3, 4)))


def test_maps_of_two_shapes_are_refused():
    with pytest.raises(LayerError, match="must have the same shape"):
        correlation(
            "kernel_size: 1 max_displacement: 0", np.zeros((1, 2, 3, 4)), np.zeros((1, 2, 3, 5))
        )
