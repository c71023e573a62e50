"""DetectionOutput with scores and locations of several maps, as Synopsys has it."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

C = 3
GRIDS = [(3, 2, 2), (2, 1, 3)]
"""Boxes a place, rows and columns of each map."""
COMMON = "code_type: CENTER_SIZE confidence_threshold: 0.2 keep_top_k: 20"


def found(options, *bottoms):
    text = f"detection_output_param {{ num_classes: {C} {COMMON} {options} }}"
    return run_layer(f'name: "o" type: "DetectionOutput" {text}', *bottoms).top[0].data


def sorted_rows(top):
    return np.array(sorted(map(tuple, top.reshape(-1, 7))))


@pytest.fixture
def drawn(rng):
    """For every map: scores (N, H, W, R, C), locations (..., 4), priors and variances (..., 4)."""
    maps = []
    for boxes, rows, columns in GRIDS:
        place = (rows, columns, boxes)
        centre, side = rng.uniform(0.2, 0.8, (*place, 2)), rng.uniform(0.05, 0.2, (*place, 2))
        prior = np.concatenate([centre - side, centre + side], axis=-1)
        variance = rng.uniform(0.1, 0.2, (*place, 4))
        maps.append(
            (
                rng.uniform(0, 1, (2, *place, C)),
                rng.normal(size=(2, *place, 4)) * 0.3,
                np.stack([prior, variance]),
            )
        )
    return maps


def joined(parts, first):
    return np.concatenate([part.reshape(*first, -1) for part in parts], axis=-1)


@pytest.fixture
def as_ssd(drawn):
    """What SSD's form of the same finds."""
    scores, locations, priors = zip(*drawn, strict=True)
    bottoms = joined(locations, (2,)), joined(scores, (2,)), joined(priors, (2,))[None]
    rows = sorted_rows(found("", *bottoms))
    assert len(rows) > 10
    return rows


def test_as_convolutions_make_them(drawn, as_ssd):
    scores, locations, priors = zip(*drawn, strict=True)
    bottoms = [np.moveaxis(s, (4, 3), (1, 2)).reshape(2, C, s.shape[3], -1) for s in scores]
    bottoms += [np.moveaxis(x, (3, 4), (1, 2)).reshape(2, -1, *x.shape[1:3]) for x in locations]
    top = found("nbottom: 2 no_permute: true", *bottoms, joined(priors, (2,))[None])
    np.testing.assert_allclose(sorted_rows(top), as_ssd, rtol=1e-12)


def by_ratio(parts):
    """(N, values, boxes a place, places), flat, for each map."""
    return [np.moveaxis(x, (4, 3), (1, 2)).reshape(len(x), -1) for x in parts]


@pytest.mark.parametrize("own_priors", [False, True])
def test_flat_by_ratio(own_priors, drawn, as_ssd):
    scores, locations, priors = zip(*drawn, strict=True)
    bottoms = [*by_ratio(scores), *by_ratio(locations)]
    bottoms += (
        [flat.reshape(1, 2, -1) for flat in by_ratio(priors)]
        if own_priors
        else [joined(priors, (2,))[None]]
    )
    top = found("nbottom: 2 ratio_permute: true ratio0: 3 ratio1: 2", *bottoms)
    np.testing.assert_allclose(sorted_rows(top), as_ssd, rtol=1e-12)


@pytest.mark.parametrize("own_priors", [False, True])
def test_each_map_as_for_ssd(own_priors, drawn, as_ssd):
    scores, locations, priors = zip(*drawn, strict=True)
    flat = [x.reshape(2, -1) for x in (*scores, *locations)]
    last = [x.reshape(1, 2, -1) for x in priors] if own_priors else [joined(priors, (2,))[None]]
    np.testing.assert_allclose(sorted_rows(found("nbottom: 2", *flat, *last)), as_ssd, rtol=1e-12)


PRIOR = np.stack([np.tile([0.1, 0.1, 0.3, 0.3], 4), np.full(16, 0.1)])[None]


@pytest.mark.parametrize(
    ("options", "shapes", "words"),
    [
        ("nbottom: 2", [(1, 12), (1, 16)], "not those of nbottom maps"),
        ("nbottom: 1", [(1, 9), (1, 12)], "priors do not fit"),
        ("nbottom: 1", [(1, 9), (1, 16)], "map 0 do not fit"),
        ("nbottom: 1", [(2, 12), (1, 16)], "map 0 do not fit"),
        ("nbottom: 1 no_permute: true", [(1, 12), (1, 16)], "map 0 do not fit"),
        ("nbottom: 1 no_permute: true", [(1, 6, 2, 1), (1, 16, 1, 1)], "map 0 do not fit"),
        ("nbottom: 1 no_permute: true ratio_permute: true", [(1, 12), (1, 16)], "goes neither"),
        ("nbottom: 1 ratio_permute: true ratio0: 3", [(1, 12), (1, 16)], "ratio0 does not fit"),
        (
            "nbottom: 1 ratio_permute: true share_location: false",
            [(1, 12), (1, 48)],
            "goes with share_location",
        ),
    ],
)
def test_what_does_not_fit(options, shapes, words):
    with pytest.raises(LayerError, match=words):
        found(options, *map(np.ones, shapes), PRIOR)
