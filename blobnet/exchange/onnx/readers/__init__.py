"""One function for each ONNX operator, in files by kind; importing them fills the register."""

from blobnet.exchange.onnx.readers import activation as activation
from blobnet.exchange.onnx.readers import arithmetic as arithmetic
from blobnet.exchange.onnx.readers import choosing as choosing
from blobnet.exchange.onnx.readers import convolution as convolution
from blobnet.exchange.onnx.readers import normalization as normalization
from blobnet.exchange.onnx.readers import passing as passing
from blobnet.exchange.onnx.readers import pooling as pooling
from blobnet.exchange.onnx.readers import product as product
from blobnet.exchange.onnx.readers import recurrent as recurrent
from blobnet.exchange.onnx.readers import reduction as reduction
from blobnet.exchange.onnx.readers import resizing as resizing
from blobnet.exchange.onnx.readers import shapes as shapes
