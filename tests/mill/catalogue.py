"""All cases of the mill, and what is left out of it, with the reasons."""

from __future__ import annotations

import pytest

import blobnet
from blobnet.layer_register import layer_class
from tests.mill.case import Case
from tests.mill.cases import (
    activation,
    common,
    loss,
    normalization,
    recurrent,
    utility,
    vision,
)

TYPES = [
    name
    for name in blobnet.layer_type_list()
    if layer_class(name).__module__.startswith("blobnet.")
]

CASES: dict[str, list[Case]] = {
    **activation.CASES,
    **common.CASES,
    **loss.CASES,
    **normalization.CASES,
    **recurrent.CASES,
    **utility.CASES,
    **vision.CASES,
}

WITHOUT_CASES = {
    **dict.fromkeys(
        ("Data", "DummyData", "HDF5Data", "ImageData", "Input", "MemoryData", "WindowData"),
        "it has no bottom and no weights: see test_data_layers.py",
    ),
    "HDF5Output": "it has no top, and a file for one forward only: see test_data_layers.py",
}

FIRST_VALUES = "says what weights are at first; the mill draws its own"
NO_WEIGHTS = "columns have no weights"
NOT_IN_GRADIENT = {
    "engine": "names one of Caffe's implementations; here there is one",
    "filler": FIRST_VALUES,
    "weight_filler": FIRST_VALUES,
    "bias_filler": FIRST_VALUES,
    **{f"Im2col.{field}": NO_WEIGHTS for field in ("num_output", "bias_term", "group")},
    "BatchNorm.moving_average_fraction": "decides what is stored, not what is put out",
    "BatchNorm.use_global_stats": "stored statistics: compared with the formula in "
    "tests/layers/normalization/test_batch_norm.py",
    "InfogainLoss.source": "the matrix that a third bottom may bring, from a file",
    "InfogainLoss.normalize": "refused: it is an old name",
    "LSTM.debug_info": "only writes to the log",
    "RNN.debug_info": "only writes to the log",
    "LSTM.expose_hidden": "exposed states have no gradient: compared with carried states in "
    "tests/layers/recurrent/test__recurrent.py",
    "MVN.eps": "counts as nothing in Caffe's gradient",
    "Python.share_in_parallel": "has no meaning here",
}
NOT_IN_GRADIENT["RNN.expose_hidden"] = NOT_IN_GRADIENT["LSTM.expose_hidden"]
"""Fields without a case that compares gradients: of all types, or `type.field`."""


def every_case(*, only=lambda type_name, case: True) -> pytest.MarkDecorator:
    """Run a test with (type_name, case) for all cases, or for those that pass."""
    chosen = [
        pytest.param(type_name, case, id=f"{type_name}-{number}")
        for type_name, cases in sorted(CASES.items())
        for number, case in enumerate(cases)
        if only(type_name, case)
    ]
    return pytest.mark.parametrize(("type_name", "case"), chosen)
