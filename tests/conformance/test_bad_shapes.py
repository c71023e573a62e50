"""A bottom of a shape that suits no layer is refused by an error of ours, never by numpy."""

from __future__ import annotations

import itertools

import numpy as np

from blobnet import BlobnetError
from blobnet.testing import run_layer
from tests.conformance.case import make, prototxt
from tests.conformance.catalogue import every_case, is_ours


def other_shapes(shape: tuple[int, ...]):
    """Shapes that are not this one, though nearly: most suit no layer."""
    yield from [(), (0,), (7,), (2, 0, 3), (1,) * 6]
    yield (*shape, 1)
    yield (1, *shape)
    yield shape[1:]
    yield shape[:-1]
    yield shape[::-1]
    for axis, change in itertools.product(range(len(shape)), (1, -1)):
        yield (*shape[:axis], shape[axis] + change, *shape[axis + 1 :])


def refused_or_done(type_name, work) -> None:
    """Work on an odd shape either succeeds or raises an error of ours, with the layer's name."""
    message = ""
    try:
        work()
    except BlobnetError as error:
        message = str(error)
    assert not message or message.startswith(f'{type_name} layer "it": ')


@every_case(only=is_ours)
def test_a_bottom_of_any_shape_is_taken_or_refused_at_setup(type_name, case):
    bottoms = drawn(case)
    for index, array in enumerate(bottoms):
        for shape in other_shapes(array.shape):
            others = [np.zeros(shape) if i == index else b for i, b in enumerate(bottoms)]

            def work(others=others):
                run = run_layer(
                    prototxt(type_name, case), *others, num_top=case.num_top, phase=case.phase
                )
                backward(run)

            refused_or_done(type_name, work)


@every_case(only=is_ours)
def test_a_bottom_of_any_shape_is_taken_or_refused_later(type_name, case):
    bottoms = drawn(case)
    for index, array in enumerate(bottoms):
        for shape in other_shapes(array.shape):
            run = make(type_name, case)
            run.bottom[index].reshape(shape)
            run.bottom[index].data[...] = 0

            def work(run=run):
                run.forward()
                backward(run)

            refused_or_done(type_name, work)


def drawn(case):
    rng = np.random.default_rng(4)
    return [draw(3, rng) for draw in case.bottoms]


def backward(run):
    if any(run.propagate_down()) or run.layer.blobs_:
        run.backward()
