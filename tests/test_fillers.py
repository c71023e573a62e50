from __future__ import annotations

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.fillers import FILLERS, fill
from blobnet.ops.gabor import gabor_filters
from blobnet.proto import FillerParameter

SHAPE = (20, 30, 5, 5)  # fan-in 750, fan-out 500
OF_FORKS = {
    *("bilinear_3D", "bilinear_upsampling", "diagonal", "expectation", "file", "gabor"),
    *("gaussian_unitball", "borderMask", "flowBorderMask"),
}
OF_ONE_SHAPE = {
    *("bilinear_3D", "bilinear_upsampling", "expectation", "file", "gabor", "borderMask"),
    "flowBorderMask",
}
RANDOM = sorted(set(FILLERS) - {"constant", "bilinear"} - OF_FORKS)


def filled(shape=SHAPE, *, seed: int = 0, dtype: str = "f8", **param: object) -> np.ndarray:
    array = np.full(shape, np.nan, dtype)
    fill(array, FillerParameter(**param), np.random.default_rng(seed))
    return array


def test_these_are_caffes_fillers():
    assert set(FILLERS) - OF_FORKS == {
        "constant", "uniform", "gaussian", "positive_unitball", "xavier", "msra", "bilinear"
    }  # fmt: skip


def test_without_a_type_every_value_is_zero():
    np.testing.assert_array_equal(filled((2, 3)), np.zeros((2, 3)))


def test_constant():
    np.testing.assert_array_equal(filled((2, 3), type="constant", value=1.5), np.full((2, 3), 1.5))


def test_uniform_spreads_over_the_whole_range():
    values = filled(type="uniform", min=-2, max=6)
    assert -2 <= values.min() < -1.99
    assert 5.99 < values.max() <= 6
    assert values.mean() == pytest.approx(2, abs=0.1)
    assert values.std() == pytest.approx(8 / math.sqrt(12), rel=0.02)


def test_uniform_is_between_0_and_1_by_default():
    values = filled(type="uniform")
    assert 0 <= values.min() < 0.01 < 0.99 < values.max() <= 1


def test_gaussian_has_mean_and_standard_deviation():
    values = filled(type="gaussian", mean=3, std=0.5)
    assert values.mean() == pytest.approx(3, abs=0.02)
    assert values.std() == pytest.approx(0.5, rel=0.02)
    assert np.mean(np.abs(values - 3) < 0.5) == pytest.approx(0.683, abs=0.02), "68% within one std"


def test_sparse_keeps_a_few_weights_of_each_output():
    values = filled((50, 400), type="gaussian", std=1, sparse=5)
    assert np.mean(values != 0) == pytest.approx(5 / 50, rel=0.1)
    assert values[values != 0].std() == pytest.approx(1, rel=0.1)


def test_sparse_zero_keeps_nothing():
    assert not filled(type="gaussian", sparse=0).any()


@pytest.mark.parametrize("kind", sorted(set(FILLERS) - {"gaussian"}))
@pytest.mark.parametrize("sparse", [0, 3])
def test_sparse_belongs_to_gaussian_only(kind, sparse):
    with pytest.raises(LayerError, match=f'`sparse`.*gaussian.*"{kind}"'):
        filled(type=kind, sparse=sparse)


def test_positive_unitball_rows_sum_to_one():
    values = filled((4, 3, 2), type="positive_unitball")
    assert values.min() >= 0
    np.testing.assert_allclose(values.sum(axis=(1, 2)), np.ones(4))
    assert len(np.unique(values)) == values.size


def test_gaussian_unitball_rows_have_length_1():
    values = filled((400, 3, 2), type="gaussian_unitball")
    np.testing.assert_allclose(np.square(values).sum(axis=(1, 2)), np.ones(400))
    assert abs(values.mean()) < 0.03
    assert abs(values.std() - 6**-0.5) < 0.01


@pytest.mark.parametrize(
    ("variance_norm", "n"),
    [
        (FillerParameter.FAN_IN, 750),
        (FillerParameter.FAN_OUT, 500),
        (FillerParameter.AVERAGE, 625),
    ],
)
class TestFans:
    def test_xavier_is_uniform_within_sqrt_3_over_n(self, variance_norm, n):
        values = filled(type="xavier", variance_norm=variance_norm)
        limit = math.sqrt(3 / n)
        assert np.abs(values).max() == pytest.approx(limit, rel=1e-2)
        assert np.abs(values).max() <= limit
        assert values.std() == pytest.approx(math.sqrt(1 / n), rel=0.02)

    def test_msra_is_gaussian_with_std_sqrt_2_over_n(self, variance_norm, n):
        values = filled(type="msra", variance_norm=variance_norm)
        assert values.std() == pytest.approx(math.sqrt(2 / n), rel=0.02)
        assert values.mean() == pytest.approx(0, abs=0.002)
        assert np.abs(values).max() > 3 * values.std(), "a bell has tails"


@pytest.mark.parametrize("kind", ["xavier", "msra"])
def test_fan_in_is_the_default(kind):
    by_default = filled(type=kind)
    np.testing.assert_array_equal(by_default, filled(type=kind, variance_norm=0))


def test_one_axis_has_a_fan_out_of_all_its_values():
    values = filled((6000,), type="xavier", variance_norm=FillerParameter.FAN_OUT)
    assert np.abs(values).max() == pytest.approx(math.sqrt(3 / 6000), rel=1e-2)


@pytest.mark.parametrize(
    ("kernel", "line"),
    [
        (1, [1]),
        (2, [0.5, 0.5]),
        (3, [0.5, 1, 0.5]),
        (4, [0.25, 0.75, 0.75, 0.25]),
        (5, [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3]),
        (6, [1 / 6, 3 / 6, 5 / 6, 5 / 6, 3 / 6, 1 / 6]),
    ],
)
def test_bilinear_is_a_symmetric_pyramid(kernel, line):
    values = filled((2, 3, kernel, kernel), type="bilinear")
    expected = [[a * b for b in line] for a in line]
    np.testing.assert_allclose(values, np.broadcast_to(expected, values.shape))


@pytest.mark.parametrize("shape", [(3, 3), (1, 1, 2, 3), (1, 1, 1, 2, 2)])
def test_bilinear_wants_square_kernels_of_4_axes(shape):
    with pytest.raises(LayerError, match=r"4 axes.*\n.*got: +shape"):
        filled(shape, type="bilinear")


LINES_OF_2015 = [
    (1, [1]),
    (3, [0.25, 0.75, 0.75]),
    (4, [0.25, 0.75, 0.75, 0.25]),
    (5, [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3]),
    (6, [1 / 3, 2 / 3, 1, 2 / 3, 1 / 3, 0]),
    (7, [1 / 8, 3 / 8, 5 / 8, 7 / 8, 7 / 8, 5 / 8, 3 / 8]),
]
"""A side of the pyramid, for kernels of these sizes."""


@pytest.mark.parametrize(("kernel", "line"), LINES_OF_2015)
def test_bilinear_upsampling_is_a_pyramid_off_the_middle(kernel, line):
    values = filled((2, 3, kernel, kernel), type="bilinear_upsampling")
    for y, x in np.ndindex(kernel, kernel):
        np.testing.assert_allclose(values[:, :, y, x], line[y] * line[x], atol=1e-15)


@pytest.mark.parametrize("shape", [(3, 3), (), (1, 1, 2, 3), (1, 1, 1, 2, 2)])
def test_bilinear_upsampling_wants_square_kernels(shape):
    with pytest.raises(LayerError, match=r"4 axes.*\n.*got: +shape"):
        filled(shape, type="bilinear_upsampling")


@pytest.mark.parametrize(("kernel", "line"), LINES_OF_2015)
def test_bilinear_3d_is_a_pyramid_of_volumes(kernel, line):
    values = filled((2, 3, kernel, kernel, kernel), type="bilinear_3D")
    for z, y, x in np.ndindex(kernel, kernel, kernel):
        np.testing.assert_allclose(values[:, :, z, y, x], line[z] * line[y] * line[x], atol=1e-15)


@pytest.mark.parametrize("shape", [(3, 3), (), (1, 1, 2, 2), (1, 1, 1, 2, 2)])
def test_bilinear_3d_wants_cubic_kernels(shape):
    with pytest.raises(LayerError, match=r"5 axes.*\n.*got: +shape"):
        filled(shape, type="bilinear_3D")


@pytest.mark.parametrize(("ratio", "border"), [(0, 0), (0.1, 1), (0.3, 2), (0.5, 3), (9, 6)])
def test_border_mask_is_0_around_the_images(ratio, border):
    values = filled((2, 3, 6, 8), type="borderMask", border_ratio=ratio)
    for y, x in np.ndindex(6, 8):
        inside = border <= y < 6 - border and border <= x < 8 - border
        assert (values[:, :, y, x] == inside).all()


def test_a_half_of_a_pixel_is_rounded_up():
    values = filled((1, 1, 10, 10), type="borderMask", border_ratio=0.25)  # 2.5 pixels
    assert values[0, 0].sum() == 4 * 4


def test_flow_border_mask_is_0_where_there_is_no_neighbour():
    values = filled((2, 2, 3, 4), type="flowBorderMask")
    for n, c, y, x in np.ndindex(values.shape):
        assert values[n, c, y, x] == (x < 3 if c == 0 else y < 2)


@pytest.mark.parametrize(
    ("shape", "param", "words"),
    [
        ((2, 3, 4, 4), {"type": "flowBorderMask"}, "2 channels"),
        ((2, 4), {"type": "flowBorderMask"}, "2 channels"),
        ((2, 4), {"type": "borderMask", "border_ratio": 0.1}, "4 axes"),
        ((1, 1, 4, 4), {"type": "borderMask"}, "border_ratio of 0 or more"),
        ((1, 1, 4, 4), {"type": "borderMask", "border_ratio": math.nan}, "border_ratio of 0 or"),
        ((1, 1, 4, 4), {"type": "xavier", "border_ratio": 0.1}, "`border_ratio` does not work"),
    ],
)
def test_masks_that_make_no_sense(shape, param, words):
    with pytest.raises(LayerError, match=words):
        filled(shape, **param)


def test_gabor_filters_are_those_of_the_shape():
    values = filled((96, 3, 11, 11), type="gabor", dtype="f4")
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, gabor_filters(96, 11), rtol=1e-6)


@pytest.mark.parametrize("shape", [(96, 1, 11, 11), (97, 3, 11, 11), (96, 3, 11, 9), (96, 3, 121)])
def test_gabor_filters_are_known_for_four_shapes(shape):
    words = r"No predefined gabor filters.*\n.*\(32, 3, 5, 5\).*\n.*got: +shape"
    with pytest.raises(LayerError, match=words):
        filled(shape, type="gabor")


# --- what holds for all of them -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "moments"),
    [
        ("xy", [lambda x, y: x, lambda x, y: y]),
        ("x", [lambda x, y: x]),
        ("y", [lambda x, y: y]),
        ("-x^2y^2", [lambda x, y: -x * x, lambda x, y: -y * y]),
    ],
)
@pytest.mark.parametrize("tail", [(), (1, 1)])
def test_expectation_weighs_places_from_minus_1_to_1(option, moments, tail):
    shape = (len(moments), 12, *tail)
    param = {"type": "expectation", "width": 4, "height": 3, "expectation_option": option}
    weights = filled(shape, **param).reshape(len(moments), 3, 4)
    for row, column in np.ndindex(3, 4):
        x, y = -1 + 2 * column / 3, -1 + row
        expected = [moment(x, y) for moment in moments]
        np.testing.assert_allclose(weights[:, row, column], expected, atol=1e-15)


@pytest.mark.parametrize(
    "wrong",
    [
        {"shape": (1, 12)},
        {"shape": (2, 11)},
        {"shape": (2, 12, 2)},
        {"shape": ()},
        {"width": 0, "shape": (2, 0)},
        {"expectation_option": "z"},
    ],
)
def test_expectation_wants_a_weight_for_each_place(wrong):
    param = {"shape": (2, 12), "type": "expectation", "width": 4, "height": 3, **wrong}
    with pytest.raises(LayerError, match="with values" if param["width"] == 0 else "each place"):
        filled(**param)


def test_a_map_of_one_row_has_its_middle_nowhere():
    """The fork divides 0 by 0 there; here the only place is the first, -1."""
    weights = filled((2, 3), type="expectation", width=3, height=1)
    np.testing.assert_array_equal(weights, [[-1, 0, 1], [-1, -1, -1]])


@pytest.mark.parametrize("kind", RANDOM)
def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(kind):
    first = filled(type=kind, seed=1)
    np.testing.assert_array_equal(first, filled(type=kind, seed=1))
    assert not np.array_equal(first, filled(type=kind, seed=2))


@pytest.mark.parametrize("kind", sorted(set(FILLERS) - OF_ONE_SHAPE))
def test_the_dtype_stays(kind):
    assert filled((2, 2, 3, 3), type=kind, dtype="f4").dtype == np.float32
    assert np.isfinite(filled((2, 2, 3, 3), type=kind, dtype="f4")).all()


@pytest.mark.parametrize("kind", sorted(set(FILLERS) - OF_ONE_SHAPE - {"bilinear"}))
def test_a_blob_of_one_number_can_be_filled(kind):
    assert np.isfinite(filled((), type=kind)).all()


@pytest.mark.parametrize("kind", sorted(set(FILLERS) - OF_ONE_SHAPE))
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 3), (1, 1, 0, 0)])
def test_an_empty_blob_is_refused(kind, shape):
    with pytest.raises(LayerError, match="with values"):
        filled(shape, type=kind)


def test_uniform_wants_min_below_max():
    with pytest.raises(LayerError, match=r"min 2\.0 and max 1\.0"):
        filled(type="uniform", min=2, max=1)


def test_a_range_or_spread_of_nothing_is_a_constant():
    np.testing.assert_array_equal(filled((2, 3), type="uniform", min=3, max=3), np.full((2, 3), 3))
    np.testing.assert_array_equal(
        filled((2, 3), type="gaussian", mean=3, std=0), np.full((2, 3), 3)
    )


def test_gaussian_wants_a_std_that_is_not_negative():
    with pytest.raises(LayerError, match=r"std.*-1"):
        filled(type="gaussian", std=-1)


def test_a_sparse_number_without_axes_is_refused():
    with pytest.raises(LayerError, match="at least one axis"):
        filled((), type="gaussian", sparse=1)


def test_an_unknown_filler_is_refused_with_a_near_name():
    with pytest.raises(LayerError, match=r'"xaver"\n.*gaussian.*\n.*did you mean xavier\?'):
        filled(type="xaver")


INFINITE = float("inf")


@pytest.mark.parametrize(
    "limits", [{"min": -INFINITE}, {"max": INFINITE}, {"min": math.nan}, {"max": math.nan}]
)
def test_uniform_wants_numbers_that_have_an_end(limits):
    with pytest.raises(LayerError, match="finite min <= max"):
        filled((2, 3), type="uniform", **limits)


@pytest.mark.parametrize(
    "numbers", [{"std": math.nan}, {"std": INFINITE}, {"mean": math.nan}, {"mean": -INFINITE}]
)
def test_gaussian_wants_numbers_that_have_an_end(numbers):
    with pytest.raises(LayerError, match="finite std"):
        filled((2, 3), type="gaussian", **numbers)


def test_uniform_spreads_over_all_that_float32_has():
    values = filled((1000,), type="uniform", min=-3e38, max=3e38, dtype="f4")
    assert np.isfinite(values).all()
    assert values.min() < -2.9e38
    assert values.max() > 2.9e38
    assert abs(np.mean(values / np.float32(3e38))) < 0.1


def test_a_spread_beyond_float32_warns_of_nothing():
    values = filled((1000,), type="gaussian", std=3e38, dtype="f4")
    assert not np.isnan(values).any()
    assert np.isinf(values).any()


@pytest.mark.parametrize("value", [INFINITE, -INFINITE, math.nan, 3e38])
def test_a_constant_may_be_anything(value):
    values = filled((2,), type="constant", value=value, dtype="f4")
    np.testing.assert_array_equal(values, np.float32(value))


# --- of forks -------------------------------------------------------------------------------------


def test_intels_scale_and_caffe_windows_alpha_change_the_spread_of_msra():
    usual = filled(type="msra")
    np.testing.assert_allclose(filled(type="msra", scale=0.5), usual * 0.5)
    np.testing.assert_allclose(filled(type="msra", alpha=2), usual / 5**0.5)


def test_flownets_diagonal_makes_each_input_its_own_output():
    values = filled((3, 4, 2, 3), type="diagonal", diag_val=[6, 12])
    expected = np.zeros((3, 4, 2, 3))
    for channel, value in enumerate([1, 2, 1 / 6]):
        expected[channel, channel] = value
    np.testing.assert_allclose(values, expected)
    np.testing.assert_array_equal(filled((2, 3), type="diagonal"), np.eye(2, 3))
    np.testing.assert_array_equal(filled((3,), type="diagonal"), [1, 0, 0])


@pytest.mark.parametrize(
    ("shape", "param", "words"),
    [
        ((3, 3), {"type": "xavier", "alpha": 1}, "`alpha` does not work"),
        ((3, 3), {"type": "constant", "scale": 2}, "`scale` does not work"),
        ((3, 3), {"type": "msra", "diag_val": [2]}, "`diag_val` does not work"),
    ],
)
def test_what_forks_add_to_one_filler_is_refused_for_others(shape, param, words):
    with pytest.raises(LayerError, match=words):
        filled(shape, **param)


def test_numbers_of_a_file_are_taken_in_order(tmp_path):
    (tmp_path / "numbers.txt").write_text("1 0 -0.5\n0 1e3\t0 7 more")
    found = filled((2, 3), type="file", file=str(tmp_path / "numbers.txt"))
    np.testing.assert_array_equal(found, [[1, 0, -0.5], [0, 1e3, 0]])


@pytest.mark.parametrize(
    ("text", "message"), [("1 2", "too few numbers"), ("1 two 3", "no file of numbers")]
)
def test_a_file_without_enough_numbers_is_refused(tmp_path, text, message):
    (tmp_path / "numbers.txt").write_text(text)
    with pytest.raises(LayerError, match=message):
        filled((3,), type="file", file=str(tmp_path / "numbers.txt"))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(LayerError, match="cannot be read"):
        filled((3,), type="file", file=str(tmp_path / "none.txt"))
    with pytest.raises(LayerError, match="`file` does not work"):
        filled((3,), type="constant", file="any.txt")
