import numpy as np
import pytest

from blobnet import LayerError
from blobnet.ops.window import Window
from blobnet.testing import LayerRun, check_gradients, run_layer
from tests.ops import plain_loops


def grid(kernel, pad):
    return Window(kernel, kernel, pad, (1, 1))


PYRAMIDS = {
    # name: (bottom shape, the windows of each grid)
    "one grid": ((2, 3, 5, 4), [grid((5, 4), (0, 0))]),
    "no padding": (
        (2, 3, 8, 4),
        [grid((8, 4), (0, 0)), grid((4, 2), (0, 0)), grid((2, 1), (0, 0))],
    ),
    "odd sizes": ((1, 2, 7, 7), [grid((7, 7), (0, 0)), grid((4, 4), (1, 1)), grid((2, 2), (1, 1))]),
    "padding on one axis": (
        (
            2,
            3,
            9,
            8,
        ),  # four windows of 3 need 12 rows: of the 3 more than there are, 2 stand in front
        [grid((9, 8), (0, 0)), grid((5, 4), (1, 0)), grid((3, 2), (2, 0))],
    ),
}


def pyramid(options: str, x: np.ndarray, **settings) -> LayerRun:
    return run_layer(f'name: "spp5" type: "SPP" spp_param {{ {options} }}', x, **settings)


def different_values(rng, shape):
    """Numbers that lie far apart compared to the steps of a gradient check."""
    return rng.permutation(np.prod(shape)).reshape(shape) / 100


def grid_by_grid(x, windows, method):
    """0: maxima, 2: averages of each window, one grid behind the other."""
    grids = []
    for level, window in enumerate(windows):
        pooled = plain_loops.pooling(x, window, (2**level, 2**level))[method]
        grids.append(pooled.reshape(len(x), -1))
    return np.concatenate(grids, axis=1)


@pytest.mark.parametrize("case", PYRAMIDS)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_maxima_and_averages_of_every_grid_follow_one_another(case, dtype, rng):
    shape, windows = PYRAMIDS[case]
    x = rng.normal(size=shape).astype(dtype)
    height = f"pyramid_height: {len(windows)}"
    for options, method in (("", 0), ("pool: MAX", 0), ("pool: AVE", 2)):
        run = pyramid(f"{height} {options}", x, dtype=dtype)
        expected = grid_by_grid(x, windows, method)
        values = run.top[0].data.reshape(len(x), -1)
        np.testing.assert_allclose(values, expected, atol=1e-6 if dtype == "f4" else 1e-12)


def test_one_grid_keeps_its_four_axes(rng):
    assert pyramid("pyramid_height: 1", rng.normal(size=(2, 3, 5, 4))).top[0].shape == (2, 3, 1, 1)
    assert pyramid("pyramid_height: 2", rng.normal(size=(2, 3, 5, 4))).top[0].shape == (2, 15)


def test_in_testing_stochastic_pooling_weighs_every_window(rng):
    x = rng.uniform(0.5, 1.5, size=(2, 3, 4, 4))
    run = pyramid("pyramid_height: 2 pool: STOCHASTIC", x, phase="TEST")
    expected = []
    for n in range(2):
        windows = [x[n, c] for c in range(3)]
        windows += [x[n, c, y : y + 2, z : z + 2] for c in range(3) for y in (0, 2) for z in (0, 2)]
        expected.append([(window**2).sum() / window.sum() for window in windows])
    np.testing.assert_allclose(run.top[0].data, expected)


def test_in_training_stochastic_pooling_draws_from_the_layers_own_generator(rng):
    x = rng.random((20, 3, 4, 4))
    options = "pyramid_height: 2 pool: STOCHASTIC"
    run, same = pyramid(options, x, seed=3), pyramid(options, x, seed=3)
    np.testing.assert_array_equal(run.top[0].data, same.top[0].data)
    assert all(np.isin(run.top[0].data[n, :3], x[n]).all() for n in range(20))
    first = run.top[0].data.copy()
    run.forward()
    assert (run.top[0].data != first).mean() > 0.5


@pytest.mark.parametrize("pool", ["MAX", "AVE", "STOCHASTIC"])
@pytest.mark.parametrize("height", [1, 3])
@pytest.mark.parametrize("num", [1, 3, 0])
def test_a_new_batch_size_is_fine(num, height, pool, rng):
    x = rng.random((3, 2, 8, 4))
    run = pyramid(f"pyramid_height: {height} pool: {pool}", x, phase="TEST")
    expected = run.top[0].data[:num].copy()
    run.bottom[0].reshape(num, 2, 8, 4)
    run.bottom[0].data[...] = x[:num]
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, expected)
    run.top[0].diff[...] = 1
    run.backward()
    assert run.bottom[0].diff.shape == (num, 2, 8, 4)
    if pool == "MAX":
        assert run.bottom[0].diff.sum() == num * 2 * (1 if height == 1 else 21)


@pytest.mark.parametrize("pool", ["MAX", "AVE"])
@pytest.mark.parametrize("height", [1, 2, 3])
def test_images_of_another_size_give_as_many_values(height, pool, rng):
    run = pyramid(f"pyramid_height: {height} pool: {pool}", rng.normal(size=(2, 3, 9, 8)))
    shape = run.top[0].shape
    windows = [grid((7, 12), (0, 0)), grid((4, 6), (1, 0)), grid((2, 3), (1, 0))][:height]
    x = different_values(rng, (2, 3, 7, 12))
    run.bottom[0].reshape(x.shape)
    run.bottom[0].data[...] = x
    run.forward()
    assert run.top[0].shape == shape
    expected = grid_by_grid(x, windows, 0 if pool == "MAX" else 2)
    np.testing.assert_allclose(run.top[0].data.reshape(2, -1), expected)
    check_gradients(run)


def test_a_pyramid_of_a_large_image(rng):
    x = rng.normal(size=(1, 2, 100, 61)).astype("f4")
    run = pyramid("pyramid_height: 5", x, dtype="f4")
    assert run.top[0].shape == (1, 2 * (1 + 4 + 16 + 64 + 256))
    assert run.top[0].data[0, :2].tolist() == [x[0, 0].max(), x[0, 1].max()]


@pytest.mark.parametrize(
    ("options", "shape", "message"),
    [
        ("", (2, 3, 8, 8), r"pyramid_height must be at least 1"),
        ("pyramid_height: 0", (2, 3, 8, 8), r"pyramid_height must be at least 1"),
        ("pyramid_height: 2", (2, 3, 8), r"Input must have 4 axes"),
        ("pyramid_height: 2", (2, 3, 8, 8, 8), r"Input must have 4 axes"),
        ("pyramid_height: 2", (2, 3, 0, 8), r"Input dimensions cannot be zero"),
        ("pyramid_height: 1", (2, 3, 8, 0), r"Input dimensions cannot be zero"),
        (
            "pyramid_height: 3",  # three windows of 2 hold all of 5, so the fourth would be empty
            (2, 3, 8, 5),
            r"does not fill a grid of 4 x 4 windows[^$]*\(0, 2\) and kernel[^$]*height to 2",
        ),
        ("pyramid_height: 4000000000", (2, 3, 8, 8), r"does not fill a grid of 16 x 16"),
        (
            "pyramid_height: 2 pool: STOCHASTIC",
            (2, 3, 8, 5),
            "Padding implemented only for average and max pooling",
        ),
    ],
)
def test_what_cannot_work_is_refused(options, shape, message):
    with pytest.raises(LayerError, match=f'(?s)^SPP layer "spp5".*{message}'):
        pyramid(options, np.ones(shape))


def test_a_new_size_that_does_not_fit_is_refused_every_time(rng):
    run = pyramid("pyramid_height: 3", rng.normal(size=(2, 3, 8, 8)))
    run.bottom[0].reshape(2, 3, 8, 5)
    for _ in range(2):
        with pytest.raises(LayerError, match="does not fill a grid of 4 x 4"):
            run.forward()


def test_it_does_not_work_in_place(rng):
    with pytest.raises(LayerError, match="SPP Layer does not allow in-place computation"):
        pyramid("pyramid_height: 1", rng.normal(size=(1, 1, 1, 1)), in_place=True)
