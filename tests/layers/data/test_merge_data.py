import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

T = 4


def merged(options, *, num=60, tiles=T, more=T, seed=0, shape=(2,)):
    """Own tiles hold 1, 2, ...; those that may take their places 101, 102, ..."""
    own = [np.full((num, *shape), i + 1.0) for i in range(tiles)]
    others = [np.full((num, *shape), 101.0 + i) for i in range(more)]
    return run_layer(
        f'name: "m" type: "MergeData" merge_data_param {{ {options} }}',
        *own,
        *others,
        num_top=tiles + 1,
        seed=seed,
    )


@pytest.mark.parametrize(
    ("options", "least", "most"),
    [("max_substitute: 3", 0, 2), ("min_substitute: 1 max_substitute: 4", 1, 4), ("", 0, 0)],
)
def test_so_many_tiles_are_replaced(options, least, most):
    run = merged(options)
    counts = run.top[T].data
    assert counts.shape == (60, 1)
    assert set(counts.ravel()) == set(range(least, most + 1))
    for n in range(60):
        values = [blob.data[n] for blob in run.top[:T]]
        replaced = [value for value in values if value[0] > 100]
        assert len(replaced) == counts[n, 0]
        assert len({value[0] for value in replaced}) == len(replaced)
        for i, value in enumerate(values):
            assert value[0] == value[1]
            assert value[0] == i + 1 or value[0] in {101, 102, 103, 104}


def test_any_tile_may_take_any_place():
    run = merged("min_substitute: 1", num=600)
    seen = {
        (i, blob.data[n, 0]) for i, blob in enumerate(run.top[:T]) for n in range(600)
        if blob.data[n, 0] > 100
    }  # fmt: skip
    assert len(seen) == T * T


def test_every_forward_draws_anew():
    run = merged("min_substitute: 1")
    before = [blob.data.copy() for blob in run.top]
    run.forward()
    assert any((blob.data != other).any() for blob, other in zip(run.top, before, strict=True))


@pytest.mark.parametrize(
    ("options", "more", "words"),
    [
        ("", 3, "fewer bottoms.*\n.*8, two for each"),
        ("max_substitute: 0", 4, "cannot be replaced"),
        ("min_substitute: -1", 4, "cannot be replaced"),
        ("min_substitute: 3 max_substitute: 3", 4, "at most 5 together"),
    ],
)
def test_what_cannot_be_merged(options, more, words):
    with pytest.raises(LayerError, match=words):
        merged(options, more=more)


def test_tiles_of_other_shapes():
    with pytest.raises(LayerError, match=r"all tiles must have one shape(.|\n)*bottom\[1\]"):
        run_layer('type: "MergeData"', np.ones((2, 3)), np.ones((2, 4)), num_top=2)
