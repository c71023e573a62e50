"""Statistics of a batch where processes train together: those of all batches, or an error.

Processes are threads here, each with a part of a batch; one layer with the whole of it is the
oracle.
"""

from __future__ import annotations

import threading
from contextlib import suppress

import numpy as np
import pytest

from blobnet.errors import LayerError
from blobnet.testing import run_layer
from tests.conformance.case import N, prototxt, values
from tests.conformance.case import case as make_case
from tests.conformance.catalogue import CASES, STATED

OTHER_REASONS = {
    "BoxAnnotatorOHEM": "it chooses among all of its batch",
    "DetectionOutput": "its top has a row for each finding",
    "InnerProductBlob": "one of its bottoms is a matrix, and no batch",
    "Reverse": "it turns the order of items round",
    "SPP": "layers within it draw",
}
"""Types whose items depend on each other, but on no statistics."""

MORE = {
    "BatchNorm": [
        make_case("batch_norm_param { disable_variance: true }", values(N, 2, 3)),
        make_case("batch_norm_param { add_eps_before_sqrt: false eps: 0.3 }", values(N, 2, 3)),
        make_case("batch_norm_param { disable_mean: true eps: 0.1 }", values(N, 2, 3)),
        make_case("batch_norm_param { scale_bias: true }", values(N, 2, 3)),
    ],
    "ChannelScale": [
        make_case("channel_scale_param { global_scale: true }", values(N, 2, 3), values(N, 1, 3)),
    ],
    "DataAugmentation": [
        make_case("augmentation_param { recompute_mean: 5 }", values(N, 2, 3, 4)),
    ],
}
SYNCHRONIZED = (
    *("BN", "BatchNorm", "ChannelScale", "ConvolutionBNFixed", "DataAugmentation", "DenseBlock"),
    "MovingNormalize",
)
ITEMS = 4


def train_cases(type_name):
    stated = STATED[type_name]
    all_cases = [*stated.cases, *stated.more_gradients, *MORE.get(type_name, [])]
    return [case for case in all_cases if case.phase == "TRAIN" and bottoms(case)]


def bottoms(case):
    """Of a whole batch; none where an item of it is not one of each bottom's."""
    whole, half = ([draw(n, np.random.default_rng(0)) for draw in case.bottoms] for n in (4, 2))
    sizes = {(one.shape[:1], other.shape[:1]) for one, other in zip(whole, half, strict=True)}
    return whole if sizes == {((ITEMS,), (2,))} else []


def made(type_name, case, arrays, seed=1):
    """The layer with weights of the case's own, as no forward has changed them."""
    options = {"phase": case.phase, "num_top": case.num_top}
    run = run_layer(prototxt(type_name, case), *arrays, **options)
    fresh = run_layer(prototxt(type_name, case), *arrays, **options).layer.get_state()
    rng = np.random.default_rng(99)
    for blob in run.layer.blobs_:
        blob.data[...] = case.weights(rng, blob.shape)
        blob.diff[...] = 0
    run.layer.set_state(fresh)
    run.layer.rng = np.random.default_rng(seed)
    return run


def halves(arrays):
    return [array[: ITEMS // 2] for array in arrays], [array[ITEMS // 2 :] for array in arrays]


def tops(*runs):
    """What each item has of the tops that have a place for each."""
    both = zip(*([top.data for top in run.top] for run in runs), strict=True)
    joined = [np.concatenate(parts) for parts in both if all(part.ndim for part in parts)]
    return [array for array in joined if array.shape[:1] == (ITEMS,)]


def are_equal(ours, theirs):
    return all(
        one.shape == other.shape and np.allclose(one, other, rtol=1e-7, atol=1e-9)
        for one, other in zip(ours, theirs, strict=False)
    )


def depends_on_others(type_name, case):
    """Whether what an item becomes depends on the rest of its batch; not if it is drawn."""
    whole = bottoms(case)
    runs = [made(type_name, case, part) for part in (whole, *halves(whole))]
    for run in runs:
        run.forward()
    is_same = are_equal(tops(runs[0]), tops(*runs[1:]))
    return not is_same and not is_drawn(type_name, case)


def is_drawn(type_name, case):
    runs = [made(type_name, case, bottoms(case), seed) for seed in (1, 2)]
    for run in runs:
        run.forward()
    return not are_equal(*map(tops, runs))


@pytest.mark.parametrize("type_name", sorted(set(CASES) - set(OTHER_REASONS)))
def test_no_layer_keeps_statistics_of_its_own_without_a_word(type_name):
    for case in train_cases(type_name):
        try:
            is_coupled = depends_on_others(type_name, case)
        except LayerError:  # half of the batch is not enough for it
            continue
        if not is_coupled:
            continue
        layer = made(type_name, case, bottoms(case)).layer
        with suppress(LayerError):  # which names it
            assert layer.use_statistics_of(lambda own: own[None])


class Company:
    """Threads that gather from each other."""

    def __init__(self, count):
        self.barrier = threading.Barrier(count, timeout=60)
        self.given = [None] * count

    def gather_of(self, rank):
        def gather(own):
            self.given[rank] = own.copy()
            self.barrier.wait()
            of_all = np.stack(self.given)
            self.barrier.wait()
            return of_all

        return gather


def passes(run, slopes):
    """Two forwards, as statistics of the first count in the second; and back."""
    run.forward()
    run.forward()
    for top, slope in zip(run.top, slopes, strict=True):
        top.diff[...] = slope
    if run.layer.type not in ("DataAugmentation",):  # it has no gradient
        run.backward()


def together(runs, slopes):
    company, errors = Company(len(runs)), []

    def work(rank):
        try:
            assert runs[rank].layer.use_statistics_of(company.gather_of(rank))
            passes(runs[rank], slopes[rank])
        except BaseException as error:
            errors.append(error)
            company.barrier.abort()

    threads = [threading.Thread(target=work, args=(rank,)) for rank in range(len(runs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def uses_statistics(type_name, case):
    layer = made(type_name, case, bottoms(case)).layer
    with suppress(LayerError):
        return layer.use_statistics_of(lambda own: own[None]) and not is_drawn(type_name, case)
    return False


SYNCHRONIZED_CASES = [
    pytest.param(type_name, case, id=f"{type_name}-{number}")
    for type_name in SYNCHRONIZED
    for number, case in enumerate(train_cases(type_name))
    if uses_statistics(type_name, case)
]


@pytest.mark.parametrize(("type_name", "case"), SYNCHRONIZED_CASES)
def test_two_halves_are_as_the_whole(type_name, case):
    arrays = bottoms(case)
    whole, *parts = (made(type_name, case, part) for part in (arrays, *halves(arrays)))
    rng = np.random.default_rng(7)
    slopes = [
        rng.normal(size=top.shape) if top.shape[:1] == (ITEMS,) else np.zeros(top.shape)
        for top in whole.top
    ]
    passes(whole, slopes)
    of_parts = [
        [
            slope if slope.shape[:1] != (ITEMS,) else part
            for slope, part in zip(slopes, its, strict=True)
        ]
        for its in halves(slopes)
    ]
    together(parts, of_parts)
    near = {"rtol": 1e-7, "atol": 1e-9}
    for mine, theirs in zip(tops(*parts), tops(whole), strict=True):
        np.testing.assert_allclose(mine, theirs, **near)
    for index, blob in enumerate(whole.bottom):
        joined = np.concatenate([part.bottom[index].diff for part in parts])
        np.testing.assert_allclose(joined, blob.diff, **near)
    for index, blob in enumerate(whole.layer.blobs_):
        mine = [part.layer.blobs_[index] for part in parts]
        np.testing.assert_allclose(sum(each.diff for each in mine), blob.diff, **near)
        for each in mine:
            np.testing.assert_allclose(each.data, blob.data, **near)


def test_all_that_synchronize_are_compared():
    assert {param.values[0] for param in SYNCHRONIZED_CASES} == set(SYNCHRONIZED)


def test_parts_of_a_batch_are_refused():
    x = np.ones((4, 2))
    text = 'name: "it" type: "BatchNorm" batch_norm_param { stats_batch_size: 2 }'
    with pytest.raises(LayerError, match=r'"it".*\n(.*\n)*.*stats_batch_size: 2(.*\n)*.*--sync-bn'):
        run_layer(text, x).layer.use_statistics_of(lambda own: own[None])
