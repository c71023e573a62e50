"""C3D: clips that only their motion tells apart."""

import numpy as np

from tests.systems.nets import deployed, give, inputs, layer, learn, solver_of

BATCH, LENGTH, SIDE = 8, 8, 12


def conv3d(bottom, top, channels):
    return layer("Convolution3D", bottom, top, f"""param {{ lr_mult: 1 }} param {{ lr_mult: 2 }}
        convolution3d_param {{ num_output: {channels} kernel_size: 3 kernel_depth: 3 pad: 1
        temporal_pad: 1 weight_filler {{ type: "gaussian" std: 0.1 }} }}""")  # fmt: skip


def pool3d(bottom, top, depth):
    return layer(
        "Pooling3D",
        bottom,
        top,
        f"""pooling3d_param {{ pool: MAX kernel_size: 2
        kernel_depth: {depth} stride: 2 temporal_stride: {depth} }}""",
    )


C3D = (
    conv3d("data", "conv1a", 8) + layer("ReLU", "conv1a") + pool3d("conv1a", "pool1", 1)
    + conv3d("pool1", "conv2a", 16) + layer("ReLU", "conv2a") + pool3d("conv2a", "pool2", 2)
    + layer("InnerProduct", "pool2", "fc6",
            'inner_product_param { num_output: 32 weight_filler { type: "msra" } }')
    + layer("ReLU", "fc6") + layer("Dropout", "fc6")
    + layer("InnerProduct", "fc6", "fc8",
            'inner_product_param { num_output: 4 weight_filler { type: "msra" } }')
)  # fmt: skip


def clips(rng):
    """A spot that goes to the right, to the left, down or up; each frame alone tells nothing."""
    data = 0.2 * rng.normal(size=(BATCH, 1, LENGTH, SIDE, SIDE))
    label = rng.integers(4, size=BATCH)
    for clip, direction in zip(data[:, 0], label, strict=True):
        y, x = rng.integers(SIDE, size=2)
        dy, dx = ((0, 1), (0, -1), (1, 0), (-1, 0))[direction]
        for t in range(LENGTH):
            rows, columns = (y + t * dy + np.arange(3)) % SIDE, (x + t * dx + np.arange(3)) % SIDE
            clip[t, rows[:, None], columns] += 1
    return {"data": data, "label": label}


def test_it_tells_motions_apart(tmp_path):
    net = inputs(data=(BATCH, 1, LENGTH, SIDE, SIDE), label=(BATCH,))
    solver = solver_of(
        net + C3D + layer("SoftmaxWithLoss", "fc8 label", "loss"), 'type: "Adam" base_lr: 0.003'
    )
    rng = np.random.default_rng(0)
    losses = learn(solver, lambda: clips(rng), 150)
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:10])
    test = net + C3D + layer("Accuracy", "fc8 label", "accuracy")
    for inference in (False, True):
        made = deployed(solver, test, tmp_path, inference=inference)
        scores = []
        for _ in range(5):
            give(made, clips(rng))
            scores.append(float(made.forward()["accuracy"]))
        assert np.mean(scores) > 0.8
