import numpy as np
import pytest

from blobnet import LayerError
from blobnet.ops.window import Window
from blobnet.testing import LayerRun, check_gradients, run_layer
from tests.ops import plain_loops
from tests.ops.plain_loops import FLT_MAX

IMAGE = (2, 3, 7, 6)

CASES = {
    # name: (options, the window that they mean, its places on IMAGE)
    "2 by 2": ("kernel_size: 2 stride: 2", Window((2, 2), (2, 2), (0, 0), (1, 1)), (4, 3)),
    "rounded down": (
        "kernel_size: 2 stride: 2 round_mode: FLOOR",
        Window((2, 2), (2, 2), (0, 0), (1, 1)),
        (3, 3),
    ),
    "rounded down as in YOLO9000": (
        "kernel_size: 3 stride: 2 pad: 1 ceil_mode: false",
        Window((3, 3), (2, 2), (1, 1), (1, 1)),
        (4, 3),
    ),
    "with holes": (
        "kernel_size: 3 stride: 2 pad: 2 dilation: 3 dilation: 2",
        Window((3, 3), (2, 2), (2, 2), (3, 2)),
        (3, 4),
    ),
    "overlapping": ("kernel_size: 3 stride: 2", Window((3, 3), (2, 2), (0, 0), (1, 1)), (3, 3)),
    "stride 1 unless stated": ("kernel_size: 3", Window((3, 3), (1, 1), (0, 0), (1, 1)), (5, 4)),
    "padded": ("kernel_size: 3 pad: 1", Window((3, 3), (1, 1), (1, 1), (1, 1)), (7, 6)),
    "last window dropped": (
        "kernel_size: 2 stride: 2 pad: 1",  # a fourth window across would begin at 7 = 6 + 1
        Window((2, 2), (2, 2), (1, 1), (1, 1)),
        (4, 4),
    ),
    "_h and _w": (
        "kernel_h: 2 kernel_w: 3 stride_h: 3 stride_w: 1 pad_h: 1 pad_w: 0",
        Window((2, 3), (3, 1), (1, 0), (1, 1)),
        (3, 4),
    ),
    "gaps": ("kernel_size: 1 stride: 4", Window((1, 1), (4, 4), (0, 0), (1, 1)), (3, 3)),
    "larger than the image": (
        "kernel_size: 8 stride: 3",
        Window((8, 8), (3, 3), (0, 0), (1, 1)),
        (1, 1),
    ),
    "global": ("global_pooling: true", Window((7, 6), (1, 1), (0, 0), (1, 1)), (1, 1)),
}


def pooling(options: str, x: np.ndarray, **settings) -> LayerRun:
    prototxt = f'name: "pool1" type: "Pooling" pooling_param {{ {options} }}'
    return run_layer(prototxt, x, **settings)


def different_values(rng, shape=IMAGE):
    """Numbers that lie far apart compared to the steps of a gradient check."""
    return rng.permutation(np.prod(shape)).reshape(shape) / 100


@pytest.mark.parametrize("case", CASES)
def test_maximum_mask_and_average_of_each_window(case, rng):
    options, window, places = CASES[case]
    x = rng.normal(size=IMAGE)
    maximum, position, average = plain_loops.pooling(x, window, places)
    run = pooling(options, x, num_top=2, phase="TEST")
    np.testing.assert_array_equal(run.top[0].data, maximum)
    np.testing.assert_array_equal(run.top[1].data, position)
    run = pooling(f"{options} pool: AVE", x)
    np.testing.assert_allclose(run.top[0].data, average, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("case", sorted(CASES.keys() - {"gaps"}))
def test_padding_need_not_count(case, rng):
    options, window, places = CASES[case]
    x = rng.normal(size=IMAGE)
    _, _, average = plain_loops.pooling(x, window, places, count_padding=False)
    run = pooling(f"{options} pool: AVE avg_include_pad: false", x)
    np.testing.assert_allclose(run.top[0].data, average, rtol=1e-12, atol=1e-15)


def test_an_axis_of_channels_that_is_not_the_second(rng):
    x = rng.normal(size=IMAGE)
    expected = pooling("kernel_size: 3 stride: 2", x, num_top=2).top
    for axis, shape in ((2, (2, 1, 3, 7, 6)), (0, (6, 7, 6))):
        run = pooling(f"kernel_size: 3 stride: 2 axis: {axis}", x.reshape(shape), num_top=2)
        for blob, same in zip(run.top, expected, strict=True):
            assert blob.shape == (*shape[:-2], 3, 3)
            np.testing.assert_array_equal(blob.data.reshape(same.shape), same.data)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("kernel_size: 2 round_mode: FLOOR ceil_mode: true", "contradict each other"),
        ("kernel_size: 2 round_mode: CEIL ceil_mode: false", "contradict each other"),
        ("kernel_size: 2 dilation: 0", "Dilation must be nonzero"),
        ("kernel_size: 2 dilation: [1, 2, 3]", "dilation must be specified once"),
        ("kernel_size: 2 dilation: 9", "the kernel does not fit"),
        ("kernel_size: 2 dilation: 18446744073709551615", "the kernel does not fit"),
        ("kernel_size: 2000000000 pad: 1999999999 dilation: 2", "the kernel does not fit"),
        ("kernel_size: 2 axis: 2", "two axes behind axis 2"),
    ],
)
def test_what_forks_add_is_checked(options, words):
    with pytest.raises(LayerError, match=words):
        pooling(options, np.zeros(IMAGE))


def test_the_mask_takes_no_part_in_the_gradient(rng):
    run = pooling("kernel_size: 2 stride: 2", rng.normal(size=IMAGE), num_top=2)
    run.top[0].diff[...], run.top[1].diff[...] = 1, np.nan
    run.backward()
    assert run.bottom[0].diff.sum() == run.top[0].count


@pytest.mark.parametrize("case", sorted(CASES.keys() - {"gaps"}))
def test_the_mask_says_where_maxima_are_taken_from_and_gradients_go(case, rng):
    run = pooling(CASES[case][0], different_values(rng), num_top=2, dtype="f4")
    run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    run.backward()
    for n, c in np.ndindex(IMAGE[:2]):
        position = run.top[1].data[n, c].astype(int)
        plane, gradient = run.bottom[0].data[n, c].ravel(), np.zeros(7 * 6, "f4")
        np.testing.assert_array_equal(run.top[0].data[n, c], plane[position])
        for p, dy in zip(position.flat, run.top[0].diff[n, c].flat, strict=True):
            gradient[p] += dy
        np.testing.assert_allclose(run.bottom[0].diff[n, c].ravel(), gradient, atol=1e-5)


@pytest.mark.parametrize("options", ["kernel_size: 3 stride: 2 pad: 1", "global_pooling: true"])
@pytest.mark.parametrize("shape", [(1, 3, 7, 6), (3, 3, 20, 30), (0, 3, 7, 6)])
def test_the_mask_follows_a_new_shape(options, shape, rng):
    run = pooling(options, different_values(rng), num_top=2)
    x = different_values(rng, shape)
    run.bottom[0].reshape(shape)
    run.bottom[0].data[...] = x
    run.forward()
    assert run.top[1].shape == run.top[0].shape
    for n, c in np.ndindex(shape[:2]):
        position = run.top[1].data[n, c].astype(int)
        np.testing.assert_array_equal(run.top[0].data[n, c], x[n, c].ravel()[position])


def test_a_window_beyond_the_image_has_no_maximum():
    run = pooling("kernel_size: 1 stride: 3", np.zeros((1, 1, 5, 5)), num_top=2, phase="TEST")
    assert run.top[0].shape == (1, 1, 3, 3)
    np.testing.assert_array_equal(run.top[0].data[0, 0, 2], -FLT_MAX)
    np.testing.assert_array_equal(run.top[1].data[0, 0], [[0, 3, -1], [15, 18, -1], [-1] * 3])


# --- windows beside the image ---------------------------------------------------------------------

BESIDE = "kernel_size: 1 stride: 2"  # on 8 pixels: the fifth would stand at 8


@pytest.mark.parametrize("pool", ["MAX", "AVE"])
def test_windows_beside_the_image_are_not_learned_from(pool):
    options = f"{BESIDE} pool: {pool}"
    with pytest.raises(LayerError, match='"pool1": the last windows lie beside') as caught:
        pooling(options, np.ones((1, 1, 8, 8)))
    assert "round_mode: FLOOR" in str(caught.value)
    run = pooling(f"{options} round_mode: FLOOR", np.ones((1, 1, 8, 8)))
    np.testing.assert_array_equal(run.top[0].data, np.ones((1, 1, 4, 4)))


@pytest.mark.parametrize(("pool", "value"), [("MAX", -FLT_MAX), ("AVE", np.nan), ("STOCHASTIC", 0)])
def test_windows_beside_the_image_are_told_of_once(pool, value, caplog):
    run = pooling(f"{BESIDE} pool: {pool}", np.ones((1, 1, 8, 6)), phase="TEST", dtype="f4")
    expected = np.ones((5, 4), "f4")
    expected[4], expected[:, 3] = value, value
    np.testing.assert_array_equal(run.top[0].data[0, 0], expected)
    for shape in ((1, 1, 8, 6), (1, 1, 4, 4)):
        run.bottom[0].reshape(shape)
        run.forward()
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert 'Pooling layer "pool1": the last windows lie beside the image' in record.message
    assert "round_mode: FLOOR" in record.message


def test_they_are_told_of_when_an_image_of_that_size_comes(caplog):
    run = pooling(BESIDE, np.ones((1, 1, 7, 7)))
    assert not caplog.records
    run.bottom[0].reshape((1, 1, 8, 8))
    with pytest.raises(LayerError, match="the last windows lie beside"):
        run.forward()


def test_averages_of_0_do_no_harm(rng, caplog):
    x = rng.normal(size=(1, 1, 5, 5))  # the third window would stand at 6, one beyond the end
    run = pooling("kernel_size: 1 stride: 3 pool: AVE", x)
    expected = np.zeros((3, 3))
    expected[:2, :2] = x[0, 0, ::3, ::3]
    np.testing.assert_array_equal(run.top[0].data[0, 0], expected)
    check_gradients(run)
    assert len(caplog.records) == 1


@pytest.mark.parametrize("stride", [2, 8, 1000])
def test_nobody_is_drawn_from_a_window_beside_the_image(stride, rng):
    x = rng.random(size=(2, 2, 8, 8))
    run = pooling(f"kernel_size: 1 stride: {stride} pool: STOCHASTIC", x)
    run.top[0].diff[...] = 1
    run.backward()
    expected = np.zeros((8, 8))
    expected[::stride, ::stride] = 1
    np.testing.assert_array_equal(run.bottom[0].diff, np.broadcast_to(expected, x.shape))
    inside = run.top[0].data[..., : -(-8 // stride), : -(-8 // stride)]
    np.testing.assert_array_equal(inside, x[..., ::stride, ::stride])
    assert run.top[0].data.sum() == pytest.approx(inside.sum())


@pytest.mark.parametrize("size", ["kernel_size: 3 stride: 5", "global_pooling: true"])
def test_images_without_pixels_give_no_values(size):
    run = pooling(f"{size} pool: AVE", np.ones((1, 1, 8, 8)))
    run.bottom[0].reshape((1, 1, 0, 8))
    with pytest.raises(LayerError, match='"pool1"'):
        run.forward()


@pytest.mark.parametrize("pool", ["MAX", "AVE", "STOCHASTIC"])
@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_a_kernel_far_larger_than_the_image_sees_all_of_it(pool, phase, rng):
    x = rng.random(size=(2, 1, 4, 5))
    runs = [
        pooling(f"kernel_size: {size} stride: {size} pool: {pool}", x, phase=phase, seed=3)
        for size in (5, 2**32 - 1)
    ]
    for run in runs:
        run.top[0].diff[...] = 1
        run.backward()
    small, large = runs
    np.testing.assert_allclose(large.top[0].data, small.top[0].data, rtol=1e-12)
    np.testing.assert_allclose(large.bottom[0].diff, small.bottom[0].diff, rtol=1e-12)


# --- maxima ---------------------------------------------------------------------------------------


def test_the_first_of_equal_values_wins():
    run = pooling("kernel_size: 3 stride: 2", np.ones((1, 1, 5, 5)), num_top=2)
    np.testing.assert_array_equal(run.top[1].data[0, 0], [[0, 2], [10, 12]])
    run.top[0].diff[...] = 5
    run.backward()
    np.testing.assert_array_equal(np.flatnonzero(run.bottom[0].diff), [0, 2, 10, 12])


def test_nan_and_minus_infinity_never_win():
    x = np.array([[np.nan, 1, -np.inf, np.nan], [2, np.nan, np.nan, -np.inf]])
    run = pooling("kernel_size: 2 stride: 2", x.reshape(1, 1, 2, 4), num_top=2)
    np.testing.assert_array_equal(run.top[0].data[0, 0], [[2, -FLT_MAX]])
    np.testing.assert_array_equal(run.top[1].data[0, 0], [[4, -1]])
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff[0, 0], [[0, 0, 0, 0], [1, 0, 0, 0]])


def test_the_gradient_is_that_of_the_input_even_if_the_top_was_overwritten():
    x = np.arange(16.0).reshape(1, 1, 4, 4)
    run = pooling("kernel_size: 2 stride: 2", x)
    run.top[0].data[...] = 0  # by a layer that works in place
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_array_equal(np.flatnonzero(run.bottom[0].diff), [5, 7, 13, 15])


@pytest.mark.parametrize("pool", ["MAX", "AVE", "STOCHASTIC"])
def test_global_pooling_follows_a_new_image_size(pool, rng):
    run = pooling(f"global_pooling: true pool: {pool}", rng.random(IMAGE))
    larger = different_values(rng, (1, 3, 20, 30))  # too many taps for one byte
    run.bottom[0].reshape(larger.shape)
    run.bottom[0].data[...] = larger
    run.forward()
    assert run.top[0].shape == (1, 3, 1, 1)
    if pool == "AVE":
        np.testing.assert_allclose(run.top[0].data[0, :, 0, 0], larger.mean(axis=(0, 2, 3)))
    if pool == "MAX":
        np.testing.assert_array_equal(run.top[0].data[0, :, 0, 0], larger.max(axis=(0, 2, 3)))
    check_gradients(run)


def test_the_argmax_grows_with_the_window(rng):
    """A window of more taps than a byte can number, and a top of the same shape as before."""
    run = pooling("global_pooling: true", rng.random(IMAGE))
    run.bottom[0].reshape(*IMAGE[:2], 20, 30)
    run.bottom[0].data[...] = np.arange(600).reshape(20, 30)
    run.forward()
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff[..., -1, -1], 1)


@pytest.mark.parametrize("pool", ["MAX", "AVE", "STOCHASTIC"])
@pytest.mark.parametrize("num", [1, 2, 0])
def test_a_new_batch_size_is_fine(pool, num, rng):
    run = pooling(f"kernel_size: 3 stride: 2 pool: {pool}", rng.random(IMAGE))
    run.bottom[0].reshape(num, *IMAGE[1:])
    run.forward()
    run.top[0].diff[...] = 1
    run.backward()
    assert run.top[0].shape == (num, 3, 3, 3)
    assert run.bottom[0].diff.sum() == pytest.approx(num * 27)


# --- stochastic -----------------------------------------------------------------------------------


def test_in_training_a_value_of_the_window_is_drawn_anew_each_time(rng):
    x = rng.random((50, 3, 7, 6))
    run = pooling("kernel_size: 3 stride: 2 pool: STOCHASTIC", x)
    first = run.top[0].data.copy()
    window = Window((3, 3), (2, 2), (0, 0), (1, 1))
    for at, values in plain_loops.windows(x, window, (3, 3)).items():
        assert first[at] in values
    run.forward()
    assert (run.top[0].data != first).mean() > 0.5


def test_in_testing_large_values_weigh_more():
    x = np.array([[1.0, 2.0, 0.0, 0.0], [3.0, 4.0, 0.0, 0.0]]).reshape(1, 1, 2, 4)
    run = pooling("kernel_size: 2 stride: 2 pool: STOCHASTIC", x, phase="TEST")
    np.testing.assert_allclose(run.top[0].data[0, 0], [[(1 + 4 + 9 + 16) / 10, 0]])


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "both kernel_h and kernel_w are required"),
        ("kernel_h: 2", "both kernel_h and kernel_w are required"),
        (
            "kernel_size: 2 kernel_h: 2 kernel_w: 2",
            "kernel_size OR kernel_h and kernel_w; not both",
        ),
        ("kernel_size: 0", "Filter dimensions cannot be zero"),
        ("kernel_size: 2 stride: 0", "Stride dimensions must be nonzero"),
        ("kernel_size: 2 pad: 1 pad_h: 1 pad_w: 1", "Pad is pad OR pad_h and pad_w"),
        ("kernel_size: 2 pad_h: 1", "Pad is pad OR pad_h and pad_w"),
        ("kernel_size: 2 stride: 1 stride_h: 1 stride_w: 1", "Stride is stride OR stride_h"),
        ("kernel_size: 2 stride_w: 1", "Stride is stride OR stride_h"),
        ("kernel_size: 2 pad: 2", r"pad must be smaller than the kernel[^$]*\(2, 2\)"),
        ("kernel_h: 3 kernel_w: 2 pad: 2", "pad must be smaller than the kernel"),
        ("global_pooling: true kernel_size: 2", "true Filter size cannot specified"),
        ("global_pooling: true kernel_h: 2", "true Filter size cannot specified"),
        ("global_pooling: true pad: 1", "only pad = 0 and stride = 1"),
        ("global_pooling: true stride: 2", "only pad = 0 and stride = 1"),
        ("kernel_size: 2 pad: 1 pool: STOCHASTIC", "only for average and max pooling"),
        ("kernel_size: 8", r"does not fit[^$]*\(7, 6\)[^$]*\(8, 8\)[^$]*global_pooling"),
    ],
)
def test_what_cannot_work_is_refused(options, message, rng):
    with pytest.raises(LayerError, match=f'(?s)Pooling layer "pool1".*{message}'):
        pooling(options, rng.normal(size=IMAGE))


def test_kernel_size_wins_over_one_of_h_and_w(rng):
    run = pooling("kernel_size: 2 kernel_h: 3", rng.normal(size=IMAGE))
    assert run.top[0].shape == (2, 3, 6, 5)


@pytest.mark.parametrize("pool", ["AVE", "STOCHASTIC"])
def test_only_maxima_have_a_mask(pool, rng):
    with pytest.raises(LayerError, match=r"at most 1 top blob\(s\) as output"):
        pooling(f"kernel_size: 2 pool: {pool}", rng.normal(size=IMAGE), num_top=2)


@pytest.mark.parametrize("shape", [(2, 3, 7), (2, 3)])
def test_only_images_are_taken(shape, rng):
    with pytest.raises(LayerError, match="Input must have 4 axes"):
        pooling("kernel_size: 2", rng.normal(size=shape))


def test_a_new_size_that_no_longer_fits_is_refused(rng):
    run = pooling("kernel_size: 3", rng.normal(size=IMAGE))
    run.bottom[0].reshape(2, 3, 2, 6)
    with pytest.raises(LayerError, match="does not fit"):
        run.forward()


def test_settings_of_clips_are_refused():
    with pytest.raises(LayerError, match="a setting of clips"):
        run_layer(
            'name: "it" type: "Pooling" pooling_param { kernel_size: 1 kernel_depth: 2 }',
            np.zeros((1, 1, 2, 2)),
        )
