"""CIFAR-10 and siamese nets against plain numpy, forward; their gradients against differences."""

from __future__ import annotations

import math

import numpy as np
import pytest

import blobnet
from benchmarks.small_nets import cifar10_full, cifar10_quick, siamese


def convolve(x, weight, bias, pad):
    """One image; as many places as pixels, less what the kernel takes and the padding gives."""
    size = weight.shape[-1]
    x = np.pad(x, ((0, 0), (pad, pad), (pad, pad)))
    places = x.shape[1] - size + 1
    y = np.zeros((len(weight), places, places))
    for row in range(places):
        for column in range(places):
            seen = x[:, row : row + size, column : column + size]
            y[:, row, column] = (weight * seen).sum(axis=(1, 2, 3)) + bias
    return y


def pool(x, kernel, choose):
    """Windows every second pixel; the last one may reach over the edge."""
    places = math.ceil((x.shape[1] - kernel) / 2) + 1
    windows = [slice(2 * place, 2 * place + kernel) for place in range(places)]
    return np.array([[[choose(c[r, s]) for s in windows] for r in windows] for c in x])


def normalize(x):
    """Local response normalization over 3 x 3 pixels of a channel."""
    alpha = float(np.float32(5e-5))  # the message holds it in 4 bytes
    y = np.zeros_like(x)
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    for row in range(x.shape[1]):
        for column in range(x.shape[2]):
            near = padded[:, row : row + 3, column : column + 3]
            scale = 1 + alpha / 9 * (near**2).sum(axis=(1, 2))
            y[:, row, column] = x[:, row, column] / scale**0.75
    return y


def relu(x):
    return np.maximum(x, 0)


def softmax(x):
    e = np.exp(x - x.max())
    return e / e.sum()


def weights(net):
    return {name: [blob.data for blob in blobs] for name, blobs in net.params.items()}


def cifar(build, **form):
    """A net in float64 whose first filters are strong enough for the layers behind to matter."""
    net = blobnet.Net(build(2, **form), "TEST", dtype="f8", seed=1)
    net.params["conv1"][0].data[...] *= 1000
    for blobs in net.params.values():
        blobs[1].data[...] = np.linspace(-0.5, 0.5, blobs[1].count)
    return net


@pytest.fixture
def images(rng):
    return rng.normal(scale=60, size=(2, 3, 32, 32))


def test_cifar10_quick_is_what_plain_numpy_computes(images):
    net = cifar(cifar10_quick)
    w = weights(net)
    found = net.forward(data=images)["prob"]
    for image, probabilities in zip(images, found, strict=True):
        x = relu(pool(convolve(image, *w["conv1"], 2), 3, np.max))
        x = pool(relu(convolve(x, *w["conv2"], 2)), 3, np.mean)
        x = pool(relu(convolve(x, *w["conv3"], 2)), 3, np.mean)
        for name in ("ip1", "ip2"):
            x = w[name][0] @ x.ravel() + w[name][1]
        np.testing.assert_allclose(probabilities, softmax(x), rtol=1e-10)


def test_cifar10_full_is_what_plain_numpy_computes(images):
    net = cifar(cifar10_full)
    w = weights(net)
    found = net.forward(data=images)["prob"]
    for image, probabilities in zip(images, found, strict=True):
        x = normalize(relu(pool(convolve(image, *w["conv1"], 2), 3, np.max)))
        x = normalize(pool(relu(convolve(x, *w["conv2"], 2)), 3, np.mean))
        x = pool(relu(convolve(x, *w["conv3"], 2)), 3, np.mean)
        scores = w["ip1"][0] @ x.ravel() + w["ip1"][1]
        np.testing.assert_allclose(probabilities, softmax(scores), rtol=1e-10)


def features(w, image):
    """What one twin of the siamese net makes of an image of one channel."""
    x = pool(convolve(image[None], *w["conv1"], 0), 2, np.max)
    x = pool(convolve(x, *w["conv2"], 0), 2, np.max).ravel()
    x = relu(w["ip1"][0] @ x + w["ip1"][1])
    for name in ("ip2", "feat"):
        x = w[name][0] @ x + w[name][1]
    return x


def test_the_siamese_net_is_what_plain_numpy_computes(rng):
    net = blobnet.Net(siamese(4, train=True), "TRAIN", dtype="f8", seed=1)
    pairs, similar = rng.normal(scale=0.3, size=(4, 2, 28, 28)), np.array([0, 1, 0, 1])
    net.forward(pair_data=pairs, sim=similar)
    loss = 0.0
    for number, (pair, same) in enumerate(zip(pairs, similar, strict=True)):
        one, other = (features(weights(net), image) for image in pair)
        np.testing.assert_allclose(net.blobs["feat"].data[number], one)
        np.testing.assert_allclose(net.blobs["feat_p"].data[number], other)
        distance = np.linalg.norm(one - other)
        loss += distance**2 if same else max(1 - distance, 0) ** 2
    assert net.loss == pytest.approx(loss / (2 * 4))


def slope(net, inputs, rng):
    """How the loss changes along a random direction of all weights: by backward, by differences."""
    directions = [rng.normal(size=blob.shape) for blob in net.learnable_params]
    net.forward(**inputs)
    net.clear_param_diffs()
    net.backward()
    blobs = list(zip(net.learnable_params, directions, strict=True))
    ours = sum((blob.diff * direction).sum() for blob, direction in blobs)
    losses = []
    for step in (1e-9, -2e-9):  # ahead, then back over the start
        for blob, direction in blobs:
            blob.data[...] += step * direction
        net.forward(**inputs)
        losses.append(net.loss)
    return ours, (losses[0] - losses[1]) / 2e-9


@pytest.mark.parametrize("build", [cifar10_quick, cifar10_full])
def test_the_gradients_of_the_cifar10_nets(build, images, rng):
    net = cifar(build, train=True)
    ours, expected = slope(net, {"data": images, "label": [3, 7]}, rng)
    assert ours == pytest.approx(expected, rel=1e-5)


def test_the_gradients_of_the_siamese_net_are_of_both_twins(rng):
    net = blobnet.Net(siamese(4, train=True), "TRAIN", dtype="f8", seed=1)
    pairs = rng.normal(scale=0.3, size=(4, 2, 28, 28))
    # Pairs that differ are left out: Caffe's gradient for them is not quite that of its loss.
    ours, expected = slope(net, {"pair_data": pairs, "sim": np.ones(4)}, rng)
    assert ours == pytest.approx(expected, rel=1e-5)
