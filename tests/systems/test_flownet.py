"""FlowNetC: two pictures through the same weights, compared by Correlation; the flow undoes it."""

import numpy as np

from tests.systems.nets import conv, deployed, inputs, layer, learn, solver_of

BATCH, SIDE = 4, 32
HALF = "kernel_size: 3 pad: 1 stride: 2"


LEAKY = "relu_param { negative_slope: 0.1 }"


def siamese(kernel):
    """The same convolution for both pictures: its weights have names."""
    names = 'param { name: "conv_w" } param { name: "conv_b" }'
    return "".join(
        conv(f"image{i}", f"conv{i}", 16, kernel=kernel, settings=names)
        + layer("ReLU", f"conv{i}", settings=LEAKY)
        for i in (0, 1)
    )


FLOWNET = siamese(HALF) + (
    layer("Correlation", "conv0 conv1", "correlation", """correlation_param { pad: 3 kernel_size: 1
        max_displacement: 3 stride_1: 1 stride_2: 1 }""")
    + layer("ReLU", "correlation", settings=LEAKY)
    + conv("conv0", "redirected", 4, kernel="kernel_size: 1")
    + layer("Concat", "redirected correlation", "both")
    + conv("both", "conv3", 32, kernel="kernel_size: 5 pad: 2")
    + layer("ReLU", "conv3", settings=LEAKY)
    + conv("conv3", "flow2", 2)
    + layer("Deconvolution", "flow2", "flow", """convolution_param { num_output: 2 kernel_size: 4
        stride: 2 pad: 1 weight_filler { type: "msra" } }""")
)  # fmt: skip


def pairs(rng):
    """Random textures, and the same moved by up to 4 pixels; flow in pixels, across and down."""
    large = rng.normal(size=(BATCH, 1, SIDE + 8, SIDE + 8))
    large = sum(np.roll(large, (y, x), (2, 3)) for y in (-1, 0, 1) for x in (-1, 0, 1)) / 2
    moves = 2 * rng.integers(-2, 3, size=(BATCH, 2))
    flow = np.broadcast_to(moves[:, :, None, None], (BATCH, 2, SIDE, SIDE)).astype(np.float32)
    second = [
        picture[:, 4 - y : 4 - y + SIDE, 4 - x : 4 - x + SIDE]
        for picture, (x, y) in zip(large, moves, strict=True)
    ]
    return {"image0": large[:, :, 4:-4, 4:-4], "image1": np.stack(second), "truth": flow}


def test_it_learns_to_see_motion_and_warping_undoes_it(tmp_path):
    shape = (BATCH, 1, SIDE, SIDE)
    net = inputs(image0=shape, image1=shape, truth=(BATCH, 2, SIDE, SIDE)) + FLOWNET
    by_place = "l1_loss_param { l2_per_location: true normalize_by_num_entries: true }"
    net += layer("L1Loss", "flow truth", "loss", by_place)
    solver = solver_of(net, 'type: "Adam" base_lr: 0.003')
    rng = np.random.default_rng(0)
    losses = learn(solver, lambda: pairs(rng), 300)  # the mean end point error
    assert np.mean(losses[:5]) > 3
    assert np.mean(losses[-10:]) < 2.2
    names = list(solver.net.params)
    assert names.count("conv0") == names.count("conv1") == 1
    shared = [solver.net.params[name][0].data for name in ("conv0", "conv1")]
    assert np.shares_memory(*shared)

    deploy = inputs(image0=shape, image1=shape) + FLOWNET
    deploy += layer("FlowWarp", "image1 flow", "warped")
    net = deployed(solver, deploy, tmp_path)
    batch = pairs(np.random.default_rng(9))
    net.forward(image0=batch["image0"], image1=batch["image1"])
    inner = np.s_[:, :, 6:-6, 6:-6]
    error = np.linalg.norm(net.blobs["flow"].data - batch["truth"], axis=1)
    assert error.mean() < 2.2
    before = np.abs(batch["image1"] - batch["image0"])[inner].mean()
    after = np.abs(net.blobs["warped"].data - batch["image0"])[inner].mean()
    assert after < 0.8 * before
