"""The other sides that a net is compared with: what each of them makes of the same inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.comparing.blobs import own_blobs
from blobnet.comparing.inputs import arrays_in, run
from blobnet.comparing.onnx_runtime import run_session, session_for
from blobnet.errors import DataError, NetError, explain
from blobnet.extras import import_extra, import_package
from blobnet.input_files import is_folder, read_file, shown
from blobnet.net import Net
from blobnet.netdef import is_inserted_split
from blobnet.types import Array

Inputs = Mapping[str, Array]

_OPENCV = "'opencv-python-headless<5'"
_NOT_CAFFE = "install OpenCV 4, the last that reads Caffe's files: pip install " + _OPENCV


def of_net(other: Net, inputs: Inputs) -> dict[str, Array]:
    """The blobs of another net of blobnet's."""
    for name, values in inputs.items():
        if name in other.inputs:
            other.blobs[name].reshape(values.shape)
    other.reshape()
    run(other, {name: values for name, values in inputs.items() if name in other.inputs})
    return {name: other.blobs[name].data for name in own_blobs(other)}


def of_onnx(path: Path, net: Net, inputs: Inputs) -> dict[str, Array]:
    """The values of an ONNX model that have the names of the net's blobs, by ONNX Runtime.

    Inputs go by their names or, where these differ, in their order. Raises MissingExtraError
    without the extra `onnx`, NetError where the model cannot be read or run.
    """
    model = _read_onnx(path)
    session, wanted = session_for(model, own_blobs(net))
    if not wanted:
        what = f"{shown(path)}: no value of this model is called as a blob of the net"
        raise NetError(explain(what, expected=", ".join(own_blobs(net)[:8])))
    feed = _fed([one.name for one in session.get_inputs()], inputs, shown(path))
    values = run_session(session, wanted, feed)
    return {**inputs, **dict(zip(wanted, values, strict=True))}


def _read_onnx(path: Path) -> Any:
    package = import_extra("onnx", "onnx", "reading an ONNX model")
    content = read_file(path, NetError)
    try:
        return package.ModelProto.FromString(content)
    except Exception as error:
        what = f"{shown(path)}: not an ONNX model that can be read"
        raise NetError(explain(what, got=error)) from error


def _fed(names: Sequence[str], inputs: Inputs, who: str) -> dict[str, Array]:
    if set(names) <= set(inputs):
        return {name: inputs[name] for name in names}
    if len(names) != len(inputs):
        expected, got = ", ".join(names), ", ".join(inputs)
        raise NetError(explain(f"{who} has other inputs than the net", expected=expected, got=got))
    return dict(zip(names, inputs.values(), strict=True))


def of_opencv(prototxt: str, weights: str, net: Net, inputs: Inputs) -> dict[str, Array]:
    """What OpenCV 4 computes from the same files, layer by layer, nothing fused.

    Raises MissingExtraError where it is not installed, NetError where it does not read the net.
    """
    cv2 = import_package("cv2", _OPENCV, "comparing with OpenCV")
    if not hasattr(cv2.dnn, "readNetFromCaffe"):
        what = f"OpenCV {cv2.__version__} does not read Caffe's files"
        raise NetError(explain(what, fix=_NOT_CAFFE))
    writers = {
        name: wired.layer.name
        for wired in net.wired
        if not is_inserted_split(wired.layer.layer_param_)
        for name in wired.top_names[:1]
    }
    try:
        made = cv2.dnn.readNetFromCaffe(prototxt, weights)
        made.enableFusion(False)
        for name, values in inputs.items():
            made.setInput(np.ascontiguousarray(values), name)
        known = set(made.getLayerNames())
        asked = {name: layer for name, layer in writers.items() if layer in known}
        values = made.forward(list(asked.values()))
    except cv2.error as error:
        fix = "it may not know a layer type: compare with another net, or recorded blobs"
        raise NetError(explain("OpenCV cannot run this net", got=error, fix=fix)) from error
    found = {name: np.array(v) for name, v in zip(asked, values, strict=True)}
    for wired in net.wired:
        for name in found.keys() & set(wired.top_names if wired.layer.finds_boxes else ()):
            found[name] = without_rows_of_zeros(found[name])
    return {**inputs, **found}


def without_rows_of_zeros(boxes: Array) -> Array:
    """Boxes (1, 1, K, n) without the rows that OpenCV fills up with, unless there are no others."""
    is_box = boxes.reshape(-1, boxes.shape[-1]).any(axis=1)
    count = int(is_box.nonzero()[0].max(initial=-1)) + 1
    return boxes[:, :, :count] if boxes.ndim == 4 and count else boxes


def of_recording(path: Path, names: Sequence[str]) -> dict[str, Array]:
    """Recorded blobs: a .npz, or a folder of .npy and .npz files, by the names of the blobs.

    A blob `a/b` is in a/b.npy, or in a_b.npy. Raises DataError where a file cannot be read.
    """
    spelled = {_flat(name): name for name in names}
    files = sorted(path.rglob("*.np[yz]")) if is_folder(path) else [path]
    found: dict[str, Array] = {}
    for file in files:
        for key, values in arrays_in(file).items():
            own = file.relative_to(path).with_suffix("").as_posix() if is_folder(path) else ""
            name = own if file.suffix == ".npy" else key
            found[name if name in names else spelled.get(_flat(name), name)] = values
    if not found:
        expected = "files conv1.npy, or a .npz with arrays of the blobs' names"
        raise DataError(explain(f"{shown(path)}: no recorded blobs", expected=expected))
    return found


def _flat(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)
