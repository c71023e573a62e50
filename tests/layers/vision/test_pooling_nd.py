import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def pooled(x, options, **more):
    return run_layer(f'name: "p" type: "PoolingND" pooling_nd_param {{ {options} }}', x, **more)


@pytest.mark.parametrize(
    ("options", "kernel", "stride"),
    [
        ("kernel_size: 2 stride: 2", (2, 2, 2), (2, 2, 2)),
        (
            "kernel_size: 1 kernel_size: 2 kernel_size: 3 stride: 1 stride: 1 stride: 2",
            (1, 2, 3),
            (1, 1, 2),
        ),
    ],
)
@pytest.mark.parametrize("method", ["MAX", "AVE"])
def test_volumes(method, options, kernel, stride, rng):
    x = rng.normal(size=(2, 3, 4, 5, 6))
    run = pooled(x, f"pool: {method} {options}")
    places = [-(-(a - k) // s) + 1 for a, k, s in zip((4, 5, 6), kernel, stride, strict=True)]
    assert run.top[0].shape == (2, 3, *places)
    for place in np.ndindex(*places):
        begin = [p * s for p, s in zip(place, stride, strict=True)]
        seen_at = (slice(b, b + k) for b, k in zip(begin, kernel, strict=True))
        seen = x[(..., *seen_at)].reshape(2, 3, -1)
        if method == "AVE" and seen.shape[2] < np.prod(kernel):
            continue  # as Caffe divides at the edge, tests of Pooling say
        expected = seen.max(axis=2) if method == "MAX" else seen.mean(axis=2)
        np.testing.assert_allclose(run.top[0].data[(..., *place)], expected)


@pytest.mark.parametrize(
    "options",
    [
        "kernel_size: 3 stride: 2 pad: 1",
        "kernel_h: 2 kernel_w: 3 stride_h: 2 stride_w: 1 pad_h: 1 pad_w: 0 pool: AVE",
        "global_pooling: true pool: AVE engine: CUDNN",
        "kernel_size: 2 axis: -3",
    ],
)
def test_images_as_pooling_has_them(options, rng):
    x = rng.normal(size=(2, 3, 6, 7))
    other = run_layer(f'type: "Pooling" pooling_param {{ {options} }}', x)
    np.testing.assert_array_equal(pooled(x, options).top[0].data, other.top[0].data)


def test_a_size_for_some_axes():
    with pytest.raises(LayerError, match="kernel_size must be specified once, or once per"):
        pooled(np.ones((1, 1, 4, 4, 4)), "kernel_size: 2 kernel_size: 2")
