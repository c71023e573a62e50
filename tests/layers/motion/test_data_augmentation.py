import math

import numpy as np
import pytest

from blobnet import LayerError, Net, parse_net
from blobnet.layers.motion._coefficients import NAMES
from blobnet.testing import run_layer

AXES = np.array([[0.6, 0.6, 0.52915026], [0.8, -0.45, -0.39686269], [0, 0.66143783, -0.75]])
EIGEN = f"chromatic_eigvec: {AXES.ravel().tolist()}"
FACTORS = ("zoom_x", "zoom_y", "gamma", "contrast", "color1", "color2", "color3")


def augmentation(options, *bottoms, num_top=1, phase="TRAIN", more=""):
    return run_layer(
        f'name: "aug" type: "DataAugmentation" augmentation_param {{ {options} }} {more}',
        *bottoms,
        num_top=num_top,
        phase=phase,
    )


def row(**values):
    """Coefficients as they travel: factors and powers as logarithms."""
    found = np.zeros((1, 42, 1, 1))
    for name, value in values.items():
        is_factor = name in FACTORS or "pow" in name or ("mult_" in name and "add" not in name)
        found[0, NAMES.index(name)] = math.log(value) if is_factor else value
    return found


def test_there_are_42_coefficients_in_flownet2s_order():
    assert len(NAMES) == 42
    assert NAMES[:7] == ("mirror", "dx", "dy", "angle", "zoom_x", "zoom_y", "gamma")
    assert NAMES[12] == "pow_nomean0"
    assert NAMES[33] == "col_angle"
    assert NAMES[-1] == "noise"


def test_without_a_crop_it_is_a_copy(rng):
    x = rng.normal(size=(2, 3, 4, 5))
    run = augmentation("rotate { mean: 1 }", x, num_top=2)
    np.testing.assert_array_equal(run.top[0].data, x)
    assert not run.top[1].data.any()


def test_a_crop_is_from_the_middle(rng):
    x = rng.normal(size=(2, 3, 6, 9))
    run = augmentation("crop_width: 5 crop_height: 2", x)
    np.testing.assert_allclose(run.top[0].data, x[:, :, 2:4, 2:7], rtol=1e-6)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # FlowNet2's centre is that of pixels' corners: what is turned comes from one pixel on
        ({"mirror": 1}, lambda x: np.pad(x[:, 1:, ::-1], 0)),
        ({"dx": 0.25}, lambda x: np.concatenate([x[:, :, 1:], x[:, :, -1:]], axis=2)),
        ({"dy": -0.5}, lambda x: np.concatenate([x[:, :1], x[:, :1], x[:, :2]], axis=1)),
    ],
)
def test_what_moves_pixels(values, expected):
    x = np.arange(16.0).reshape(1, 1, 4, 4)
    run = augmentation("crop_width: 4 crop_height: 4", x, row(**values))
    y = run.top[0].data[0]
    if "mirror" in values:  # column c comes from 4 - c; 4 is not there
        np.testing.assert_allclose(y[0, :, 1:], x[0, 0, :, :0:-1], rtol=0.02)
    else:
        np.testing.assert_allclose(y, expected(x[0]), atol=0.25)


def test_positions_in_plain_loops(rng):
    x = rng.normal(size=(1, 2, 9, 11))
    values = {"mirror": 1, "dx": 0.1, "dy": -0.05, "angle": 0.4, "zoom_x": 1.3, "zoom_y": 0.9}
    run = augmentation("crop_width: 6 crop_height: 5", x, row(**values))
    for v in range(5):
        for u in range(6):
            a, b = -u + 3.0, v - 2.5
            cos, sin = math.cos(0.4), math.sin(0.4)
            a, b = cos * a - sin * b, sin * a + cos * b
            a, b = (a + 0.1 * 6) / 1.3 + 5.5, (b - 0.05 * 5) / 0.9 + 4.5
            a, b = min(max(a, 0), 11 - 1.05), min(max(b, 0), 9 - 1.05)
            p, q, s, t = int(a), int(b), a - int(a), b - int(b)
            expected = (1 - t) * ((1 - s) * x[0, :, q, p] + s * x[0, :, q, p + 1])
            expected += t * ((1 - s) * x[0, :, q + 1, p] + s * x[0, :, q + 1, p + 1])
            np.testing.assert_allclose(run.top[0].data[0, :, v, u], expected, rtol=1e-9)


def test_colours_and_contrast():
    x = np.array([0.2, 0.4, 0.9]).reshape(1, 3, 1, 1)
    change = row(color1=2, gamma=0.5, brightness=0.1, contrast=1.5)
    run = augmentation("crop_width: 1 crop_height: 1 max_multiplier: 1", x, change)
    factor = 1.5 / (0.4 + 0.4 + 0.9 + 0.01)
    values = np.sqrt(np.minimum(np.array([0.4, 0.4, 0.9]) * factor, 1)) + 0.1
    expected = np.clip(0.5 + (values - 0.5) * 1.5, 0, 1)
    np.testing.assert_allclose(run.top[0].data.ravel(), expected, rtol=1e-9)


def test_shadows_lie_behind_a_line():
    x = np.full((1, 3, 3, 4), 0.5)
    change = row(shadow_angle=0, shadow_distance=0.5, shadow_strength=0.2)
    run = augmentation("crop_width: 4 crop_height: 3", x, change)
    np.testing.assert_allclose(run.top[0].data[0, 0], [[0.5, 0.5, 0.5, 0.3]] * 3)


def test_noise_is_added():
    x = np.full((1, 3, 40, 40), 0.5)
    run = augmentation("crop_width: 40 crop_height: 40", x, row(noise=0.1))
    assert run.top[0].data.std() == pytest.approx(0.1, rel=0.1)


def eigen_loop(image, x, by):
    """FlowNet2's loop for one pixel; by has all coefficients."""
    axes, pixels = AXES, x.transpose(1, 0, 2, 3).reshape(3, -1)
    mean_rgb, largest = pixels.mean(axis=1), np.abs(axes @ pixels).max(axis=1)
    mean = axes @ mean_rgb / largest
    e = axes @ (image - mean_rgb) / largest
    for i in range(3):
        e[i] = math.copysign(abs(e[i]) ** by[f"pow_nomean{i}"], e[i])
        e[i] = (e[i] + by[f"add_nomean{i}"]) * by[f"mult_nomean{i}"]
    e += mean
    e[0] = math.copysign(abs(e[0]) ** by["pow_withmean0"], e[0])
    e[0] = (e[0] + by["add_withmean0"]) * by["mult_withmean0"]
    s = math.hypot(e[1], e[2])
    s1 = max(s ** by["pow_withmean1"] + by["add_withmean1"], 0) * by["mult_withmean1"]
    c, d = math.cos(by["col_angle"]), math.sin(by["col_angle"])
    e[1], e[2] = c * e[1] - d * e[2], d * e[1] + c * e[2]
    e *= largest
    most = np.sqrt((largest**2).sum())
    l1 = np.sqrt((e**2).sum()) / most
    e[1:] *= s1 / s
    length = np.sqrt((e**2).sum())
    l1 = max(l1 ** by["lmult_pow"] + by["lmult_add"], 0) * by["lmult_mult"] * most
    e = np.minimum(e / length * l1, largest)
    return np.maximum(np.minimum(axes.T @ e, 1), 0)


def test_colours_along_their_axes(rng):
    x = rng.uniform(0.2, 0.9, size=(1, 3, 4, 5))
    names = [name for name in NAMES if "mean" in name or name.startswith(("lmult", "col_"))]
    values = {
        name: rng.uniform(0.8, 1.2) if "pow" in name or "mult_" in name else rng.uniform(0, 0.2)
        for name in names
    }
    values["lmult_add"] = 0.05
    run = augmentation(f"crop_width: 5 crop_height: 4 max_multiplier: 1 {EIGEN}", x, row(**values))
    # what is interpolated at the last row and column is not a pixel of x: FlowNet2 goes no nearer
    for r in range(3):
        for c in range(4):
            expected = eigen_loop(x[0, :, r, c], x, values)
            np.testing.assert_allclose(run.top[0].data[0, :, r, c], expected, rtol=1e-6)


def test_drawn_coefficients_are_told(rng):
    options = (
        'crop_width: 8 crop_height: 8 mirror { rand_type: "bernoulli" prob: 1 } '
        "zoom { mean: 0.2 exp: true } rotate { spread: 0.1 } gamma { mean: 0.1 exp: true } "
        "translate_x { mean: 0.05 } "
    )
    x = rng.random((3, 3, 24, 24))
    run = augmentation(options, x, num_top=2)
    told = dict(zip(NAMES, run.top[1].data[:, :, 0, 0].T, strict=True))
    np.testing.assert_allclose(told["mirror"], 1)
    np.testing.assert_allclose(told["zoom_x"], 0.2)
    np.testing.assert_allclose(told["zoom_y"], 0.2)
    np.testing.assert_allclose(told["dx"], 0.05, rtol=1e-6)
    np.testing.assert_allclose(told["gamma"], 0.1, rtol=1e-6)
    assert len({*told["angle"]}) == 3
    assert (np.abs(told["angle"]) <= 0.1).all()
    again = augmentation("crop_width: 8 crop_height: 8", x, run.top[1].data)
    np.testing.assert_allclose(again.top[0].data, run.top[0].data, rtol=1e-6)
    still = augmentation(options, x, num_top=2, phase="TEST")
    assert not still.top[1].data.any()
    moved = augmentation(options + "augment_during_test: true", x, num_top=2, phase="TEST")
    assert moved.top[1].data.any()


def test_what_would_leave_the_image_is_not_taken():
    options = "crop_width: 8 crop_height: 8 translate_x { mean: 3 }"
    run = augmentation(options, np.zeros((1, 1, 10, 10)), num_top=2)
    assert not run.top[1].data.any()


def test_spreads_follow_the_schedule():
    """After half_life passes it is half of the way."""
    schedule = "coeff_schedule_param { half_life: 2 initial_coeff: 0 final_coeff: 1 }"
    options = "crop_width: 1 crop_height: 1 brightness { spread: 1 }"
    run = augmentation(options, np.zeros((500, 3, 1, 1)), num_top=2, more=schedule)
    run.forward()  # the second pass
    told = run.top[1].data[:, NAMES.index("brightness")]
    assert np.abs(told).max() == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize("per_pixel", ["true", "false"])
def test_the_mean_of_the_first_passes_is_subtracted(per_pixel, rng):
    options = f"crop_width: 4 crop_height: 4 recompute_mean: 2 mean_per_pixel: {per_pixel}"
    xs = rng.normal(size=(3, 2, 3, 5, 5)) + 7
    run = augmentation(options, xs[0])
    crops = [run.top[0].data + mean_of(run, per_pixel)]
    for x in xs[1:]:
        run.bottom[0].data[...] = x
        run.forward()
        crops.append(run.top[0].data + mean_of(run, per_pixel))
    image = np.mean(crops[:2], axis=(0, 1))
    np.testing.assert_allclose(run.layer.blobs_[1].data[0], image)
    np.testing.assert_allclose(run.layer.blobs_[2].data[0, :, 0, 0], image.mean(axis=(1, 2)))
    assert run.layer.blobs_[0].data.item() == 3
    assert [spec.lr_mult for spec in run.layer.layer_param_.param] == [0, 0, 0]


def mean_of(run, per_pixel):
    return run.layer.blobs_[1 if per_pixel == "true" else 2].data.copy()


def test_three_numbers_may_be_the_mean():
    x = np.ones((1, 3, 2, 2))
    run = augmentation("mean: [1, 2, 3] mean_per_pixel: false", x)
    np.testing.assert_array_equal(run.top[0].data[0, :, 0, 0], [0, -1, -2])
    assert (augmentation("mean: [1, 2, 3]", x).top[0].data == 1).all()


NET = """
    layer {{ name: "data" type: "Input" top: "data"
            input_param {{ shape {{ dim: 1 dim: 3 dim: 8 dim: 8 }} }} }}
    layer {{ name: "aug" type: "DataAugmentation" bottom: "data" top: "aug"
            augmentation_param {{ crop_width: {0} crop_height: {0} recompute_mean: 5
                                  mean_per_pixel: {1} }} }}
"""


@pytest.mark.parametrize("per_pixel", ["true", "false"])
def test_a_mean_of_another_size_is_loaded(per_pixel, tmp_path, rng):
    trained = Net(parse_net(NET.format(4, per_pixel)), phase="TEST")
    for blob in trained.params["aug"]:
        blob.data[...] = rng.normal(size=blob.shape)
    mean = trained.params["aug"][1].data
    trained.save(tmp_path / "trained.caffemodel")
    net = Net(parse_net(NET.format(6, per_pixel)), phase="TEST")
    net.copy_from(tmp_path / "trained.caffemodel")
    expected = np.broadcast_to(mean.mean(axis=(2, 3), keepdims=True), (1, 3, 6, 6))
    np.testing.assert_allclose(net.params["aug"][1].data, expected, rtol=1e-5)
    np.testing.assert_array_equal(net.params["aug"][2].data, trained.params["aug"][2].data)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("crop_width: 9 crop_height: 2", "greater than original"),
        ("crop_width: 0 crop_height: 2", "greater than original"),
        ("crop_width: 2 crop_height: 2 gamma { mean: 2 }", "3-channel"),
        ('crop_width: 2 crop_height: 2 rotate { rand_type: "what" }', "Unknown random type"),
        ("mean: [1, 2, 3] mean_per_pixel: false", "3 values"),
    ],
)
def test_what_is_refused(options, words):
    with pytest.raises(LayerError, match=words):
        augmentation(options, np.zeros((1, 2, 8, 8)))


def test_more_that_is_refused():
    x = np.zeros((1, 3, 8, 8))
    with pytest.raises(LayerError, match="eigenvectors"):
        augmentation("crop_width: 2 crop_height: 2 col_rotate { mean: 1 }", x)
    with pytest.raises(LayerError, match="42 coefficients"):
        augmentation("crop_width: 2 crop_height: 2", x, np.zeros((1, 41, 1, 1)))
    with pytest.raises(LayerError, match="half_life"):
        augmentation("", x, more="coeff_schedule_param { half_life: 0 }")
    with pytest.raises(LayerError, match="not learned"):
        augmentation("", x, more="param { lr_mult: 1 }")
