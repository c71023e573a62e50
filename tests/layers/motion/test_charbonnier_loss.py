import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def charbonnier(*bottoms, options="", **more):
    text = f'name: "loss" type: "CharbonnierLoss" charbonnier_loss_param {{ {options} }}'
    return run_layer(text, *bottoms, **more)


SETTINGS = ["", "alpha: 0.4 beta: 255", "alpha: 0.25 beta: 2 epsilon: 0.5"]


def numbers(options):
    settings = dict(zip(*[iter(options.replace(":", "").split())] * 2, strict=True))
    stated = {"alpha": 1, "beta": 1, "epsilon": 0.001}
    return (float(settings.get(name, value)) for name, value in stated.items())


@pytest.mark.parametrize("has_mask", [False, True])
@pytest.mark.parametrize("options", SETTINGS)
def test_powers_of_differences(options, has_mask, rng):
    x = rng.normal(size=(2, 3, 4, 5))
    mask = rng.uniform(0, 1, size=x.shape) if has_mask else np.ones(x.shape)
    alpha, beta, epsilon = numbers(options)
    run = charbonnier(*[x, mask][: 1 + has_mask], options=options)
    assert run.top[0].shape == (1, 1, 1, 1)
    assert run.layer.loss(0) == 1
    pixels = int(2 * mask.sum()) if has_mask else 2 * 4 * 5
    total, slopes = 0.0, np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        base = (beta * x[at]) ** 2 + epsilon**2
        total += mask[at] * base**alpha
        slopes[at] = 2 * alpha * beta**2 * x[at] * base ** (alpha - 1) * mask[at] / pixels
    np.testing.assert_allclose(run.top[0].data, total / pixels, rtol=1e-6)
    run.top[0].diff[...] = 3
    run.backward([True, False][: 1 + has_mask])
    np.testing.assert_allclose(run.bottom[0].diff, 3 * slopes, rtol=1e-6)


def test_of_a_mask_with_more_channels_the_first_values_count(rng):
    x, mask = rng.normal(size=(2, 2, 3, 4)), rng.uniform(size=(2, 3, 3, 4))
    run = charbonnier(x, mask)
    first, total = mask.ravel()[: x.size].reshape(x.shape), 0.0
    for at in np.ndindex(x.shape):
        total += first[at] * (x[at] ** 2 + 1e-6)
    np.testing.assert_allclose(run.top[0].data, total / int(2 * mask.sum()), rtol=1e-6)
    run.top[0].diff[...] = 1
    run.backward([True, False])
    np.testing.assert_allclose(run.bottom[0].diff, 2 * x * first / int(2 * mask.sum()), rtol=1e-6)


def test_a_mask_of_zeros_leaves_nothing_to_divide_by():
    x = np.ones((1, 1, 2, 2))
    assert np.isnan(charbonnier(x, np.zeros_like(x)).top[0].data).all()


def test_what_does_not_fit():
    x = np.ones((1, 2, 3, 3))
    with pytest.raises(LayerError, match="Mask must be the same size as input"):
        charbonnier(x, x[:, :1])
    with pytest.raises(LayerError, match="4 axes"):
        charbonnier(x[0])
    with pytest.raises(LayerError, match="the mask has no gradient"):
        charbonnier(x, x).backward([True, True])
