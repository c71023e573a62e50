import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def entropy(options, p, **more):
    text = f'type: "EntropyLoss" loss_weight: 2 entropy_param {{ {options} }}'
    return run_layer(text, p, np.zeros(len(p)), **more)


def test_the_loss_is_minus_the_entropy_and_the_gradient_that_of_its_mean():
    p = np.array([[0.5, 0.5, 0], [0.9, 0.0005, 0.0995]])
    run = entropy("", p)
    expected = sum(x * math.log(x) for x in p.ravel() if x)
    np.testing.assert_allclose(run.top[0].data, expected)
    run.backward([True, False])
    slopes = [[-(1 + math.log(x)) * 2 / 2 if x >= 0.001 else 0 for x in row] for row in p]
    np.testing.assert_allclose(run.bottom[0].diff, slopes)


def test_a_threshold():
    run = entropy("threshold: 0.3", [[0.25, 0.75]])
    run.backward([True, False])
    np.testing.assert_allclose(run.bottom[0].diff, [[0, -(1 + math.log(0.75)) * 2]])


def test_it_begins_after_some_backward_passes():
    run = entropy("iterations_num: 2", [[0.5, 0.5]])
    for _ in range(2):
        run.forward()
        assert run.top[0].data == 0
        run.backward([True, False])
        assert not run.bottom[0].diff.any()
    state = run.layer.get_state()
    run.forward()
    np.testing.assert_allclose(run.top[0].data, math.log(0.5))
    other = entropy("iterations_num: 2", [[0.5, 0.5]])
    other.layer.set_state(state)
    other.forward()
    assert other.top[0].data == run.top[0].data


# --- AutoDIAL's, of scores ------------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "divisor"), [("", 6), ("BATCH_SIZE", 3), ("NONE", 1)])
def test_the_mean_entropy_of_a_softmax(mode, divisor, rng):
    x = rng.normal(size=(3, 4, 2)) * 2
    options = f"loss_param {{ normalization: {mode} }}" if mode else ""
    run = run_layer(f'type: "EntropyLoss" {options}', x)
    run.top[0].diff[...] = 3
    run.backward()
    total = 0.0
    for n, s in np.ndindex(3, 2):
        exps = [math.exp(value) for value in x[n, :, s]]
        p = [value / sum(exps) for value in exps]
        entropy_here = -sum(value * math.log(value) for value in p)
        total += entropy_here
        slopes = [-3 * value * (entropy_here + math.log(value)) / divisor for value in p]
        np.testing.assert_allclose(run.bottom[0].diff[n, :, s], slopes)
    np.testing.assert_allclose(run.top[0].data, total / divisor)


def test_a_class_that_is_certain_has_no_entropy():
    run = run_layer('type: "EntropyLoss"', [[1000.0, 0.0]])
    assert run.top[0].data == 0
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [[0, 0]])


def test_settings_of_the_other_fork_are_refused():
    with pytest.raises(LayerError, match="entropy_param is for two bottoms"):
        run_layer('type: "EntropyLoss" entropy_param { threshold: 1 }', [[1.0, 2.0]])
