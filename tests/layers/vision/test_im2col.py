import numpy as np
import pytest

from blobnet import LayerError
from blobnet.ops.window import Window
from blobnet.testing import LayerRun, run_layer
from tests.ops import plain_loops

IMAGE = (2, 3, 5, 6)

CASES = {
    # name: (bottom shape, options, the window that they mean)
    "plain": (IMAGE, "kernel_size: 3", Window((3, 3), (1, 1), (0, 0), (1, 1))),
    "one by one": (IMAGE, "kernel_size: 1", Window((1, 1), (1, 1), (0, 0), (1, 1))),
    "every second": (IMAGE, "kernel_size: 1 stride: 2", Window((1, 1), (2, 2), (0, 0), (1, 1))),
    "per axis": (
        IMAGE,
        "kernel_size: [3, 2] stride: [2, 1] pad: [0, 1] dilation: [1, 3]",
        Window((3, 2), (2, 1), (0, 1), (1, 3)),
    ),
    "_h and _w": (
        IMAGE,
        "kernel_h: 1 kernel_w: 3 stride_h: 1 stride_w: 2 pad_h: 2 pad_w: 1",
        Window((1, 3), (1, 2), (2, 1), (1, 1)),
    ),
    "the whole image": (IMAGE, "kernel_h: 5 kernel_w: 6", Window((5, 6), (1, 1), (0, 0), (1, 1))),
    "one axis": (
        (2, 3, 7),
        "kernel_size: 3 stride: 2 pad: 1 dilation: 2",
        Window((3,), (2,), (1,), (2,)),
    ),
    "three axes": (
        (2, 2, 3, 4, 3),
        "kernel_size: 2 pad: 1 stride: [1, 2, 1] dilation: [2, 1, 1]",
        Window((2, 2, 2), (1, 2, 1), (1, 1, 1), (2, 1, 1)),
    ),
}


def unfold(options: str, x: np.ndarray, **settings) -> LayerRun:
    prototxt = f'name: "cols" type: "Im2col" convolution_param {{ {options} }}'
    return run_layer(prototxt, x, **settings)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_each_tap_of_each_channel_becomes_a_channel(case, dtype, rng):
    shape, options, window = CASES[case]
    run = unfold(options, rng.normal(size=shape), dtype=dtype)
    places = window.output_size(shape[2:])
    seen = plain_loops.columns(run.bottom[0].data, window)
    assert run.top[0].shape == (shape[0], shape[1] * np.prod(window.kernel), *places)
    np.testing.assert_array_equal(run.top[0].data, seen.reshape(run.top[0].shape))


def test_what_is_for_the_weights_of_a_convolution_changes_nothing(rng):
    x = rng.normal(size=IMAGE)
    more = "num_output: 7 group: 2 bias_term: false engine: CUDNN force_nd_im2col: true"
    plain, other = unfold("kernel_size: 2", x), unfold(f"kernel_size: 2 {more}", x)
    np.testing.assert_array_equal(other.top[0].data, plain.top[0].data)
    assert other.layer.blobs_ == []


@pytest.mark.parametrize("axis", [2, -2])
def test_all_axes_before_the_channels_are_the_batch(axis, rng):
    x = rng.normal(size=(2, 3, 4, 5))
    run = unfold(f"kernel_size: 3 axis: {axis}", x)
    assert run.top[0].shape == (2, 3, 12, 3)
    merged = unfold("kernel_size: 3", x.reshape(6, 4, 5))
    np.testing.assert_array_equal(run.top[0].data, merged.top[0].data.reshape(2, 3, 12, 3))


@pytest.mark.parametrize("num", [1, 3, 0])
def test_a_new_batch_size_is_fine(num, rng):
    x = rng.normal(size=(3, 2, 5, 4))
    run = unfold("kernel_size: 3 pad: 1", x)
    expected = run.top[0].data[:num].copy()
    run.bottom[0].reshape(num, 2, 5, 4)
    run.bottom[0].data[...] = x[:num]
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, expected)
    run.top[0].diff[...] = 1
    run.backward()
    assert run.bottom[0].diff.shape == (num, 2, 5, 4)


def test_new_channels_and_a_new_image_size_are_fine(rng):
    run = unfold("kernel_size: 3", rng.normal(size=IMAGE))
    run.bottom[0].reshape(1, 5, 9, 3)
    run.forward()
    assert run.top[0].shape == (1, 45, 7, 1)


def test_infinite_gradients_pass_without_a_warning(rng):
    run = unfold("kernel_size: 3", rng.normal(size=(1, 1, 3, 4)))
    run.top[0].diff[...] = np.inf
    run.top[0].diff[0, 1] = -np.inf
    run.backward()
    assert np.isnan(run.bottom[0].diff).any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "kernel_size must be specified once, or once per spatial dimension"),
        ("kernel_size: [1, 1, 1]", "kernel_size must be specified once"),
        ("kernel_size: 3 kernel_h: 3", "Either kernel_size or kernel_h/w should be specified"),
        ("kernel_size: 0", "Filter dimensions must be nonzero"),
        ("kernel_size: 3 stride: 0", "Stride dimensions must be nonzero"),
        ("kernel_size: 6", r"kernel does not fit[^$]*at least \(6, 6\)[^$]*\(5, 6\)"),
        ("kernel_size: 3 axis: 4", "axis 4 is out of range"),
        ("kernel_size: 3 axis: 3", r"no spatial axes[^$]*behind axis 3[^$]*\(2, 3, 5, 6\)"),
    ],
)
def test_what_cannot_work_is_refused(options, message, rng):
    with pytest.raises(LayerError, match=f'(?s)Im2col layer "cols".*{message}'):
        unfold(options, rng.normal(size=IMAGE))


@pytest.mark.parametrize(
    ("shape", "message"), [((2, 3, 5), "num_axes may not change"), ((2, 3, 2, 6), "does not fit")]
)
def test_a_bottom_that_no_longer_fits_is_refused(shape, message, rng):
    run = unfold("kernel_size: 3", rng.normal(size=IMAGE))
    run.bottom[0].reshape(shape)
    with pytest.raises(LayerError, match=message):
        run.forward()


def test_it_does_not_work_in_place(rng):
    with pytest.raises(LayerError, match="Im2col Layer does not allow in-place computation"):
        unfold("kernel_size: 1", rng.normal(size=IMAGE), in_place=True)
