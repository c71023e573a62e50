import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def accum(options, *bottoms):
    return run_layer(f'name: "sum" type: "Accum" {options}', *bottoms)


def enlarged(x, height, width):
    """FlowNet2's loop: (N, C, height, width)."""
    y = np.empty((*x.shape[:2], height, width))
    for h in range(height):
        for w in range(width):
            row = h / max(height - 1, 1) * (x.shape[2] - 1)
            column = w / max(width - 1, 1) * (x.shape[3] - 1)
            top, left = int(row), int(column)
            below, right = min(top + 1, x.shape[2] - 1), min(left + 1, x.shape[3] - 1)
            down, across = row - top, column - left
            y[:, :, h, w] = (
                (1 - across) * (1 - down) * x[:, :, top, left]
                + across * (1 - down) * x[:, :, top, right]
                + (1 - across) * down * x[:, :, below, left]
                + across * down * x[:, :, below, right]
            )
    return y


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ("", (5, 6)),
        ("accum_param { top_height: 7 top_width: 9 }", (7, 9)),
        ("accum_param { top_height: 7 top_width: 6 }", (5, 6)),  # not larger on both sides
        ("accum_param { size_divisible_by: 4 }", (8, 8)),
        ("accum_param { size_divisible_by: 6 }", (5, 6)),  # nor this
    ],
)
def test_bottoms_behind_each_other(options, size, rng):
    xs = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(2, 1, 3, 6))
    run = accum(options, *xs)
    expected = np.concatenate([enlarged(x, *size) for x in xs], axis=1)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-5, atol=1e-5)


def test_a_reference_gives_its_size_alone(rng):
    x = rng.normal(size=(2, 3, 5, 4))
    run = accum("accum_param { have_reference: true }", x, np.ones((9, 7, 2, 8)))
    np.testing.assert_allclose(run.top[0].data, enlarged(x, 2, 8), rtol=1e-5, atol=1e-5)
    run.top[0].diff[...] = 1
    run.backward()
    assert not run.bottom[1].diff.any()


def test_what_is_refused():
    x = np.zeros((2, 3, 5, 4))
    with pytest.raises(LayerError, match="at least two"):
        accum("accum_param { have_reference: true }", x)
    with pytest.raises(LayerError, match="same number of images"):
        accum("", x, x[:1])
    with pytest.raises(LayerError, match="at least 1"):
        accum("accum_param { size_divisible_by: 0 }", x)
    with pytest.raises(LayerError, match="no pixels"):
        accum("", x[:, :, :0])
