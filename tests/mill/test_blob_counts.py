"""Too few or too many bottoms or tops are refused in the words of Caffe."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.blob import Blob
from blobnet.layer_register import create_layer
from blobnet.serialization.prototxt import parse_layer
from blobnet.testing import run_layer
from tests.mill.case import prototxt
from tests.mill.catalogue import CASES, TYPES

ANY = (0, None)
COUNTS = {
    **dict.fromkeys(("Accuracy", "SoftmaxWithLoss"), ((2, 2), (1, 2))),
    **dict.fromkeys(("BatchReindex", "Crop"), ((2, 2), (1, 1))),
    **dict.fromkeys(("Bias", "Scale"), ((1, 2), (1, 1))),
    "Concat": ((1, None), (1, 1)),
    "ContrastiveLoss": ((3, 3), (1, 1)),
    **dict.fromkeys(("Convolution", "Deconvolution"), ((1, None), (1, None))),
    "Data": ((0, 0), (1, 2)),
    **dict.fromkeys(("DummyData", "HDF5Data", "Input"), ((0, 0), (1, None))),
    "Eltwise": ((2, None), (1, 1)),
    **dict.fromkeys(
        ("EuclideanLoss", "HingeLoss", "MultinomialLogisticLoss", "SigmoidCrossEntropyLoss"),
        ((2, 2), (1, 1)),
    ),
    "Filter": ((2, None), (1, None)),
    "HDF5Output": ((2, 2), (0, 0)),
    **dict.fromkeys(("ImageData", "MemoryData", "WindowData"), ((0, 0), (2, 2))),
    "InfogainLoss": ((2, 3), (1, 2)),
    **dict.fromkeys(("LSTM", "RNN"), ((2, 3), (1, 1))),
    "LSTMUnit": ((3, 3), (2, 2)),
    "Parameter": ((0, 0), (1, 1)),
    "Pooling": ((1, 1), (1, 2)),
    "Python": (ANY, ANY),
    "Silence": ((1, None), (0, 0)),
    **dict.fromkeys(("Slice", "Split"), ((1, 1), (1, None))),
}
"""Caffe's least and largest number of bottoms and tops; all other types take 1 and make 1."""


def message(type_name, verb, unit, least, most, number) -> str:
    """How Caffe says that a number of blobs is wrong."""
    if least == most:
        return f"{type_name} Layer {verb} {least} {unit}"
    limit = f"at least {least}" if number < least else f"at most {most}"
    return f"{type_name} Layer {verb} {limit} {unit}"


def wrong_counts():
    """(type, numbers of bottoms and tops, what Caffe says), one too few and one too many."""
    for type_name in TYPES:
        limits = COUNTS.get(type_name, ((1, 1), (1, 1)))
        for which, verb, unit in (
            (0, "takes", "bottom blob(s) as input."),
            (1, "produces", "top blob(s) as output."),
        ):
            least, most = limits[which]
            for number in (least - 1, least if most is None else most + 1):
                if number >= 0 and not least <= number <= (number if most is None else most):
                    counts = [bottoms_or_tops[0] for bottoms_or_tops in limits]
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
    ("type_name", "num_top"), [("Convolution", 2), ("Deconvolution", 2), ("Filter", 2)]
)
def test_bottoms_without_a_top_of_their_own_are_refused(type_name, num_top):
    case = CASES[type_name][0]
    bottoms = [np.zeros((1, 4, 5, 6))] * (3 if type_name == "Filter" else 1)
    with pytest.raises(LayerError, match=f'{type_name} layer "it": '):
        run_layer(prototxt(type_name, case), *bottoms[:2], num_top=num_top)
