"""Batches of one item, of none, and of another size than before: as if it had always been so."""

from __future__ import annotations

import numpy as np

from tests.conformance.case import make
from tests.conformance.catalogue import every_case


def varies(case) -> bool:
    """Whether a bottom's shape follows the batch size."""
    rng = np.random.default_rng(0)
    return any(draw(1, rng).shape != draw(2, rng).shape for draw in case.bottoms)


def fill(run, other):
    """Give a run the bottoms, weights and state of another."""
    for blob, source in zip(run.bottom, other.bottom, strict=True):
        blob.reshape(source.shape)
        blob.data[...] = source.data
    for blob, source in zip(run.layer.blobs_, other.layer.blobs_, strict=True):
        blob.data[...] = source.data
        blob.diff[...] = 0
    run.layer.set_state(other.layer.get_state())


def forward_and_backward(run):
    run.forward()
    rng = np.random.default_rng(5)
    for index, top in enumerate(run.top):
        if not run.layer.loss(index):
            top.diff[...] = rng.normal(size=top.shape)
    if any(run.propagate_down()) or run.layer.blobs_:
        run.backward()


BATCHES = (3, 1), (3, 8), (3, 0), (1, 4), (0, 2), (5, 0, 3)


@every_case(only=lambda type_name, case: varies(case))
def test_after_another_batch_size_it_is_as_a_new_layer(type_name, case):
    for batches in BATCHES:  # one test: for a case each they would be seven times as many
        compare(type_name, case, batches)


def compare(type_name, case, batches):
    """Of every batch but the first, the results are those of a layer made for it."""
    run = make(type_name, case, batches[0], np.float32)
    forward_and_backward(run)
    for batch in batches[1:]:
        fresh = make(type_name, case, batch, np.float32)
        fill(run, fresh)
        fill(fresh, fresh)
        for each in (run, fresh):
            forward_and_backward(each)
        for blob_name, blob, expected in pairs(run, fresh):
            name = f"{blob_name} of {batch} in {batches}"
            assert blob.shape == expected.shape, name
            np.testing.assert_array_equal(blob.data, expected.data, f"{name}.data")
            np.testing.assert_array_equal(blob.diff, expected.diff, f"{name}.diff")
            assert np.isfinite(blob.data).all(), name
            assert np.isfinite(blob.diff).all(), name


def pairs(run, other):
    for kind, mine, others in (
        ("top", run.top, other.top),
        ("bottom", run.bottom, other.bottom),
        ("blobs_", run.layer.blobs_, other.layer.blobs_),
    ):
        for index, (blob, expected) in enumerate(zip(mine, others, strict=True)):
            yield f"{kind}[{index}]", blob, expected
