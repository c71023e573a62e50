from __future__ import annotations

import numpy as np
import pytest

from blobnet import BlobError
from blobnet.blob import Blob
from blobnet.shapes import MAX_AXES


def filled(*shape: int, dtype: str = "f4") -> Blob:
    blob = Blob(shape, dtype=dtype)
    blob.data[...] = np.arange(blob.count).reshape(shape)
    blob.diff[...] = -blob.data
    return blob


# --- making and reading ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ((2, 3), (2, 3)),
        (((2, 3),), (2, 3)),
        (([2, 3],), (2, 3)),
        ((np.array([2, 3]),), (2, 3)),
        ((np.int64(2), 3), (2, 3)),
        ((5,), (5,)),
        ((np.int32(5),), (5,)),
        (((),), ()),
        ((), (0,)),
        ((2, 0, 3), (2, 0, 3)),
    ],
)
def test_a_shape_can_be_written_in_many_ways(arguments, shape):
    blob = Blob(*arguments)
    assert blob.shape == shape
    assert all(type(dim) is int for dim in blob.shape)
    assert blob.data.shape == blob.diff.shape == shape


def test_values_and_gradient_start_as_zero_in_float32():
    blob = Blob(2, 3)
    assert blob.dtype == blob.data.dtype == blob.diff.dtype == np.float32
    assert not blob.data.any()
    assert not blob.diff.any()


def test_a_blob_can_be_float64():
    blob = Blob(2, dtype="f8")
    assert blob.dtype == blob.data.dtype == blob.diff.dtype == np.float64
    blob.reshape(100)
    assert blob.data.dtype == blob.diff.dtype == np.float64


@pytest.mark.parametrize(
    "shape", [(-1,), (2, -3), (1,) * (MAX_AXES + 1), (2**40, 2**40), (2**62, 0, 2**62)]
)
def test_a_shape_that_no_blob_can_have_is_refused(shape):
    with pytest.raises(BlobError, match=r"cannot have this shape(.*\n)*.*32 axes"):
        Blob(shape)
    blob = filled(2, 3)
    with pytest.raises(BlobError, match="cannot have this shape"):
        blob.reshape(shape)
    assert blob.shape == (2, 3), "a refused shape must change nothing"
    assert blob.data[1, 2] == 5


def test_32_axes_are_allowed():
    assert Blob((1,) * MAX_AXES).num_axes == MAX_AXES


@pytest.mark.parametrize("shape", [(2.5,), (2.0, 3), "23"])
def test_a_shape_of_anything_but_integers_is_refused(shape):
    with pytest.raises(TypeError):
        Blob(shape)


def test_a_shape_larger_than_memory_is_an_error_that_can_be_caught():
    blob = Blob(2**50, 2)  # nothing is allocated yet
    with pytest.raises(BlobError, match="not enough memory"):
        _ = blob.data


def test_data_and_diff_can_be_assigned_and_changed_in_place():
    blob = Blob(2, 3)
    view = blob.data
    blob.data = [[1, 2, 3], [4, 5, 6]]
    blob.data += 1
    blob.diff = 7
    blob.diff *= 2
    np.testing.assert_array_equal(view, [[2, 3, 4], [5, 6, 7]])
    assert view is blob.data, "the array itself is never replaced"
    np.testing.assert_array_equal(blob.diff, np.full((2, 3), 14))


def test_update_subtracts_the_gradient():
    blob = filled(2, 3)
    view = blob.data
    blob.update()
    np.testing.assert_array_equal(view, 2 * np.arange(6).reshape(2, 3))
    assert view is blob.data


def test_clear_diff_sets_the_gradient_to_zero_and_only_that():
    blob = filled(2, 3)
    blob.clear_diff()
    assert not blob.diff.any()
    assert blob.data[1, 2] == 5


def test_clear_diff_takes_no_memory_for_a_gradient_never_used():
    blob = Blob(2**50, 2)
    blob.clear_diff()  # would raise "not enough memory" if it allocated


# --- axes -----------------------------------------------------------------------------------------


def test_count_is_a_number_and_counts_ranges_of_axes():
    blob = Blob(2, 3, 4, 5)
    assert blob.count == 120
    assert blob.count + 1 == 121
    assert isinstance(blob.count, int)
    assert blob.count(1) == 60
    assert blob.count(1, 3) == 12
    assert blob.count(2, 2) == 1
    assert blob.count(-1) == 5
    assert Blob(()).count == 1
    assert Blob().count == 0


def test_missing_legacy_axes_read_as_one():
    blob = Blob(2, 3)
    assert (blob.num, blob.channels, blob.height, blob.width) == (2, 3, 1, 1)
    assert [blob.legacy_shape(axis) for axis in range(-4, 0)] == [1, 1, 2, 3]
    image = Blob(2, 3, 4, 5)
    assert (image.num, image.channels, image.height, image.width) == (2, 3, 4, 5)
    assert [image.legacy_shape(axis) for axis in range(-4, 0)] == [2, 3, 4, 5]


@pytest.mark.parametrize("name", ["num", "channels", "height", "width"])
def test_legacy_axes_are_refused_for_five_axes(name):
    with pytest.raises(BlobError, match=r"at most 4 axes(.*\n)*.*`shape`"):
        getattr(Blob(1, 2, 3, 4, 5), name)


@pytest.mark.parametrize("axis", [-5, 4])
def test_only_four_legacy_axes_exist(axis):
    with pytest.raises(BlobError, match="at most 4 axes"):
        Blob(1).legacy_shape(axis)


def test_canonical_axis_counts_negative_ones_from_the_back():
    assert [Blob(2, 3, 4).canonical_axis(axis) for axis in range(-3, 3)] == [0, 1, 2, 0, 1, 2]


@pytest.mark.parametrize(("shape", "axis"), [((2, 3), 2), ((2, 3), -3), ((), 0), ((), -1)])
def test_an_axis_out_of_range_is_refused(shape, axis):
    with pytest.raises(BlobError, match=f"axis {axis} is out of range"):
        Blob(shape).canonical_axis(axis)


# --- reshaping ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [(3, 2), ((3, 2),), ([3, 2],), (np.array([3, 2]),), (np.int64(3), 2)]
)
def test_reshape_takes_what_the_constructor_takes(arguments):
    blob = filled(2, 3)
    blob.reshape(*arguments)
    assert blob.shape == (3, 2)
    np.testing.assert_array_equal(blob.data.ravel(), np.arange(6))


def test_reshape_without_arguments_makes_a_number():
    blob = filled(2, 3)
    blob.reshape()
    assert blob.shape == ()
    assert blob.data.shape == ()


def test_memory_never_shrinks_so_old_values_come_back():
    blob = filled(2, 3)
    blob.reshape(2)
    np.testing.assert_array_equal(blob.data, [0, 1])
    blob.reshape(2, 3)
    np.testing.assert_array_equal(blob.data.ravel(), np.arange(6))
    np.testing.assert_array_equal(blob.diff.ravel(), -np.arange(6))


def test_a_larger_shape_gets_new_memory_of_zeros():
    blob = filled(2, 3)
    old = blob.data
    blob.reshape(7)
    assert not blob.data.any()
    assert not blob.diff.any()
    assert not np.shares_memory(old, blob.data)


def test_memory_that_grew_before_its_first_use_fits_the_largest_shape():
    blob = Blob(2)
    blob.reshape(10)
    blob.reshape(3)
    blob.data[...] = 1
    blob.reshape(10)
    np.testing.assert_array_equal(blob.data, [1] * 3 + [0] * 7)


@pytest.mark.parametrize("shape", [((2, 3),), (2, 3), ([2, 3],)])
def test_the_same_shape_keeps_the_views(shape):
    blob = filled(2, 3)
    data, diff = blob.data, blob.diff
    blob.reshape(*shape)
    assert blob.data is data
    assert blob.diff is diff


def test_an_older_view_still_writes_into_a_reshaped_blob():
    blob = filled(2, 3)
    view = blob.data
    blob.reshape(6)
    view[0, 0] = 99
    assert blob.data[0] == 99


def test_reshape_like_copies_the_shape_only():
    blob = Blob(2)
    blob.reshape_like(filled(3, 4))
    assert blob.shape == (3, 4)
    assert not blob.data.any()


# --- sharing --------------------------------------------------------------------------------------


def test_shared_data_is_one_memory_under_two_shapes():
    owner, sharer = filled(2, 3), Blob(3, 2)
    sharer.share_data(owner)
    np.testing.assert_array_equal(sharer.data.ravel(), np.arange(6))
    sharer.data[0, 0] = 50
    assert owner.data[0, 0] == 50
    assert sharer.shape == (3, 2)
    assert not sharer.diff.any(), "gradients are shared by share_diff only"


def test_shared_diff_adds_up_in_one_memory():
    owner, sharer = Blob(2, 3), Blob(2, 3)
    sharer.share_diff(owner)
    sharer.diff += 1
    owner.diff += 2
    np.testing.assert_array_equal(sharer.diff, np.full((2, 3), 3))
    assert not owner.data.any()


def test_sharing_works_before_the_memory_was_ever_used():
    owner, sharer = Blob(4), Blob(4)
    sharer.share_data(owner)
    sharer.data[...] = 1
    np.testing.assert_array_equal(owner.data, np.ones(4))


def test_sharing_once_more_keeps_the_views():
    owner, sharer = filled(2, 3), Blob(2, 3)
    sharer.share_data(owner)
    sharer.share_diff(owner)
    data, diff = sharer.data, sharer.diff
    sharer.share_data(owner)
    sharer.share_diff(owner)
    assert sharer.data is data
    assert sharer.diff is diff


def test_a_sharer_that_grows_gets_memory_of_its_own():
    owner, sharer = filled(4), Blob(4)
    sharer.share_data(owner)
    sharer.reshape(8)
    sharer.data[...] = 9
    np.testing.assert_array_equal(owner.data, np.arange(4))


@pytest.mark.parametrize("share", [Blob.share_data, Blob.share_diff])
@pytest.mark.parametrize("other", [Blob(7), Blob(2, 3, dtype="f8")])
def test_blobs_that_differ_in_size_or_dtype_cannot_share(share, other):
    with pytest.raises(BlobError, match=r"cannot share memory\n.*6 values of float32.*\n.*got"):
        share(Blob(2, 3), other)


# --- what it shows --------------------------------------------------------------------------------


def test_a_blob_says_between_which_values_it_lies():
    blob = Blob(2, 3, dtype="f8")
    assert repr(blob) == "<Blob 2\u00d73 float64: data all 0; diff all 0>"
    assert not blob.data_storage.allocated  # a look takes no memory
    blob.data[...] = [[0.5, -0.25, 1], [np.nan, np.inf, 2]]
    blob.diff[...] = np.nan
    shown = "data -0.25 to 2, 2 not finite", "diff 6 not finite"
    assert repr(blob) == f"<Blob 2\u00d73 float64: {'; '.join(shown)}>"
    assert blob._repr_html_().count("not finite") == 2
    assert repr(Blob()) == "<Blob 0 float32>"


def test_only_values_of_the_present_shape_are_told():
    blob = Blob(4)
    blob.data[...] = [1, 2, 3, 400]
    blob.reshape(3)
    assert repr(blob) == "<Blob 3 float32: data 1 to 3; diff all 0>"
