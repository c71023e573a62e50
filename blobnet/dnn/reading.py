"""Models into nets: cv2.dnn's readNetFromCaffe and readNet."""

from __future__ import annotations

from os import PathLike, fspath

from blobnet.dnn.errors import as_dnn_errors, error
from blobnet.dnn.model import Source, read_model
from blobnet.dnn.net import Net
from blobnet.errors import explain


def readNetFromCaffe(
    prototxt: Source | None = None,
    caffeModel: Source | None = None,
    *,
    bufferProto: Source | None = None,
    bufferModel: Source | None = None,
) -> Net:
    """A net from a prototxt and a weight file: paths, or the bytes of the files.

    Without weights the net can be looked at, and run where its layers have none. Layers of the
    TRAIN phase are left out. Raises error where a file is missing, broken, or something else.
    """
    definition = bufferProto if prototxt is None else prototxt
    if definition is None:
        raise TypeError("readNetFromCaffe() missing required argument 'prototxt'")
    with as_dnn_errors():
        return Net(read_model(definition, bufferModel if caffeModel is None else caffeModel))


def readNet(
    model: Source | None = None,
    config: Source | None = None,
    framework: str | Source = "",
    *,
    bufferModel: Source | None = None,
    bufferConfig: Source | None = None,
) -> Net:
    """A net of Caffe's from both of its files, in either order.

    model, config  paths; one ends in .prototxt, the other in .caffemodel. Or ("caffe", bytes of
                   the weights, bytes of the prototxt), as cv2 has it; by name these are
                   framework, bufferModel, bufferConfig

    Raises error for files of other frameworks.
    """
    if isinstance(model, str) and model.lower() == "caffe" and config is not None:
        return readNetFromCaffe(framework, config)
    if bufferModel is not None and bufferConfig is not None and model is None and config is None:
        if isinstance(framework, str) and framework.lower() == "caffe":
            return readNetFromCaffe(bufferConfig, bufferModel)
        model, config = framework, None
    if model is None:
        raise TypeError("readNet() missing required argument 'model'")
    first, second = ("" if one is None else _ending(one) for one in (model, config))
    if "prototxt" in (first, second) or "caffemodel" in (first, second):
        if first == "prototxt" or second == "caffemodel":
            return readNetFromCaffe(model, config)
        if config is not None:
            return readNetFromCaffe(config, model)
    raise error(
        explain(
            "readNet: only models of Caffe are read",
            expected="a .caffemodel and a .prototxt",
            got=", ".join(repr(one)[:100] for one in (model, config) if one is not None),
            fix="readNetFromCaffe(prototxt, weights) takes files with other endings",
        )
    )


def _ending(source: Source) -> str:
    """What stands behind the last dot of a path."""
    if isinstance(source, (str, PathLike)):
        return str(fspath(source)).rpartition(".")[2].lower()
    return ""
