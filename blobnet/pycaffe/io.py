"""caffe.io: arrays and messages, images and what nets want of them. Caffe: python/caffe/io.py."""

from blobnet.pycaffe.crops import oversample
from blobnet.pycaffe.datums import (
    array_to_blobproto,
    array_to_datum,
    arraylist_to_blobprotovector_str,
    blobproto_to_array,
    blobprotovector_str_to_arraylist,
    datum_to_array,
)
from blobnet.pycaffe.image_files import load_image
from blobnet.pycaffe.proto import caffe_pb2
from blobnet.pycaffe.resize import resize_image
from blobnet.pycaffe.transformer import Transformer

__all__ = [
    "Transformer",
    "array_to_blobproto",
    "array_to_datum",
    "arraylist_to_blobprotovector_str",
    "blobproto_to_array",
    "blobprotovector_str_to_arraylist",
    "caffe_pb2",
    "datum_to_array",
    "load_image",
    "oversample",
    "resize_image",
]
