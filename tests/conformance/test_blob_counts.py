"""Too few or too many bottoms or tops are refused in the words of Caffe."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.blob import Blob
from blobnet.layer_register import create_layer, layer_class
from blobnet.serialization.prototxt import parse_layer
from blobnet.testing import run_layer
from tests.conformance.case import prototxt
from tests.conformance.catalogue import CASES, STATED


def limits(type_name: str) -> list[tuple[int, int | None]]:
    """The least and largest number of its bottoms and of its tops."""
    stated = STATED[type_name]
    return [n if isinstance(n, tuple) else (n, n) for n in (stated.bottoms, stated.tops)]


def message(type_name, verb, unit, least, most, number) -> str:
    """How Caffe says that a number of blobs is wrong."""
    if least == most:
        return f"{type_name} Layer {verb} {least} {unit}"
    limit = f"at least {least}" if number < least else f"at most {most}"
    return f"{type_name} Layer {verb} {limit} {unit}"


def wrong_counts():
    """(type, numbers of bottoms and tops, what Caffe says), one too few and one too many."""
    for type_name in STATED:
        for which, verb, unit in (
            (0, "takes", "bottom blob(s) as input."),
            (1, "produces", "top blob(s) as output."),
        ):
            least, most = limits(type_name)[which]
            for number in (least - 1, least if most is None else most + 1):
                if number >= 0 and not least <= number <= (number if most is None else most):
                    counts = [least for least, _ in limits(type_name)]
                    counts[which] = number
                    says = message(type_name, verb, unit, least, most, number)
                    yield pytest.param(type_name, counts, says, id=f"{type_name}-{verb}-{number}")


@pytest.mark.parametrize(("type_name", "counts", "says"), list(wrong_counts()))
def test_wrong_numbers_of_blobs_are_refused_in_the_words_of_caffe(type_name, counts, says):
    layer = create_layer(parse_layer(f'name: "it" type: "{type_name}"'))
    bottom, top = ([Blob(2, 3) for _ in range(count)] for count in counts)
    with pytest.raises(LayerError) as caught:
        layer.initialize(bottom, top)
    assert str(caught.value).startswith(f'{type_name} layer "it": {says}\n')


@pytest.mark.parametrize(
    "type_name", [name for name in CASES if layer_class(name).equal_num_bottom_top_blobs]
)
def test_bottoms_without_a_top_of_their_own_are_refused(type_name):
    case = CASES[type_name][0]
    bottoms = [draw(1, np.random.default_rng(0)) for draw in case.bottoms]
    with pytest.raises(LayerError, match=f'{type_name} layer "it": '):
        run_layer(prototxt(type_name, case), *bottoms, num_top=len(bottoms) + 1)
