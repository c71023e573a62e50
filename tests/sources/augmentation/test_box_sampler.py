import numpy as np
import pytest
from google.protobuf import text_format

from blobnet.proto import BatchSampler, SampleConstraint
from blobnet.sources.augmentation import boxes
from blobnet.sources.augmentation.box_sampler import (
    BoxSampler,
    drawn_piece,
    jittered_piece,
    satisfied,
)

BOX = np.float32([[0.2, 0.2, 0.6, 0.6]])
RANGES = "min_scale: 0.3 max_scale: 0.8 min_aspect_ratio: 0.5 max_aspect_ratio: 2"


def sampler(options):
    return BoxSampler(text_format.Parse(options, BatchSampler()))


def test_pieces_have_scales_and_shapes_of_the_ranges(rng):
    pieces = sampler(f"sampler {{ {RANGES} }} max_trials: 500").draw(BOX, rng)
    assert pieces.shape == (500, 4)
    assert pieces.min() >= 0
    assert pieces.max() <= 1 + 1e-6
    width, height = (pieces[:, 2:] - pieces[:, :2]).T
    scale = np.sqrt(width * height)
    assert 0.3 <= scale.min() + 1e-6 < 0.33
    assert 0.77 < scale.max() <= 0.8 + 1e-6
    assert 0.5 <= (width / height).min() + 1e-6 < 0.55
    assert 1.8 < (width / height).max() <= 2 + 1e-5


@pytest.mark.parametrize(
    "constraint",
    ["min_jaccard_overlap: 0.3", "max_jaccard_overlap: 0.1", "min_sample_coverage: 0.4",
     "max_sample_coverage: 0.2", "min_object_coverage: 0.7", "max_object_coverage: 0.5"],
)  # fmt: skip
def test_what_is_kept_meets_the_constraint(constraint, rng):
    bound, kind = constraint.split(":")[0].split("_", 1)
    options = f"sampler {{ {RANGES} }} max_trials: 200"
    all_of_them = sampler(options).draw(BOX, np.random.default_rng(1))
    kept = sampler(f"{options} sample_constraint {{ {constraint} }}").draw(
        BOX, np.random.default_rng(1)
    )
    share = {
        "jaccard_overlap": lambda each: boxes.jaccard_overlaps(each, BOX),
        "sample_coverage": lambda each: boxes.coverages(each, BOX),
        "object_coverage": lambda each: boxes.coverages(BOX, each),
    }[kind](all_of_them)
    limit = float(constraint.split()[-1])
    good = share >= limit if bound == "min" else share <= limit
    np.testing.assert_array_equal(kept, all_of_them[good])
    assert 0 < len(kept) < 200


def test_only_the_first_kind_of_constraint_decides():
    constraint = SampleConstraint(min_jaccard_overlap=0.5, min_object_coverage=1)
    assert satisfied(BOX + np.float32(0.01), BOX, constraint).tolist() == [True]
    assert satisfied(BOX, np.empty((0, 4), np.float32), constraint).tolist() == [False]


def test_no_more_than_max_sample_are_kept(rng):
    assert len(sampler("max_sample: 3 max_trials: 50").draw(BOX, rng)) == 3
    assert len(sampler("use_original_image: false").draw(BOX, rng)) == 0


def test_one_piece_of_all_samplers_is_drawn():
    whole = sampler("max_sample: 1")
    small = sampler("max_sample: 1 sampler { min_scale: 0.3 max_scale: 0.3 }")
    rng = np.random.default_rng(0)
    seen = {float(np.ptp(drawn_piece([whole, small], BOX, rng)[::2])) for _ in range(20)}
    assert {round(each, 3) for each in seen} == {0.3, 1.0}
    hopeless = sampler("sample_constraint { min_jaccard_overlap: 1.5 }")
    assert drawn_piece([hopeless], BOX, rng) is None


def test_jitter_gives_the_whole_in_a_fifth_of_the_draws(rng):
    pieces = np.array([jittered_piece(0.4, rng, keeps_aspect=False) for _ in range(1000)])
    whole = (pieces == [0, 0, 1, 1]).all(1)
    assert 150 < whole.sum() < 250
    assert 0.6 <= (pieces[:, 2] - pieces[:, 0]).min() + 1e-6 < 0.65
    square = np.array([jittered_piece(0.4, rng, keeps_aspect=True) for _ in range(50)])
    np.testing.assert_allclose(square[:, 2] - square[:, 0], square[:, 3] - square[:, 1], atol=1e-6)
