"""One function for each layer type, in files by kind; importing them fills the register."""

from blobnet.exchange.onnx.writers import activation as activation
from blobnet.exchange.onnx.writers import activation_forks as activation_forks
from blobnet.exchange.onnx.writers import arithmetic as arithmetic
from blobnet.exchange.onnx.writers import convolution as convolution
from blobnet.exchange.onnx.writers import detection as detection
from blobnet.exchange.onnx.writers import detection_output as detection_output
from blobnet.exchange.onnx.writers import inner_product as inner_product
from blobnet.exchange.onnx.writers import left_out as left_out
from blobnet.exchange.onnx.writers import merging as merging
from blobnet.exchange.onnx.writers import normalization as normalization
from blobnet.exchange.onnx.writers import pooling as pooling
from blobnet.exchange.onnx.writers import proposals as proposals
from blobnet.exchange.onnx.writers import psroi_pooling as psroi_pooling
from blobnet.exchange.onnx.writers import recurrent as recurrent
from blobnet.exchange.onnx.writers import reduction as reduction
from blobnet.exchange.onnx.writers import reshaping as reshaping
from blobnet.exchange.onnx.writers import resizing as resizing
from blobnet.exchange.onnx.writers import sampling as sampling
from blobnet.exchange.onnx.writers import selecting as selecting
from blobnet.exchange.onnx.writers import tensorflow as tensorflow
from blobnet.exchange.onnx.writers import yolo as yolo
