import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer

LIMITS = "configuration"


@pytest.fixture
def limits(tmp_path, monkeypatch, rng):
    """The files of limits where the program runs; returns them."""
    folder = tmp_path / LIMITS
    folder.mkdir()
    low, up = rng.uniform(-1, -0.5, 47).astype("f4"), rng.uniform(0.5, 1, 47).astype("f4")
    for name, values in (("Low", low), ("Up", up)):
        (folder / f"DofConstraint{name}.txt").write_text("\n".join(f"{v:.9g}" for v in values))
    (folder / "DofConstraintId.txt").write_text("2\n0 5\n")
    monkeypatch.chdir(tmp_path)
    return low.astype(float), up.astype(float)


def loss(x, **more):
    return run_layer('name: "limits" type: "DeepHandModelDofConstraintLoss"', x, **more)


def test_what_is_beyond_the_limits_costs_its_square(limits, rng):
    low, up = limits
    x = rng.normal(size=(4, 47)) * 2
    run = loss(x)
    expected = 0.0
    for n, j in np.ndindex(4, 47):
        if j not in (0, 5):
            expected += max(x[n, j] - up[j], 0) ** 2 + max(low[j] - x[n, j], 0) ** 2
    np.testing.assert_allclose(run.top[0].data, expected / 4)
    check_gradients(run)
    assert not run.bottom[0].diff[:, [0, 5]].any()


def test_it_counts_in_the_loss(limits):
    assert loss(np.zeros((1, 47))).layer.loss(0) == 1


def test_what_does_not_fit(limits):
    with pytest.raises(LayerError, match="freedoms of a hand"):
        loss(np.zeros((1, 46)))
