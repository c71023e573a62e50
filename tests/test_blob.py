from __future__ import annotations

import numpy as np
import pytest

from blobnet import BlobError
from blobnet import blob as blob_module
from blobnet.blob import Blob
from blobnet.proto import BlobProto
from blobnet.shapes import MAX_AXES, proto_shape


def filled(*shape: int, dtype: str = "f4") -> Blob:
    blob = Blob(shape, dtype=dtype)
    blob.data[...] = np.arange(blob.count).reshape(shape)
    blob.diff[...] = -blob.data
    return blob


def stored(
    dims: list[int] | None = None, legacy: tuple[int, ...] = (), **numbers: list[float]
) -> BlobProto:
    proto = BlobProto(**numbers)
    proto.shape.dim.extend(dims or [])
    for field, value in zip(("num", "channels", "height", "width"), legacy, strict=False):
        setattr(proto, field, value)
    return proto


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


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (1, 2, 1, 2, 1), (2, 0)])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("write_diff", [False, True])
def test_a_message_and_back_is_the_same_blob(shape, dtype, write_diff, rng):
    blob = Blob(shape, dtype=dtype)
    blob.data[...] = rng.normal(size=shape)
    blob.diff[...] = rng.normal(size=shape)
    proto = BlobProto.FromString(blob.to_proto(write_diff).SerializeToString())
    back = Blob(dtype=dtype)
    back.from_proto(proto)
    assert back.shape == shape
    np.testing.assert_array_equal(back.data, blob.data)
    np.testing.assert_array_equal(back.diff, blob.diff if write_diff else np.zeros(shape))


def test_float32_goes_to_data_and_float64_to_double_data():
    single, double = filled(2).to_proto(True), filled(2, dtype="f8").to_proto(True)
    assert (list(single.data), list(single.diff)) == ([0, 1], [0, -1])
    assert not single.double_data
    assert (list(double.double_data), list(double.double_diff)) == ([0, 1], [0, -1])
    assert not double.data
    assert not filled(2).to_proto().diff


def test_a_blob_of_many_values_is_written_whole(monkeypatch):
    monkeypatch.setattr(blob_module, "_CHUNK", 3)
    for size in (2, 3, 4, 7):
        assert list(filled(size).to_proto().data) == list(range(size))


def test_double_data_wins_as_in_caffe():
    blob = Blob()
    blob.from_proto(stored([1], data=[1], double_data=[2], diff=[3], double_diff=[4]))
    assert (blob.data[0], blob.diff[0]) == (2, 4)


def test_the_four_axes_of_2014_are_read():
    blob = Blob()
    proto = stored(legacy=(1, 1, 2, 3), data=list(range(6)))
    assert proto_shape(proto) == (1, 1, 2, 3)
    blob.from_proto(proto)
    assert blob.shape == (1, 1, 2, 3)


def test_one_legacy_field_makes_the_message_legacy_and_the_others_zero():
    assert proto_shape(stored([5], legacy=(7,))) == (7, 0, 0, 0)


@pytest.mark.parametrize(
    ("shape", "legacy", "fits"),
    [
        ((2, 3), (1, 1, 2, 3), True),
        ((3,), (1, 1, 1, 3), True),
        ((), (1, 1, 1, 1), True),
        ((4, 3, 2, 1), (4, 3, 2, 1), True),
        ((2, 3), (2, 3, 1, 1), False),
        ((3,), (3, 1, 1, 1), False),
        ((1, 1, 1, 2, 3), (1, 1, 2, 3), False),
    ],
)
def test_legacy_shapes_are_compared_from_the_last_axis_on(shape, legacy, fits):
    assert Blob(shape).shape_equals(stored(legacy=legacy)) is fits


def test_a_modern_shape_must_be_equal_axis_by_axis():
    assert Blob(2, 3).shape_equals(stored([2, 3]))
    assert not Blob(2, 3).shape_equals(stored([1, 2, 3]))
    assert Blob(()).shape_equals(BlobProto())


def test_without_reshape_another_shape_is_refused_and_a_legacy_one_keeps_ours():
    blob = filled(2, 3)
    with pytest.raises(BlobError, match=r"another shape\n.*\(2, 3\)\n.*\(3, 2\)"):
        blob.from_proto(stored([3, 2], data=[0] * 6), reshape=False)
    blob.from_proto(stored(legacy=(1, 1, 2, 3), data=[8] * 6), reshape=False)
    np.testing.assert_array_equal(blob.data, np.full((2, 3), 8))


@pytest.mark.parametrize(
    "proto",
    [
        stored([2**40, 2**40], data=[1]),
        stored([2**31 - 1, 2**31 - 1, 1000], data=[1]),
        stored(legacy=(2**31 - 1, 2**31 - 1, 2**31 - 1, 1), data=[1]),
        stored([-1, -1], data=[1]),
        stored([-1], data=[]),
        stored([1] * 33, data=[1]),
        stored([2, 2], data=[1, 2, 3]),
        stored([2], data=[1, 2], diff=[1]),
        stored([], data=[]),
    ],
)
def test_a_hostile_message_is_refused_before_anything_changes(proto):
    blob = filled(2, 3)
    with pytest.raises(BlobError):
        blob.from_proto(proto)
    assert blob.shape == (2, 3)
    np.testing.assert_array_equal(blob.data.ravel(), np.arange(6))


# --- a diff that is forgotten ---------------------------------------------------------------------


def test_a_forgotten_diff_reads_as_zero():
    blob = Blob(2, 3)
    blob.diff[...] = 5
    blob.forget_diff()
    np.testing.assert_array_equal(blob.diff, 0)
    blob.diff += 1
    np.testing.assert_array_equal(blob.diff, 1)


def test_a_forgotten_diff_is_taken_once_to_be_written():
    blob = Blob(2, 3)
    view = blob.diff
    blob.diff[...] = 5
    blob.forget_diff()
    diff, forgotten = blob.take_diff()
    assert forgotten
    assert diff is view, "in the memory that is there"
    diff[...] = 2
    assert blob.take_diff()[1] is False
    np.testing.assert_array_equal(blob.diff, 2)


def test_blobs_that_share_a_diff_forget_it_together():
    one, other = Blob(2, 3), Blob(3, 2)
    one.share_diff(other)
    one.diff[...] = 5
    other.forget_diff()
    np.testing.assert_array_equal(one.diff, 0)
    one.diff[...] = 5
    one.forget_diff()
    assert other.take_diff()[1]
    assert not one.take_diff()[1]


def test_a_diff_that_was_never_used_takes_no_memory_to_be_forgotten():
    blob = Blob(2, 3)
    blob.forget_diff()
    blob.clear_diff()
    assert not blob.take_diff()[1]


def test_clearing_writes_the_zeros_at_once():
    blob = Blob(2, 3)
    view = blob.diff
    for forget in (False, True):
        view[...] = 5
        if forget:
            blob.forget_diff()
        blob.clear_diff()
        np.testing.assert_array_equal(view, 0)
        assert not blob.take_diff()[1]
