import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import blobnet
from blobnet import LayerError
from blobnet.testing import run_layer


def concat(options, *bottom, **more):
    return run_layer(f'name: "cat" type: "Concat" concat_param {{ {options} }}', *bottom, **more)


@st.composite
def bottoms_and_axis(draw):
    shape = draw(st.lists(st.integers(0, 3), min_size=1, max_size=4))
    axis = draw(st.integers(0, len(shape) - 1))
    lengths = draw(st.lists(st.integers(0, 3), min_size=1, max_size=4))
    shapes = [(*shape[:axis], length, *shape[axis + 1 :]) for length in lengths]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return [rng.normal(size=shape) for shape in shapes], axis


@settings(deadline=None)
@given(case=bottoms_and_axis(), spelling=st.sampled_from(["axis", "negative", "concat_dim"]))
def test_every_value_is_where_it_belongs(case, spelling):
    bottoms, axis = case
    stated = {
        "axis": f"axis: {axis}",
        "negative": f"axis: {axis - bottoms[0].ndim}",
        "concat_dim": f"concat_dim: {axis}",
    }
    run = concat(stated[spelling], *bottoms)
    assert run.top[0].shape[axis] == sum(x.shape[axis] for x in bottoms)
    start = 0
    for x in bottoms:
        for index in np.ndindex(x.shape):
            place = list(index)
            place[axis] += start
            assert run.top[0].data[tuple(place)] == x[index]
        start += x.shape[axis]


def test_a_bottom_that_wants_no_gradient_is_skipped(rng):
    run = concat("", rng.normal(size=(2, 3)), rng.normal(size=(2, 1)), rng.normal(size=(2, 2)))
    run.top[0].diff[...] = np.arange(12).reshape(2, 6)
    run.backward([True, False, True])
    np.testing.assert_array_equal(run.bottom[0].diff, [[0, 1, 2], [6, 7, 8]])
    np.testing.assert_array_equal(run.bottom[1].diff, 0)
    np.testing.assert_array_equal(run.bottom[2].diff, [[4, 5], [10, 11]])


@pytest.mark.parametrize("in_place", [False, True])
def test_a_single_bottom_shares_its_memory(in_place, rng):
    run = concat("", rng.normal(size=(2, 3)), in_place=in_place)
    assert np.shares_memory(run.top[0].data, run.bottom[0].data)
    assert np.shares_memory(run.top[0].diff, run.bottom[0].diff)
    run.bottom[0].reshape(20, 3)
    run.forward()
    assert run.top[0].shape == (20, 3)
    assert np.shares_memory(run.top[0].data, run.bottom[0].data)


def test_channels_are_joined_unless_an_axis_is_stated(rng):
    assert concat("", np.ones((2, 3, 4)), np.ones((2, 5, 4))).top[0].shape == (2, 8, 4)


def test_new_sizes_are_fine(rng):
    run = concat("", np.ones((2, 3)), np.ones((2, 5)))
    for blob, shape in zip(run.bottom, [(4, 1), (4, 2)], strict=True):
        blob.reshape(shape)
    run.forward()
    assert run.top[0].shape == (4, 3)


def test_axis_and_its_old_name_are_not_written_together():
    with pytest.raises(LayerError, match="Either axis or concat_dim should be specified; not both"):
        concat("axis: 1 concat_dim: 1", np.ones((2, 3)))


@pytest.mark.parametrize(
    "options", ["axis: 2", "axis: -3", "concat_dim: 2", "concat_dim: 4000000000"]
)
def test_an_axis_out_of_range_is_refused(options):
    with pytest.raises(LayerError, match=r'"cat".*out of range'):
        concat(options, np.ones((2, 3)), np.ones((2, 3)))


@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 1), (2,), ()])
def test_other_sizes_beside_the_axis_are_refused(shape):
    with pytest.raises(LayerError, match=r"same shape, except at concat_axis(.*\n)*.*bottom\[1\]"):
        concat("", np.ones((2, 3)), np.ones(shape))


def test_several_bottoms_cannot_work_in_place():
    net = """
        layer { name: "in" type: "Input" top: "x" top: "y" input_param { shape { dim: 2 dim: 3 } } }
        layer { name: "cat" type: "Concat" bottom: "x" bottom: "y" top: "x" }
    """
    with pytest.raises(LayerError, match=r'"cat".*does not allow in-place'):
        blobnet.Net(blobnet.parse_net(net), phase="TEST")


@pytest.mark.parametrize("count", [1, 3])
def test_per_fla_fuse_is_permute_and_flatten_before(rng, count):
    shapes = [(2, 3, 4, 5), (2, 6, 1, 2), (2, 1, 3, 3)][:count]
    bottoms = [rng.normal(size=shape) for shape in shapes]
    run = concat("per_fla_fuse: true", *bottoms)
    flat = [
        [
            x[n, c, h, w]
            for h in range(x.shape[2])
            for w in range(x.shape[3])
            for c in range(x.shape[1])
        ]
        for n in range(2)
        for x in bottoms
    ]
    rows = [[v for part in flat[n * count : (n + 1) * count] for v in part] for n in range(2)]
    np.testing.assert_array_equal(run.top[0].data[..., 0, 0], rows)
    run.top[0].diff[...] = run.top[0].data
    run.backward([True] * count)
    for blob, x in zip(run.bottom, bottoms, strict=True):
        np.testing.assert_array_equal(blob.diff, x)


def test_per_fla_fuse_wants_one_batch():
    with pytest.raises(LayerError, match="same batch"):
        concat("per_fla_fuse: true", np.zeros((2, 3, 1, 1)), np.zeros((1, 3, 1, 1)))


def test_a_row_of_embed_stands_beside_other_rows(rng):
    rows, embedded = rng.normal(size=(3, 4)), rng.normal(size=(3, 1, 2))
    run = concat("axis: 1", rows, embedded)
    np.testing.assert_array_equal(run.top[0].data, np.hstack([rows, embedded[:, 0]]))
    run.top[0].diff[...] = dy = rng.normal(size=(3, 6))
    run.backward()
    np.testing.assert_array_equal(run.bottom[1].diff, dy[:, None, 4:])
    for shape in ((3, 2, 1), (3, 1, 1, 2), (2, 1, 2)):
        with pytest.raises(LayerError, match="same shape"):
            concat("axis: 1", rows, np.zeros(shape))
