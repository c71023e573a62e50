import numpy as np
import pytest

from blobnet import LayerError
from blobnet.ops.window import Window
from blobnet.testing import LayerRun, run_layer
from tests.ops import plain_loops

IMAGE = (2, 4, 5, 6)

CASES = {
    # name: (bottom shape, options, the window that they mean)
    "plain": (IMAGE, "kernel_size: 3", Window((3, 3), (1, 1), (0, 0), (1, 1))),
    "one by one": (IMAGE, "kernel_size: 1", Window((1, 1), (1, 1), (0, 0), (1, 1))),
    "every second": (IMAGE, "kernel_size: 1 stride: 2", Window((1, 1), (2, 2), (0, 0), (1, 1))),
    "per axis": (
        IMAGE,
        "kernel_size: 3 kernel_size: 2 stride: 2 stride: 1 pad: 0 pad: 1 dilation: 1 dilation: 3",
        Window((3, 2), (2, 1), (0, 1), (1, 3)),
    ),
    "_h and _w": (
        IMAGE,
        "kernel_h: 1 kernel_w: 3 stride_h: 1 stride_w: 2 pad_h: 2 pad_w: 1",
        Window((1, 3), (1, 2), (2, 1), (1, 1)),
    ),
    "one of _h and _w": (
        IMAGE,
        "kernel_size: 2 pad_h: 1 dilation: 2",
        Window((2, 2), (1, 1), (1, 0), (2, 2)),
    ),
    "group": (IMAGE, "kernel_size: 3 pad: 1 group: 2", Window((3, 3), (1, 1), (1, 1), (1, 1))),
    "depthwise": (IMAGE, "kernel_size: 3 group: 4", Window((3, 3), (1, 1), (0, 0), (1, 1))),
    "depthwise point": (IMAGE, "kernel_size: 1 group: 4", Window((1, 1), (1, 1), (0, 0), (1, 1))),
    "the whole image": (IMAGE, "kernel_h: 5 kernel_w: 6", Window((5, 6), (1, 1), (0, 0), (1, 1))),
    "no hole is one hole less": (
        IMAGE,
        "kernel_size: 2 dilation: 0",
        Window((2, 2), (1, 1), (0, 0), (0, 0)),
    ),
    "one axis": ((3, 4, 7), "kernel_size: 3 stride: 2 pad: 1", Window((3,), (2,), (1,), (1,))),
    "no axis": ((3, 4), "kernel_size: 3", Window((), (), (), ())),
    "no axis and no kernel": ((3, 4), "group: 2", Window((), (), (), ())),
    "three axes": (
        (2, 2, 3, 4, 3),
        "kernel_size: 2 pad: 1 stride: 1 stride: 2 stride: 1",
        Window((2, 2, 2), (1, 2, 1), (1, 1, 1), (1, 1, 1)),
    ),
    "three axes, groups, holes": (
        (2, 4, 3, 4, 4),
        "kernel_size: [2, 2, 3] stride: [1, 2, 1] pad: [1, 0, 2] dilation: [2, 1, 3] group: 2",
        Window((2, 2, 3), (1, 2, 1), (1, 0, 2), (2, 1, 3)),
    ),
    "three axes, depthwise": (
        (2, 4, 3, 4, 3),
        "kernel_size: 2 dilation: [1, 3, 2] pad: [0, 1, 0] group: 4",
        Window((2, 2, 2), (1, 1, 1), (0, 1, 0), (1, 3, 2)),
    ),
}


def convolution(options: str, *bottom: np.ndarray, **settings) -> LayerRun:
    gaussian = 'filler { type: "gaussian" std: 1 }'
    num_output = "" if "num_output" in options else "num_output: 4"
    return run_layer(
        f"""
        name: "conv1" type: "Convolution"
        convolution_param {{ {num_output} weight_{gaussian} bias_{gaussian} {options} }}
        """,
        *bottom,
        num_top=len(bottom),
        **settings,
    )


@pytest.mark.parametrize("case", CASES)
def test_each_output_is_a_weighted_sum_of_what_the_window_sees(case, rng):
    shape, options, window = CASES[case]
    run = convolution(options, rng.normal(size=shape))
    weight, bias = (blob.data for blob in run.layer.blobs_)
    expected = plain_loops.convolution(run.bottom[0].data, weight, bias, window)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("case", ["plain", "per axis", "group"])
def test_force_nd_im2col_and_engine_change_nothing(case, rng):
    shape, options, _ = CASES[case]
    x = rng.normal(size=shape)
    plain = convolution(options, x)
    forced = convolution(f"{options} force_nd_im2col: true engine: CUDNN", x)
    np.testing.assert_array_equal(forced.top[0].data, plain.top[0].data)


def test_without_bias_there_is_one_blob(rng):
    run = convolution("kernel_size: 3 bias_term: false", rng.normal(size=IMAGE))
    assert [blob.shape for blob in run.layer.blobs_] == [(4, 4, 3, 3)]


@pytest.mark.parametrize("axis", [2, -2])
def test_all_axes_before_the_channels_are_the_batch(axis, rng):
    x = rng.normal(size=(2, 3, 4, 5))
    run = convolution(f"kernel_size: 3 axis: {axis}", x)
    assert run.top[0].shape == (2, 3, 4, 3)
    merged = convolution("kernel_size: 3", x.reshape(6, 4, 5))
    np.testing.assert_array_equal(run.top[0].data, merged.top[0].data.reshape(2, 3, 4, 3))


def test_channels_on_the_first_axis_make_one_image(rng):
    run = convolution("kernel_size: 2 axis: 0", rng.normal(size=(4, 3, 3)))
    assert run.top[0].shape == (4, 2, 2)


def test_bottoms_share_the_weights(rng):
    a, b = rng.normal(size=IMAGE), rng.normal(size=IMAGE)
    both = convolution("kernel_size: 3 stride: 2", a, b)
    for i, x in enumerate((a, b)):
        alone = convolution("kernel_size: 3 stride: 2", x)
        np.testing.assert_array_equal(both.top[i].data, alone.top[0].data)


@pytest.mark.parametrize("frozen", [0, 1])
def test_a_frozen_blob_gets_no_gradient(frozen, rng):
    run = convolution("kernel_size: 3", rng.normal(size=IMAGE))
    run.layer.param_propagate_down_[frozen] = False
    run.top[0].diff[...] = 1
    run.backward()
    assert not run.layer.blobs_[frozen].diff.any()
    assert run.layer.blobs_[1 - frozen].diff.all()


@pytest.mark.parametrize("num", [1, 3, 0])
def test_a_new_batch_size_is_fine(num, rng):
    x = rng.normal(size=(3, 4, 5, 6))
    run = convolution("kernel_size: 3", x)
    expected = run.top[0].data[:num].copy()
    run.bottom[0].reshape(num, 4, 5, 6)
    run.bottom[0].data[...] = x[:num]
    run.forward()
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-12)
    run.top[0].diff[...] = 1
    run.backward()
    assert run.bottom[0].diff.shape == (num, 4, 5, 6)


def test_a_new_image_size_is_fine(rng):
    run = convolution("kernel_size: 3 pad: 1", rng.normal(size=IMAGE))
    run.bottom[0].reshape(1, 4, 9, 3)
    run.forward()
    assert run.top[0].shape == (1, 4, 9, 3)


def test_float32_gives_what_float64_gives(rng):
    x = rng.normal(size=(3, 4, 20, 20))
    single, double = (convolution("kernel_size: 5", x, dtype=d) for d in ("f4", "f8"))
    for blob, exact in zip(single.layer.blobs_, double.layer.blobs_, strict=True):
        blob.data[...] = exact.data
    single.forward()
    double.forward()
    np.testing.assert_allclose(single.top[0].data, double.top[0].data, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("kernel_size: 3 num_output: 0", "num_output must be at least 1"),
        ("kernel_size: 3 group: 0", "group must be at least 1"),
        ("kernel_size: 3 group: 3", "input channels should be multiples of group"),
        ("kernel_size: 3 group: 2 num_output: 3", "output should be multiples of group"),
        ("", r"kernel_size must be specified once, or once per spatial dimension\n.*2\n.*0 val"),
        ("kernel_size: [1, 1, 1]", "kernel_size must be specified once"),
        ("kernel_size: 3 stride: [1, 1, 1]", "stride must be specified once"),
        ("kernel_size: 3 pad: [1, 1, 1]", "pad must be specified once"),
        ("kernel_size: 3 dilation: [1, 1, 1]", "dilation must be specified once"),
        ("kernel_size: 3 kernel_h: 3", "Either kernel_size or kernel_h/w should be specified"),
        ("kernel_size: 3 stride: 1 stride_w: 3", "Either stride or stride_h/w should be"),
        ("kernel_size: 3 pad: 1 pad_w: 3", "Either pad or pad_h/w should be"),
        ("kernel_size: 0", "Filter dimensions must be nonzero"),
        ("kernel_h: 3", "Filter dimensions must be nonzero"),
        ("kernel_size: 3 stride: 0", "Stride dimensions must be nonzero"),
        ("kernel_size: 3 stride_h: 2", "Stride dimensions must be nonzero"),
        ("kernel_size: 6", r"kernel does not fit[^$]*at least \(6, 6\)[^$]*\(5, 6\)"),
        ("kernel_size: 3 dilation: 3", r"kernel does not fit[^$]*at least \(7, 7\)"),
        ("kernel_size: 3 axis: 4", "axis 4 is out of range"),
    ],
)
def test_what_cannot_work_is_refused(options, message, rng):
    with pytest.raises(LayerError, match=f'(?s)Convolution layer "conv1".*{message}'):
        convolution(options, rng.normal(size=IMAGE))


@pytest.mark.parametrize("option", ["kernel_h: 3 kernel_w: 3", "kernel_size: 1 pad_h: 1"])
@pytest.mark.parametrize("shape", [(2, 4, 5), (2, 4, 5, 5, 5)])
def test_h_and_w_are_for_two_axes(option, shape, rng):
    with pytest.raises(LayerError, match=r"_h & \w+_w can only be used for 2D convolution"):
        convolution(option, rng.normal(size=shape))


def test_an_input_without_channels_is_refused():
    with pytest.raises(LayerError, match="no channels"):
        convolution("kernel_size: 1", np.zeros((2, 0, 3, 3)))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 3, 5, 6), r"incompatible with convolution kernel[^$]*4 channels[^$]*\(2, 3, 5, 6\)"),
        ((2, 4, 5), "num_axes may not change"),
        ((2, 4, 2, 6), "does not fit"),
    ],
)
def test_a_bottom_that_no_longer_fits_is_refused(shape, message, rng):
    run = convolution("kernel_size: 3", rng.normal(size=IMAGE))
    run.bottom[0].reshape(shape)
    with pytest.raises(LayerError, match=message):
        run.forward()


def test_bottoms_of_different_shapes_are_refused(rng):
    with pytest.raises(LayerError, match=r"shape mismatch[^$]*bottom\[1\]"):
        convolution("kernel_size: 3", rng.normal(size=IMAGE), rng.normal(size=(1, 4, 5, 6)))


def test_it_does_not_work_in_place(rng):
    with pytest.raises(LayerError, match="Convolution Layer does not allow in-place"):
        convolution("kernel_size: 1", rng.normal(size=IMAGE), in_place=True)


def test_there_is_a_top_for_each_bottom(rng):
    with pytest.raises(LayerError, match="one top blob as output for each bottom"):
        run_layer(
            'type: "Convolution" convolution_param { num_output: 1 kernel_size: 1 }',
            rng.normal(size=IMAGE),
            num_top=2,
        )


def test_weights_that_come_with_the_definition_must_be_complete(rng):
    blob = "blobs { shape { dim: 1 dim: 4 dim: 1 dim: 1 } data: [1, 2, 3, 4] }"
    with pytest.raises(LayerError, match=r"Incorrect number of weight blobs[^$]*2[^$]*1"):
        run_layer(
            f'type: "Convolution" convolution_param {{ num_output: 1 kernel_size: 1 }} {blob}',
            rng.normal(size=IMAGE),
        )
    run = run_layer(
        f"""type: "Convolution" {blob}
        convolution_param {{ num_output: 1 kernel_size: 1 bias_term: false }}""",
        np.ones((1, 4, 2, 2)),
    )
    np.testing.assert_array_equal(run.top[0].data, 10)


def test_settings_of_clips_are_refused():
    with pytest.raises(LayerError, match="a setting of clips"):
        run_layer(
            'name: "it" type: "Convolution" '
            "convolution_param { num_output: 1 kernel_size: 1 kernel_depth: 2 }",
            np.zeros((1, 1, 2, 2)),
        )
