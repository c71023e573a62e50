"""What protoc makes of Caffe's caffe.proto, under the names that scripts know.

    from caffe.proto import caffe_pb2

    net = caffe_pb2.NetParameter()
    caffe_pb2.TRAIN, caffe_pb2.Phase.Name(0), caffe_pb2.PoolingParameter.MAX

The messages are those of `blobnet.proto`, with Caffe's fields and numbers, so all files and texts
are the same. Only the full names differ, `blobnet.NetParameter` for `caffe.NetParameter`: a process
can hold each name once, and a caffe_pb2.py of the user's own, as of a fork, may be there already.
"""

from __future__ import annotations

from typing import Any

from blobnet.errors import did_you_mean
from blobnet.proto import TEST as TEST
from blobnet.proto import TRAIN as TRAIN
from blobnet.proto import AccuracyParameter as AccuracyParameter
from blobnet.proto import ArgMaxParameter as ArgMaxParameter
from blobnet.proto import BatchNormParameter as BatchNormParameter
from blobnet.proto import BiasParameter as BiasParameter
from blobnet.proto import BlobProto as BlobProto
from blobnet.proto import BlobProtoVector as BlobProtoVector
from blobnet.proto import BlobShape as BlobShape
from blobnet.proto import ClipParameter as ClipParameter
from blobnet.proto import ConcatParameter as ConcatParameter
from blobnet.proto import ContrastiveLossParameter as ContrastiveLossParameter
from blobnet.proto import ConvolutionParameter as ConvolutionParameter
from blobnet.proto import CropParameter as CropParameter
from blobnet.proto import DataParameter as DataParameter
from blobnet.proto import Datum as Datum
from blobnet.proto import DropoutParameter as DropoutParameter
from blobnet.proto import DummyDataParameter as DummyDataParameter
from blobnet.proto import EltwiseParameter as EltwiseParameter
from blobnet.proto import ELUParameter as ELUParameter
from blobnet.proto import EmbedParameter as EmbedParameter
from blobnet.proto import ExpParameter as ExpParameter
from blobnet.proto import FillerParameter as FillerParameter
from blobnet.proto import FlattenParameter as FlattenParameter
from blobnet.proto import HDF5DataParameter as HDF5DataParameter
from blobnet.proto import HDF5OutputParameter as HDF5OutputParameter
from blobnet.proto import HingeLossParameter as HingeLossParameter
from blobnet.proto import ImageDataParameter as ImageDataParameter
from blobnet.proto import InfogainLossParameter as InfogainLossParameter
from blobnet.proto import InnerProductParameter as InnerProductParameter
from blobnet.proto import InputParameter as InputParameter
from blobnet.proto import LayerParameter as LayerParameter
from blobnet.proto import LogParameter as LogParameter
from blobnet.proto import LossParameter as LossParameter
from blobnet.proto import LRNParameter as LRNParameter
from blobnet.proto import MemoryDataParameter as MemoryDataParameter
from blobnet.proto import MVNParameter as MVNParameter
from blobnet.proto import NetParameter as NetParameter
from blobnet.proto import NetState as NetState
from blobnet.proto import NetStateRule as NetStateRule
from blobnet.proto import ParameterParameter as ParameterParameter
from blobnet.proto import ParamSpec as ParamSpec
from blobnet.proto import Phase as Phase
from blobnet.proto import PoolingParameter as PoolingParameter
from blobnet.proto import PowerParameter as PowerParameter
from blobnet.proto import PReLUParameter as PReLUParameter
from blobnet.proto import PythonParameter as PythonParameter
from blobnet.proto import RecurrentParameter as RecurrentParameter
from blobnet.proto import ReductionParameter as ReductionParameter
from blobnet.proto import ReLUParameter as ReLUParameter
from blobnet.proto import ReshapeParameter as ReshapeParameter
from blobnet.proto import ScaleParameter as ScaleParameter
from blobnet.proto import SigmoidParameter as SigmoidParameter
from blobnet.proto import SliceParameter as SliceParameter
from blobnet.proto import SoftmaxParameter as SoftmaxParameter
from blobnet.proto import SolverParameter as SolverParameter
from blobnet.proto import SolverState as SolverState
from blobnet.proto import SPPParameter as SPPParameter
from blobnet.proto import SwishParameter as SwishParameter
from blobnet.proto import TanHParameter as TanHParameter
from blobnet.proto import ThresholdParameter as ThresholdParameter
from blobnet.proto import TileParameter as TileParameter
from blobnet.proto import TransformationParameter as TransformationParameter
from blobnet.proto import V0LayerParameter as V0LayerParameter
from blobnet.proto import V1LayerParameter as V1LayerParameter
from blobnet.proto import WindowDataParameter as WindowDataParameter

DESCRIPTOR: Any = NetParameter.DESCRIPTOR.file
"""The schema's file; its package is `blobnet`."""


def _descriptors() -> dict[str, Any]:
    """What protoc called `_POOLINGPARAMETER` and `_POOLINGPARAMETER_POOLMETHOD` until 2022."""
    found = {f"_{name.upper()}": enum for name, enum in DESCRIPTOR.enum_types_by_name.items()}
    waiting = [
        (f"_{name.upper()}", each) for name, each in DESCRIPTOR.message_types_by_name.items()
    ]
    for name, message in waiting:
        found[name] = message
        for inner in message.enum_types:
            found[f"{name}_{inner.name.upper()}"] = inner
    return found


def __getattr__(name: str) -> Any:
    known = _descriptors() if name[:1] == "_" and name[1:2] != "_" else {}
    if name in known:
        return known[name]
    hint = did_you_mean(name, known or [word for word in globals() if word[:1].isupper()])
    text = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(f"{text}; {hint}" if hint else text, name=name)
