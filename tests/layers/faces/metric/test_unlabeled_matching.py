import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def matching(size, x, labels):
    text = f'type: "UnlabeledMatching" unlabeled_matching_param {{ queue_size: {size} }}'
    return run_layer(text, x, labels)


def test_the_queue_takes_what_has_no_name_over_the_oldest():
    x = np.arange(10.0).reshape(5, 2) + 1
    run = matching(3, x, [-1, 4, -1, 0, -2])
    queue = run.layer.blobs_[0].data
    np.testing.assert_array_equal(run.top[0].data, np.zeros((5, 3)))
    run.top[0].diff[...] = 1
    run.backward([True, False])
    assert not run.bottom[0].diff.any()  # of the queue as it was
    np.testing.assert_array_equal(queue, [x[0], x[2], [0, 0]])
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, x @ queue.T)
    run.backward([True, False])
    np.testing.assert_array_equal(run.bottom[0].diff, np.tile(x[0] + x[2], (5, 1)))
    np.testing.assert_array_equal(queue, [x[2], x[2], x[0]])


def test_a_resumed_training_goes_on_in_the_queue():
    one, other = (matching(3, np.ones((1, 2)), [-1]) for _ in range(2))
    one.backward([True, False])
    other.layer.set_state(one.layer.get_state())
    other.bottom[0].data[...] = 5
    other.backward([True, False])
    np.testing.assert_array_equal(other.layer.blobs_[0].data, [[0, 0], [5, 5], [0, 0]])


@pytest.mark.parametrize("tail", [3, -1, "0", None, True])
def test_a_foreign_state_is_refused(tail):
    run = matching(3, np.ones((1, 2)), [0])
    with pytest.raises(LayerError, match="none of this layer's"):
        run.layer.set_state({"tail": tail})


def test_bad_settings():
    with pytest.raises(LayerError, match="must be positive"):
        matching(0, np.ones((1, 2)), [0])
