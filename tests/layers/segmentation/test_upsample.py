import numpy as np
import pytest

from blobnet import LayerError, Net, parse_net
from blobnet.testing import run_layer


def upsample(options, *bottoms):
    return run_layer(f'name: "up" type: "Upsample" upsample_param {{ {options} }}', *bottoms)


def placed(x, mask, height, width):
    """Value by value."""
    y = np.zeros((*x.shape[:2], height, width))
    for n, c, i, j in np.ndindex(x.shape):
        row, column = divmod(int(mask[n, c, i, j]), width)
        y[n, c, row, column] = x[n, c, i, j]
    return y


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ("", (4, 6)),
        ("scale: 3", (6, 9)),
        ("scale_h: 2 scale_w: 4", (4, 12)),
        ("upsample_h: 5 upsample_w: 7", (5, 7)),
        ("upsample_h: 5 upsample_w: 7 scale: 9", (5, 7)),
        ("pad_out_h: true", (3, 6)),
        ("scale: 2 pad_out_w: true", (4, 5)),
    ],
)
def test_values_go_where_the_mask_says(options, size, rng):
    x = rng.normal(size=(2, 3, 2, 3))
    places = [rng.permutation(size[0] * size[1])[:6] for _ in range(6)]
    mask = np.reshape(places, x.shape).astype(float)
    run = upsample(options, x, mask)
    np.testing.assert_array_equal(run.top[0].data, placed(x, mask, *size))
    dy = rng.normal(size=run.top[0].shape)
    run.top[0].diff[...] = dy
    run.backward()
    flat = dy.reshape(2, 3, -1)
    expected = [flat[n, c, int(mask[n, c, i, j])] for n, c, i, j in np.ndindex(x.shape)]
    np.testing.assert_array_equal(run.bottom[0].diff.ravel(), expected)


def test_the_last_of_several_values_for_one_place_stays():
    run = upsample("", np.array([[[[1.0, 2, 3]]]]), np.array([[[[4.0, 4, 4]]]]))
    assert run.top[0].data.ravel()[4] == 3
    run.top[0].diff[...] = 7
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [[[[7, 7, 7]]]])


@pytest.mark.parametrize(("options", "scale"), [("", 1), ("scale: 2", 2), ("scale: 3", 3)])
def test_without_a_mask_each_value_comes_several_times(options, scale, rng):
    x = rng.normal(size=(2, 3, 2, 4))
    run = upsample(options, x)
    np.testing.assert_array_equal(run.top[0].data, np.kron(x, np.ones((scale, scale))))
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, np.full_like(x, scale**2))


def test_three_axes_grow_along_the_last(rng):
    x = rng.normal(size=(2, 3, 4))
    np.testing.assert_array_equal(
        upsample("scale: 2 dims_num: 3", x).top[0].data, np.repeat(x, 2, axis=2)
    )


def test_it_undoes_a_pooling_but_for_what_was_smaller():
    text = """
        layer { name: "x" type: "Input" top: "x"
                input_param { shape { dim: 1 dim: 1 dim: 4 dim: 4 } } }
        layer { name: "p" type: "Pooling" bottom: "x" top: "p" top: "mask"
                pooling_param { pool: MAX kernel_size: 2 stride: 2 } }
        layer { name: "up" type: "Upsample" bottom: "p" bottom: "mask" top: "y" }"""
    x = np.random.default_rng(0).permutation(16).astype("f4").reshape(1, 1, 4, 4)
    y = Net(parse_net(text), "TEST").forward(x=x)["y"]
    largest = x.reshape(2, 2, 2, 2).max(axis=(1, 3), keepdims=True)
    expected = np.where(x.reshape(2, 2, 2, 2) == largest, x.reshape(2, 2, 2, 2), 0)
    np.testing.assert_array_equal(y.ravel(), expected.ravel())


# --- bad input ------------------------------------------------------------------------------------

X = np.ones((1, 1, 2, 2))


@pytest.mark.parametrize("place", [-1, 16, np.nan, np.inf])
def test_a_place_outside_is_refused(place):
    with pytest.raises(LayerError, match=r'"up": upsample top index out of range.*\n.*0 to 15'):
        upsample("", X, np.full_like(X, place))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("scale: 1", "scale_h must be at least 2"),
        ("upsample_h: 1 upsample_w: 4", "upsample_h must be at least 2"),
        ("scale_h: 2", "scale_h & scale_w are required"),
        ("scale: 2 scale_h: 2 scale_w: 2", "scale_h & scale_w are required"),
        ("scale: 3 pad_out_h: true", "requires a scale of 2"),
    ],
)
def test_settings_without_sense_are_refused(options, words):
    with pytest.raises(LayerError, match=words):
        upsample(options, X, X)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("upsample_h: 4 upsample_w: 4", "add the mask"),
        ("dims_num: 5", "dims_num just supports"),
        ("scale: 0", "scale must be at least 1"),
        ("dims_num: 3", "3 axes"),
    ],
)
def test_without_a_mask_as_well(options, words):
    with pytest.raises(LayerError, match=words):
        upsample(options, X)


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(LayerError, match="the mask has another shape"):
        upsample("", X, np.ones((1, 1, 2, 3)))
