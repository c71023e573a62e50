import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def reduction(x, options, levels="", **more):
    text = f"batch_reduction_param {{ {levels} reduction_param {{ {options} }} }}"
    return run_layer(f'name: "all" type: "BatchReduction" {text}', x, **more)


def test_one_axis_is_summed_up_or_averaged(rng):
    x = rng.normal(size=(2, 5, 3))
    np.testing.assert_allclose(reduction(x, "axis: 1").top[0].data, x.sum(axis=1))
    np.testing.assert_allclose(reduction(x, "").top[0].data, x.sum(axis=0))
    np.testing.assert_allclose(reduction(x, "operation: MEAN axis: 1").top[0].data, x.mean(axis=1))


def test_a_level_is_a_piece_of_as_many_items_as_its_square(rng):
    x = rng.normal(size=(2, 14, 3))
    y = reduction(x, "operation: MEAN axis: 1", "level: [1, 3, 2]").top[0].data
    assert y.shape == (2, 3, 3)
    for piece, (begin, end) in enumerate([(0, 1), (1, 10), (10, 14)]):
        np.testing.assert_allclose(y[:, piece], x[:, begin:end].mean(axis=1))


def test_with_pos_the_diagonal_of_two_axes_counts(rng):
    x = rng.normal(size=(2, 4, 4, 3))
    run = reduction(x, "axis: 1", "pos: true")
    np.testing.assert_allclose(run.top[0].data, sum(x[:, t, t] for t in range(4)))
    run.top[0].diff[...] = dy = rng.normal(size=(2, 3))
    run.backward()
    for t, u in np.ndindex(4, 4):
        np.testing.assert_array_equal(run.bottom[0].diff[:, t, u], dy if t == u else 0 * dy)


def test_the_mean_of_the_largest(rng):
    x = rng.normal(size=(2, 6, 3))
    run = reduction(x, "operation: TOPK k: 2 axis: 1")
    run.top[0].diff[...] = 8
    run.backward()
    for n, c in np.ndindex(2, 3):
        first, second = sorted(x[n, :, c])[-2:]
        np.testing.assert_allclose(run.top[0].data[n, c], (first + second) / 2)
        expected = [4 if v in (first, second) else 0 for v in x[n, :, c]]
        np.testing.assert_array_equal(run.bottom[0].diff[n, :, c], expected)


def test_of_equal_values_the_first_count():
    run = reduction([1.0, 3.0, 3.0, 3.0], "operation: TOPK k: 2")
    run.top[0].diff[...] = 2
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [0, 1, 1, 0])


@pytest.mark.parametrize(
    ("options", "levels", "words"),
    [
        ("operation: ASUM", "", "no such reduction"),
        ("axis: 1", "level: 2", "do not make up the axis"),
        ("axis: 1", "level: 0", "at least 1"),
        ("axis: 1", "level: [1, 1] pos: true", "Cannot do pos-sensitive"),
        ("operation: TOPK axis: 1", "level: [1, 2]", "only works with 1 level"),
        ("operation: TOPK k: 6 axis: 1", "", "1 to 5"),
        ("operation: TOPK k: 0 axis: 1", "", "1 to 5"),
        ("axis: 0", "pos: true", "two axis reduced"),
        ("axis: 2", "pos: true", "two axis reduced"),
    ],
)
def test_bad_settings(options, levels, words):
    with pytest.raises(LayerError, match=words):
        reduction(np.zeros((2, 5, 3)), options, levels)
