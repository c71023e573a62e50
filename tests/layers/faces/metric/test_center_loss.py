import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

X = np.array([[1.0, 2.0], [3.0, -1.0], [0.0, 0.5], [2.0, 2.0]])
LABELS = [2, 0, 2, 2]
CENTERS = np.array([[1.0, 0.0], [9.0, 9.0], [0.5, 1.0]])


def center_loss(options="", x=X, labels=LABELS, extra=""):
    options = options if "num_output" in options else f"num_output: 3 {options}"
    run = run_layer(
        f'name: "it" type: "CenterLoss" {extra} center_loss_param {{ {options} }}',
        x,
        labels,
    )
    run.layer.blobs_[0].data[...] = CENTERS
    run.forward()
    return run


@pytest.mark.parametrize("weight", [1, 0.25])
def test_loss_and_gradients_by_hand(weight):
    run = center_loss(extra=f"loss_weight: {weight}")
    # distances: (.5, 1), (2, -1), (-.5, -.5), (1.5, 1)
    np.testing.assert_allclose(run.top[0].data, (1.25 + 5 + 0.5 + 3.25) / 8)
    run.layer.blobs_[0].diff[...] = 1
    run.backward()
    distances = [[0.5, 1], [2, -1], [-0.5, -0.5], [1.5, 1]]
    np.testing.assert_allclose(run.bottom[0].diff, np.array(distances) * weight / 4)
    centres = [[-2 / 2, 1 / 2], [0, 0], [-1.5 / 4, -1.5 / 4]]  # whatever the loss weight is
    np.testing.assert_allclose(run.layer.blobs_[0].diff, 1 + np.array(centres))


def test_caffe_windows_adds_to_a_centre_once_for_each_item():
    run = center_loss('distance_type: "L2"')
    run.backward()
    centres = [[-2 / 2, 1 / 2], [0, 0], [-1.5 * 3 / 4, -1.5 * 3 / 4]]
    np.testing.assert_allclose(run.layer.blobs_[0].diff, centres)


def test_l1_by_hand():
    run = center_loss('distance_type: "L1"')
    np.testing.assert_allclose(run.top[0].data, (1.5 + 3 + 1 + 2.5) / 4)
    run.backward()
    signs = np.array([[1, 1], [1, -1], [-1, -1], [1, 1]])
    np.testing.assert_allclose(run.bottom[0].diff, signs / 4)
    centres = [[-1 / 2, 1 / 2], [0, 0], [-1 * 3 / 4, -1 * 3 / 4]]
    np.testing.assert_allclose(run.layer.blobs_[0].diff, centres)


def test_the_axis_says_where_an_item_begins(rng):
    x = rng.normal(size=(3, 2, 1))
    run = center_loss("axis: -2", x, [0, 1, 2])
    np.testing.assert_allclose(run.top[0].data, ((x[..., 0] - CENTERS) ** 2).sum() / 6)


def test_an_empty_batch_has_no_loss():
    run = center_loss(x=np.empty((0, 2)), labels=np.empty(0))
    assert run.top[0].data == 0
    run.backward()
    np.testing.assert_array_equal(run.layer.blobs_[0].diff, 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [('distance_type: "L3"', "must be L1 or L2"), ("num_output: 0", "at least 1")],
)
def test_wrong_settings_are_refused(options, message):
    with pytest.raises(LayerError, match=message):
        center_loss(options)


def test_an_axis_that_leaves_several_vectors_an_item_is_refused():
    with pytest.raises(LayerError, match="an item must be as long as a centre"):
        center_loss("axis: 2", np.ones((3, 2, 2)), [0, 1, 2])


@pytest.mark.parametrize("label", [3, -1, np.inf])
def test_a_label_without_centre_is_refused(label):
    with pytest.raises(LayerError, match=r"no class\n.*from 0 to 2"):
        center_loss(labels=[0, 1, label, 0])


def test_labels_get_no_gradient():
    with pytest.raises(LayerError, match="cannot backpropagate to label"):
        center_loss().backward([True, True])


def test_ignored_items_do_not_count():
    run = center_loss(extra="loss_param { ignore_label: 0 }")  # that of the second item
    np.testing.assert_allclose(run.top[0].data, (1.25 + 0.5 + 3.25) / 6)
    run.backward()
    distances = np.array([[0.5, 1], [0, 0], [-0.5, -0.5], [1.5, 1]])
    np.testing.assert_allclose(run.bottom[0].diff, distances / 3)
    np.testing.assert_allclose(run.layer.blobs_[0].diff, [[0, 0], [0, 0], [-1.5 / 4, -1.5 / 4]])
    far = center_loss(labels=[2, 77, 2, 2], extra="loss_param { ignore_label: 77 }")
    np.testing.assert_allclose(far.top[0].data, run.top[0].data)
