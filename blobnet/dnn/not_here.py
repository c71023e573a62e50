"""Names of cv2.dnn that have nothing to do with Caffe's models, and what serves in their place."""

from __future__ import annotations

_FRAMEWORKS = "only Caffe's models are read here"
_ONNX = "cv2 itself reads ONNX, and so does onnxruntime; `blobnet import` makes Caffe's nets of it"
_TEXT = "the nets it is for are ONNX and TensorFlow models"
_INTEL = "it belongs to OpenVINO, which does not compute here"
_BY_HAND = "a net is made of a prototxt here: blobnet.NetSpec writes one layer by layer"
_FLOATS = "`blobnet merge --numbers int8` writes quantized weights, and says what they cost"

REASONS = {
    "readNetFromONNX": f"{_FRAMEWORKS}: {_ONNX}",
    "readTensorFromONNX": "onnx.numpy_helper reads tensors",
    "readNetFromDarknet": f"{_FRAMEWORKS}: cv2 itself, up to version 4, reads Darknet's",
    "readNetFromTensorflow": f"{_FRAMEWORKS}: cv2 itself reads TensorFlow's",
    "readNetFromTFLite": f"{_FRAMEWORKS}: cv2 itself reads TensorFlow Lite's",
    "readNetFromTorch": f"{_FRAMEWORKS}: cv2 itself, up to version 4, reads Torch's .t7",
    "readTorchBlob": f"{_FRAMEWORKS}: cv2 itself, up to version 4, reads Torch's .t7",
    "readNetFromModelOptimizer": f"{_FRAMEWORKS}: the package openvino reads OpenVINO's",
    "Net_readFromModelOptimizer": f"{_FRAMEWORKS}: the package openvino reads OpenVINO's",
    "writeTextGraph": f"{_FRAMEWORKS}: it writes TensorFlow's",
    "TextDetectionModel": f"{_TEXT}; NMSBoxesRotated sorts out turned boxes",
    "TextDetectionModel_EAST": f"{_TEXT}; NMSBoxesRotated sorts out turned boxes",
    "TextDetectionModel_DB": _TEXT,
    "TextRecognitionModel": f"{_TEXT}; net.forward() gives what a net of Caffe's says",
    "DictValue": _BY_HAND,
    "getInferenceEngineBackendType": _INTEL,
    "getInferenceEngineCPUType": _INTEL,
    "getInferenceEngineVPUType": _INTEL,
    "setInferenceEngineBackendType": _INTEL,
    "resetMyriadDevice": _INTEL,
    "releaseHDDLPlugin": _INTEL,
}
"""Of the module."""

REASONS_OF_NET = {
    "addLayer": _BY_HAND,
    "addLayerToPrev": _BY_HAND,
    "connect": _BY_HAND,
    "registerOutput": "forward(name) gives the output of any layer",
    "forwardAsync": "forward() computes on all cores; threading.Thread does it meanwhile",
    "quantize": f"nets compute in float32 here; {_FLOATS}",
    "getInputDetails": f"no net is quantized here; {_FLOATS}",
    "getOutputDetails": f"no net is quantized here; {_FLOATS}",
    "readFromModelOptimizer": f"{_FRAMEWORKS}: the package openvino reads OpenVINO's",
    "setHalideScheduler": "Halide does not compute here: each layer chooses its own algorithm",
    "dumpToPbtxt": "dump() writes a net for Graphviz; Netron opens the prototxt as it is",
}
"""Of Net."""


_OF_NET = "the net runs it: net.forward(name) gives what it puts out"
REASONS_OF_LAYER = {
    "finalize": _OF_NET,
    "run": _OF_NET,
    **dict.fromkeys(("clear", "read", "save", "write"), "net.getParam and setParam have weights"),
    "getDefaultName": "name and type say what it is",
}
"""Of Layer."""


def missing(owner: str, name: str, reasons: dict[str, str]) -> AttributeError:
    """The error for a name that is not here: why, and what to do, where cv2.dnn has it."""
    reason = f": {reasons[name]}" if name in reasons else ""
    return AttributeError(f"{owner} has no '{name}'{reason}", name=name)
