import numpy as np
import pytest

from blobnet import SolverError
from tests.solver.training import REGRESSION, make_solver, weights_of
from tests.solvers.oracle import check_rule


def sgd(param, g, rate, memory, t):
    memory["h"] = param.momentum * memory["h"] + rate * g
    return memory["h"]


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "momentum: 0.9",
        "momentum: 0.9 weight_decay: 0.1",
        'momentum: 0.5 weight_decay: 0.1 regularization_type: "L1"',
        "momentum: 0.9 clip_gradients: 0.7",
        "momentum: 0.9 clip_gradients: 100",
        "clip_gradients: 0",
        "momentum: 0.9 weight_decay: 0.1 iter_size: 3",
        "momentum: 0.9 weight_decay: 0.1 iter_size: 3 clip_gradients: 0.7",
    ],
)
def test_updates(settings, rng):
    check_rule(settings, sgd, ("h",), rng)


def test_the_rate_follows_the_policy(rng):
    solver = make_solver(settings='lr_policy: "step" gamma: 0.1 stepsize: 2')
    rates = []
    for _ in range(5):
        rates.append(solver.get_learning_rate())
        solver.step(1)
    np.testing.assert_allclose(rates, 0.05 * np.array([1, 1, 0.1, 0.1, 0.01]), rtol=1e-6)


def test_a_weight_of_zero_is_left_alone_by_l1(rng):
    solver = make_solver(settings='weight_decay: 0.1 regularization_type: "L1"')
    for blob in solver.net.learnable_params:
        blob.data[...] = 0
        blob.diff[...] = 0
    solver.apply_update()
    assert not any(array.any() for array in weights_of(solver))


def test_clipping_is_told(caplog):
    caplog.set_level("INFO", "blobnet.solver")
    solver = make_solver(settings="clip_gradients: 1e-3")
    solver.step(1)
    assert "Gradient clipping: scaling down gradients (L2 norm " in caplog.text
    assert " > 0.001) by scale factor 0.0" in caplog.text


def test_clipping_limits_the_norm_of_all_gradients_together():
    solver = make_solver(settings="clip_gradients: 1e-3")
    solver.net.forward_backward()
    solver.clip_gradients()
    gradients = np.concatenate([blob.diff.ravel() for blob in solver.net.learnable_params])
    assert np.linalg.norm(gradients) == pytest.approx(1e-3, rel=1e-5)


def test_iter_size_is_a_larger_batch(tmp_path, monkeypatch, rng):
    h5py = pytest.importorskip("h5py")
    monkeypatch.chdir(tmp_path)
    with h5py.File("rows.h5", "w") as file:
        file["x"] = rng.normal(size=(24, 4))
        file["y"] = rng.normal(size=(24, 3))
    (tmp_path / "rows.txt").write_text("rows.h5\n")
    results = []
    for batch_size, iter_size in ((12, 1), (4, 3)):
        data = (
            'layer { name: "data" type: "HDF5Data" top: "x" top: "y" '
            f'hdf5_data_param {{ source: "rows.txt" batch_size: {batch_size} }} }}'
        )
        settings = f"iter_size: {iter_size} momentum: 0.9 weight_decay: 0.01"
        solver = make_solver(data + REGRESSION, settings, dtype=np.float64)
        solver.step(6)
        results.append((solver.loss, weights_of(solver)))
    (loss, weights), (other_loss, other_weights) = results
    assert loss == pytest.approx(other_loss, rel=1e-9)
    for array, other in zip(weights, other_weights, strict=True):
        np.testing.assert_allclose(array, other, rtol=1e-9, atol=1e-12)


def test_an_unknown_regularization_is_refused():
    with pytest.raises(SolverError, match=r"regularization type: l2\n.*L2 or L1\n.*mean L2"):
        make_solver(settings='regularization_type: "l2"')


def test_a_history_without_memory_is_an_error_of_the_solver(monkeypatch):
    def refuse(array):
        raise MemoryError

    monkeypatch.setattr("blobnet.solvers.sgd.np.zeros_like", refuse)
    with pytest.raises(SolverError, match=r"not enough memory for what Adam keeps.*\n.* weights"):
        make_solver(settings='type: "Adam"')


def test_weights_are_clipped_before_they_change(rng):
    settings = "clip_weights: 2 clamp_weights_lower: -0.5 clamp_weights_upper: 0.25"
    solver = make_solver(settings=settings)
    blobs = solver.net.learnable_params
    for blob in blobs:
        blob.data[...] = rng.normal(size=blob.shape)
        blob.diff[...] = rng.normal(size=blob.shape)
    size = np.sqrt(sum((blob.data**2).sum() for blob in blobs))
    rates = [0.05 * mult for mult in solver.net.params_lr]
    expected = [
        np.clip(blob.data * 2 / size, -0.5, 0.25) - rate * blob.diff
        for blob, rate in zip(blobs, rates, strict=True)
    ]
    solver.apply_update()
    for blob, values in zip(blobs, expected, strict=True):
        np.testing.assert_allclose(blob.data, values, rtol=1e-5, atol=1e-6)


def test_an_update_may_be_left_out(rng):
    solver = make_solver(settings="disabled_update: true")
    before = [blob.data.copy() for blob in solver.net.learnable_params]
    solver.step(2)
    assert solver.iter == 2
    for blob, values in zip(solver.net.learnable_params, before, strict=True):
        np.testing.assert_array_equal(blob.data, values)


def test_momentum_and_decay_follow_their_policies(rng):
    settings = (
        'max_iter: 4 momentum: 0.5 momentum_policy: "poly" max_momentum: 0.9 weight_decay: 0.1 '
        'weight_decay_policy: "poly" max_weight_decay: 0.5'
    )
    solver = make_solver(settings=settings, dtype=np.float64)
    blob = solver.net.learnable_params[0]
    blob.data[...] = w = rng.normal(size=blob.shape)
    h = 0.0
    for i in range(3):
        blob.diff[...] = g = rng.normal(size=blob.shape)
        h = (0.5 + 0.4 * i / 4) * h + 0.05 * (g + (0.1 + 0.4 * i / 4) * w)
        w = w - h
        solver.apply_update()
    np.testing.assert_allclose(blob.data, w, rtol=1e-6)
