import numpy as np
import pytest

from blobnet import LayerError, Net, parse_net
from blobnet.layer_register import create_layer
from blobnet.serialization.prototxt import parse_layer
from blobnet.testing import run_layer

SELECTORS = [[1, 0, 1, 1, 0], [0, 0, 0, 0, 1], [1, 1, 1, 1, 1], [0, -2.5, 1e-3, 0, np.inf]]


def filtered(*bottom, **more):
    more.setdefault("num_top", len(bottom) - 1)
    return run_layer('name: "sieve" type: "Filter"', *bottom, **more)


@pytest.mark.parametrize("selector", SELECTORS)
@pytest.mark.parametrize("axes", [(), (1,), (1, 1, 1)])
def test_items_pass_where_the_selector_is_not_0(selector, axes, rng):
    images, labels = rng.normal(size=(5, 2, 3)), rng.normal(size=5)
    run = filtered(images, labels, np.reshape(selector, (5, *axes)))
    for x, top in zip((images, labels), run.top, strict=True):
        expected = [item for item, mark in zip(x, selector, strict=True) if mark != 0]
        np.testing.assert_array_equal(top.data, expected)


def test_what_did_not_pass_has_gradient_0():
    run = filtered(np.zeros((4, 2)), [0, 1, 0, 1])
    run.top[0].diff[...] = [[1, 2], [3, 4]]
    run.bottom[0].diff[...] = 77
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [[0, 0], [1, 2], [0, 0], [3, 4]])


def test_each_gradient_only_where_it_is_wanted(rng):
    run = filtered(rng.normal(size=(2, 2)), rng.normal(size=(2, 2)), [1, 1])
    for blob in run.bottom:
        blob.diff[...] = 77
    for blob in run.top:
        blob.diff[...] = 1
    run.backward([False, True, False])
    assert [blob.diff.ravel()[0] for blob in run.bottom] == [77, 1, 77]


def test_at_setup_the_tops_have_the_whole_batch(rng):
    run = filtered(rng.normal(size=(5, 2)), [1, 0, 0, 0, 0])
    layer = create_layer(parse_layer('name: "sieve" type: "Filter"'), phase=0, dtype=np.float64)
    layer.initialize(run.bottom, run.top)
    assert run.top[0].shape == (5, 2)
    layer.reshape(run.bottom, run.top)
    assert run.top[0].shape == (1, 2)


def test_a_selector_may_mark_nothing(rng):
    run = filtered(rng.normal(size=(3, 2)), rng.normal(size=(3, 1, 2)), [0, 0, 0])
    assert [blob.shape for blob in run.top] == [(0, 2), (0, 1, 2)]
    for blob in run.bottom:
        blob.diff[...] = 77
    run.backward()
    for blob in run.bottom[:2]:
        np.testing.assert_array_equal(blob.diff, 0)
    run.bottom[2].data[...] = [0, 1, 1]
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, run.bottom[0].data[1:])


def test_new_batch_sizes(rng):
    run = filtered(rng.normal(size=(3, 2)), [1, 0, 1])
    for marks in ([1], [0, 1, 1, 1, 0, 1], [], [0]):
        run.bottom[0].reshape(len(marks), 2)
        run.bottom[0].data[...] = rng.normal(size=(len(marks), 2))
        run.bottom[1].reshape(len(marks))
        run.bottom[1].data[...] = marks
        run.forward()
        expected = run.bottom[0].data[np.array(marks, bool)]
        np.testing.assert_array_equal(run.top[0].data, expected)
        run.backward()


@pytest.mark.parametrize("shape", [(3, 2), (3, 1, 2), ()])
def test_the_selector_has_one_number_for_each_item(shape, rng):
    with pytest.raises(LayerError, match=r'"sieve": Selector blob dimensions must be singletons'):
        filtered(rng.normal(size=(3, 2)), np.ones(shape))


@pytest.mark.parametrize("shape", [(4, 2), ()])
def test_every_bottom_has_as_many_items_as_the_selector(shape, rng):
    with pytest.raises(LayerError, match=r"Each bottom should have(.*\n)*.*3 items.*\n.*bottom\[1"):
        filtered(rng.normal(size=(3, 2)), rng.normal(size=shape), [1, 1, 1])


def test_nan_selects_nothing_and_lets_nothing_pass(rng):
    with pytest.raises(LayerError, match=r'"sieve": the selector(.*\n)*.*nan for item 1'):
        filtered(rng.normal(size=(3, 2)), [1, np.nan, 0])


@pytest.mark.parametrize("num_top", [1, 3])
def test_every_bottom_but_the_selector_makes_a_top(num_top, rng):
    with pytest.raises(LayerError, match=r'"sieve": every bottom.*\n.*2 tops'):
        filtered(np.ones((3, 2)), np.ones((3, 2)), [1, 1, 1], num_top=num_top)


def test_a_selector_alone_is_not_enough():
    with pytest.raises(LayerError, match=r"Filter Layer takes at least 2 bottom blob"):
        filtered([1, 1], num_top=1)


def test_the_selector_has_no_gradient(rng):
    run = filtered(rng.normal(size=(3, 2)), [1, 0, 1])
    assert run.propagate_down() == [True, False]
    with pytest.raises(LayerError, match="cannot backpropagate to filter index inputs"):
        run.backward([True, True])


def test_it_cannot_work_in_place():
    net = """
        layer { name: "in" type: "Input" top: "x" top: "s"
                input_param { shape { dim: 3 dim: 2 } shape { dim: 3 } } }
        layer { name: "sieve" type: "Filter" bottom: "x" bottom: "s" top: "x" }
    """
    with pytest.raises(LayerError, match=r'"sieve".*does not allow in-place'):
        Net(parse_net(net), phase="TEST")
