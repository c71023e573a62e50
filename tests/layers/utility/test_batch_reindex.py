import numpy as np
import pytest

from blobnet import LayerError, Net, parse_net
from blobnet.testing import run_layer

INDICES = [[0, 1, 2], [2, 2, 0, 2], [1], [2, 0], [0, 0, 0, 0, 0, 0]]


def reindex(x, index, **more):
    return run_layer('name: "pick" type: "BatchReindex"', x, index, **more)


@pytest.mark.parametrize("index", INDICES)
@pytest.mark.parametrize("shape", [(3,), (3, 4), (3, 2, 1, 2)])
def test_every_item_is_the_one_with_the_number(index, shape, rng):
    x = rng.normal(size=shape)
    run = reindex(x, index)
    assert run.top[0].shape == (len(index), *shape[1:])
    for item, number in zip(run.top[0].data, index, strict=True):
        np.testing.assert_array_equal(item, x[number])


def test_the_gradient_of_repeated_items_is_a_sum():
    run = reindex(np.zeros((4, 1)), [3, 0, 3, 3])
    run.top[0].diff[...] = [[1], [10], [100], [1000]]
    run.bottom[0].diff[...] = 77
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [[10], [0], [0], [1101]])


def test_fractions_are_cut_off():
    run = reindex(np.arange(3.0), [0.9, 2.5, 1.0])
    np.testing.assert_array_equal(run.top[0].data, [0, 2, 1])


def test_new_sizes_and_no_items_at_all(rng):
    run = reindex(rng.normal(size=(3, 2)), [0, 2])
    for items, index in ((5, [4, 4, 1]), (1, [0]), (3, []), (0, []), (4, [3])):
        run.bottom[0].reshape(items, 2)
        run.bottom[0].data[...] = rng.normal(size=(items, 2))
        run.bottom[1].reshape(len(index))
        run.bottom[1].data[...] = index
        run.forward()
        np.testing.assert_array_equal(run.top[0].data, run.bottom[0].data[index])
        run.top[0].diff[...] = 1
        run.bottom[0].diff[...] = 77
        run.backward()
        times = np.bincount(np.array(index, int), minlength=items)
        np.testing.assert_array_equal(run.bottom[0].diff, np.repeat(times, 2).reshape(items, 2))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3, r"3 at position 1"),
        (-1, r"-1 at position 1"),
        (-0.5, r"-0.5 at position 1"),
        (np.nan, r"nan at position 1"),
        (np.inf, r"inf at position 1"),
    ],
)
def test_an_index_out_of_range_is_refused_with_its_position(value, said, rng):
    with pytest.raises(LayerError, match=rf'"pick".*no item(.*\n)*.*from 0 to 2\n.*{said}$'):
        reindex(rng.normal(size=(3, 2)), [0, value, 2])


def test_of_several_wrong_indices_the_first_is_named(rng):
    with pytest.raises(LayerError, match=r"5 at position 1 \(and 2 more\)"):
        reindex(rng.normal(size=(3, 2)), [0, 5, -1, 9])


def test_an_index_into_an_empty_batch_is_refused():
    with pytest.raises(LayerError, match=r'"pick".*\n.*no index at all'):
        reindex(np.empty((0, 2)), [0])


@pytest.mark.parametrize("index", [[[0], [1]], 0])
def test_the_index_has_one_axis(index, rng):
    with pytest.raises(LayerError, match=r'"pick": the index must have one axis'):
        reindex(rng.normal(size=(3, 2)), index)


def test_a_single_number_has_no_items():
    with pytest.raises(LayerError, match=r'"pick": bottom\[0\] has no axis of items'):
        reindex(np.float64(1), [0])


def test_the_index_has_no_gradient(rng):
    run = reindex(rng.normal(size=(3, 2)), [0, 1])
    assert run.propagate_down() == [True, False]
    with pytest.raises(LayerError, match=r'"pick": Cannot backprop to index\.'):
        run.backward([True, True])


def test_no_gradient_where_none_is_wanted(rng):
    run = reindex(rng.normal(size=(3, 2)), [0, 1])
    run.bottom[0].diff[...] = 77
    run.backward([False, False])
    np.testing.assert_array_equal(run.bottom[0].diff, 77)


def test_it_cannot_work_in_place():
    net = """
        layer { name: "in" type: "Input" top: "x" top: "i"
                input_param { shape { dim: 3 dim: 2 } shape { dim: 3 } } }
        layer { name: "pick" type: "BatchReindex" bottom: "x" bottom: "i" top: "x" }
    """
    with pytest.raises(LayerError, match=r'"pick".*does not allow in-place'):
        Net(parse_net(net), phase="TEST")
