import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def lstm(*bottom, more="", outputs=3):
    run = run_layer(
        f'name: "it" type: "Lstm" lstm_param {{ num_output: {outputs} {more} }}', *bottom
    )
    rng = np.random.default_rng(5)
    for blob in run.layer.blobs_:
        blob.data[...] = rng.normal(size=blob.shape)
    run.layer.reset()
    run.forward()
    return run


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def by_loops(x, goes_on, weights, h=None, c=None):
    """x (T, N, I), goes_on (T, N): one value after the other."""
    w_x, w_h, b = weights
    size = w_h.shape[1]
    found = np.zeros((*x.shape[:2], size))
    for n in range(x.shape[1]):
        its_h = np.zeros(size) if h is None else h[n]
        its_c = np.zeros(size) if c is None else c[n]
        for t in range(len(x)):
            if not goes_on[t, n]:
                its_h, its_c = np.zeros(size), np.zeros(size)
            sums = w_x @ x[t, n] + w_h @ its_h + b
            i, f, o, g = np.split(sums, 4)
            its_c = sigmoid(f) * its_c + sigmoid(i) * np.tanh(g)
            its_h = sigmoid(o) * np.tanh(its_c)
            found[t, n] = its_h
    return found


def weights_of(run):
    return [blob.data for blob in run.layer.blobs_]


def test_steps_and_sequences_as_in_ctpn(rng):
    x = rng.normal(size=(4, 5, 2))
    run = lstm(x)
    expected = by_loops(x, np.ones((4, 5)), weights_of(run))
    np.testing.assert_allclose(run.top[0].data, expected)
    run.forward()  # nothing carries over
    np.testing.assert_allclose(run.top[0].data, expected)


def test_rows_of_sequences_as_in_caffe_lstm(rng):
    x = rng.normal(size=(8, 3, 1, 2))
    run = lstm(x, more="batch_size: 2")
    assert run.top[0].shape == (8, 3)
    expected = by_loops(x.reshape(4, 2, 6), np.ones((4, 2)), weights_of(run))
    np.testing.assert_allclose(run.top[0].data, expected.reshape(8, 3))


def test_sequences_start_where_clip_says_and_carry_over(rng):
    x = rng.normal(size=(6, 2))
    clip = np.array([0, 1, 1, 0, 1, 1])
    run = lstm(x, clip)
    first = by_loops(x[:, None], clip[:, None], weights_of(run))
    np.testing.assert_allclose(run.top[0].data, first[:, 0])
    run.bottom[1].data[0] = 1  # the sequence of the last batch goes on
    state = run.layer.get_state()
    run.forward()
    both = by_loops(
        np.concatenate([x, x])[:, None], np.append(clip, [1, *clip[1:]])[:, None], weights_of(run)
    )
    np.testing.assert_allclose(run.top[0].data, both[6:, 0])
    run.layer.set_state(state)
    run.forward()
    np.testing.assert_allclose(run.top[0].data, both[6:, 0])


def test_gradients_of_sums_may_be_limited(rng):
    x = rng.normal(size=(1, 4, 2))
    free, limited = lstm(x), lstm(x, more="clipping_threshold: 0.05")
    for run in (free, limited):
        run.top[0].diff[...] = 1
        run.backward()
    slopes = np.zeros((4, 12))
    for n in range(4):
        w_x, _, b = weights_of(free)
        i, f, o, g = np.split(w_x @ x[0, n] + b, 4)
        c = sigmoid(i) * np.tanh(g)
        of_c = sigmoid(o) * (1 - np.tanh(c) ** 2)
        di = of_c * np.tanh(g) * sigmoid(i) * (1 - sigmoid(i))
        do = np.tanh(c) * sigmoid(o) * (1 - sigmoid(o))
        dg = of_c * sigmoid(i) * (1 - np.tanh(g) ** 2)
        slopes[n] = np.concatenate([di, 0 * f, do, dg])
    assert abs(slopes).max() > 0.05
    np.testing.assert_allclose(free.layer.blobs_[2].diff, slopes.sum(axis=0))
    cut = slopes.clip(-np.float32(0.05), np.float32(0.05))
    np.testing.assert_allclose(limited.layer.blobs_[2].diff, cut.sum(axis=0))


@pytest.mark.parametrize(
    ("bottom", "more", "told"),
    [
        ([np.zeros((7, 2))], "batch_size: 2", "multiple of batch size"),
        ([np.zeros((4, 2))], "batch_size: 0", "multiple of batch size"),
        ([np.zeros((0, 2))], "", "no steps"),
        ([np.zeros((4, 2)), np.zeros(3)], "", "clip"),
        ([np.zeros((4, 2))], "clipping_threshold: -1", "clipping_threshold"),
    ],
)
def test_what_does_not_suit(bottom, more, told):
    with pytest.raises(LayerError, match=told):
        run_layer(f'name: "it" type: "Lstm" lstm_param {{ num_output: 3 {more} }}', *bottom)


def test_there_is_something_to_compute():
    with pytest.raises(LayerError, match="num_output must be positive"):
        run_layer('name: "it" type: "Lstm"', np.zeros((4, 2)))
