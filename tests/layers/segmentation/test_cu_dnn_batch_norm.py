import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

FILLED = "scale_filler { value: 2 } bias_filler { value: 1 }"


def batch_norm(x, options="", **more):
    settings = f"cudnn_batch_norm_param {{ {FILLED} {options} }}"
    return run_layer(f'name: "bn" type: "CuDNNBatchNorm" {settings}', x, **more)


@pytest.fixture
def x(rng):
    return rng.normal(3, 2, size=(4, 3, 2, 5))


def test_what_is_kept_of_the_variance_is_unbiased(x):
    run = batch_norm(x, "momentum: 0.25 eps: 0.5")
    expected = np.empty_like(x)
    for c in range(3):
        values = [x[n, c, i, j] for n, i, j in np.ndindex(4, 2, 5)]
        mean = sum(values) / 40
        squares = sum((value - mean) ** 2 for value in values)
        for n, i, j in np.ndindex(4, 2, 5):
            expected[n, c, i, j] = 2 * (x[n, c, i, j] - mean) / (squares / 40 + 0.5) ** 0.5 + 1
        kept = [blob.data[0, c, 0, 0] for blob in run.layer.blobs_[2:]]
        np.testing.assert_allclose(kept, [0.75 * mean, 0.75 * squares / 39], rtol=1e-6)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-9)


def test_the_momentum_unless_stated(x):
    kept = batch_norm(x).layer.blobs_[2].data.ravel()
    np.testing.assert_allclose(kept, 0.001 * x.mean(axis=(0, 2, 3)), rtol=1e-4)


@pytest.mark.parametrize(("options", "phase"), [("", "TEST"), ("frozen: true", "TRAIN")])
def test_what_is_kept_is_used_and_stays(options, phase, x):
    run = batch_norm(x, f"eps: 0.5 {options}", phase=phase)
    assert (run.layer.blobs_[3].data == (1 if options else 0)).all()
    for blob, value in zip(run.layer.blobs_[2:], (3, 1.5), strict=True):
        blob.data.fill(value)
    run.forward()
    np.testing.assert_allclose(run.top[0].data, 2 * (x - 3) / 2**0.5 + 1, rtol=1e-9)
    assert (run.layer.blobs_[2].data == 3).all()


def test_one_value_keeps_a_variance_of_0():
    assert not batch_norm(np.full((1, 3), 5.0)).layer.blobs_[3].data.any()


def test_other_channels_are_refused(x):
    run = batch_norm(x)
    run.bottom[0].reshape((4, 2, 2, 5))
    with pytest.raises(LayerError, match=r'CuDNNBatchNorm layer "bn": .*\n.*expected: shape'):
        run.forward()
