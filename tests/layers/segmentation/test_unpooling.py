import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def unpool(options, x, *mask):
    return run_layer(f'type: "Unpooling" unpooling_param {{ {options} }}', x, *mask)


def windows(shape, kernel, stride, size):
    """Each value's place, and the pixels of its window."""
    for n, c, row, column in np.ndindex(shape):
        rows = slice(row * stride[0], min(row * stride[0] + kernel[0], size[0]))
        columns = slice(column * stride[1], min(column * stride[1] + kernel[1], size[1]))
        yield (n, c, row, column), (n, c, rows, columns)


@pytest.mark.parametrize("method", ["AVE", "TILE"])
@pytest.mark.parametrize(
    ("options", "kernel", "stride", "size"),
    [
        ("kernel_size: 3 stride: 2", (3, 3), (2, 2), (7, 9)),
        ("kernel_h: 2 kernel_w: 3 stride_h: 2 stride_w: 1", (2, 3), (2, 1), (7, 6)),
        ("kernel_size: 2 stride: 2 unpool_size: 8", (2, 2), (2, 2), (8, 8)),
        ("kernel_size: 3 stride: 2 unpool_h: 5 unpool_w: 7", (3, 3), (2, 2), (5, 7)),
    ],
)
def test_values_fill_windows(method, options, kernel, stride, size, rng):
    x = rng.normal(size=(2, 2, 3, 4))
    run = unpool(f"unpool: {method} {options}", x)
    assert run.top[0].shape == (2, 2, *size)
    y, dx = np.zeros((2, 2, *size)), np.zeros_like(x)
    run.top[0].diff[...] = dy = rng.normal(size=y.shape)
    for place, window in windows(x.shape, kernel, stride, size):
        y[window] += x[place] / (y[window].size if method == "AVE" else 1)
        dx[place] = dy[window].mean()
    np.testing.assert_allclose(run.top[0].data, y)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, dx)


def test_maxima_go_where_the_mask_says(rng):
    pooled = run_layer(
        'type: "Pooling" pooling_param { kernel_size: 2 stride: 2 }',
        rng.normal(size=(2, 3, 6, 4)),
        num_top=2,
    )
    x, mask = (top.data for top in pooled.top)
    run = unpool("kernel_size: 2 stride: 2 unpool_h: 6 unpool_w: 4", x, mask)
    image = pooled.bottom[0].data
    is_largest = np.repeat(np.repeat(x, 2, axis=2), 2, axis=3) == image
    np.testing.assert_array_equal(run.top[0].data, np.where(is_largest, image, 0))
    run.top[0].diff[...] = image
    run.backward([True, True])
    np.testing.assert_array_equal(run.bottom[0].diff, x)
    assert not run.bottom[1].diff.any()


def test_without_a_mask_they_go_to_the_corner():
    run = unpool(
        "kernel_size: 2 stride: 2 unpool_size: 3", np.reshape([1.0, 2, 3, 4], (1, 1, 2, 2))
    )
    np.testing.assert_array_equal(run.top[0].data[0, 0], [[1, 0, 2], [0, 0, 0], [3, 0, 4]])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("stride: 2", "kernel and stride must be"),
        ("kernel_size: 2 pad: 1", "only zero padding"),
        ("kernel_size: 2 kernel_h: 2 kernel_w: 2", "write kernel_size, or both"),
        ("kernel_h: 2", "write kernel_size, or both"),
        ("kernel_size: 2 unpool: FIXED", "Unknown unpooling method"),
        ("kernel_size: 2 stride: 2 unpool: AVE unpool_size: 2", "beside the image"),
    ],
)
def test_bad_settings(options, message):
    with pytest.raises(LayerError, match=message):
        unpool(options, np.ones((1, 1, 2, 2)))


@pytest.mark.parametrize("mask", [9, -1, np.nan])
def test_a_mask_out_of_range(mask):
    with pytest.raises(LayerError, match="out of range"):
        unpool("kernel_size: 2 unpool_size: 3", np.ones((1, 1, 1, 1)), np.full((1, 1, 1, 1), mask))


def test_a_mask_of_another_shape():
    with pytest.raises(LayerError, match="images of one size"):
        unpool("kernel_size: 2", np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 1)))
