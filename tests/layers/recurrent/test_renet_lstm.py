"""Against plain loops over patches, as renet_lstm_layer.cpp of PiCANet computes the cells."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

D = 2


@pytest.fixture
def x(rng):
    return rng.normal(size=(2, 3, 4, 6))


def made(options, x, rng):
    run = run_layer(f'name: "r" type: "ReNetLSTM" renet_lstm_param {{ {options} }}', x)
    for index, blob in enumerate(run.layer.blobs_):
        if "false" not in options or index % 11 not in (4, 5, 6):
            blob.data[...] = rng.normal(size=blob.shape)
    run.forward()
    return run


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def scanned(patches, blobs):
    """The hidden values after each of a row of patches."""
    w_i, w_c, w_o, w_f, v_i, v_o, v_f, b_i, b_c, b_o, b_f = (blob.data for blob in blobs)
    h, s, found = np.zeros(D), np.zeros(D), []
    for patch in patches:
        seen = np.concatenate([patch.ravel(), h])
        i = sigmoid(w_i @ seen + v_i @ s + b_i)
        f = sigmoid(w_f @ seen + v_f @ s + b_f)
        s = i * np.tanh(w_c @ seen + b_c) + f * s
        o = sigmoid(w_o @ seen + v_o @ s + b_o)
        h = o * np.tanh(s)
        found.append(h)
    return found


@pytest.mark.parametrize("peephole", ["true", "false"])
@pytest.mark.parametrize("direction", ["X_DIR", "Y_DIR"])
@pytest.mark.parametrize("size", [(1, 1), (2, 3), (4, 1)])
def test_hidden_values_of_both_scans(peephole, direction, size, x, rng):
    patch = f"patch_height: {size[0]} patch_width: {size[1]}"
    options = f"direction: {direction} num_output: {D} {patch} peephole: {peephole}"
    run = made(options, x, rng)
    rows, columns = 4 // size[0], 6 // size[1]
    assert run.top[0].shape == (2, 2 * D, rows, columns)
    P = 3 * size[0] * size[1]
    shapes = [(D, P + D)] * 4 + [(D, D)] * 3 + [(D,)] * 4
    assert [blob.shape for blob in run.layer.blobs_] == shapes * 2
    cut = [
        [x[:, :, i : i + size[0], j : j + size[1]] for j in range(0, 6, size[1])]
        for i in range(0, 4, size[0])
    ]
    expected = np.empty(run.top[0].shape)
    forth, back = run.layer.blobs_[:11], run.layer.blobs_[11:]
    is_across = direction == "X_DIR"
    for n, line in np.ndindex(2, rows if is_across else columns):
        row = cut[line] if is_across else [line_of[line] for line_of in cut]
        patches = [patch[n] for patch in row]
        both = scanned(patches, forth), scanned(patches[::-1], back)[::-1]
        values = np.concatenate([np.transpose(h) for h in both])
        if is_across:
            expected[n, :, line] = values
        else:
            expected[n, :, :, line] = values
    np.testing.assert_allclose(run.top[0].data, expected, atol=1e-12)


def test_fillers(x):
    fillers = " ".join(
        f"{name}_filler {{ value: {value} }}"
        for value, name in enumerate(
            (
                "general_weight",
                "input_gate_bias",
                "general_bias",
                "output_gate_bias",
                "forget_gate_bias",
            ),
            1,
        )
    )
    for peephole, of_cells in ((True, 1), (False, 0)):
        options = f"num_output: 2 {fillers} peephole: {str(peephole).lower()}"
        run = run_layer(f'type: "ReNetLSTM" renet_lstm_param {{ {options} }}', x)
        values = [blob.data.ravel()[0] for blob in run.layer.blobs_]
        assert values == [1, 1, 1, 1, *[of_cells] * 3, 2, 3, 4, 5] * 2
        assert all((blob.data == blob.data.ravel()[0]).all() for blob in run.layer.blobs_)


def test_weights_of_cells_that_gates_do_not_see_stay(x, rng):
    run = made("num_output: 2 peephole: false", x, rng)
    run.top[0].diff[...] = 1
    run.backward([True])
    assert all((blob.diff == 0).all() for blob in run.layer.blobs_[4:7])
    assert all((blob.diff != 0).any() for blob in run.layer.blobs_[:4])


@pytest.mark.parametrize(
    ("options", "shape", "message"),
    [
        ("", (1, 2, 4, 4), "must be positive"),
        ("num_output: 2 patch_width: 0", (1, 2, 4, 4), "must be positive"),
        ("num_output: 2 patch_width: 3", (1, 2, 4, 4), "whole patches"),
        ("num_output: 2", (1, 2, 4), "not a batch of images"),
    ],
)
def test_what_does_not_fit(options, shape, message):
    with pytest.raises(LayerError, match=message):
        run_layer(f'name: "r" type: "ReNetLSTM" renet_lstm_param {{ {options} }}', np.ones(shape))


def test_other_channels(x, rng):
    run = made("num_output: 2", x, rng)
    run.bottom[0].reshape((2, 4, 4, 6))
    with pytest.raises(LayerError, match="no longer fits the weights"):
        run.forward()
