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
from blobnet.proto import AccumParameter as AccumParameter
from blobnet.proto import AccuracyParameter as AccuracyParameter
from blobnet.proto import AdaCosAddmScaleParameter as AdaCosAddmScaleParameter
from blobnet.proto import AdaptiveBiasChannelParameter as AdaptiveBiasChannelParameter
from blobnet.proto import AffinityParameter as AffinityParameter
from blobnet.proto import AnnotatedDataParameter as AnnotatedDataParameter
from blobnet.proto import AnnotatedDatum as AnnotatedDatum
from blobnet.proto import Annotation as Annotation
from blobnet.proto import AnnotationGroup as AnnotationGroup
from blobnet.proto import APLParameter as APLParameter
from blobnet.proto import ArgMaxParameter as ArgMaxParameter
from blobnet.proto import AttPoolingParameter as AttPoolingParameter
from blobnet.proto import AugmentationParameter as AugmentationParameter
from blobnet.proto import AUMaskBasedLandParameter as AUMaskBasedLandParameter
from blobnet.proto import BatchContrastiveParameter as BatchContrastiveParameter
from blobnet.proto import BatchNormParameter as BatchNormParameter
from blobnet.proto import BatchReductionParameter as BatchReductionParameter
from blobnet.proto import BatchSampler as BatchSampler
from blobnet.proto import BatchToSpaceNDParameter as BatchToSpaceNDParameter
from blobnet.proto import BBoxRegParameter as BBoxRegParameter
from blobnet.proto import BiasChannelParameter as BiasChannelParameter
from blobnet.proto import BiasParameter as BiasParameter
from blobnet.proto import BilinearInterpolationParameter as BilinearInterpolationParameter
from blobnet.proto import BinaryConvolutionParameter as BinaryConvolutionParameter
from blobnet.proto import BinaryInnerProductParameter as BinaryInnerProductParameter
from blobnet.proto import BlackAugmentationParameter as BlackAugmentationParameter
from blobnet.proto import BlobProto as BlobProto
from blobnet.proto import BlobProtoVector as BlobProtoVector
from blobnet.proto import BlobShape as BlobShape
from blobnet.proto import BlockGroupLassoSpec as BlockGroupLassoSpec
from blobnet.proto import BNHKParameter as BNHKParameter
from blobnet.proto import BNParameter as BNParameter
from blobnet.proto import BoxAnnotatorOHEMParameter as BoxAnnotatorOHEMParameter
from blobnet.proto import BoxGroupOutputParameter as BoxGroupOutputParameter
from blobnet.proto import BoxGroupParameter as BoxGroupParameter
from blobnet.proto import BoxOutputParameter as BoxOutputParameter
from blobnet.proto import CensorLabelParameter as CensorLabelParameter
from blobnet.proto import CenterLossParameter as CenterLossParameter
from blobnet.proto import ChannelAggregatorParameter as ChannelAggregatorParameter
from blobnet.proto import ChannelScaleParameter as ChannelScaleParameter
from blobnet.proto import CharbonnierLossParameter as CharbonnierLossParameter
from blobnet.proto import ClipParameter as ClipParameter
from blobnet.proto import CoeffScheduleParameter as CoeffScheduleParameter
from blobnet.proto import ColorConvParameter as ColorConvParameter
from blobnet.proto import CombinationParameter as CombinationParameter
from blobnet.proto import CombinedMarginParameter as CombinedMarginParameter
from blobnet.proto import CompactBilinearParameter as CompactBilinearParameter
from blobnet.proto import CompileNetState as CompileNetState
from blobnet.proto import ConcatParameter as ConcatParameter
from blobnet.proto import ConfidencePenaltyLossParameter as ConfidencePenaltyLossParameter
from blobnet.proto import ContinuationIndicatorParameter as ContinuationIndicatorParameter
from blobnet.proto import ContrastiveLossParameter as ContrastiveLossParameter
from blobnet.proto import Convolution3DParameter as Convolution3DParameter
from blobnet.proto import ConvolutionParameter as ConvolutionParameter
from blobnet.proto import CorrelationParameter as CorrelationParameter
from blobnet.proto import CoSDataParameter as CoSDataParameter
from blobnet.proto import CosinAddmParameter as CosinAddmParameter
from blobnet.proto import CPMTransformationParameter as CPMTransformationParameter
from blobnet.proto import CropParameter as CropParameter
from blobnet.proto import CTCDecoderParameter as CTCDecoderParameter
from blobnet.proto import CTCLossParameter as CTCLossParameter
from blobnet.proto import CuDNNBatchNormParameter as CuDNNBatchNormParameter
from blobnet.proto import DataParameter as DataParameter
from blobnet.proto import Datum as Datum
from blobnet.proto import DecodeBBoxParameter as DecodeBBoxParameter
from blobnet.proto import DeephiResizeParameter as DeephiResizeParameter
from blobnet.proto import DeformableConvolutionParameter as DeformableConvolutionParameter
from blobnet.proto import DenseBlockParameter as DenseBlockParameter
from blobnet.proto import DenseboxMapEvaluationParameter as DenseboxMapEvaluationParameter
from blobnet.proto import DenseCRFMapParameter as DenseCRFMapParameter
from blobnet.proto import DenseCRFParameter as DenseCRFParameter
from blobnet.proto import DenseImageDataParameter as DenseImageDataParameter
from blobnet.proto import DepthToSpaceParameter as DepthToSpaceParameter
from blobnet.proto import DetectionAccuracyParameter as DetectionAccuracyParameter
from blobnet.proto import DetectionDataParameter as DetectionDataParameter
from blobnet.proto import DetectionEvaluateParameter as DetectionEvaluateParameter
from blobnet.proto import DetectionGroupAccuracyParameter as DetectionGroupAccuracyParameter
from blobnet.proto import DetectionGroupLossParameter as DetectionGroupLossParameter
from blobnet.proto import DetectionLossParameter as DetectionLossParameter
from blobnet.proto import DetectionOutputParameter as DetectionOutputParameter
from blobnet.proto import DetectNetAugmentationParameter as DetectNetAugmentationParameter
from blobnet.proto import DetectNetGroundTruthParameter as DetectNetGroundTruthParameter
from blobnet.proto import DialParameter as DialParameter
from blobnet.proto import DiceCoefLossParameter as DiceCoefLossParameter
from blobnet.proto import DistortionParameter as DistortionParameter
from blobnet.proto import DivisionParameter as DivisionParameter
from blobnet.proto import DomainTransformParameter as DomainTransformParameter
from blobnet.proto import DominantChannelParameter as DominantChannelParameter
from blobnet.proto import DownsampleParameter as DownsampleParameter
from blobnet.proto import DownSamplingParameter as DownSamplingParameter
from blobnet.proto import DriveDataParameter as DriveDataParameter
from blobnet.proto import DropoutParameter as DropoutParameter
from blobnet.proto import DSALossParameter as DSALossParameter
from blobnet.proto import DummyDataParameter as DummyDataParameter
from blobnet.proto import EltwiseAccuracyParameter as EltwiseAccuracyParameter
from blobnet.proto import EltwiseAffineParameter as EltwiseAffineParameter
from blobnet.proto import EltwiseParameter as EltwiseParameter
from blobnet.proto import ELUParameter as ELUParameter
from blobnet.proto import EmbedParameter as EmbedParameter
from blobnet.proto import EmitConstraint as EmitConstraint
from blobnet.proto import EntropyParameter as EntropyParameter
from blobnet.proto import EuclideanLossParameter as EuclideanLossParameter
from blobnet.proto import EuclideanWeightedLossParameter as EuclideanWeightedLossParameter
from blobnet.proto import EvalDataParameter as EvalDataParameter
from blobnet.proto import EvalDetectionParameter as EvalDetectionParameter
from blobnet.proto import ExpandDimsNDParameter as ExpandDimsNDParameter
from blobnet.proto import ExpansionParameter as ExpansionParameter
from blobnet.proto import ExpParameter as ExpParameter
from blobnet.proto import FCNDataParameter as FCNDataParameter
from blobnet.proto import FeatureDecayLossParameter as FeatureDecayLossParameter
from blobnet.proto import FillerParameter as FillerParameter
from blobnet.proto import FilterParameter as FilterParameter
from blobnet.proto import FixedParameter as FixedParameter
from blobnet.proto import FlattenParameter as FlattenParameter
from blobnet.proto import FlipParameter as FlipParameter
from blobnet.proto import FlowTransformerParameter as FlowTransformerParameter
from blobnet.proto import FlowWarpParameter as FlowWarpParameter
from blobnet.proto import FocalLossParameter as FocalLossParameter
from blobnet.proto import FrcnnOutputParameter as FrcnnOutputParameter
from blobnet.proto import GainChannelParameter as GainChannelParameter
from blobnet.proto import GeneralContrastiveParameter as GeneralContrastiveParameter
from blobnet.proto import GeneralTripletParameter as GeneralTripletParameter
from blobnet.proto import GeometryParameter as GeometryParameter
from blobnet.proto import GradientScalerParameter as GradientScalerParameter
from blobnet.proto import GSTilingParameter as GSTilingParameter
from blobnet.proto import GuidedDropoutParameter as GuidedDropoutParameter
from blobnet.proto import HardMiningParameter as HardMiningParameter
from blobnet.proto import HDF5DataParameter as HDF5DataParameter
from blobnet.proto import HDF5OutputParameter as HDF5OutputParameter
from blobnet.proto import HingeLossParameter as HingeLossParameter
from blobnet.proto import HistogramParameter as HistogramParameter
from blobnet.proto import HotspotParameter as HotspotParameter
from blobnet.proto import HumanAttDataParameter as HumanAttDataParameter
from blobnet.proto import HyperColumnsParameter as HyperColumnsParameter
from blobnet.proto import IgnoreOverlayParameter as IgnoreOverlayParameter
from blobnet.proto import ImageDataParameter as ImageDataParameter
from blobnet.proto import ImageGtDataParameter as ImageGtDataParameter
from blobnet.proto import InfimumLossParamter as InfimumLossParamter
from blobnet.proto import InfogainLossParameter as InfogainLossParameter
from blobnet.proto import InnerDistanceParameter as InnerDistanceParameter
from blobnet.proto import InnerProductBlobParameter as InnerProductBlobParameter
from blobnet.proto import InnerProductParameter as InnerProductParameter
from blobnet.proto import InputParameter as InputParameter
from blobnet.proto import InsanityParameter as InsanityParameter
from blobnet.proto import InterpParameter as InterpParameter
from blobnet.proto import JfdaLossParameter as JfdaLossParameter
from blobnet.proto import JMMDParameter as JMMDParameter
from blobnet.proto import L1LossParameter as L1LossParameter
from blobnet.proto import LabeledMatchingParameter as LabeledMatchingParameter
from blobnet.proto import LabelMap as LabelMap
from blobnet.proto import LabelMapItem as LabelMapItem
from blobnet.proto import LabelsequenceAccuracyParameter as LabelsequenceAccuracyParameter
from blobnet.proto import LabelSpecificAddParameter as LabelSpecificAddParameter
from blobnet.proto import LabelSpecificAffineParameter as LabelSpecificAffineParameter
from blobnet.proto import LabelSpecificHardMarginParameter as LabelSpecificHardMarginParameter
from blobnet.proto import LabelSpecificMarginParameter as LabelSpecificMarginParameter
from blobnet.proto import LabelSpecificRescaleParameter as LabelSpecificRescaleParameter
from blobnet.proto import LaneInfo as LaneInfo
from blobnet.proto import LargeMarginInnerProductParameter as LargeMarginInnerProductParameter
from blobnet.proto import LayerParameter as LayerParameter
from blobnet.proto import (
    LiftedStructSimilaritySoftmaxLossParameter as LiftedStructSimilaritySoftmaxLossParameter,
)
from blobnet.proto import LocalParameter as LocalParameter
from blobnet.proto import LocLossParameter as LocLossParameter
from blobnet.proto import LogParameter as LogParameter
from blobnet.proto import LossParameter as LossParameter
from blobnet.proto import LpqLossParameter as LpqLossParameter
from blobnet.proto import LRNParameter as LRNParameter
from blobnet.proto import LSTMConvolutionParameter as LSTMConvolutionParameter
from blobnet.proto import LSTMDebugParameter as LSTMDebugParameter
from blobnet.proto import LstmParameter as LstmParameter
from blobnet.proto import MarginInnerProductParameter as MarginInnerProductParameter
from blobnet.proto import MaskOutputsParameter as MaskOutputsParameter
from blobnet.proto import MaskResizeParameter as MaskResizeParameter
from blobnet.proto import MatReadParameter as MatReadParameter
from blobnet.proto import MatWriteParameter as MatWriteParameter
from blobnet.proto import MeanParameter as MeanParameter
from blobnet.proto import MemoryDataParameter as MemoryDataParameter
from blobnet.proto import MemoryOptimizationParameter as MemoryOptimizationParameter
from blobnet.proto import MergeCropParameter as MergeCropParameter
from blobnet.proto import MergeDataParameter as MergeDataParameter
from blobnet.proto import MILDataParameter as MILDataParameter
from blobnet.proto import MILParameter as MILParameter
from blobnet.proto import MMDParameter as MMDParameter
from blobnet.proto import MnActivationParameter as MnActivationParameter
from blobnet.proto import MnModelParallelParameter as MnModelParallelParameter
from blobnet.proto import MnParamGradCompressLayerTypeList as MnParamGradCompressLayerTypeList
from blobnet.proto import MnParamGradCompressParameter as MnParamGradCompressParameter
from blobnet.proto import (
    ModulatedDeformableConvolutionParameter as ModulatedDeformableConvolutionParameter,
)
from blobnet.proto import MOEParameter as MOEParameter
from blobnet.proto import MultiBoxLossParameter as MultiBoxLossParameter
from blobnet.proto import MultiFrameDataParameter as MultiFrameDataParameter
from blobnet.proto import MultinodeLayerParameter as MultinodeLayerParameter
from blobnet.proto import MultinodeParameter as MultinodeParameter
from blobnet.proto import MultinodeSolverParameter as MultinodeSolverParameter
from blobnet.proto import MultiStageMeanfieldParameter as MultiStageMeanfieldParameter
from blobnet.proto import MVNParameter as MVNParameter
from blobnet.proto import NCAParameter as NCAParameter
from blobnet.proto import NetParameter as NetParameter
from blobnet.proto import NetState as NetState
from blobnet.proto import NetStateRule as NetStateRule
from blobnet.proto import NNInterpParameter as NNInterpParameter
from blobnet.proto import NoiseParameter as NoiseParameter
from blobnet.proto import NonMaximumSuppressionParameter as NonMaximumSuppressionParameter
from blobnet.proto import NormalizedBBox as NormalizedBBox
from blobnet.proto import NormalizedPolygon as NormalizedPolygon
from blobnet.proto import NormalizedRBox as NormalizedRBox
from blobnet.proto import NormalizeFeaturesParameter as NormalizeFeaturesParameter
from blobnet.proto import NormalizeParameter as NormalizeParameter
from blobnet.proto import NormL2Parameter as NormL2Parameter
from blobnet.proto import OneHotParameter as OneHotParameter
from blobnet.proto import OrdinalRegressionParameter as OrdinalRegressionParameter
from blobnet.proto import PaddingParameter as PaddingParameter
from blobnet.proto import PadParameter as PadParameter
from blobnet.proto import PairwiseParameter as PairwiseParameter
from blobnet.proto import ParameterParameter as ParameterParameter
from blobnet.proto import ParamSpec as ParamSpec
from blobnet.proto import ParseEvaluateParameter as ParseEvaluateParameter
from blobnet.proto import PermuteParameter as PermuteParameter
from blobnet.proto import Phase as Phase
from blobnet.proto import Pooling3DParameter as Pooling3DParameter
from blobnet.proto import PoolingNDParameter as PoolingNDParameter
from blobnet.proto import PoolingParameter as PoolingParameter
from blobnet.proto import PowerFileParameter as PowerFileParameter
from blobnet.proto import PowerParameter as PowerParameter
from blobnet.proto import PredictBoxParameter as PredictBoxParameter
from blobnet.proto import PReLUParameter as PReLUParameter
from blobnet.proto import PriorBoxParameter as PriorBoxParameter
from blobnet.proto import ProposalParameter as ProposalParameter
from blobnet.proto import ProposalTargetParameter as ProposalTargetParameter
from blobnet.proto import PSROIPoolingParameter as PSROIPoolingParameter
from blobnet.proto import PythonParameter as PythonParameter
from blobnet.proto import QuantizationParameter as QuantizationParameter
from blobnet.proto import QuantizerParameter as QuantizerParameter
from blobnet.proto import QuantParameter as QuantParameter
from blobnet.proto import RandomAspectRatioParameter as RandomAspectRatioParameter
from blobnet.proto import RandomGeneratorParameter as RandomGeneratorParameter
from blobnet.proto import RandomResizeParameter as RandomResizeParameter
from blobnet.proto import RankHardLossParameter as RankHardLossParameter
from blobnet.proto import ReaderParameter as ReaderParameter
from blobnet.proto import RecurrentParameter as RecurrentParameter
from blobnet.proto import ReductionParameter as ReductionParameter
from blobnet.proto import RegionLossParameter as RegionLossParameter
from blobnet.proto import ReLU6Parameter as ReLU6Parameter
from blobnet.proto import ReLUParameter as ReLUParameter
from blobnet.proto import RemoteDataParameter as RemoteDataParameter
from blobnet.proto import ReNetLSTMParameter as ReNetLSTMParameter
from blobnet.proto import ReorgParameter as ReorgParameter
from blobnet.proto import ResampleParameter as ResampleParameter
from blobnet.proto import ReshapeLabelParameter as ReshapeLabelParameter
from blobnet.proto import ReshapeParameter as ReshapeParameter
from blobnet.proto import ResizeBilinearParameter as ResizeBilinearParameter
from blobnet.proto import ResizeNearestNeighborParameter as ResizeNearestNeighborParameter
from blobnet.proto import ResizeParameter as ResizeParameter
from blobnet.proto import ReverseParameter as ReverseParameter
from blobnet.proto import RNNParameter as RNNParameter
from blobnet.proto import ROIPoolingParameter as ROIPoolingParameter
from blobnet.proto import ROIWarpingParameter as ROIWarpingParameter
from blobnet.proto import RotateROIPoolingParameter as RotateROIPoolingParameter
from blobnet.proto import SaltPepperParameter as SaltPepperParameter
from blobnet.proto import SampleConstraint as SampleConstraint
from blobnet.proto import Sampler as Sampler
from blobnet.proto import SaveOutputParameter as SaveOutputParameter
from blobnet.proto import ScaleParameter as ScaleParameter
from blobnet.proto import ScaleRouteParameter as ScaleRouteParameter
from blobnet.proto import ScaleTanHParameter as ScaleTanHParameter
from blobnet.proto import SegAccuracyParameter as SegAccuracyParameter
from blobnet.proto import SegDataParameter as SegDataParameter
from blobnet.proto import SegmentationEvaluateParameter as SegmentationEvaluateParameter
from blobnet.proto import SeLuDropoutParameter as SeLuDropoutParameter
from blobnet.proto import SeLuParameter as SeLuParameter
from blobnet.proto import SetLoss2Parameter as SetLoss2Parameter
from blobnet.proto import ShuffleChannelParameter as ShuffleChannelParameter
from blobnet.proto import SigmoidParameter as SigmoidParameter
from blobnet.proto import SliceParameter as SliceParameter
from blobnet.proto import SmoothL1LossParameter as SmoothL1LossParameter
from blobnet.proto import SmoothL1Parameter as SmoothL1Parameter
from blobnet.proto import SmoothMarginInnerProductParameter as SmoothMarginInnerProductParameter
from blobnet.proto import SoftContrastiveParameter as SoftContrastiveParameter
from blobnet.proto import SoftmaxLossParameter as SoftmaxLossParameter
from blobnet.proto import SoftmaxParameter as SoftmaxParameter
from blobnet.proto import SoftTruncationParameter as SoftTruncationParameter
from blobnet.proto import SolverParameter as SolverParameter
from blobnet.proto import SolverState as SolverState
from blobnet.proto import SpaceToBatchNDParameter as SpaceToBatchNDParameter
from blobnet.proto import SparsifyParameter as SparsifyParameter
from blobnet.proto import SpatialDropoutParameter as SpatialDropoutParameter
from blobnet.proto import SpatialSoftmaxParameter as SpatialSoftmaxParameter
from blobnet.proto import SpatialTransformerParameter as SpatialTransformerParameter
from blobnet.proto import SplitParameter as SplitParameter
from blobnet.proto import SPPParameter as SPPParameter
from blobnet.proto import SqueezeParameter as SqueezeParameter
from blobnet.proto import SSIMLossParameter as SSIMLossParameter
from blobnet.proto import STLossParameter as STLossParameter
from blobnet.proto import SubRegionParameter as SubRegionParameter
from blobnet.proto import SumPoolingParameter as SumPoolingParameter
from blobnet.proto import SwishParameter as SwishParameter
from blobnet.proto import TanHParameter as TanHParameter
from blobnet.proto import ThresholdParameter as ThresholdParameter
from blobnet.proto import TileParameter as TileParameter
from blobnet.proto import TilingParameter as TilingParameter
from blobnet.proto import TransformationParameter as TransformationParameter
from blobnet.proto import TransposeParameter as TransposeParameter
from blobnet.proto import TripletLossParameter as TripletLossParameter
from blobnet.proto import TripletRankLossParameter as TripletRankLossParameter
from blobnet.proto import TRTParameter as TRTParameter
from blobnet.proto import TruncationParameter as TruncationParameter
from blobnet.proto import UniqueLabelParameter as UniqueLabelParameter
from blobnet.proto import UnlabeledMatchingParameter as UnlabeledMatchingParameter
from blobnet.proto import UnPoolingParameter as UnPoolingParameter
from blobnet.proto import UnstackParameter as UnstackParameter
from blobnet.proto import UpsampleDarknetParameter as UpsampleDarknetParameter
from blobnet.proto import UpsampleParameter as UpsampleParameter
from blobnet.proto import V0LayerParameter as V0LayerParameter
from blobnet.proto import V1LayerParameter as V1LayerParameter
from blobnet.proto import VideoDataParameter as VideoDataParameter
from blobnet.proto import VolumeDatum as VolumeDatum
from blobnet.proto import WindowDataParameter as WindowDataParameter
from blobnet.proto import WriterParameter as WriterParameter
from blobnet.proto import YoloDetectionOutputParameter as YoloDetectionOutputParameter
from blobnet.proto import YoloEvalDetectionParameter as YoloEvalDetectionParameter
from blobnet.proto import YoloSegItem as YoloSegItem
from blobnet.proto import YoloSegLabel as YoloSegLabel
from blobnet.proto import YoloSegParameter as YoloSegParameter
from blobnet.proto import Yolov3DetectionOutputParameter as Yolov3DetectionOutputParameter
from blobnet.proto import Yolov3Parameter as Yolov3Parameter

DESCRIPTOR: Any = NetParameter.DESCRIPTOR.file
"""The schema's file; its package is `blobnet`. It imports two, for the messages of forks."""


def _descriptors() -> dict[str, Any]:
    """What protoc called `_POOLINGPARAMETER` and `_POOLINGPARAMETER_POOLMETHOD` until 2022."""
    found = {f"_{name.upper()}": enum for name, enum in DESCRIPTOR.enum_types_by_name.items()}
    waiting = [
        (f"_{name.upper()}", each)
        for file in (DESCRIPTOR, *DESCRIPTOR.dependencies)
        for name, each in file.message_types_by_name.items()
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
