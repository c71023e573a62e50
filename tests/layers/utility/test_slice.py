import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

AXES = ["", "axis: 1", "axis: -2", "slice_dim: 1"]


def cut(options, x, num_top, **more):
    prototxt = f'name: "cut" type: "Slice" slice_param {{ {options} }}'
    return run_layer(prototxt, x, num_top=num_top, **more)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize(
    ("points", "edges"),
    [
        ([], [0, 2, 4, 6]),
        ([1, 3], [0, 1, 3, 6]),
        ([4, 5], [0, 4, 5, 6]),
        ([4, 6], [0, 4, 6, 6]),
        ([], [0, 3, 6]),
        ([1], [0, 1, 6]),
        ([], [0, 6]),
    ],
)
def test_every_top_is_its_part(axis, points, edges, rng):
    x = rng.normal(size=(2, 6, 3))
    options = axis + "".join(f" slice_point: {point}" for point in points)
    run = cut(options, x, len(edges) - 1)
    for i, top in enumerate(run.top):
        length = edges[i + 1] - edges[i]
        assert top.shape == (2, length, 3)
        for n, c, k in np.ndindex(2, length, 3):
            assert top.data[n, c, k] == x[n, edges[i] + c, k]


@pytest.mark.parametrize("axis", [0, 2, -1])
def test_along_other_axes(axis, rng):
    x = rng.normal(size=(4, 1, 4))
    run = cut(f"axis: {axis} slice_point: 3", x, 2)
    for top, part in zip(run.top, np.split(x, [3], axis), strict=True):
        np.testing.assert_array_equal(top.data, part)


@pytest.mark.parametrize("in_place", [False, True])
def test_a_single_top_shares_the_memory(in_place, rng):
    run = cut("", rng.normal(size=(2, 3)), 1, in_place=in_place)
    assert np.shares_memory(run.top[0].data, run.bottom[0].data)
    assert np.shares_memory(run.top[0].diff, run.bottom[0].diff)
    run.bottom[0].reshape(20, 3)
    run.forward()
    assert np.shares_memory(run.top[0].data, run.bottom[0].data)


def test_several_tops_cannot_work_in_place(rng):
    run = cut("axis: 0", rng.normal(size=(2, 3)), 2)
    with pytest.raises(LayerError, match=r'"cut".*does not allow in-place'):
        run.layer.initialize(run.bottom, [run.bottom[0], run.top[1]])


def test_new_sizes(rng):
    run = cut("slice_point: 2", rng.normal(size=(2, 3)), 2)
    for shape in ((5, 4), (1, 2), (0, 6)):
        run.bottom[0].reshape(shape)
        run.bottom[0].data[...] = rng.normal(size=shape)
        run.forward()
        assert [top.shape for top in run.top] == [(shape[0], 2), (shape[0], shape[1] - 2)]
        np.testing.assert_array_equal(run.top[1].data, run.bottom[0].data[:, 2:])
        run.backward()


def test_an_empty_batch_is_cut_into_empty_batches():
    run = cut("axis: 0", np.empty((0, 3)), 2)
    assert [top.shape for top in run.top] == [(0, 3), (0, 3)]
    run.backward()


def test_no_gradient_where_none_is_wanted(rng):
    run = cut("", rng.normal(size=(2, 4)), 2)
    run.bottom[0].diff[...] = 77
    run.backward([False])
    np.testing.assert_array_equal(run.bottom[0].diff, 77)


def test_axis_and_its_old_name_are_not_written_together(rng):
    with pytest.raises(LayerError, match="Either axis or slice_dim should be specified; not both"):
        cut("axis: 1 slice_dim: 1", rng.normal(size=(2, 4)), 2)


@pytest.mark.parametrize(
    "options", ["axis: 2", "axis: -3", "slice_dim: 2", "slice_dim: 4000000000"]
)
def test_an_axis_out_of_range_is_refused(options, rng):
    with pytest.raises(LayerError, match=r'"cut".*out of range'):
        cut(options, rng.normal(size=(2, 4)), 2)


@pytest.mark.parametrize(("points", "num_top"), [([1], 3), ([1, 2], 2), ([1], 1)])
def test_there_is_a_point_between_two_tops(points, num_top, rng):
    options = " ".join(f"slice_point: {point}" for point in points)
    with pytest.raises(LayerError, match=rf'"cut": there must be one.*\n.*{num_top - 1} for'):
        cut(options, rng.normal(size=(2, 4)), num_top)


@pytest.mark.parametrize("points", [[2, 2], [3, 1], [0, 2]])
def test_the_points_ascend(points, rng):
    options = " ".join(f"slice_point: {point}" for point in points)
    with pytest.raises(LayerError, match=r'"cut": each slice_point must be greater.*\n.*\['):
        cut(options, rng.normal(size=(2, 4)), 3)


@pytest.mark.parametrize(("points", "length"), [([5], 4), ([1, 2], 2), ([1], 0)])
def test_the_axis_is_long_enough(points, length, rng):
    options = " ".join(f"slice_point: {point}" for point in points)
    with pytest.raises(LayerError, match=rf'"cut": the axis is too short(.*\n)*.*{length}, cut'):
        cut(options, rng.normal(size=(2, length)), len(points) + 1)


def test_equal_parts_come_out_right(rng):
    with pytest.raises(LayerError, match=r"Number of top blobs \(3\) should evenly divide.*\(4\)"):
        cut("", rng.normal(size=(2, 4)), 3)
