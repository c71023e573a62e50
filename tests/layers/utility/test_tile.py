import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def tile(options, x, **more):
    return run_layer(f'name: "t" type: "Tile" tile_param {{ {options} }}', x, **more)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
@pytest.mark.parametrize("tiles", [1, 2, 3])
def test_the_axis_is_repeated_as_a_whole(axis, tiles, rng):
    x = rng.normal(size=(2, 3, 4))
    run = tile(f"axis: {axis} tiles: {tiles}", x)
    shape = list(x.shape)
    shape[axis] *= tiles
    assert run.top[0].shape == tuple(shape)
    for index in np.ndindex(*shape):
        source = list(index)
        source[axis] %= x.shape[axis]
        assert run.top[0].data[index] == x[tuple(source)]


def test_channels_are_repeated_unless_an_axis_is_stated(rng):
    assert tile("tiles: 2", rng.normal(size=(2, 3, 4))).top[0].shape == (2, 6, 4)


def test_new_sizes(rng):
    run = tile("tiles: 2", rng.normal(size=(2, 3)))
    for shape in ((5, 3), (1, 2), (0, 3), (2, 0)):
        run.bottom[0].reshape(shape)
        run.bottom[0].data[...] = rng.normal(size=shape)
        run.forward()
        np.testing.assert_array_equal(run.top[0].data, np.tile(run.bottom[0].data, (1, 2)))
        run.backward()


def test_in_float32_too(rng):
    assert tile("tiles: 2", rng.normal(size=(2, 3)), dtype=np.float32).top[0].dtype == np.float32


def test_no_gradient_where_none_is_wanted(rng):
    run = tile("tiles: 2", rng.normal(size=(2, 3)))
    run.bottom[0].diff[...] = 77
    run.backward([False])
    np.testing.assert_array_equal(run.bottom[0].diff, 77)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "Number of tiles must be specified"),
        ("tiles: 0", r"Number of tiles must be positive\."),
        ("tiles: -2", r"Number of tiles must be positive\."),
        ("tiles: 2 axis: 2", "axis 2 is out of range"),
        ("tiles: 2 axis: -3", "axis -3 is out of range"),
    ],
)
def test_bad_settings_are_refused(options, message, rng):
    with pytest.raises(LayerError, match=rf'Tile layer "t": {message}'):
        tile(options, rng.normal(size=(2, 3)))


def test_it_cannot_work_in_place(rng):
    with pytest.raises(LayerError, match=r'"t".*does not allow in-place'):
        tile("tiles: 1", rng.normal(size=(2, 3)), in_place=True)


@pytest.mark.parametrize(("from_axis", "tiles"), [(0, 2), (2, 4), (-2, 3)])
def test_an_axis_may_say_how_many_tiles(from_axis, tiles, rng):
    x = rng.normal(size=(2, 3, 4))
    run = tile(f"tiles: 9 tiles_from_axis: {from_axis}", x)
    np.testing.assert_array_equal(run.top[0].data, np.concatenate([x] * tiles, axis=1))


def test_an_axis_of_no_length_makes_no_tiles():
    with pytest.raises(LayerError, match="must be positive"):
        tile("tiles_from_axis: 0", np.zeros((0, 3)))
