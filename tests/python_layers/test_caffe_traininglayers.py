import numpy as np
import pytest

from blobnet import LayerError
from tests.python_layers.running import run_python


def layer(name, *bottom, folder=None, **more):
    param = f"'enc_dir': '{folder}'" if folder else ""
    return run_python("caffe_traininglayers", name, *bottom, param_str=param, **more)


def test_colours_of_lab():
    image = np.array([[0, 0, 0], [255, 255, 255], [0, 0, 255], [255, 0, 0]], float)  # B, G, R
    run = layer("BGR2LabLayer", image.T.reshape(1, 3, 2, 2) + 0.4)  # cut to whole numbers
    known = [[0, 0, 0], [100, 0, 0], [53.24, 80.09, 67.20], [32.30, 79.19, -107.86]]
    np.testing.assert_allclose(run.top[0].data.reshape(3, 4).T, known, atol=0.05)


def test_the_ten_nearest_colours_have_shares_by_distance(rng, tmp_path):
    colours = rng.uniform(-100, 100, size=(40, 2))
    np.save(tmp_path / "pts_in_hull.npy", colours)
    ab = rng.uniform(-110, 110, size=(2, 2, 3, 5))
    run = layer("NNEncLayer", ab, folder=tmp_path)
    assert run.top[0].shape == (2, 40, 3, 5)
    for n, y, x in np.ndindex(2, 3, 5):
        apart = [np.hypot(*(ab[n, :, y, x] - colour)) for colour in colours]
        nearest = sorted(range(40), key=apart.__getitem__)[:10]
        expected = np.zeros(40)
        for index in nearest:
            expected[index] = np.exp(-(apart[index] ** 2) / 50)
        np.testing.assert_allclose(run.top[0].data[n, :, y, x], expected / expected.sum())


def test_colours_that_are_far_away_have_shares_all_the_same(tmp_path):
    np.save(tmp_path / "pts_in_hull.npy", np.zeros((3, 2)))
    run = layer("NNEncLayer", np.full((1, 2, 1, 1), 1e4), folder=tmp_path)
    np.testing.assert_allclose(run.top[0].data.ravel(), [1 / 3] * 3)


def test_rare_colours_weigh_more(rng, tmp_path):
    shares = np.array([0.5, 0.3, 0.2, 0])
    np.save(tmp_path / "prior_probs.npy", shares)
    scores = rng.normal(size=(2, 4, 3, 3))
    scores[:, 3] = -9
    run = layer("PriorBoostLayer", scores, folder=tmp_path)
    mixed = [share / 2 + 1 / 6 for share in shares[:3]]
    mean = sum(share / mix for share, mix in zip(shares, mixed, strict=False))
    for n, y, x in np.ndindex(2, 3, 3):
        likeliest = int(scores[n, :, y, x].argmax())
        np.testing.assert_allclose(run.top[0].data[n, 0, y, x], 1 / mixed[likeliest] / mean)


def test_images_without_colours_are_masked():
    ab = np.zeros((3, 2, 2, 2))
    ab[0, 1, 1, 0], ab[1, 0, 0, 0] = -5.1, 5
    run = layer("NonGrayMaskLayer", ab)
    np.testing.assert_array_equal(
        run.top[0].data, np.broadcast_to([[[[1]]], [[[0]]], [[[0]]]], (3, 1, 2, 2))
    )
    run.bottom[0].diff[...] = np.nan
    run.backward([True])
    assert not run.bottom[0].diff.any()


def test_only_gradients_are_multiplied(rng):
    x, weights = rng.normal(size=(2, 3, 2, 2)), rng.normal(size=(2, 1, 2, 2))
    run = layer("ClassRebalanceMultLayer", x, weights)
    np.testing.assert_array_equal(run.top[0].data, x)
    run.top[0].diff[...] = rng.normal(size=x.shape)
    run.backward([True, False])
    for at in np.ndindex(x.shape):
        expected = run.top[0].diff[at] * weights[at[0], 0, at[2], at[3]]
        assert run.bottom[0].diff[at] == expected


def test_files_that_are_not_there_or_something_else(tmp_path):
    ab = np.zeros((1, 2, 1, 1))
    with pytest.raises(LayerError, match=r"pts_in_hull\.npy"):
        layer("NNEncLayer", ab, folder=tmp_path)
    for values in (np.zeros((3, 3)), np.array(["x"]), np.array([[np.nan, 1]])):
        np.save(tmp_path / "pts_in_hull.npy", values)
        with pytest.raises(LayerError, match=r"pts_in_hull\.npy"):
            layer("NNEncLayer", ab, folder=tmp_path)
    np.save(tmp_path / "pts_in_hull.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(LayerError, match=r"pts_in_hull\.npy"):
        layer("NNEncLayer", ab, folder=tmp_path)
    np.save(tmp_path / "prior_probs.npy", np.array([-1.0, 2]))
    with pytest.raises(LayerError, match="shares of colours"):
        layer("PriorBoostLayer", ab, folder=tmp_path)
    np.save(tmp_path / "prior_probs.npy", np.ones(3))
    with pytest.raises(LayerError, match="3 channels"):
        layer("PriorBoostLayer", ab, folder=tmp_path)


def test_blobs_that_do_not_suit():
    with pytest.raises(LayerError, match=r"\(N, 3, H, W\)"):
        layer("BGR2LabLayer", np.zeros((1, 2, 1, 1)))
    with pytest.raises(LayerError, match=r"bottom\[1\]"):
        layer("ClassRebalanceMultLayer", np.zeros((1, 2, 3, 3)), np.zeros((1, 2, 1, 2)))
