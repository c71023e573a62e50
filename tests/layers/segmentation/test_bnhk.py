import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.testing import run_layer

FILLED = "slope_filler { value: 2 } bias_filler { value: 1 }"


def bnhk(x, options="", **more):
    return run_layer(f'name: "bn" type: "BNHK" bnhk_param {{ {FILLED} {options} }}', x, **more)


@pytest.fixture
def x(rng):
    return rng.normal(3, 2, size=(4, 3, 2, 5))


def plain_moments(x):
    means, variances = [], []
    for c in range(3):
        values = [x[n, c, i, j] for n, i, j in np.ndindex(4, 2, 5)]
        means.append(sum(values) / len(values))
        variances.append(sum((value - means[c]) ** 2 for value in values) / len(values))
    return means, variances


def expected(x, means, variances, eps):
    y = np.empty_like(x)
    for n, c, i, j in np.ndindex(x.shape):
        y[n, c, i, j] = 2 * (x[n, c, i, j] - means[c]) / (variances[c] + eps) ** 0.5 + 1
    return y


@pytest.mark.parametrize(
    ("options", "share", "eps"), [("", 0.9, 1e-5), ("momentum: 0.25 eps: 0.5", 0.25, 0.5)]
)
def test_training_normalizes_by_the_batch_and_keeps_a_share(options, share, eps, x):
    run = bnhk(x, options)
    assert [blob.shape for blob in run.layer.blobs_] == [(1, 3)] * 4
    means, variances = plain_moments(x)
    np.testing.assert_allclose(run.top[0].data, expected(x, means, variances, eps), rtol=1e-9)
    kept = [blob.data[0] for blob in run.layer.blobs_[2:]]
    np.testing.assert_allclose(kept[0], (1 - share) * np.array(means), rtol=1e-6)
    np.testing.assert_allclose(kept[1], (1 - share) * np.array(variances), rtol=1e-6)


@pytest.mark.parametrize(("options", "phase"), [("", "TEST"), ("frozen: true", "TRAIN")])
def test_what_is_kept_is_used_and_stays(options, phase, x):
    run = bnhk(x, f"eps: 0.5 {options}", phase=phase)
    assert (run.layer.blobs_[3].data == (1 if options else 0)).all()
    for blob, values in zip(run.layer.blobs_[2:], ((1, 2, 3), (0.5, 1, 2)), strict=True):
        blob.data[0] = values
    run.forward()
    wanted = expected(x, (1, 2, 3), (0.5, 1, 2), 0.5)
    np.testing.assert_allclose(run.top[0].data, wanted, rtol=1e-9)
    np.testing.assert_array_equal(run.layer.blobs_[2].data, [[1, 2, 3]])


@pytest.mark.parametrize(("frozen", "rates"), [("false", [1, 1, 0, 0]), ("true", [0, 0, 0, 0])])
def test_what_is_not_learned(frozen, rates):
    text = f"""
        layer {{ name: "x" type: "Input" top: "x" input_param {{ shape {{ dim: 2 dim: 3 }} }} }}
        layer {{ name: "bn" type: "BNHK" bottom: "x" top: "x" param {{ lr_mult: 1 }}
            bnhk_param {{ frozen: {frozen} }} }}"""
    net = blobnet.Net(blobnet.parse_net(text), "TRAIN")
    assert [spec.lr_mult for spec in net.layers[1].layer_param_.param] == rates


def test_other_channels_are_refused(x):
    run = bnhk(x)
    run.bottom[0].reshape((4, 2, 2, 5))
    with pytest.raises(
        LayerError, match=r'BNHK layer "bn": .*\n.*expected: shape \(N, 3, \.\.\.\)'
    ):
        run.forward()
    with pytest.raises(LayerError, match="produces 1 top blob"):
        bnhk(x, num_top=2)
