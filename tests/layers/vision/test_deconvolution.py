import numpy as np
import pytest

from blobnet import LayerError
from blobnet.ops.window import Window
from blobnet.testing import LayerRun, run_layer
from tests.ops.plain_loops import is_inside, looked_at, places_of

IMAGE = (2, 4, 3, 4)

CASES = {
    # name: (bottom shape, options, the window that they mean, groups)
    "plain": (IMAGE, "kernel_size: 3", Window((3, 3), (1, 1), (0, 0), (1, 1)), 1),
    "one by one": (IMAGE, "kernel_size: 1", Window((1, 1), (1, 1), (0, 0), (1, 1)), 1),
    "gaps": (IMAGE, "kernel_size: 1 stride: 2", Window((1, 1), (2, 2), (0, 0), (1, 1)), 1),
    "per axis": (
        IMAGE,
        "kernel_size: [3, 2] stride: [2, 1] pad: [0, 1] dilation: [1, 3]",
        Window((3, 2), (2, 1), (0, 1), (1, 3)),
        1,
    ),
    "_h and _w": (
        IMAGE,
        "kernel_h: 2 kernel_w: 3 stride_h: 3 stride_w: 2 pad_h: 2 pad_w: 1",
        Window((2, 3), (3, 2), (2, 1), (1, 1)),
        1,
    ),
    "group": (
        IMAGE,
        "kernel_size: 4 stride: 2 pad: 1 group: 2 num_output: 6",
        Window((4, 4), (2, 2), (1, 1), (1, 1)),
        2,
    ),
    "depthwise": (
        IMAGE,
        "kernel_size: 4 stride: 2 pad: 1 group: 4",
        Window((4, 4), (2, 2), (1, 1), (1, 1)),
        4,
    ),
    "depthwise point": (
        IMAGE,
        "kernel_size: 1 group: 4",
        Window((1, 1), (1, 1), (0, 0), (1, 1)),
        4,
    ),
    "two outputs for each channel": (
        IMAGE,
        "kernel_size: 3 pad: 2 dilation: 2 group: 4 num_output: 8",
        Window((3, 3), (1, 1), (2, 2), (2, 2)),
        4,
    ),
    "one axis": (
        (3, 4, 5),
        "kernel_size: 3 stride: 2 pad: 1",
        Window((3,), (2,), (1,), (1,)),
        1,
    ),
    "no axis": ((3, 4), "kernel_size: 3", Window((), (), (), ()), 1),
    "no axis, groups": ((3, 4), "group: 2", Window((), (), (), ()), 2),
    "three axes": (
        (2, 4, 2, 3, 2),
        "kernel_size: 2 stride: [1, 2, 1] pad: [1, 0, 1] dilation: [2, 1, 3] group: 2",
        Window((2, 2, 2), (1, 2, 1), (1, 0, 1), (2, 1, 3)),
        2,
    ),
}


def deconvolution(options: str, *bottom: np.ndarray, **settings) -> LayerRun:
    gaussian = 'filler { type: "gaussian" std: 1 }'
    num_output = "" if "num_output" in options else "num_output: 4"
    return run_layer(
        f"""
        name: "up1" type: "Deconvolution"
        convolution_param {{ {num_output} weight_{gaussian} bias_{gaussian} {options} }}
        """,
        *bottom,
        num_top=len(bottom),
        **settings,
    )


def by_plain_loops(x, weight, bias, window, groups):
    """Every value of x, times the filter, added where the window stands."""
    size = window.input_size(x.shape[2:])
    channels, outputs = len(weight) // groups, weight.shape[1]
    y = np.zeros((len(x), len(bias), *size))
    for n, o in places_of(y.shape[:2]):
        y[n, o] = bias[o]
        for c in range(o // outputs * channels, (o // outputs + 1) * channels):
            for place in places_of(x.shape[2:]):
                for tap in places_of(window.kernel):
                    pixel = looked_at(window, place, tap)
                    if is_inside(pixel, size):
                        y[(n, o, *pixel)] += weight[(c, o % outputs, *tap)] * x[(n, c, *place)]
    return y


@pytest.mark.parametrize("case", CASES)
def test_every_input_adds_the_filter_to_its_window(case, rng):
    shape, options, window, groups = CASES[case]
    run = deconvolution(options, rng.normal(size=shape))
    weight, bias = (blob.data for blob in run.layer.blobs_)
    assert weight.shape == (shape[1], len(bias) // groups, *window.kernel)
    expected = by_plain_loops(run.bottom[0].data, weight, bias, window, groups)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", ["plain", "per axis", "group"])
def test_force_nd_im2col_and_engine_change_nothing(case, rng):
    shape, options, _, _ = CASES[case]
    x = rng.normal(size=shape)
    plain = deconvolution(options, x)
    forced = deconvolution(f"{options} force_nd_im2col: true engine: CUDNN", x)
    np.testing.assert_array_equal(forced.top[0].data, plain.top[0].data)


def test_without_bias_there_is_one_blob(rng):
    run = deconvolution("kernel_size: 3 bias_term: false num_output: 5", rng.normal(size=IMAGE))
    assert [blob.shape for blob in run.layer.blobs_] == [(4, 5, 3, 3)]


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_a_bilinear_filler_and_a_group_for_each_channel_interpolate(factor):
    """The slope of a plane that rises evenly stays even, away from the borders."""
    row, column = np.mgrid[:6.0, :7.0]
    x = np.stack([row, column, 2 * row - column])[None]
    kernel, pad = 2 * factor - factor % 2, -(-(factor - 1) // 2)
    run = run_layer(
        f"""type: "Deconvolution" convolution_param {{ num_output: 3 group: 3 bias_term: false
        kernel_size: {kernel} stride: {factor} pad: {pad} weight_filler {{ type: "bilinear" }} }}
        """,
        x,
    )
    assert run.top[0].shape == (1, 3, 6 * factor, 7 * factor)
    inside = run.top[0].data[0, :, factor:-factor, factor:-factor]
    shift = (factor - 1) / 2  # pixel centres
    row, column = (np.mgrid[: 6 * factor, : 7 * factor] - shift) / factor
    expected = np.stack([row, column, 2 * row - column])[:, factor:-factor, factor:-factor]
    np.testing.assert_allclose(inside, expected, atol=1e-6)


@pytest.mark.parametrize("axis", [2, -2])
def test_all_axes_before_the_channels_are_the_batch(axis, rng):
    x = rng.normal(size=(2, 3, 4, 5))
    run = deconvolution(f"kernel_size: 3 axis: {axis}", x)
    assert run.top[0].shape == (2, 3, 4, 7)
    merged = deconvolution("kernel_size: 3", x.reshape(6, 4, 5))
    np.testing.assert_array_equal(run.top[0].data, merged.top[0].data.reshape(2, 3, 4, 7))


def test_channels_on_the_first_axis_make_one_image(rng):
    run = deconvolution("kernel_size: 2 axis: 0", rng.normal(size=(4, 3, 3)))
    assert run.top[0].shape == (4, 4, 4)


def test_bottoms_share_the_weights(rng):
    a, b = rng.normal(size=IMAGE), rng.normal(size=IMAGE)
    both = deconvolution("kernel_size: 3 stride: 2", a, b)
    for i, x in enumerate((a, b)):
        alone = deconvolution("kernel_size: 3 stride: 2", x)
        np.testing.assert_array_equal(both.top[i].data, alone.top[0].data)


@pytest.mark.parametrize("frozen", [0, 1])
def test_a_frozen_blob_gets_no_gradient(frozen, rng):
    run = deconvolution("kernel_size: 3", rng.normal(size=IMAGE))
    run.layer.param_propagate_down_[frozen] = False
    run.top[0].diff[...] = 1
    run.backward()
    assert not run.layer.blobs_[frozen].diff.any()
    assert run.layer.blobs_[1 - frozen].diff.all()


def test_training_and_testing_are_the_same(rng):
    x = rng.normal(size=IMAGE)
    train, test = (deconvolution("kernel_size: 3", x, phase=phase) for phase in ("TRAIN", "TEST"))
    np.testing.assert_array_equal(train.top[0].data, test.top[0].data)


@pytest.mark.parametrize("num", [1, 3, 0])
def test_a_new_batch_size_is_fine(num, rng):
    x = rng.normal(size=(3, 4, 3, 4))
    run = deconvolution("kernel_size: 3 group: 2", x)
    expected = run.top[0].data[:num].copy()
    run.bottom[0].reshape(num, 4, 3, 4)
    run.bottom[0].data[...] = x[:num]
    run.forward()
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-12)
    run.top[0].diff[...] = 1
    run.backward()
    assert run.bottom[0].diff.shape == (num, 4, 3, 4)


def test_a_new_image_size_is_fine(rng):
    run = deconvolution("kernel_size: 4 stride: 2 pad: 1", rng.normal(size=IMAGE))
    run.bottom[0].reshape(1, 4, 9, 1)
    run.forward()
    assert run.top[0].shape == (1, 4, 18, 2)


def test_float32_gives_what_float64_gives(rng):
    x = rng.normal(size=(3, 4, 20, 20))
    options = "kernel_size: 5 stride: 2"
    single, double = (deconvolution(options, x, dtype=d) for d in ("f4", "f8"))
    for blob, exact in zip(single.layer.blobs_, double.layer.blobs_, strict=True):
        blob.data[...] = exact.data
    single.forward()
    double.forward()
    np.testing.assert_allclose(single.top[0].data, double.top[0].data, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("kernel_size: 3 num_output: 0", "num_output must be at least 1"),
        ("kernel_size: 3 group: 3", "input channels should be multiples of group"),
        ("kernel_size: 3 group: 2 num_output: 3", "output should be multiples of group"),
        ("", "kernel_size must be specified once, or once per spatial dimension"),
        ("kernel_size: 0", "Filter dimensions must be nonzero"),
        ("kernel_size: 3 stride: 0", "Stride dimensions must be nonzero"),
        ("kernel_size: 1 pad: 2", r"leaves nothing of the output[^$]*\(-1, 0\)[^$]*smaller pad"),
        ("kernel_size: 3 axis: 4", "axis 4 is out of range"),
    ],
)
def test_what_cannot_work_is_refused(options, message, rng):
    with pytest.raises(LayerError, match=f'(?s)Deconvolution layer "up1".*{message}'):
        deconvolution(options, rng.normal(size=IMAGE))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 3, 5, 6), r"incompatible with convolution kernel[^$]*4 channels[^$]*\(2, 3, 5, 6\)"),
        ((2, 4, 5), "num_axes may not change"),
        ((2, 4, 1, 6), "leaves nothing of the output"),
    ],
)
def test_a_bottom_that_no_longer_fits_is_refused(shape, message, rng):
    run = deconvolution("kernel_size: 2 pad: 1", rng.normal(size=IMAGE))
    run.bottom[0].reshape(shape)
    with pytest.raises(LayerError, match=message):
        run.forward()


def test_bottoms_of_different_shapes_are_refused(rng):
    with pytest.raises(LayerError, match=r"shape mismatch[^$]*bottom\[1\]"):
        deconvolution("kernel_size: 3", rng.normal(size=IMAGE), rng.normal(size=(1, 4, 5, 6)))


def test_it_does_not_work_in_place(rng):
    with pytest.raises(LayerError, match="Deconvolution Layer does not allow in-place"):
        run_layer(
            'type: "Deconvolution" convolution_param { num_output: 4 kernel_size: 1 }',
            rng.normal(size=IMAGE),
            in_place=True,
        )


def test_weights_come_with_the_inputs_on_their_first_axis(rng):
    run = run_layer(
        """type: "Deconvolution"
        convolution_param { num_output: 3 kernel_size: 1 bias_term: false }
        blobs { shape { dim: 2 dim: 3 dim: 1 dim: 1 } data: [1, 2, 3, 10, 20, 30] }""",
        np.ones((1, 2, 1, 1)),
    )
    np.testing.assert_array_equal(run.top[0].data.ravel(), [11, 22, 33])
