"""What a layer must leave alone: blobs it only reads, gradients that nobody wants."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.layer_register import layer_class
from tests.conformance.case import make
from tests.conformance.catalogue import STATED, every_case, every_gradient_case
from tests.conformance.docstrings import docstring


def shares_diffs(run) -> bool:
    """Whether the bottom's gradient is the top's own memory, which backward never touches."""
    return any(np.shares_memory(y.diff, x.diff) for y in run.top for x in run.bottom)


def draw_top_diffs(run, seed=5):
    rng = np.random.default_rng(seed)
    for top in run.top:
        top.diff[...] = rng.normal(size=top.shape)


def copies(blobs, part):
    return [getattr(blob, part).copy() for blob in blobs]


def assert_same(blobs, part, expected):
    for blob, array in zip(blobs, expected, strict=True):
        np.testing.assert_array_equal(getattr(blob, part), array)


@every_case()
def test_a_second_reshape_changes_nothing(type_name, case):
    run = make(type_name, case)
    before = copies([*run.bottom, *run.top, *run.layer.blobs_], "data")
    arrays = [blob.data for blob in run.top]
    run.layer.reshape(run.bottom, run.top)
    assert_same([*run.bottom, *run.top, *run.layer.blobs_], "data", before)
    assert all(blob.data is array for blob, array in zip(run.top, arrays, strict=True))


@every_case()
def test_forward_leaves_the_bottoms_alone(type_name, case):
    run = make(type_name, case)
    before = copies(run.bottom, "data")
    run.forward()
    assert_same(run.bottom, "data", before)


@every_case()
def test_backward_leaves_all_values_alone(type_name, case):
    run = make(type_name, case)
    blobs = [*run.bottom, *run.top]
    if not STATED[type_name].changes_weights:
        blobs += run.layer.blobs_
    before = copies(blobs, "data")
    draw_top_diffs(run)
    run.layer.param_propagate_down_ = [True] * len(run.layer.blobs_)
    if any(run.propagate_down()):
        run.backward()
    assert_same(blobs, "data", before)


@every_case()
def test_each_gradient_is_written_where_it_is_wanted_and_nowhere_else(type_name, case):
    run = make(type_name, case)
    if shares_diffs(run):
        pytest.skip("the bottom's gradient is the top's own memory")
    if STATED[type_name].writes_every_gradient:
        pytest.skip(STATED[type_name].writes_every_gradient)
    bottom, weights = run.bottom, run.layer.blobs_
    can_have = run.propagate_down()
    if not (any(can_have) or weights):
        pytest.skip("there is no gradient to want")
    wishes = [*can_have, *[True] * len(weights)]
    every = gradients(run, wishes)
    for chosen in [None, *np.flatnonzero(wishes)]:
        alone = gradients(run, [index == chosen for index in range(len(wishes))])
        for index, (diff, expected) in enumerate(zip(alone, every, strict=True)):
            if index != chosen:
                expected = np.full_like(diff, np.nan if index < len(bottom) else 1)
            np.testing.assert_array_equal(diff, expected, f"{index} where {chosen} is wanted")


def gradients(run, wanted):
    """Those of the bottoms, then those of the weights: NaN and 1 before."""
    bottom, weights = run.bottom, run.layer.blobs_
    run.layer.param_propagate_down_ = [bool(wish) for wish in wanted[len(bottom) :]]
    draw_top_diffs(run)
    for blob in bottom:
        blob.diff[...] = np.nan
    for blob in weights:
        blob.diff[...] = 1
    run.layer.backward(run.top, [bool(wish) for wish in wanted[: len(bottom)]], bottom)
    return copies([*bottom, *weights], "diff")


def one_to_one(type_name, case) -> bool:
    return len(case.bottoms) == 1 and (case.num_top or 1) == 1 and STATED[type_name].tops != 0


@every_gradient_case(only=one_to_one)
def test_in_place_it_computes_the_same_or_refuses(type_name, case):
    if "ay work in place" in " ".join(docstring(type_name).split()):
        assert_computes_the_same(make(type_name, case), make(type_name, case, in_place=True))
        return
    with pytest.raises(LayerError, match=rf'{type_name} layer "it": .*in.place'):
        make(type_name, case, in_place=True)


def assert_computes_the_same(run, in_place):
    in_place.layer.set_state(run.layer.get_state())
    for blob, other in zip(in_place.layer.blobs_, run.layer.blobs_, strict=True):
        blob.data[...] = other.data
    in_place.bottom[0].data[...] = run.bottom[0].data.reshape(in_place.bottom[0].shape)
    for each in (run, in_place):
        each.forward()
    np.testing.assert_array_equal(in_place.top[0].data, run.top[0].data)
    if not any(run.propagate_down()):
        return
    for each in (run, in_place):
        draw_top_diffs(each)
        each.backward()
    blobs, others = (each.bottom + each.layer.blobs_ for each in (in_place, run))
    for blob, other in zip(blobs, others, strict=True):
        np.testing.assert_array_equal(blob.diff.ravel(), other.diff.ravel())


@every_case(only=lambda type_name, case: not case.no_gradient)
def test_backward_reads_no_values_but_those_that_the_type_names(type_name, case):
    """The net lets other layers write over the rest: see `blobnet/aliasing/`."""
    run = make(type_name, case)
    expected = _gradients(run)
    if not run.layer.backward_reads_bottom:
        _spoil(run.bottom)
    if not run.layer.backward_reads_top:
        _spoil(run.top)
    for gradient, right in zip(_gradients(run), expected, strict=True):
        np.testing.assert_array_equal(gradient, right)


def _works_in_place(type_name, case):
    alone = len(case.bottoms) == 1 and not case.no_gradient
    return layer_class(type_name).works_in_place and alone


@every_case(only=_works_in_place)
def test_in_place_the_layer_keeps_what_it_needs_of_its_bottom(type_name, case):
    run = make(type_name, case, in_place=True)
    run.forward()
    expected = _gradients(run)
    if not run.layer.backward_reads_top:
        _spoil(run.top)
    for gradient, right in zip(_gradients(run), expected, strict=True):
        np.testing.assert_array_equal(gradient, right)


def _spoil(blobs):
    for blob in blobs:
        blob.data[...] = np.nan


def _gradients(run):
    """Of every bottom and weight, for the same random diffs of the tops."""
    for blob in (*run.bottom, *run.layer.blobs_):
        blob.diff[...] = 0
    draw_top_diffs(run)
    run.backward()
    return copies([*run.bottom, *run.layer.blobs_], "diff")
