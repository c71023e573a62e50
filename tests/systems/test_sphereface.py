"""SphereFace: a margin that grows as lambda falls, and features of which only the angle counts."""

import numpy as np
import pytest

from tests.systems.nets import conv, deployed, inputs, layer, learn, solver_of

BATCH, CLASSES, SIDE = 32, 6, 8
PROTOTYPES = np.random.default_rng(77).normal(size=(CLASSES + 2, 1, SIDE, SIDE))
BODY = (
    conv("data", "conv1", 8, kernel="kernel_size: 3 stride: 2 pad: 1")
    + layer("PReLU", "conv1")
    + layer(
        "InnerProduct",
        "conv1",
        "fc5",
        """inner_product_param { num_output: 8
        weight_filler { type: "xavier" } }""",
    )
)
SCHEDULE = "base: 100 gamma: 0.5 power: 1 lambda_min: 3 iteration: 0"


def faces(rng, persons):
    label = rng.choice(persons, size=BATCH)
    brightness = rng.uniform(0.5, 2, size=(BATCH, 1, 1, 1))
    noisy = PROTOTYPES[label] + 0.5 * rng.normal(size=(BATCH, 1, SIDE, SIDE))
    return {"data": brightness * noisy, "label": label}


def angle_gap(net):
    """The mean cosine of two pictures of a new person, less that of the two new persons."""
    rng, found = np.random.default_rng(5), {}
    for person in (CLASSES, CLASSES + 1):
        x = net.forward(data=faces(rng, [person])["data"])["fc5"]
        found[person] = x / np.linalg.norm(x, axis=1, keepdims=True)
    one, other = found.values()
    return (np.mean(one @ one.T) + np.mean(other @ other.T)) / 2 - np.mean(one @ other.T)


@pytest.mark.parametrize("kind", ["SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE"])
def test_it_learns_while_lambda_falls(tmp_path, kind):
    margin = layer("MarginInnerProduct", "fc5 label", "fc6 lambda",
                   f"""margin_inner_product_param {{ num_output: {CLASSES} type: {kind} {SCHEDULE}
                   weight_filler {{ type: "xavier" }} }}""")  # fmt: skip
    net = inputs(data=(BATCH, 1, SIDE, SIDE), label=(BATCH,)) + BODY + margin
    net += layer("SoftmaxWithLoss", "fc6 label", "loss") + layer("Accuracy", "fc6 label", "right")
    solver = solver_of(net, "base_lr: 0.05 momentum: 0.9 weight_decay: 0.0005")
    rng, lambdas, right = np.random.default_rng(0), [], []
    deploy = inputs(data=(BATCH, 1, SIDE, SIDE)) + BODY
    for _ in range(120):
        learn(solver, lambda: faces(rng, CLASSES), 1)
        lambdas.append(float(solver.net.blobs["lambda"].data.ravel()[0]))
        right.append(float(solver.net.blobs["right"].data))
    if kind != "SINGLE":
        expected = [max(100 / (1 + 0.5 * i), 3) for i in range(1, 121)]
        np.testing.assert_allclose(lambdas, expected, rtol=1e-5)
    assert np.mean(right[-10:]) > 0.9
    weight = solver.net.params["fc6"][0].data
    solver.net.forward()  # makes them 1 long again
    np.testing.assert_allclose(np.linalg.norm(weight, axis=1), 1, rtol=1e-5)
    assert angle_gap(deployed(solver, deploy, tmp_path)) > 0.3
