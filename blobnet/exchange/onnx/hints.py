"""What can be done about operators of ONNX that no layer of Caffe's or its forks' computes."""

_LOOPS = (
    "If, Loop, Scan: export with dynamo=True, which writes no If for a squeeze; a model of your "
    "own has to be traced with an example, so that it has neither branch nor loop"
)
_WEIGHTS = "quantized weights: export the model before it is quantized"
_NO_CELL = "GRU and RNN have no layer in Caffe; LSTM has"

HINTS = {
    "Erf": "Erf: Caffe has no error function; of GELU approximate='tanh' is read",
    "Floor": "Floor, Ceil, Round, Mod: round behind the net, as no layer does",
    "Attention": "Attention: a product of two blobs, which no layer of Caffe computes",
    "GRU": _NO_CELL,
    "RNN": _NO_CELL,
    "If": _LOOPS,
    "Loop": _LOOPS,
    "Scan": _LOOPS,
    "DequantizeLinear": _WEIGHTS,
    "QuantizeLinear": _WEIGHTS,
    "QLinearConv": _WEIGHTS,
    "NonMaxSuppression": "NonMaxSuppression: end the model in front of it; DetectionOutput takes "
    "boxes and scores",
    "TopK": "TopK: end the model in front of it, and sort what it makes",
    "ScatterND": "ScatterND: values written into a part; join the parts by torch.cat instead",
    "GridSample": "GridSample: end the model in front of it; SpatialTransformer and FlowWarp are "
    "Caffe's layers that warp images",
}
"""By the operator's name; the word in front tells which one is meant where several are named."""
HINTS |= dict.fromkeys(("Ceil", "Round", "Mod"), HINTS["Floor"])
