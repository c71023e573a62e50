import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

X = [[0.9, 0.1, 0.2], [0.3, 0.25, -0.5], [0.1, 0.2, 0.36]]
LABELS = [0, 1, 2]


def add(options, **more):
    text = f'name: "it" type: "LabelSpecificAdd" label_specific_add_param {{ {options} }}'
    return run_layer(text, X, LABELS, **more)


def test_the_true_score_loses_the_margin_if_it_is_above_it():
    run = add("bias: -0.35")
    expected = [[0.55, 0.1, 0.2], [0.3, 0.25, -0.5], [0.1, 0.2, 0.01]]
    np.testing.assert_allclose(run.top[0].data, expected, atol=1e-7)
    run.top[0].diff[...] = np.arange(9).reshape(3, 3)
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, run.top[0].diff)


@pytest.mark.parametrize("transform_test", ["", "transform_test: true"])
def test_nothing_is_added_in_test(transform_test):
    run = add(f"bias: -0.35 {transform_test}", phase="TEST", num_top=2)
    np.testing.assert_array_equal(run.top[0].data, X)
    assert run.top[1].data == 0


def test_the_bias_changes_from_forward_to_forward_and_snapshots_keep_it():
    options = "bias_base: 0.1 bias_gamma: 0.5 bias_power: 2 bias_min: 2 bias_max: 5 iteration: 1"
    run, other = add(options, num_top=2), add(options, num_top=2)
    for expected in (2, 3.1, 5, 5):  # 0.1 + (1 + i / 2)^2 - 1: 1.35, 3.1, 5.35, 8.1
        np.testing.assert_allclose(run.top[1].data, [expected])
        run.forward()
    other.layer.set_state({**run.layer.get_state(), "iteration": 2})
    other.forward()
    np.testing.assert_allclose(other.top[1].data, [3.1])


def test_it_may_work_in_place():
    run = add("bias: -0.35")
    layer = run.layer
    layer.forward(run.bottom, [run.bottom[0]])
    np.testing.assert_array_equal(run.bottom[0].data, run.top[0].data)


@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_that_is_no_class_is_refused(label):
    with pytest.raises(LayerError, match=r"no class\n.*from 0 to 2"):
        run_layer('type: "LabelSpecificAdd"', X, [0, 1, label])


def test_each_item_needs_a_label():
    with pytest.raises(LayerError, match="Number of labels must match"):
        run_layer('type: "LabelSpecificAdd"', X, [0, 1])
