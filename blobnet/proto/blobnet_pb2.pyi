from blobnet.proto import forks_pb2 as _forks_pb2
from blobnet.proto import shared_pb2 as _shared_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf.internal import python_message as _python_message
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

from blobnet.proto.forks_pb2 import AnnotatedDatum
from blobnet.proto.forks_pb2 import AnnotationGroup
from blobnet.proto.forks_pb2 import Annotation
from blobnet.proto.forks_pb2 import NormalizedBBox
from blobnet.proto.forks_pb2 import NormalizedRBox
from blobnet.proto.forks_pb2 import NormalizedPolygon
from blobnet.proto.forks_pb2 import LaneInfo
from blobnet.proto.forks_pb2 import LabelMap
from blobnet.proto.forks_pb2 import LabelMapItem
from blobnet.proto.forks_pb2 import YoloSegItem
from blobnet.proto.forks_pb2 import YoloSegLabel
from blobnet.proto.forks_pb2 import VolumeDatum
from blobnet.proto.forks_pb2 import GuidedDropoutParameter
from blobnet.proto.forks_pb2 import LabeledMatchingParameter
from blobnet.proto.forks_pb2 import UnlabeledMatchingParameter
from blobnet.proto.forks_pb2 import SumPoolingParameter
from blobnet.proto.forks_pb2 import DiceCoefLossParameter
from blobnet.proto.forks_pb2 import SparsifyParameter
from blobnet.proto.forks_pb2 import ScaleTanHParameter
from blobnet.proto.forks_pb2 import GradientScalerParameter
from blobnet.proto.forks_pb2 import MMDParameter
from blobnet.proto.forks_pb2 import JMMDParameter
from blobnet.proto.forks_pb2 import EntropyParameter
from blobnet.proto.forks_pb2 import CompactBilinearParameter
from blobnet.proto.forks_pb2 import AnnotatedDataParameter
from blobnet.proto.forks_pb2 import BatchSampler
from blobnet.proto.forks_pb2 import BBoxRegParameter
from blobnet.proto.forks_pb2 import BoxAnnotatorOHEMParameter
from blobnet.proto.forks_pb2 import BoxGroupOutputParameter
from blobnet.proto.forks_pb2 import BoxGroupParameter
from blobnet.proto.forks_pb2 import BoxOutputParameter
from blobnet.proto.forks_pb2 import DecodeBBoxParameter
from blobnet.proto.forks_pb2 import DetectionAccuracyParameter
from blobnet.proto.forks_pb2 import DetectionDataParameter
from blobnet.proto.forks_pb2 import DetectionEvaluateParameter
from blobnet.proto.forks_pb2 import DetectionGroupAccuracyParameter
from blobnet.proto.forks_pb2 import DetectionGroupLossParameter
from blobnet.proto.forks_pb2 import DetectionLossParameter
from blobnet.proto.forks_pb2 import DetectionOutputParameter
from blobnet.proto.forks_pb2 import DistortionParameter
from blobnet.proto.forks_pb2 import EmitConstraint
from blobnet.proto.forks_pb2 import EvalDataParameter
from blobnet.proto.forks_pb2 import EvalDetectionParameter
from blobnet.proto.forks_pb2 import ExpansionParameter
from blobnet.proto.forks_pb2 import FrcnnOutputParameter
from blobnet.proto.forks_pb2 import HardMiningParameter
from blobnet.proto.forks_pb2 import ImageGtDataParameter
from blobnet.proto.forks_pb2 import MaskResizeParameter
from blobnet.proto.forks_pb2 import MultiBoxLossParameter
from blobnet.proto.forks_pb2 import NonMaximumSuppressionParameter
from blobnet.proto.forks_pb2 import NormalizeParameter
from blobnet.proto.forks_pb2 import PermuteParameter
from blobnet.proto.forks_pb2 import PredictBoxParameter
from blobnet.proto.forks_pb2 import PriorBoxParameter
from blobnet.proto.forks_pb2 import ProposalParameter
from blobnet.proto.forks_pb2 import ProposalTargetParameter
from blobnet.proto.forks_pb2 import PSROIPoolingParameter
from blobnet.proto.forks_pb2 import RegionLossParameter
from blobnet.proto.forks_pb2 import ReorgParameter
from blobnet.proto.forks_pb2 import ROIPoolingParameter
from blobnet.proto.forks_pb2 import ROIWarpingParameter
from blobnet.proto.forks_pb2 import SaltPepperParameter
from blobnet.proto.forks_pb2 import SampleConstraint
from blobnet.proto.forks_pb2 import Sampler
from blobnet.proto.forks_pb2 import SaveOutputParameter
from blobnet.proto.forks_pb2 import ScaleRouteParameter
from blobnet.proto.forks_pb2 import SmoothL1LossParameter
from blobnet.proto.forks_pb2 import UpsampleParameter
from blobnet.proto.forks_pb2 import VideoDataParameter
from blobnet.proto.forks_pb2 import YoloDetectionOutputParameter
from blobnet.proto.forks_pb2 import Yolov3DetectionOutputParameter
from blobnet.proto.forks_pb2 import Yolov3Parameter
from blobnet.proto.forks_pb2 import AdaptiveBiasChannelParameter
from blobnet.proto.forks_pb2 import BiasChannelParameter
from blobnet.proto.forks_pb2 import BNParameter
from blobnet.proto.forks_pb2 import BNHKParameter
from blobnet.proto.forks_pb2 import CuDNNBatchNormParameter
from blobnet.proto.forks_pb2 import BilinearInterpolationParameter
from blobnet.proto.forks_pb2 import HyperColumnsParameter
from blobnet.proto.forks_pb2 import SetLoss2Parameter
from blobnet.proto.forks_pb2 import RNNParameter
from blobnet.proto.forks_pb2 import CensorLabelParameter
from blobnet.proto.forks_pb2 import ChannelAggregatorParameter
from blobnet.proto.forks_pb2 import DenseCRFParameter
from blobnet.proto.forks_pb2 import DenseImageDataParameter
from blobnet.proto.forks_pb2 import NNInterpParameter
from blobnet.proto.forks_pb2 import HumanAttDataParameter
from blobnet.proto.forks_pb2 import DomainTransformParameter
from blobnet.proto.forks_pb2 import DominantChannelParameter
from blobnet.proto.forks_pb2 import EuclideanLossParameter
from blobnet.proto.forks_pb2 import GainChannelParameter
from blobnet.proto.forks_pb2 import HistogramParameter
from blobnet.proto.forks_pb2 import IgnoreOverlayParameter
from blobnet.proto.forks_pb2 import InterpParameter
from blobnet.proto.forks_pb2 import MatReadParameter
from blobnet.proto.forks_pb2 import MatWriteParameter
from blobnet.proto.forks_pb2 import MultiStageMeanfieldParameter
from blobnet.proto.forks_pb2 import OneHotParameter
from blobnet.proto.forks_pb2 import PaddingParameter
from blobnet.proto.forks_pb2 import ParseEvaluateParameter
from blobnet.proto.forks_pb2 import SegAccuracyParameter
from blobnet.proto.forks_pb2 import SegmentationEvaluateParameter
from blobnet.proto.forks_pb2 import SoftmaxLossParameter
from blobnet.proto.forks_pb2 import UniqueLabelParameter
from blobnet.proto.forks_pb2 import EltwiseAccuracyParameter
from blobnet.proto.forks_pb2 import UnPoolingParameter
from blobnet.proto.forks_pb2 import YoloSegParameter
from blobnet.proto.forks_pb2 import BatchContrastiveParameter
from blobnet.proto.forks_pb2 import BatchReductionParameter
from blobnet.proto.forks_pb2 import CenterLossParameter
from blobnet.proto.forks_pb2 import ChannelScaleParameter
from blobnet.proto.forks_pb2 import ConfidencePenaltyLossParameter
from blobnet.proto.forks_pb2 import ContinuationIndicatorParameter
from blobnet.proto.forks_pb2 import CPMTransformationParameter
from blobnet.proto.forks_pb2 import CTCDecoderParameter
from blobnet.proto.forks_pb2 import CTCLossParameter
from blobnet.proto.forks_pb2 import DeformableConvolutionParameter
from blobnet.proto.forks_pb2 import DenseBlockParameter
from blobnet.proto.forks_pb2 import EltwiseAffineParameter
from blobnet.proto.forks_pb2 import FCNDataParameter
from blobnet.proto.forks_pb2 import FeatureDecayLossParameter
from blobnet.proto.forks_pb2 import DSALossParameter
from blobnet.proto.forks_pb2 import LiftedStructSimilaritySoftmaxLossParameter
from blobnet.proto.forks_pb2 import AttPoolingParameter
from blobnet.proto.forks_pb2 import ReNetLSTMParameter
from blobnet.proto.forks_pb2 import PoolingNDParameter
from blobnet.proto.forks_pb2 import APLParameter
from blobnet.proto.forks_pb2 import CharbonnierLossParameter
from blobnet.proto.forks_pb2 import SSIMLossParameter
from blobnet.proto.forks_pb2 import FlowTransformerParameter
from blobnet.proto.forks_pb2 import MultiFrameDataParameter
from blobnet.proto.forks_pb2 import ColorConvParameter
from blobnet.proto.forks_pb2 import MergeDataParameter
from blobnet.proto.forks_pb2 import DialParameter
from blobnet.proto.forks_pb2 import JfdaLossParameter
from blobnet.proto.forks_pb2 import DenseCRFMapParameter
from blobnet.proto.forks_pb2 import DivisionParameter
from blobnet.proto.forks_pb2 import CombinationParameter
from blobnet.proto.forks_pb2 import AUMaskBasedLandParameter
from blobnet.proto.forks_pb2 import LSTMConvolutionParameter
from blobnet.proto.forks_pb2 import LSTMDebugParameter
from blobnet.proto.forks_pb2 import LstmParameter
from blobnet.proto.forks_pb2 import NormL2Parameter
from blobnet.proto.forks_pb2 import RankHardLossParameter
from blobnet.proto.forks_pb2 import SmoothMarginInnerProductParameter
from blobnet.proto.forks_pb2 import FlipParameter
from blobnet.proto.forks_pb2 import FocalLossParameter
from blobnet.proto.forks_pb2 import GeneralContrastiveParameter
from blobnet.proto.forks_pb2 import GeneralTripletParameter
from blobnet.proto.forks_pb2 import HotspotParameter
from blobnet.proto.forks_pb2 import InfimumLossParamter
from blobnet.proto.forks_pb2 import InnerDistanceParameter
from blobnet.proto.forks_pb2 import InnerProductBlobParameter
from blobnet.proto.forks_pb2 import InsanityParameter
from blobnet.proto.forks_pb2 import LabelsequenceAccuracyParameter
from blobnet.proto.forks_pb2 import LabelSpecificAddParameter
from blobnet.proto.forks_pb2 import LabelSpecificAffineParameter
from blobnet.proto.forks_pb2 import LabelSpecificHardMarginParameter
from blobnet.proto.forks_pb2 import LabelSpecificMarginParameter
from blobnet.proto.forks_pb2 import LabelSpecificRescaleParameter
from blobnet.proto.forks_pb2 import LargeMarginInnerProductParameter
from blobnet.proto.forks_pb2 import LocalParameter
from blobnet.proto.forks_pb2 import LocLossParameter
from blobnet.proto.forks_pb2 import MarginInnerProductParameter
from blobnet.proto.forks_pb2 import MemoryOptimizationParameter
from blobnet.proto.forks_pb2 import MILDataParameter
from blobnet.proto.forks_pb2 import MILParameter
from blobnet.proto.forks_pb2 import ModulatedDeformableConvolutionParameter
from blobnet.proto.forks_pb2 import NCAParameter
from blobnet.proto.forks_pb2 import GeometryParameter
from blobnet.proto.forks_pb2 import NoiseParameter
from blobnet.proto.forks_pb2 import NormalizeFeaturesParameter
from blobnet.proto.forks_pb2 import OrdinalRegressionParameter
from blobnet.proto.forks_pb2 import PadParameter
from blobnet.proto.forks_pb2 import PairwiseParameter
from blobnet.proto.forks_pb2 import PowerFileParameter
from blobnet.proto.forks_pb2 import RotateROIPoolingParameter
from blobnet.proto.forks_pb2 import ReLU6Parameter
from blobnet.proto.forks_pb2 import ResizeParameter
from blobnet.proto.forks_pb2 import ReverseParameter
from blobnet.proto.forks_pb2 import SegDataParameter
from blobnet.proto.forks_pb2 import SeLuDropoutParameter
from blobnet.proto.forks_pb2 import SeLuParameter
from blobnet.proto.forks_pb2 import ShuffleChannelParameter
from blobnet.proto.forks_pb2 import SmoothL1Parameter
from blobnet.proto.forks_pb2 import SoftContrastiveParameter
from blobnet.proto.forks_pb2 import SoftTruncationParameter
from blobnet.proto.forks_pb2 import SpatialTransformerParameter
from blobnet.proto.forks_pb2 import STLossParameter
from blobnet.proto.forks_pb2 import SubRegionParameter
from blobnet.proto.forks_pb2 import TransposeParameter
from blobnet.proto.forks_pb2 import TripletLossParameter
from blobnet.proto.forks_pb2 import TruncationParameter
from blobnet.proto.forks_pb2 import AccumParameter
from blobnet.proto.forks_pb2 import AugmentationParameter
from blobnet.proto.forks_pb2 import BlackAugmentationParameter
from blobnet.proto.forks_pb2 import CoeffScheduleParameter
from blobnet.proto.forks_pb2 import CorrelationParameter
from blobnet.proto.forks_pb2 import DownsampleParameter
from blobnet.proto.forks_pb2 import FlowWarpParameter
from blobnet.proto.forks_pb2 import L1LossParameter
from blobnet.proto.forks_pb2 import LpqLossParameter
from blobnet.proto.forks_pb2 import MeanParameter
from blobnet.proto.forks_pb2 import RandomGeneratorParameter
from blobnet.proto.forks_pb2 import ReaderParameter
from blobnet.proto.forks_pb2 import ResampleParameter
from blobnet.proto.forks_pb2 import WriterParameter
from blobnet.proto.forks_pb2 import Convolution3DParameter
from blobnet.proto.forks_pb2 import DownSamplingParameter
from blobnet.proto.forks_pb2 import Pooling3DParameter
from blobnet.proto.forks_pb2 import AffinityParameter
from blobnet.proto.forks_pb2 import CompileNetState
from blobnet.proto.forks_pb2 import DeephiResizeParameter
from blobnet.proto.forks_pb2 import DenseboxMapEvaluationParameter
from blobnet.proto.forks_pb2 import DetectNetAugmentationParameter
from blobnet.proto.forks_pb2 import DetectNetGroundTruthParameter
from blobnet.proto.forks_pb2 import DriveDataParameter
from blobnet.proto.forks_pb2 import FixedParameter
from blobnet.proto.forks_pb2 import GSTilingParameter
from blobnet.proto.forks_pb2 import MergeCropParameter
from blobnet.proto.forks_pb2 import MnActivationParameter
from blobnet.proto.forks_pb2 import MnModelParallelParameter
from blobnet.proto.forks_pb2 import MnParamGradCompressLayerTypeList
from blobnet.proto.forks_pb2 import MnParamGradCompressParameter
from blobnet.proto.forks_pb2 import MultinodeLayerParameter
from blobnet.proto.forks_pb2 import MultinodeParameter
from blobnet.proto.forks_pb2 import MultinodeSolverParameter
from blobnet.proto.forks_pb2 import QuantizationParameter
from blobnet.proto.forks_pb2 import QuantizerParameter
from blobnet.proto.forks_pb2 import RandomAspectRatioParameter
from blobnet.proto.forks_pb2 import RandomResizeParameter
from blobnet.proto.forks_pb2 import RemoteDataParameter
from blobnet.proto.forks_pb2 import ReshapeLabelParameter
from blobnet.proto.forks_pb2 import SpatialDropoutParameter
from blobnet.proto.forks_pb2 import SplitParameter
from blobnet.proto.forks_pb2 import TilingParameter
from blobnet.proto.forks_pb2 import SqueezeParameter
from blobnet.proto.forks_pb2 import TRTParameter
from blobnet.proto.forks_pb2 import YoloEvalDetectionParameter
from blobnet.proto.forks_pb2 import BatchToSpaceNDParameter
from blobnet.proto.forks_pb2 import DepthToSpaceParameter
from blobnet.proto.forks_pb2 import FilterParameter
from blobnet.proto.forks_pb2 import ExpandDimsNDParameter
from blobnet.proto.forks_pb2 import ResizeBilinearParameter
from blobnet.proto.forks_pb2 import ResizeNearestNeighborParameter
from blobnet.proto.forks_pb2 import SpaceToBatchNDParameter
from blobnet.proto.forks_pb2 import UnstackParameter
from blobnet.proto.forks_pb2 import UpsampleDarknetParameter
from blobnet.proto.forks_pb2 import QuantParameter
from blobnet.proto.forks_pb2 import BinaryConvolutionParameter
from blobnet.proto.forks_pb2 import BinaryInnerProductParameter
from blobnet.proto.forks_pb2 import SpatialSoftmaxParameter
from blobnet.proto.forks_pb2 import TripletRankLossParameter
from blobnet.proto.forks_pb2 import MaskOutputsParameter
from blobnet.proto.forks_pb2 import EuclideanWeightedLossParameter
from blobnet.proto.forks_pb2 import CosinAddmParameter
from blobnet.proto.forks_pb2 import CombinedMarginParameter
from blobnet.proto.forks_pb2 import AdaCosAddmScaleParameter
from blobnet.proto.shared_pb2 import BlobShape
from blobnet.proto.shared_pb2 import Datum
from blobnet.proto.shared_pb2 import FillerParameter
from blobnet.proto.shared_pb2 import ReductionParameter
DESCRIPTOR: _descriptor.FileDescriptor
TEST: Phase
TRAIN: Phase

class AccuracyParameter(_message.Message):
    __slots__ = ["axis", "ignore_label", "min_is_better", "top_k"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    MIN_IS_BETTER_FIELD_NUMBER: _ClassVar[int]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    axis: int
    ignore_label: int
    min_is_better: bool
    top_k: int
    def __init__(self, top_k: _Optional[int] = ..., axis: _Optional[int] = ..., ignore_label: _Optional[int] = ..., min_is_better: bool = ...) -> None: ...

class ArgMaxParameter(_message.Message):
    __slots__ = ["axis", "out_max_val", "top_k"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    OUT_MAX_VAL_FIELD_NUMBER: _ClassVar[int]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    axis: int
    out_max_val: bool
    top_k: int
    def __init__(self, out_max_val: bool = ..., top_k: _Optional[int] = ..., axis: _Optional[int] = ...) -> None: ...

class BatchNormParameter(_message.Message):
    __slots__ = ["add_eps_before_sqrt", "bias_filler", "bias_term", "disable_mean", "disable_variance", "engine", "eps", "filler", "fused_relu", "icnet", "moving_average_fraction", "relu", "scale_bias", "scale_filler", "stats_batch_size", "update_global_stats", "use_global_stats", "use_weight_bias"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ADD_EPS_BEFORE_SQRT_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    CAFFE: BatchNormParameter.Engine
    CUDNN: BatchNormParameter.Engine
    DEFAULT: BatchNormParameter.Engine
    DISABLE_MEAN_FIELD_NUMBER: _ClassVar[int]
    DISABLE_VARIANCE_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    EPS_FIELD_NUMBER: _ClassVar[int]
    FILLER_FIELD_NUMBER: _ClassVar[int]
    FUSED_RELU_FIELD_NUMBER: _ClassVar[int]
    ICNET_FIELD_NUMBER: _ClassVar[int]
    MKL2017: BatchNormParameter.Engine
    MKLDNN: BatchNormParameter.Engine
    MOVING_AVERAGE_FRACTION_FIELD_NUMBER: _ClassVar[int]
    RELU_FIELD_NUMBER: _ClassVar[int]
    SCALE_BIAS_FIELD_NUMBER: _ClassVar[int]
    SCALE_FILLER_FIELD_NUMBER: _ClassVar[int]
    STATS_BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    UPDATE_GLOBAL_STATS_FIELD_NUMBER: _ClassVar[int]
    USE_GLOBAL_STATS_FIELD_NUMBER: _ClassVar[int]
    USE_WEIGHT_BIAS_FIELD_NUMBER: _ClassVar[int]
    add_eps_before_sqrt: bool
    bias_filler: _shared_pb2.FillerParameter
    bias_term: bool
    disable_mean: bool
    disable_variance: bool
    engine: BatchNormParameter.Engine
    eps: float
    filler: _shared_pb2.FillerParameter
    fused_relu: bool
    icnet: bool
    moving_average_fraction: float
    relu: bool
    scale_bias: bool
    scale_filler: _shared_pb2.FillerParameter
    stats_batch_size: int
    update_global_stats: bool
    use_global_stats: bool
    use_weight_bias: bool
    def __init__(self, use_global_stats: bool = ..., moving_average_fraction: _Optional[float] = ..., eps: _Optional[float] = ..., update_global_stats: bool = ..., disable_mean: bool = ..., disable_variance: bool = ..., scale_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., engine: _Optional[_Union[BatchNormParameter.Engine, str]] = ..., use_weight_bias: bool = ..., bias_term: bool = ..., filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., stats_batch_size: _Optional[int] = ..., relu: bool = ..., scale_bias: bool = ..., fused_relu: bool = ..., add_eps_before_sqrt: bool = ..., icnet: bool = ...) -> None: ...

class BiasParameter(_message.Message):
    __slots__ = ["axis", "filler", "num_axes"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    FILLER_FIELD_NUMBER: _ClassVar[int]
    NUM_AXES_FIELD_NUMBER: _ClassVar[int]
    axis: int
    filler: _shared_pb2.FillerParameter
    num_axes: int
    def __init__(self, axis: _Optional[int] = ..., num_axes: _Optional[int] = ..., filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ...) -> None: ...

class BlobProto(_message.Message):
    __slots__ = ["channels", "data", "data_type", "diff", "double_data", "double_diff", "double_mask", "format", "height", "length", "mask", "num", "packed_data", "packed_diff", "raw_data", "raw_data_type", "raw_diff", "raw_diff_type", "shape", "shape_stride", "width"]
    class Type(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BOOL: BlobProto.Type
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    DIFF_FIELD_NUMBER: _ClassVar[int]
    DOUBLE: BlobProto.Type
    DOUBLE_DATA_FIELD_NUMBER: _ClassVar[int]
    DOUBLE_DIFF_FIELD_NUMBER: _ClassVar[int]
    DOUBLE_MASK_FIELD_NUMBER: _ClassVar[int]
    FLOAT: BlobProto.Type
    FLOAT16: BlobProto.Type
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    INT: BlobProto.Type
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    MASK_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    PACKED_DATA_FIELD_NUMBER: _ClassVar[int]
    PACKED_DIFF_FIELD_NUMBER: _ClassVar[int]
    RAW_DATA_FIELD_NUMBER: _ClassVar[int]
    RAW_DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    RAW_DIFF_FIELD_NUMBER: _ClassVar[int]
    RAW_DIFF_TYPE_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    SHAPE_STRIDE_FIELD_NUMBER: _ClassVar[int]
    UINT: BlobProto.Type
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    channels: int
    data: _containers.RepeatedScalarFieldContainer[float]
    data_type: _forks_pb2.QuantizerParameter.DataType
    diff: _containers.RepeatedScalarFieldContainer[float]
    double_data: _containers.RepeatedScalarFieldContainer[float]
    double_diff: _containers.RepeatedScalarFieldContainer[float]
    double_mask: _containers.RepeatedScalarFieldContainer[float]
    format: int
    height: int
    length: int
    mask: _containers.RepeatedScalarFieldContainer[float]
    num: int
    packed_data: bytes
    packed_diff: bytes
    raw_data: bytes
    raw_data_type: BlobProto.Type
    raw_diff: bytes
    raw_diff_type: BlobProto.Type
    shape: _shared_pb2.BlobShape
    shape_stride: _shared_pb2.BlobShape
    width: int
    def __init__(self, shape: _Optional[_Union[_shared_pb2.BlobShape, _Mapping]] = ..., data: _Optional[_Iterable[float]] = ..., diff: _Optional[_Iterable[float]] = ..., double_data: _Optional[_Iterable[float]] = ..., double_diff: _Optional[_Iterable[float]] = ..., num: _Optional[int] = ..., channels: _Optional[int] = ..., height: _Optional[int] = ..., width: _Optional[int] = ..., length: _Optional[int] = ..., raw_data_type: _Optional[_Union[BlobProto.Type, str]] = ..., raw_diff_type: _Optional[_Union[BlobProto.Type, str]] = ..., raw_data: _Optional[bytes] = ..., raw_diff: _Optional[bytes] = ..., data_type: _Optional[_Union[_forks_pb2.QuantizerParameter.DataType, str]] = ..., shape_stride: _Optional[_Union[_shared_pb2.BlobShape, _Mapping]] = ..., packed_data: _Optional[bytes] = ..., packed_diff: _Optional[bytes] = ..., mask: _Optional[_Iterable[float]] = ..., double_mask: _Optional[_Iterable[float]] = ..., format: _Optional[int] = ...) -> None: ...

class BlobProtoVector(_message.Message):
    __slots__ = ["blobs"]
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    blobs: _containers.RepeatedCompositeFieldContainer[BlobProto]
    def __init__(self, blobs: _Optional[_Iterable[_Union[BlobProto, _Mapping]]] = ...) -> None: ...

class BlockGroupLassoSpec(_message.Message):
    __slots__ = ["block_decay_mult", "xdimen", "ydimen"]
    BLOCK_DECAY_MULT_FIELD_NUMBER: _ClassVar[int]
    XDIMEN_FIELD_NUMBER: _ClassVar[int]
    YDIMEN_FIELD_NUMBER: _ClassVar[int]
    block_decay_mult: float
    xdimen: int
    ydimen: int
    def __init__(self, xdimen: _Optional[int] = ..., ydimen: _Optional[int] = ..., block_decay_mult: _Optional[float] = ...) -> None: ...

class ClipParameter(_message.Message):
    __slots__ = ["max", "min"]
    MAX_FIELD_NUMBER: _ClassVar[int]
    MIN_FIELD_NUMBER: _ClassVar[int]
    max: float
    min: float
    def __init__(self, min: _Optional[float] = ..., max: _Optional[float] = ...) -> None: ...

class CoSDataParameter(_message.Message):
    __slots__ = ["batch_size", "dataframe_format", "shuffle", "source", "top"]
    class DataType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class TopBlob(_message.Message):
        __slots__ = ["channels", "height", "name", "out_channels", "out_height", "out_width", "sample_num_axes", "transform_param", "transpose", "type", "width"]
        CHANNELS_FIELD_NUMBER: _ClassVar[int]
        HEIGHT_FIELD_NUMBER: _ClassVar[int]
        NAME_FIELD_NUMBER: _ClassVar[int]
        OUT_CHANNELS_FIELD_NUMBER: _ClassVar[int]
        OUT_HEIGHT_FIELD_NUMBER: _ClassVar[int]
        OUT_WIDTH_FIELD_NUMBER: _ClassVar[int]
        SAMPLE_NUM_AXES_FIELD_NUMBER: _ClassVar[int]
        TRANSFORM_PARAM_FIELD_NUMBER: _ClassVar[int]
        TRANSPOSE_FIELD_NUMBER: _ClassVar[int]
        TYPE_FIELD_NUMBER: _ClassVar[int]
        WIDTH_FIELD_NUMBER: _ClassVar[int]
        channels: int
        height: int
        name: str
        out_channels: int
        out_height: int
        out_width: int
        sample_num_axes: int
        transform_param: TransformationParameter
        transpose: bool
        type: CoSDataParameter.DataType
        width: int
        def __init__(self, name: _Optional[str] = ..., type: _Optional[_Union[CoSDataParameter.DataType, str]] = ..., channels: _Optional[int] = ..., height: _Optional[int] = ..., width: _Optional[int] = ..., sample_num_axes: _Optional[int] = ..., transform_param: _Optional[_Union[TransformationParameter, _Mapping]] = ..., out_channels: _Optional[int] = ..., out_height: _Optional[int] = ..., out_width: _Optional[int] = ..., transpose: bool = ...) -> None: ...
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    DATAFRAME_FORMAT_FIELD_NUMBER: _ClassVar[int]
    ENCODED_IMAGE: CoSDataParameter.DataType
    ENCODED_IMAGE_WITH_DIM: CoSDataParameter.DataType
    FLOAT: CoSDataParameter.DataType
    FLOAT_ARRAY: CoSDataParameter.DataType
    INT: CoSDataParameter.DataType
    INT_ARRAY: CoSDataParameter.DataType
    RAW_IMAGE: CoSDataParameter.DataType
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    STRING: CoSDataParameter.DataType
    TOP_FIELD_NUMBER: _ClassVar[int]
    batch_size: int
    dataframe_format: str
    shuffle: bool
    source: str
    top: _containers.RepeatedCompositeFieldContainer[CoSDataParameter.TopBlob]
    def __init__(self, source: _Optional[str] = ..., batch_size: _Optional[int] = ..., shuffle: bool = ..., dataframe_format: _Optional[str] = ..., top: _Optional[_Iterable[_Union[CoSDataParameter.TopBlob, _Mapping]]] = ...) -> None: ...

class ConcatParameter(_message.Message):
    __slots__ = ["axis", "concat_dim", "engine", "per_fla_fuse"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AXIS_FIELD_NUMBER: _ClassVar[int]
    CAFFE: ConcatParameter.Engine
    CONCAT_DIM_FIELD_NUMBER: _ClassVar[int]
    DEFAULT: ConcatParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    MKL2017: ConcatParameter.Engine
    MKLDNN: ConcatParameter.Engine
    PER_FLA_FUSE_FIELD_NUMBER: _ClassVar[int]
    axis: int
    concat_dim: int
    engine: ConcatParameter.Engine
    per_fla_fuse: bool
    def __init__(self, axis: _Optional[int] = ..., concat_dim: _Optional[int] = ..., per_fla_fuse: bool = ..., engine: _Optional[_Union[ConcatParameter.Engine, str]] = ...) -> None: ...

class ContrastiveLossParameter(_message.Message):
    __slots__ = ["legacy_version", "margin"]
    LEGACY_VERSION_FIELD_NUMBER: _ClassVar[int]
    MARGIN_FIELD_NUMBER: _ClassVar[int]
    legacy_version: bool
    margin: float
    def __init__(self, margin: _Optional[float] = ..., legacy_version: bool = ...) -> None: ...

class ConvolutionParameter(_message.Message):
    __slots__ = ["axis", "bias_filler", "bias_term", "coeff", "conv_algorithm", "conv_algos_override", "conv_mode", "cudnn_convolution_algo_seeker", "dilation", "dilation_h", "dilation_w", "dump_activation", "dump_parameter", "eltwise_param", "engine", "filter_group", "filter_stride", "filter_stride_h", "filter_stride_w", "force_nd_im2col", "fuse_type", "fusion_type", "group", "hole", "hole_h", "hole_w", "kernel_depth", "kernel_h", "kernel_shape", "kernel_size", "kernel_w", "negative_slope", "num_output", "pad", "pad_b", "pad_h", "pad_l", "pad_r", "pad_shape", "pad_t", "pad_type", "pad_w", "parameter_sparsity_pattern_histogram", "relu", "relu_param", "shape_offset", "stride", "stride_h", "stride_shape", "stride_w", "temporal_pad", "temporal_stride", "weight_filler"]
    class ConvMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class CuDNNConvolutionAlgorithmSeeker(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class FuseType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class FusionType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    CAFFE: ConvolutionParameter.Engine
    COEFF_FIELD_NUMBER: _ClassVar[int]
    CONV_ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    CONV_ALGOS_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    CONV_MODE_FIELD_NUMBER: _ClassVar[int]
    CUDNN: ConvolutionParameter.Engine
    CUDNN_CONVOLUTION_ALGO_SEEKER_FIELD_NUMBER: _ClassVar[int]
    DEFAULT: ConvolutionParameter.Engine
    DILATION_FIELD_NUMBER: _ClassVar[int]
    DILATION_H_FIELD_NUMBER: _ClassVar[int]
    DILATION_W_FIELD_NUMBER: _ClassVar[int]
    DIRECT_DCONV: ConvolutionParameter.ConvMode
    DIRECT_SCONV: ConvolutionParameter.ConvMode
    DUMP_ACTIVATION_FIELD_NUMBER: _ClassVar[int]
    DUMP_PARAMETER_FIELD_NUMBER: _ClassVar[int]
    ELTWISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    FFT: ConvolutionParameter.Engine
    FILTER_GROUP_FIELD_NUMBER: _ClassVar[int]
    FILTER_STRIDE_FIELD_NUMBER: _ClassVar[int]
    FILTER_STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    FILTER_STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    FINDEX: ConvolutionParameter.CuDNNConvolutionAlgorithmSeeker
    FORCE_ND_IM2COL_FIELD_NUMBER: _ClassVar[int]
    FUSED_CONV_ELTWISE_RELU: ConvolutionParameter.FuseType
    FUSED_CONV_MAX_POOLING_RELU: ConvolutionParameter.FuseType
    FUSED_CONV_RELU: ConvolutionParameter.FuseType
    FUSE_TYPE_FIELD_NUMBER: _ClassVar[int]
    FUSION_TYPE_FIELD_NUMBER: _ClassVar[int]
    GET: ConvolutionParameter.CuDNNConvolutionAlgorithmSeeker
    GROUP_FIELD_NUMBER: _ClassVar[int]
    HOLE_FIELD_NUMBER: _ClassVar[int]
    HOLE_H_FIELD_NUMBER: _ClassVar[int]
    HOLE_W_FIELD_NUMBER: _ClassVar[int]
    INTEL_SPATIAL: ConvolutionParameter.Engine
    KERNEL_DEPTH_FIELD_NUMBER: _ClassVar[int]
    KERNEL_H_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SHAPE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_W_FIELD_NUMBER: _ClassVar[int]
    LIBDNN: ConvolutionParameter.Engine
    LOWERED_CCNMM: ConvolutionParameter.ConvMode
    LOWERED_CSRMM: ConvolutionParameter.ConvMode
    LOWERED_GEMM: ConvolutionParameter.ConvMode
    MKL2017: ConvolutionParameter.Engine
    MKLDNN: ConvolutionParameter.Engine
    NEGATIVE_SLOPE_FIELD_NUMBER: _ClassVar[int]
    NONE_FUSION: ConvolutionParameter.FusionType
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    PAD_B_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    PAD_H_FIELD_NUMBER: _ClassVar[int]
    PAD_L_FIELD_NUMBER: _ClassVar[int]
    PAD_R_FIELD_NUMBER: _ClassVar[int]
    PAD_SHAPE_FIELD_NUMBER: _ClassVar[int]
    PAD_TYPE_FIELD_NUMBER: _ClassVar[int]
    PAD_T_FIELD_NUMBER: _ClassVar[int]
    PAD_W_FIELD_NUMBER: _ClassVar[int]
    PARAMETER_SPARSITY_PATTERN_HISTOGRAM_FIELD_NUMBER: _ClassVar[int]
    RELU_FIELD_NUMBER: _ClassVar[int]
    RELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    SHAPE_OFFSET_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    STRIDE_SHAPE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    SUM_FUSION: ConvolutionParameter.FusionType
    TEMPORAL_PAD_FIELD_NUMBER: _ClassVar[int]
    TEMPORAL_STRIDE_FIELD_NUMBER: _ClassVar[int]
    UNFUSED: ConvolutionParameter.FuseType
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    axis: int
    bias_filler: _shared_pb2.FillerParameter
    bias_term: bool
    coeff: _containers.RepeatedScalarFieldContainer[float]
    conv_algorithm: str
    conv_algos_override: str
    conv_mode: ConvolutionParameter.ConvMode
    cudnn_convolution_algo_seeker: ConvolutionParameter.CuDNNConvolutionAlgorithmSeeker
    dilation: _containers.RepeatedScalarFieldContainer[int]
    dilation_h: int
    dilation_w: int
    dump_activation: bool
    dump_parameter: bool
    eltwise_param: EltwiseParameter
    engine: ConvolutionParameter.Engine
    filter_group: int
    filter_stride: int
    filter_stride_h: int
    filter_stride_w: int
    force_nd_im2col: bool
    fuse_type: ConvolutionParameter.FuseType
    fusion_type: ConvolutionParameter.FusionType
    group: int
    hole: int
    hole_h: int
    hole_w: int
    kernel_depth: int
    kernel_h: int
    kernel_shape: _shared_pb2.BlobShape
    kernel_size: _containers.RepeatedScalarFieldContainer[int]
    kernel_w: int
    negative_slope: float
    num_output: int
    pad: _containers.RepeatedScalarFieldContainer[int]
    pad_b: int
    pad_h: int
    pad_l: int
    pad_r: int
    pad_shape: _shared_pb2.BlobShape
    pad_t: int
    pad_type: int
    pad_w: int
    parameter_sparsity_pattern_histogram: bool
    relu: bool
    relu_param: ReLUParameter
    shape_offset: _containers.RepeatedScalarFieldContainer[int]
    stride: _containers.RepeatedScalarFieldContainer[int]
    stride_h: int
    stride_shape: _shared_pb2.BlobShape
    stride_w: int
    temporal_pad: int
    temporal_stride: int
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., bias_term: bool = ..., pad: _Optional[_Iterable[int]] = ..., kernel_size: _Optional[_Iterable[int]] = ..., stride: _Optional[_Iterable[int]] = ..., dilation: _Optional[_Iterable[int]] = ..., pad_h: _Optional[int] = ..., pad_w: _Optional[int] = ..., kernel_h: _Optional[int] = ..., kernel_w: _Optional[int] = ..., stride_h: _Optional[int] = ..., stride_w: _Optional[int] = ..., group: _Optional[int] = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., engine: _Optional[_Union[ConvolutionParameter.Engine, str]] = ..., axis: _Optional[int] = ..., force_nd_im2col: bool = ..., hole: _Optional[int] = ..., hole_h: _Optional[int] = ..., hole_w: _Optional[int] = ..., filter_stride: _Optional[int] = ..., filter_stride_h: _Optional[int] = ..., filter_stride_w: _Optional[int] = ..., dilation_h: _Optional[int] = ..., dilation_w: _Optional[int] = ..., cudnn_convolution_algo_seeker: _Optional[_Union[ConvolutionParameter.CuDNNConvolutionAlgorithmSeeker, str]] = ..., shape_offset: _Optional[_Iterable[int]] = ..., kernel_depth: _Optional[int] = ..., temporal_stride: _Optional[int] = ..., filter_group: _Optional[int] = ..., temporal_pad: _Optional[int] = ..., relu: bool = ..., negative_slope: _Optional[float] = ..., conv_algorithm: _Optional[str] = ..., coeff: _Optional[_Iterable[float]] = ..., fusion_type: _Optional[_Union[ConvolutionParameter.FusionType, str]] = ..., conv_algos_override: _Optional[str] = ..., fuse_type: _Optional[_Union[ConvolutionParameter.FuseType, str]] = ..., eltwise_param: _Optional[_Union[EltwiseParameter, _Mapping]] = ..., relu_param: _Optional[_Union[ReLUParameter, _Mapping]] = ..., pad_l: _Optional[int] = ..., pad_r: _Optional[int] = ..., pad_t: _Optional[int] = ..., pad_b: _Optional[int] = ..., pad_type: _Optional[int] = ..., conv_mode: _Optional[_Union[ConvolutionParameter.ConvMode, str]] = ..., dump_parameter: bool = ..., dump_activation: bool = ..., parameter_sparsity_pattern_histogram: bool = ..., pad_shape: _Optional[_Union[_shared_pb2.BlobShape, _Mapping]] = ..., kernel_shape: _Optional[_Union[_shared_pb2.BlobShape, _Mapping]] = ..., stride_shape: _Optional[_Union[_shared_pb2.BlobShape, _Mapping]] = ...) -> None: ...

class CropParameter(_message.Message):
    __slots__ = ["axis", "offset"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    axis: int
    offset: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, axis: _Optional[int] = ..., offset: _Optional[_Iterable[int]] = ...) -> None: ...

class DataParameter(_message.Message):
    __slots__ = ["backend", "batch_size", "block_size", "cache", "crop_size", "disk_reader_threads", "encoding", "force_encoded_color", "get_mirror_crop", "huge_video_dataset", "limit_samples", "mean_file", "mirror", "more_sources", "multi_gpu_testing", "parser_threads", "permute_every_iter", "precache", "prefetch", "preselection_file", "preselection_label", "rand_jump", "rand_permute", "rand_permute_order", "rand_permute_seed", "rand_skip", "range_end", "range_start", "scale", "show_data", "shuffle", "shuffle_buffer_size", "shuffle_pool_size", "side", "slice_point", "source", "subtract", "threads", "transform_param", "verbose"]
    class CHANNELENCODING(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class DB(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class RANDPERMORDER(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BACKEND_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    BLOCK_SIZE_FIELD_NUMBER: _ClassVar[int]
    BOOL1: DataParameter.CHANNELENCODING
    CACHE_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_FIELD_NUMBER: _ClassVar[int]
    DATUMFILE: DataParameter.DB
    DISK_READER_THREADS_FIELD_NUMBER: _ClassVar[int]
    ENCODING_FIELD_NUMBER: _ClassVar[int]
    FIRST_PERMUTE_THEN_RANGE: DataParameter.RANDPERMORDER
    FIRST_RANGE_THEN_PERMUTE: DataParameter.RANDPERMORDER
    FORCE_ENCODED_COLOR_FIELD_NUMBER: _ClassVar[int]
    GET_MIRROR_CROP_FIELD_NUMBER: _ClassVar[int]
    HUGE_VIDEO_DATASET_FIELD_NUMBER: _ClassVar[int]
    LEVELDB: DataParameter.DB
    LIMIT_SAMPLES_FIELD_NUMBER: _ClassVar[int]
    LMDB: DataParameter.DB
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    MORE_SOURCES_FIELD_NUMBER: _ClassVar[int]
    MULTI_GPU_TESTING_FIELD_NUMBER: _ClassVar[int]
    PARSER_THREADS_FIELD_NUMBER: _ClassVar[int]
    PERMUTE_EVERY_ITER_FIELD_NUMBER: _ClassVar[int]
    PRECACHE_FIELD_NUMBER: _ClassVar[int]
    PREFETCH_FIELD_NUMBER: _ClassVar[int]
    PRESELECTION_FILE_FIELD_NUMBER: _ClassVar[int]
    PRESELECTION_LABEL_FIELD_NUMBER: _ClassVar[int]
    RAND_JUMP_FIELD_NUMBER: _ClassVar[int]
    RAND_PERMUTE_FIELD_NUMBER: _ClassVar[int]
    RAND_PERMUTE_ORDER_FIELD_NUMBER: _ClassVar[int]
    RAND_PERMUTE_SEED_FIELD_NUMBER: _ClassVar[int]
    RAND_SKIP_FIELD_NUMBER: _ClassVar[int]
    RANGE_END_FIELD_NUMBER: _ClassVar[int]
    RANGE_START_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHOW_DATA_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_BUFFER_SIZE_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_POOL_SIZE_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    SLICE_POINT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SUBTRACT_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    UINT16FLOW: DataParameter.CHANNELENCODING
    UINT8: DataParameter.CHANNELENCODING
    VERBOSE_FIELD_NUMBER: _ClassVar[int]
    backend: DataParameter.DB
    batch_size: int
    block_size: int
    cache: bool
    crop_size: int
    disk_reader_threads: int
    encoding: _containers.RepeatedScalarFieldContainer[DataParameter.CHANNELENCODING]
    force_encoded_color: bool
    get_mirror_crop: bool
    huge_video_dataset: bool
    limit_samples: int
    mean_file: str
    mirror: bool
    more_sources: _containers.RepeatedScalarFieldContainer[str]
    multi_gpu_testing: bool
    parser_threads: int
    permute_every_iter: int
    precache: bool
    prefetch: int
    preselection_file: str
    preselection_label: int
    rand_jump: int
    rand_permute: bool
    rand_permute_order: DataParameter.RANDPERMORDER
    rand_permute_seed: int
    rand_skip: int
    range_end: int
    range_start: int
    scale: float
    show_data: int
    shuffle: bool
    shuffle_buffer_size: int
    shuffle_pool_size: int
    side: _containers.RepeatedScalarFieldContainer[int]
    slice_point: _containers.RepeatedScalarFieldContainer[int]
    source: str
    subtract: _containers.RepeatedScalarFieldContainer[float]
    threads: int
    transform_param: TransformationParameter
    verbose: bool
    def __init__(self, source: _Optional[str] = ..., batch_size: _Optional[int] = ..., rand_skip: _Optional[int] = ..., backend: _Optional[_Union[DataParameter.DB, str]] = ..., force_encoded_color: bool = ..., prefetch: _Optional[int] = ..., shuffle: bool = ..., scale: _Optional[float] = ..., mean_file: _Optional[str] = ..., crop_size: _Optional[int] = ..., mirror: bool = ..., side: _Optional[_Iterable[int]] = ..., shuffle_buffer_size: _Optional[int] = ..., shuffle_pool_size: _Optional[int] = ..., disk_reader_threads: _Optional[int] = ..., huge_video_dataset: bool = ..., limit_samples: _Optional[int] = ..., preselection_file: _Optional[str] = ..., preselection_label: _Optional[int] = ..., range_start: _Optional[int] = ..., range_end: _Optional[int] = ..., rand_permute: bool = ..., rand_permute_order: _Optional[_Union[DataParameter.RANDPERMORDER, str]] = ..., rand_permute_seed: _Optional[int] = ..., slice_point: _Optional[_Iterable[int]] = ..., encoding: _Optional[_Iterable[_Union[DataParameter.CHANNELENCODING, str]]] = ..., verbose: bool = ..., subtract: _Optional[_Iterable[float]] = ..., permute_every_iter: _Optional[int] = ..., block_size: _Optional[int] = ..., show_data: _Optional[int] = ..., threads: _Optional[int] = ..., parser_threads: _Optional[int] = ..., cache: bool = ..., precache: bool = ..., multi_gpu_testing: bool = ..., more_sources: _Optional[_Iterable[str]] = ..., get_mirror_crop: bool = ..., rand_jump: _Optional[int] = ..., transform_param: _Optional[_Union[TransformationParameter, _Mapping]] = ...) -> None: ...

class DropoutParameter(_message.Message):
    __slots__ = ["dropout_ratio", "engine", "random_seed", "sample_weights_test", "scale_train", "sqrt_scale"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CAFFE: DropoutParameter.Engine
    CUDNN: DropoutParameter.Engine
    DEFAULT: DropoutParameter.Engine
    DROPOUT_RATIO_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    RANDOM_SEED_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_WEIGHTS_TEST_FIELD_NUMBER: _ClassVar[int]
    SCALE_TRAIN_FIELD_NUMBER: _ClassVar[int]
    SQRT_SCALE_FIELD_NUMBER: _ClassVar[int]
    dropout_ratio: float
    engine: DropoutParameter.Engine
    random_seed: int
    sample_weights_test: bool
    scale_train: bool
    sqrt_scale: bool
    def __init__(self, dropout_ratio: _Optional[float] = ..., scale_train: bool = ..., sample_weights_test: bool = ..., sqrt_scale: bool = ..., engine: _Optional[_Union[DropoutParameter.Engine, str]] = ..., random_seed: _Optional[int] = ...) -> None: ...

class DummyDataParameter(_message.Message):
    __slots__ = ["channels", "data_filler", "height", "num", "shape", "width"]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    DATA_FILLER_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    channels: _containers.RepeatedScalarFieldContainer[int]
    data_filler: _containers.RepeatedCompositeFieldContainer[_shared_pb2.FillerParameter]
    height: _containers.RepeatedScalarFieldContainer[int]
    num: _containers.RepeatedScalarFieldContainer[int]
    shape: _containers.RepeatedCompositeFieldContainer[_shared_pb2.BlobShape]
    width: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, data_filler: _Optional[_Iterable[_Union[_shared_pb2.FillerParameter, _Mapping]]] = ..., shape: _Optional[_Iterable[_Union[_shared_pb2.BlobShape, _Mapping]]] = ..., num: _Optional[_Iterable[int]] = ..., channels: _Optional[_Iterable[int]] = ..., height: _Optional[_Iterable[int]] = ..., width: _Optional[_Iterable[int]] = ...) -> None: ...

class ELUParameter(_message.Message):
    __slots__ = ["alpha"]
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    LAMBDA_FIELD_NUMBER: _ClassVar[int]
    alpha: float
    def __init__(self, alpha: _Optional[float] = ..., **kwargs) -> None: ...

class EltwiseParameter(_message.Message):
    __slots__ = ["axis", "coeff", "coeff_blob", "engine", "operation", "stable_prod_grad"]
    class EltwiseOp(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AXIS_FIELD_NUMBER: _ClassVar[int]
    CAFFE: EltwiseParameter.Engine
    COEFF_BLOB_FIELD_NUMBER: _ClassVar[int]
    COEFF_FIELD_NUMBER: _ClassVar[int]
    DEFAULT: EltwiseParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    MAX: EltwiseParameter.EltwiseOp
    MKL2017: EltwiseParameter.Engine
    MKLDNN: EltwiseParameter.Engine
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    PROD: EltwiseParameter.EltwiseOp
    SORT: EltwiseParameter.EltwiseOp
    STABLE_PROD_GRAD_FIELD_NUMBER: _ClassVar[int]
    STOCHASTIC_SUM: EltwiseParameter.EltwiseOp
    SUM: EltwiseParameter.EltwiseOp
    axis: int
    coeff: _containers.RepeatedScalarFieldContainer[float]
    coeff_blob: bool
    engine: EltwiseParameter.Engine
    operation: EltwiseParameter.EltwiseOp
    stable_prod_grad: bool
    def __init__(self, operation: _Optional[_Union[EltwiseParameter.EltwiseOp, str]] = ..., coeff: _Optional[_Iterable[float]] = ..., stable_prod_grad: bool = ..., engine: _Optional[_Union[EltwiseParameter.Engine, str]] = ..., axis: _Optional[int] = ..., coeff_blob: bool = ...) -> None: ...

class EmbedParameter(_message.Message):
    __slots__ = ["bias_filler", "bias_term", "input_dim", "num_output", "weight_filler"]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    INPUT_DIM_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    bias_filler: _shared_pb2.FillerParameter
    bias_term: bool
    input_dim: int
    num_output: int
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., input_dim: _Optional[int] = ..., bias_term: bool = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ...) -> None: ...

class ExpParameter(_message.Message):
    __slots__ = ["base", "scale", "shift"]
    BASE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHIFT_FIELD_NUMBER: _ClassVar[int]
    base: float
    scale: float
    shift: float
    def __init__(self, base: _Optional[float] = ..., scale: _Optional[float] = ..., shift: _Optional[float] = ...) -> None: ...

class FlattenParameter(_message.Message):
    __slots__ = ["axis", "end_axis"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    END_AXIS_FIELD_NUMBER: _ClassVar[int]
    axis: int
    end_axis: int
    def __init__(self, axis: _Optional[int] = ..., end_axis: _Optional[int] = ...) -> None: ...

class HDF5DataParameter(_message.Message):
    __slots__ = ["batch_size", "shuffle", "source"]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    batch_size: int
    shuffle: bool
    source: str
    def __init__(self, source: _Optional[str] = ..., batch_size: _Optional[int] = ..., shuffle: bool = ...) -> None: ...

class HDF5OutputParameter(_message.Message):
    __slots__ = ["file_name"]
    FILE_NAME_FIELD_NUMBER: _ClassVar[int]
    file_name: str
    def __init__(self, file_name: _Optional[str] = ...) -> None: ...

class HingeLossParameter(_message.Message):
    __slots__ = ["norm"]
    class Norm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    L1: HingeLossParameter.Norm
    L2: HingeLossParameter.Norm
    NORM_FIELD_NUMBER: _ClassVar[int]
    norm: HingeLossParameter.Norm
    def __init__(self, norm: _Optional[_Union[HingeLossParameter.Norm, str]] = ...) -> None: ...

class ImageDataParameter(_message.Message):
    __slots__ = ["balance_by", "balance_class", "batch_size", "bicubic", "cache", "clip_max", "clip_min", "crop_size", "dataset_share_per_node", "face_mirror", "face_point_num", "face_transform", "has_label", "ignore_label", "is_color", "is_flow", "is_unchanged", "label", "label_count", "label_cut_end", "label_cut_start", "label_dim", "label_divide_factor", "label_num", "label_type", "max_aspect_ratio", "max_labels", "max_random_scale", "max_random_shift", "max_rotate_angle", "max_shear_ratio", "mean_file", "mean_value", "min_height", "min_random_scale", "min_width", "mirror", "new_dim", "new_height", "new_length", "new_width", "normalize", "num_truth_channels", "pair_size", "precache", "rand_skip", "root_folder", "sampling_rate", "scale", "short_side", "show_data", "shuffle", "source", "threads", "transform_param", "truth_scale", "use_byte_input", "use_image", "use_label", "use_temporal_jitter"]
    class LabelType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BALANCE_BY_FIELD_NUMBER: _ClassVar[int]
    BALANCE_CLASS_FIELD_NUMBER: _ClassVar[int]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    BBX: ImageDataParameter.LabelType
    BICUBIC_FIELD_NUMBER: _ClassVar[int]
    CACHE_FIELD_NUMBER: _ClassVar[int]
    CLIP_MAX_FIELD_NUMBER: _ClassVar[int]
    CLIP_MIN_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_FIELD_NUMBER: _ClassVar[int]
    DATASET_SHARE_PER_NODE_FIELD_NUMBER: _ClassVar[int]
    FACE_MIRROR_FIELD_NUMBER: _ClassVar[int]
    FACE_POINT_NUM_FIELD_NUMBER: _ClassVar[int]
    FACE_TRANSFORM_FIELD_NUMBER: _ClassVar[int]
    HAS_LABEL_FIELD_NUMBER: _ClassVar[int]
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    IMAGE: ImageDataParameter.LabelType
    IS_COLOR_FIELD_NUMBER: _ClassVar[int]
    IS_FLOW_FIELD_NUMBER: _ClassVar[int]
    IS_UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    LABEL_COUNT_FIELD_NUMBER: _ClassVar[int]
    LABEL_CUT_END_FIELD_NUMBER: _ClassVar[int]
    LABEL_CUT_START_FIELD_NUMBER: _ClassVar[int]
    LABEL_DIM_FIELD_NUMBER: _ClassVar[int]
    LABEL_DIVIDE_FACTOR_FIELD_NUMBER: _ClassVar[int]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    LABEL_NUM_FIELD_NUMBER: _ClassVar[int]
    LABEL_TYPE_FIELD_NUMBER: _ClassVar[int]
    MAX_ASPECT_RATIO_FIELD_NUMBER: _ClassVar[int]
    MAX_LABELS_FIELD_NUMBER: _ClassVar[int]
    MAX_RANDOM_SCALE_FIELD_NUMBER: _ClassVar[int]
    MAX_RANDOM_SHIFT_FIELD_NUMBER: _ClassVar[int]
    MAX_ROTATE_ANGLE_FIELD_NUMBER: _ClassVar[int]
    MAX_SHEAR_RATIO_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    MEAN_VALUE_FIELD_NUMBER: _ClassVar[int]
    MIN_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    MIN_RANDOM_SCALE_FIELD_NUMBER: _ClassVar[int]
    MIN_WIDTH_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    NEW_DIM_FIELD_NUMBER: _ClassVar[int]
    NEW_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEW_LENGTH_FIELD_NUMBER: _ClassVar[int]
    NEW_WIDTH_FIELD_NUMBER: _ClassVar[int]
    NONE: ImageDataParameter.LabelType
    NORMALIZE_FIELD_NUMBER: _ClassVar[int]
    NUM_TRUTH_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    PAIR_SIZE_FIELD_NUMBER: _ClassVar[int]
    PIXEL: ImageDataParameter.LabelType
    PRECACHE_FIELD_NUMBER: _ClassVar[int]
    RAND_SKIP_FIELD_NUMBER: _ClassVar[int]
    ROOT_FOLDER_FIELD_NUMBER: _ClassVar[int]
    SAMPLING_RATE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHORT_SIDE_FIELD_NUMBER: _ClassVar[int]
    SHOW_DATA_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    THREADS_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRUTH_SCALE_FIELD_NUMBER: _ClassVar[int]
    USE_BYTE_INPUT_FIELD_NUMBER: _ClassVar[int]
    USE_IMAGE_FIELD_NUMBER: _ClassVar[int]
    USE_LABEL_FIELD_NUMBER: _ClassVar[int]
    USE_TEMPORAL_JITTER_FIELD_NUMBER: _ClassVar[int]
    balance_by: int
    balance_class: bool
    batch_size: int
    bicubic: bool
    cache: bool
    clip_max: float
    clip_min: float
    crop_size: int
    dataset_share_per_node: float
    face_mirror: bool
    face_point_num: int
    face_transform: bool
    has_label: bool
    ignore_label: int
    is_color: bool
    is_flow: bool
    is_unchanged: bool
    label: bool
    label_count: int
    label_cut_end: int
    label_cut_start: int
    label_dim: int
    label_divide_factor: int
    label_num: int
    label_type: ImageDataParameter.LabelType
    max_aspect_ratio: float
    max_labels: int
    max_random_scale: float
    max_random_shift: int
    max_rotate_angle: float
    max_shear_ratio: float
    mean_file: str
    mean_value: float
    min_height: int
    min_random_scale: float
    min_width: int
    mirror: bool
    new_dim: int
    new_height: int
    new_length: int
    new_width: int
    normalize: bool
    num_truth_channels: int
    pair_size: int
    precache: bool
    rand_skip: int
    root_folder: str
    sampling_rate: int
    scale: float
    short_side: int
    show_data: int
    shuffle: bool
    source: str
    threads: int
    transform_param: TransformationParameter
    truth_scale: float
    use_byte_input: bool
    use_image: bool
    use_label: bool
    use_temporal_jitter: bool
    def __init__(self, source: _Optional[str] = ..., batch_size: _Optional[int] = ..., rand_skip: _Optional[int] = ..., shuffle: bool = ..., new_height: _Optional[int] = ..., new_width: _Optional[int] = ..., is_color: bool = ..., root_folder: _Optional[str] = ..., label_count: _Optional[int] = ..., scale: _Optional[float] = ..., mean_file: _Optional[str] = ..., crop_size: _Optional[int] = ..., mirror: bool = ..., label_divide_factor: _Optional[int] = ..., ignore_label: _Optional[int] = ..., label_type: _Optional[_Union[ImageDataParameter.LabelType, str]] = ..., has_label: bool = ..., max_labels: _Optional[int] = ..., face_transform: bool = ..., max_shear_ratio: _Optional[float] = ..., max_aspect_ratio: _Optional[float] = ..., max_rotate_angle: _Optional[float] = ..., min_random_scale: _Optional[float] = ..., max_random_scale: _Optional[float] = ..., max_random_shift: _Optional[int] = ..., face_mirror: bool = ..., face_point_num: _Optional[int] = ..., balance_class: bool = ..., balance_by: _Optional[int] = ..., label_cut_start: _Optional[int] = ..., label_cut_end: _Optional[int] = ..., new_length: _Optional[int] = ..., show_data: _Optional[int] = ..., use_image: bool = ..., sampling_rate: _Optional[int] = ..., use_label: bool = ..., use_temporal_jitter: bool = ..., mean_value: _Optional[float] = ..., num_truth_channels: _Optional[int] = ..., new_dim: _Optional[int] = ..., bicubic: bool = ..., use_byte_input: bool = ..., is_flow: bool = ..., truth_scale: _Optional[float] = ..., clip_min: _Optional[float] = ..., clip_max: _Optional[float] = ..., min_height: _Optional[int] = ..., min_width: _Optional[int] = ..., short_side: _Optional[int] = ..., threads: _Optional[int] = ..., cache: bool = ..., precache: bool = ..., dataset_share_per_node: _Optional[float] = ..., label_num: _Optional[int] = ..., is_unchanged: bool = ..., label_dim: _Optional[int] = ..., transform_param: _Optional[_Union[TransformationParameter, _Mapping]] = ..., pair_size: _Optional[int] = ..., normalize: bool = ..., label: bool = ...) -> None: ...

class InfogainLossParameter(_message.Message):
    __slots__ = ["axis", "source"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    axis: int
    source: str
    def __init__(self, source: _Optional[str] = ..., axis: _Optional[int] = ...) -> None: ...

class InnerProductParameter(_message.Message):
    __slots__ = ["axis", "bias_filler", "bias_term", "dump_activation", "dump_parameter", "engine", "gemm_mode", "negative_slope", "normalize", "num_output", "relu", "spmdm_transpose_in", "spmdm_transpose_out", "transpose", "weight_filler"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class GemmMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    CAFFE: InnerProductParameter.Engine
    CUDNN: InnerProductParameter.Engine
    DEFAULT: InnerProductParameter.Engine
    DUMP_ACTIVATION_FIELD_NUMBER: _ClassVar[int]
    DUMP_PARAMETER_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    GEMM: InnerProductParameter.GemmMode
    GEMM_MODE_FIELD_NUMBER: _ClassVar[int]
    MKLDNN: InnerProductParameter.Engine
    NEGATIVE_SLOPE_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    RELU_FIELD_NUMBER: _ClassVar[int]
    SPGEMM: InnerProductParameter.GemmMode
    SPMDM: InnerProductParameter.GemmMode
    SPMDM_TRANSPOSE_IN_FIELD_NUMBER: _ClassVar[int]
    SPMDM_TRANSPOSE_OUT_FIELD_NUMBER: _ClassVar[int]
    TRANSPOSE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    axis: int
    bias_filler: _shared_pb2.FillerParameter
    bias_term: bool
    dump_activation: bool
    dump_parameter: bool
    engine: InnerProductParameter.Engine
    gemm_mode: InnerProductParameter.GemmMode
    negative_slope: float
    normalize: bool
    num_output: int
    relu: bool
    spmdm_transpose_in: bool
    spmdm_transpose_out: bool
    transpose: bool
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., bias_term: bool = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., axis: _Optional[int] = ..., transpose: bool = ..., normalize: bool = ..., engine: _Optional[_Union[InnerProductParameter.Engine, str]] = ..., relu: bool = ..., negative_slope: _Optional[float] = ..., gemm_mode: _Optional[_Union[InnerProductParameter.GemmMode, str]] = ..., spmdm_transpose_in: bool = ..., spmdm_transpose_out: bool = ..., dump_parameter: bool = ..., dump_activation: bool = ...) -> None: ...

class InputParameter(_message.Message):
    __slots__ = ["channels", "height", "num", "shape", "width"]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NUM_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    channels: _containers.RepeatedScalarFieldContainer[int]
    height: _containers.RepeatedScalarFieldContainer[int]
    num: _containers.RepeatedScalarFieldContainer[int]
    shape: _containers.RepeatedCompositeFieldContainer[_shared_pb2.BlobShape]
    width: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, shape: _Optional[_Iterable[_Union[_shared_pb2.BlobShape, _Mapping]]] = ..., num: _Optional[_Iterable[int]] = ..., channels: _Optional[_Iterable[int]] = ..., height: _Optional[_Iterable[int]] = ..., width: _Optional[_Iterable[int]] = ...) -> None: ...

class LRNParameter(_message.Message):
    __slots__ = ["alpha", "beta", "engine", "fuse_type", "k", "local_size", "norm_region", "pooling_param", "unit_test_fuse_kernel", "unit_test_mode"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class FuseType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class NormRegion(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ACROSS_CHANNELS: LRNParameter.NormRegion
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    BETA_FIELD_NUMBER: _ClassVar[int]
    CAFFE: LRNParameter.Engine
    CUDNN: LRNParameter.Engine
    DEFAULT: LRNParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    FUSED_POOL_MAX: LRNParameter.FuseType
    FUSE_TYPE_FIELD_NUMBER: _ClassVar[int]
    K_FIELD_NUMBER: _ClassVar[int]
    LOCAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    MKL2017: LRNParameter.Engine
    MKLDNN: LRNParameter.Engine
    NORM_REGION_FIELD_NUMBER: _ClassVar[int]
    POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    UNFUSED: LRNParameter.FuseType
    UNIT_TEST_FUSE_KERNEL_FIELD_NUMBER: _ClassVar[int]
    UNIT_TEST_MODE_FIELD_NUMBER: _ClassVar[int]
    WITHIN_CHANNEL: LRNParameter.NormRegion
    alpha: float
    beta: float
    engine: LRNParameter.Engine
    fuse_type: LRNParameter.FuseType
    k: float
    local_size: int
    norm_region: LRNParameter.NormRegion
    pooling_param: PoolingParameter
    unit_test_fuse_kernel: bool
    unit_test_mode: bool
    def __init__(self, local_size: _Optional[int] = ..., alpha: _Optional[float] = ..., beta: _Optional[float] = ..., norm_region: _Optional[_Union[LRNParameter.NormRegion, str]] = ..., k: _Optional[float] = ..., engine: _Optional[_Union[LRNParameter.Engine, str]] = ..., fuse_type: _Optional[_Union[LRNParameter.FuseType, str]] = ..., pooling_param: _Optional[_Union[PoolingParameter, _Mapping]] = ..., unit_test_mode: bool = ..., unit_test_fuse_kernel: bool = ...) -> None: ...

class LayerParameter(_message.Message):
    __slots__ = ["accum_param", "accuracy_param", "adacos_add_m_scale_param", "adaptive_bias_channel_param", "affinity_param", "annotated_data_param", "apl_param", "argmax_param", "att_pooling_param", "au_mask_based_land_param", "augmentation_param", "autotune", "backward_math", "backward_type", "batch_contrastive_loss_param", "batch_norm_param", "batch_reduction_param", "batch_to_space_nd_param", "bbox_reg_param", "bias_channel_param", "bias_param", "bilinear_interpolation_param", "binary_convolution_param", "binary_inner_product_param", "black_augmentation_param", "blobs", "blobs_quantizer", "bn_param", "bnhk_param", "bottom", "bottom_data_type", "bottom_quantizer", "bottom_shared_index", "box_annotator_ohem_param", "box_group_output_param", "box_output_param", "censor_label_param", "center_loss_param", "channel_aggregator_param", "channel_scale_param", "charbonnier_loss_param", "clip_param", "coeff_schedule_param", "color_conv_param", "combination_param", "combined_margin_param", "compact_bilinear_param", "compute_data_type", "concat_param", "confidence_penalty_loss_param", "connectivity_mode", "continuation_indicator_param", "contrastive_loss_param", "convolution3d_param", "convolution_param", "correlation_param", "cos_data_param", "cosin_add_m_param", "cpm_transform_param", "crop_param", "ctc_decoder_param", "ctc_loss_param", "cudnn_batch_norm_param", "cudnn_math_override", "data_param", "debug", "decode_bbox_param", "deephi_resize_param", "deformable_convolution_param", "dense_crf_param", "dense_image_data_param", "denseblock_param", "densebox_map_evaluation_param", "densecrf_param", "depth_to_space_param", "detection_accuracy_param", "detection_data_param", "detection_evaluate_param", "detection_group_accuracy_param", "detection_group_loss_param", "detection_loss_param", "detection_output_param", "detectnet_augmentation_param", "detectnet_groundtruth_param", "device", "dial_param", "dice_coef_loss_param", "division_param", "domain_transform_param", "dominant_channel_param", "down_sampling_param", "downsample_param", "drive_data_param", "dropout_param", "dsa_loss_param", "dummy_data_param", "eltwise_accuracy_param", "eltwise_affine_param", "eltwise_param", "elu_param", "embed_param", "engine", "entropy_param", "euclidean_loss_param", "euclidean_weight_param", "eval_data_param", "eval_detection_param", "exclude", "exp_param", "expand_dims_nd_param", "fcn_data_param", "feature_decay_loss_param", "filter_param", "fixed_param", "flatten_param", "flip_param", "flow_transformer_param", "flow_warp_param", "focal_loss_param", "forward_math", "forward_type", "frcnn_output_param", "gain_channel_param", "general_contrastive_loss_param", "general_triplet_loss_param", "gradient_scaler_param", "gs_tiling_param", "guided_dropout_param", "hard_mining_param", "hdf5_data_param", "hdf5_output_param", "hinge_loss_param", "histogram_param", "hotspot_param", "human_att_data_param", "hypercolumns_param", "ignore_overlay_param", "image_data_param", "image_gt_data_param", "include", "infimum_loss_param", "infogain_loss_param", "inner_distance_param", "inner_product_blob_param", "inner_product_param", "input_param", "insanity_param", "interp_param", "jfda_loss_param", "jmmd_param", "l1_loss_param", "label_specific_add_param", "label_specific_affine_param", "label_specific_hard_margin_param", "label_specific_margin_param", "label_specific_rescale_param", "labeled_matching_param", "labelsequence_accuracy_param", "largemargin_inner_product_param", "lifted_struct_sim_softmax_loss_param", "loc_loss_param", "local_param", "log_param", "loss_param", "loss_weight", "lpq_loss_param", "lrn_param", "lstm_conv_param", "lstm_debug_param", "lstm_param", "margin_inner_product_param", "mask_outputs_param", "mask_resize_param", "mat_read_param", "mat_write_param", "mean_param", "memory_data_param", "merge_data_param", "mergecrop_param", "mil_data_param", "mil_param", "mmd_param", "mn_activation_param", "mn_grad_compress_param", "modulated_deformable_convolution_param", "moe_param", "multi_frame_data_param", "multi_stage_meanfield_param", "multibox_loss_param", "multinode", "mvn_param", "name", "nca_param", "net_quantizer", "nninterp_param", "noise_param", "norm_param", "normalize_param", "norml2_param", "onehot_param", "ordinal_regression_loss_param", "pad_param", "padding_param", "pairwise_param", "param", "parameter_param", "parse_evaluate_param", "permute_param", "phase", "pooling3d_param", "pooling_nd_param", "pooling_param", "power_file_param", "power_param", "predict_box_param", "prelu_param", "prior_box_param", "propagate_down", "proposal_param", "proposal_target_param", "psroi_pooling_param", "python_param", "quant_param", "quantization_param", "rank_param", "rankhard_loss_param", "reader_param", "recurrent_param", "reduction_param", "region_loss_param", "relu6_param", "relu_param", "remote_data_param", "renet_lstm_param", "reorg_param", "resample_param", "reshape_every_iter", "reshape_label_param", "reshape_param", "resize_bilinear_param", "resize_nearest_neighbor_param", "resize_param", "reverse_param", "rnn_param", "roi_pooling_param", "roi_warping_param", "rotate_pooling_param", "rrelu_param", "scale_param", "scale_route_param", "scale_tanh_param", "seg_accuracy_param", "seg_data_param", "segmentation_evaluate_param", "selu_dropout_param", "selu_param", "set_loss2_param", "shuffle_channel_param", "sigmoid_param", "slice_param", "smooth_l1_loss_param", "smooth_margin_inner_product_param", "smoothl1_param", "soft_contrastive_loss_param", "soft_truncation_param", "softmax_param", "softmaxloss_param", "source_class", "space_to_batch_nd_param", "sparsify_param", "spatial_dropout_param", "spatial_softmax_param", "split_param", "spp_param", "squeeze_param", "ssim_loss_param", "st_loss_param", "st_param", "strict_dim", "sub_region_param", "sum_pooling_param", "swish_param", "tanh_param", "threshold_param", "tile_param", "tiling_param", "top", "top_data_type", "top_quantizer", "top_shared_index", "transform_param", "transpose_param", "triplet_loss_param", "triplet_rank_loss_param", "trt_param", "truncation_param", "type", "unique_label_param", "unlabeled_matching_param", "unpooling_param", "unstack_param", "upsample_darknet_param", "upsample_param", "video_data_param", "window_data_param", "writer_param", "yolo_detection_output_param", "yolo_eval_detection_param", "yolo_seg_param", "yolov3_detection_output_param", "yolov3_param"]
    class ConnectivityMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ACCUM_PARAM_FIELD_NUMBER: _ClassVar[int]
    ACCURACY_PARAM_FIELD_NUMBER: _ClassVar[int]
    ADACOS_ADD_M_SCALE_PARAM_FIELD_NUMBER: _ClassVar[int]
    ADAPTIVE_BIAS_CHANNEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    AFFINITY_PARAM_FIELD_NUMBER: _ClassVar[int]
    ANNOTATED_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    APL_PARAM_FIELD_NUMBER: _ClassVar[int]
    ARGMAX_PARAM_FIELD_NUMBER: _ClassVar[int]
    ATT_POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    AUGMENTATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    AUTOTUNE_FIELD_NUMBER: _ClassVar[int]
    AU_MASK_BASED_LAND_PARAM_FIELD_NUMBER: _ClassVar[int]
    BACKWARD_MATH_FIELD_NUMBER: _ClassVar[int]
    BACKWARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    BATCH_CONTRASTIVE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    BATCH_NORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    BATCH_REDUCTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    BATCH_TO_SPACE_ND_PARAM_FIELD_NUMBER: _ClassVar[int]
    BBOX_REG_PARAM_FIELD_NUMBER: _ClassVar[int]
    BIAS_CHANNEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    BIAS_PARAM_FIELD_NUMBER: _ClassVar[int]
    BILINEAR_INTERPOLATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    BINARY_CONVOLUTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    BINARY_INNER_PRODUCT_PARAM_FIELD_NUMBER: _ClassVar[int]
    BLACK_AUGMENTATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    BLOBS_QUANTIZER_FIELD_NUMBER: _ClassVar[int]
    BNHK_PARAM_FIELD_NUMBER: _ClassVar[int]
    BN_PARAM_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_QUANTIZER_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_SHARED_INDEX_FIELD_NUMBER: _ClassVar[int]
    BOX_ANNOTATOR_OHEM_PARAM_FIELD_NUMBER: _ClassVar[int]
    BOX_GROUP_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    BOX_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    CENSOR_LABEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    CENTER_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_AGGREGATOR_PARAM_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_SCALE_PARAM_FIELD_NUMBER: _ClassVar[int]
    CHARBONNIER_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    CLIP_PARAM_FIELD_NUMBER: _ClassVar[int]
    COEFF_SCHEDULE_PARAM_FIELD_NUMBER: _ClassVar[int]
    COLOR_CONV_PARAM_FIELD_NUMBER: _ClassVar[int]
    COMBINATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    COMBINED_MARGIN_PARAM_FIELD_NUMBER: _ClassVar[int]
    COMPACT_BILINEAR_PARAM_FIELD_NUMBER: _ClassVar[int]
    COMPUTE_DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    CONCAT_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONFIDENCE_PENALTY_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONNECTED: LayerParameter.ConnectivityMode
    CONNECTIVITY_MODE_FIELD_NUMBER: _ClassVar[int]
    CONTINUATION_INDICATOR_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONTRASTIVE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONVOLUTION3D_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONVOLUTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    CORRELATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    COSIN_ADD_M_PARAM_FIELD_NUMBER: _ClassVar[int]
    COS_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    CPM_TRANSFORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    CROP_PARAM_FIELD_NUMBER: _ClassVar[int]
    CTC_DECODER_PARAM_FIELD_NUMBER: _ClassVar[int]
    CTC_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    CUDNN_BATCH_NORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    CUDNN_MATH_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    DEBUG_FIELD_NUMBER: _ClassVar[int]
    DECODE_BBOX_PARAM_FIELD_NUMBER: _ClassVar[int]
    DEEPHI_RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    DEFORMABLE_CONVOLUTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    DENSEBLOCK_PARAM_FIELD_NUMBER: _ClassVar[int]
    DENSEBOX_MAP_EVALUATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    DENSECRF_PARAM_FIELD_NUMBER: _ClassVar[int]
    DENSE_CRF_PARAM_FIELD_NUMBER: _ClassVar[int]
    DENSE_IMAGE_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    DEPTH_TO_SPACE_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTION_ACCURACY_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTION_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTION_EVALUATE_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTION_GROUP_ACCURACY_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTION_GROUP_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTION_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTION_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTNET_AUGMENTATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTNET_GROUNDTRUTH_PARAM_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    DIAL_PARAM_FIELD_NUMBER: _ClassVar[int]
    DICE_COEF_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    DISCONNECTED_ELTWISE: LayerParameter.ConnectivityMode
    DISCONNECTED_GRPWISE: LayerParameter.ConnectivityMode
    DIVISION_PARAM_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_TRANSFORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    DOMINANT_CHANNEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    DOWNSAMPLE_PARAM_FIELD_NUMBER: _ClassVar[int]
    DOWN_SAMPLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    DRIVE_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    DROPOUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    DSA_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    DUMMY_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    ELTWISE_ACCURACY_PARAM_FIELD_NUMBER: _ClassVar[int]
    ELTWISE_AFFINE_PARAM_FIELD_NUMBER: _ClassVar[int]
    ELTWISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    ELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    EMBED_PARAM_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    ENTROPY_PARAM_FIELD_NUMBER: _ClassVar[int]
    EUCLIDEAN_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    EUCLIDEAN_WEIGHT_PARAM_FIELD_NUMBER: _ClassVar[int]
    EVAL_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    EVAL_DETECTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXPAND_DIMS_ND_PARAM_FIELD_NUMBER: _ClassVar[int]
    EXP_PARAM_FIELD_NUMBER: _ClassVar[int]
    Extensions: _python_message._ExtensionDict
    FCN_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    FEATURE_DECAY_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    FILTER_PARAM_FIELD_NUMBER: _ClassVar[int]
    FIXED_PARAM_FIELD_NUMBER: _ClassVar[int]
    FLATTEN_PARAM_FIELD_NUMBER: _ClassVar[int]
    FLIP_PARAM_FIELD_NUMBER: _ClassVar[int]
    FLOW_TRANSFORMER_PARAM_FIELD_NUMBER: _ClassVar[int]
    FLOW_WARP_PARAM_FIELD_NUMBER: _ClassVar[int]
    FOCAL_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    FORWARD_MATH_FIELD_NUMBER: _ClassVar[int]
    FORWARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    FRCNN_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    GAIN_CHANNEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    GENERAL_CONTRASTIVE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    GENERAL_TRIPLET_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    GRADIENT_SCALER_PARAM_FIELD_NUMBER: _ClassVar[int]
    GS_TILING_PARAM_FIELD_NUMBER: _ClassVar[int]
    GUIDED_DROPOUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    HARD_MINING_PARAM_FIELD_NUMBER: _ClassVar[int]
    HDF5_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    HDF5_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    HINGE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    HISTOGRAM_PARAM_FIELD_NUMBER: _ClassVar[int]
    HOTSPOT_PARAM_FIELD_NUMBER: _ClassVar[int]
    HUMAN_ATT_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    HYPERCOLUMNS_PARAM_FIELD_NUMBER: _ClassVar[int]
    IGNORE_OVERLAY_PARAM_FIELD_NUMBER: _ClassVar[int]
    IMAGE_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    IMAGE_GT_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    INFIMUM_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    INFOGAIN_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    INNER_DISTANCE_PARAM_FIELD_NUMBER: _ClassVar[int]
    INNER_PRODUCT_BLOB_PARAM_FIELD_NUMBER: _ClassVar[int]
    INNER_PRODUCT_PARAM_FIELD_NUMBER: _ClassVar[int]
    INPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    INSANITY_PARAM_FIELD_NUMBER: _ClassVar[int]
    INTERP_PARAM_FIELD_NUMBER: _ClassVar[int]
    JFDA_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    JMMD_PARAM_FIELD_NUMBER: _ClassVar[int]
    L1_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    LABELED_MATCHING_PARAM_FIELD_NUMBER: _ClassVar[int]
    LABELSEQUENCE_ACCURACY_PARAM_FIELD_NUMBER: _ClassVar[int]
    LABEL_SPECIFIC_ADD_PARAM_FIELD_NUMBER: _ClassVar[int]
    LABEL_SPECIFIC_AFFINE_PARAM_FIELD_NUMBER: _ClassVar[int]
    LABEL_SPECIFIC_HARD_MARGIN_PARAM_FIELD_NUMBER: _ClassVar[int]
    LABEL_SPECIFIC_MARGIN_PARAM_FIELD_NUMBER: _ClassVar[int]
    LABEL_SPECIFIC_RESCALE_PARAM_FIELD_NUMBER: _ClassVar[int]
    LARGEMARGIN_INNER_PRODUCT_PARAM_FIELD_NUMBER: _ClassVar[int]
    LIFTED_STRUCT_SIM_SOFTMAX_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    LOCAL_PARAM_FIELD_NUMBER: _ClassVar[int]
    LOC_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    LOG_PARAM_FIELD_NUMBER: _ClassVar[int]
    LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    LOSS_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    LPQ_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    LRN_PARAM_FIELD_NUMBER: _ClassVar[int]
    LSTM_CONV_PARAM_FIELD_NUMBER: _ClassVar[int]
    LSTM_DEBUG_PARAM_FIELD_NUMBER: _ClassVar[int]
    LSTM_PARAM_FIELD_NUMBER: _ClassVar[int]
    MARGIN_INNER_PRODUCT_PARAM_FIELD_NUMBER: _ClassVar[int]
    MASK_OUTPUTS_PARAM_FIELD_NUMBER: _ClassVar[int]
    MASK_RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    MAT_READ_PARAM_FIELD_NUMBER: _ClassVar[int]
    MAT_WRITE_PARAM_FIELD_NUMBER: _ClassVar[int]
    MEAN_PARAM_FIELD_NUMBER: _ClassVar[int]
    MEMORY_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    MERGECROP_PARAM_FIELD_NUMBER: _ClassVar[int]
    MERGE_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    MIL_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    MIL_PARAM_FIELD_NUMBER: _ClassVar[int]
    MMD_PARAM_FIELD_NUMBER: _ClassVar[int]
    MN_ACTIVATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    MN_GRAD_COMPRESS_PARAM_FIELD_NUMBER: _ClassVar[int]
    MODULATED_DEFORMABLE_CONVOLUTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    MOE_PARAM_FIELD_NUMBER: _ClassVar[int]
    MULTIBOX_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    MULTINODE_FIELD_NUMBER: _ClassVar[int]
    MULTI_FRAME_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    MULTI_STAGE_MEANFIELD_PARAM_FIELD_NUMBER: _ClassVar[int]
    MVN_PARAM_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NCA_PARAM_FIELD_NUMBER: _ClassVar[int]
    NET_QUANTIZER_FIELD_NUMBER: _ClassVar[int]
    NNINTERP_PARAM_FIELD_NUMBER: _ClassVar[int]
    NOISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    NORML2_PARAM_FIELD_NUMBER: _ClassVar[int]
    NORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    ONEHOT_PARAM_FIELD_NUMBER: _ClassVar[int]
    ORDINAL_REGRESSION_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    PADDING_PARAM_FIELD_NUMBER: _ClassVar[int]
    PAD_PARAM_FIELD_NUMBER: _ClassVar[int]
    PAIRWISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    PARAMETER_PARAM_FIELD_NUMBER: _ClassVar[int]
    PARAM_FIELD_NUMBER: _ClassVar[int]
    PARSE_EVALUATE_PARAM_FIELD_NUMBER: _ClassVar[int]
    PERMUTE_PARAM_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    POOLING3D_PARAM_FIELD_NUMBER: _ClassVar[int]
    POOLING_ND_PARAM_FIELD_NUMBER: _ClassVar[int]
    POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    POWER_FILE_PARAM_FIELD_NUMBER: _ClassVar[int]
    POWER_PARAM_FIELD_NUMBER: _ClassVar[int]
    PREDICT_BOX_PARAM_FIELD_NUMBER: _ClassVar[int]
    PRELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    PRIOR_BOX_PARAM_FIELD_NUMBER: _ClassVar[int]
    PROPAGATE_DOWN_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_PARAM_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_TARGET_PARAM_FIELD_NUMBER: _ClassVar[int]
    PSROI_POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    PYTHON_PARAM_FIELD_NUMBER: _ClassVar[int]
    QUANTIZATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    QUANT_PARAM_FIELD_NUMBER: _ClassVar[int]
    RANKHARD_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    RANK_PARAM_FIELD_NUMBER: _ClassVar[int]
    READER_PARAM_FIELD_NUMBER: _ClassVar[int]
    RECURRENT_PARAM_FIELD_NUMBER: _ClassVar[int]
    REDUCTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    REGION_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    RELU6_PARAM_FIELD_NUMBER: _ClassVar[int]
    RELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    REMOTE_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    RENET_LSTM_PARAM_FIELD_NUMBER: _ClassVar[int]
    REORG_PARAM_FIELD_NUMBER: _ClassVar[int]
    RESAMPLE_PARAM_FIELD_NUMBER: _ClassVar[int]
    RESHAPE_EVERY_ITER_FIELD_NUMBER: _ClassVar[int]
    RESHAPE_LABEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    RESHAPE_PARAM_FIELD_NUMBER: _ClassVar[int]
    RESIZE_BILINEAR_PARAM_FIELD_NUMBER: _ClassVar[int]
    RESIZE_NEAREST_NEIGHBOR_PARAM_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    REVERSE_PARAM_FIELD_NUMBER: _ClassVar[int]
    RNN_PARAM_FIELD_NUMBER: _ClassVar[int]
    ROI_POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    ROI_WARPING_PARAM_FIELD_NUMBER: _ClassVar[int]
    ROTATE_POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    RRELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    SCALE_PARAM_FIELD_NUMBER: _ClassVar[int]
    SCALE_ROUTE_PARAM_FIELD_NUMBER: _ClassVar[int]
    SCALE_TANH_PARAM_FIELD_NUMBER: _ClassVar[int]
    SEGMENTATION_EVALUATE_PARAM_FIELD_NUMBER: _ClassVar[int]
    SEG_ACCURACY_PARAM_FIELD_NUMBER: _ClassVar[int]
    SEG_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    SELU_DROPOUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    SELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    SET_LOSS2_PARAM_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_CHANNEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    SIGMOID_PARAM_FIELD_NUMBER: _ClassVar[int]
    SLICE_PARAM_FIELD_NUMBER: _ClassVar[int]
    SMOOTHL1_PARAM_FIELD_NUMBER: _ClassVar[int]
    SMOOTH_L1_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    SMOOTH_MARGIN_INNER_PRODUCT_PARAM_FIELD_NUMBER: _ClassVar[int]
    SOFTMAXLOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    SOFTMAX_PARAM_FIELD_NUMBER: _ClassVar[int]
    SOFT_CONTRASTIVE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    SOFT_TRUNCATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    SOURCE_CLASS_FIELD_NUMBER: _ClassVar[int]
    SPACE_TO_BATCH_ND_PARAM_FIELD_NUMBER: _ClassVar[int]
    SPARSIFY_PARAM_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_DROPOUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    SPATIAL_SOFTMAX_PARAM_FIELD_NUMBER: _ClassVar[int]
    SPLIT_PARAM_FIELD_NUMBER: _ClassVar[int]
    SPP_PARAM_FIELD_NUMBER: _ClassVar[int]
    SQUEEZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    SSIM_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    STRICT_DIM_FIELD_NUMBER: _ClassVar[int]
    ST_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    ST_PARAM_FIELD_NUMBER: _ClassVar[int]
    SUB_REGION_PARAM_FIELD_NUMBER: _ClassVar[int]
    SUM_POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    SWISH_PARAM_FIELD_NUMBER: _ClassVar[int]
    TANH_PARAM_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD_PARAM_FIELD_NUMBER: _ClassVar[int]
    TILE_PARAM_FIELD_NUMBER: _ClassVar[int]
    TILING_PARAM_FIELD_NUMBER: _ClassVar[int]
    TOP_DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    TOP_QUANTIZER_FIELD_NUMBER: _ClassVar[int]
    TOP_SHARED_INDEX_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRANSPOSE_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRIPLET_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRIPLET_RANK_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRT_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRUNCATION_PARAM_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_LABEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    UNLABELED_MATCHING_PARAM_FIELD_NUMBER: _ClassVar[int]
    UNPOOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    UNSTACK_PARAM_FIELD_NUMBER: _ClassVar[int]
    UPSAMPLE_DARKNET_PARAM_FIELD_NUMBER: _ClassVar[int]
    UPSAMPLE_PARAM_FIELD_NUMBER: _ClassVar[int]
    VIDEO_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    WINDOW_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    WRITER_PARAM_FIELD_NUMBER: _ClassVar[int]
    YOLOV3_DETECTION_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    YOLOV3_PARAM_FIELD_NUMBER: _ClassVar[int]
    YOLO_DETECTION_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    YOLO_EVAL_DETECTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    YOLO_SEG_PARAM_FIELD_NUMBER: _ClassVar[int]
    accum_param: _forks_pb2.AccumParameter
    accuracy_param: AccuracyParameter
    adacos_add_m_scale_param: _forks_pb2.AdaCosAddmScaleParameter
    adaptive_bias_channel_param: _forks_pb2.AdaptiveBiasChannelParameter
    affinity_param: _forks_pb2.AffinityParameter
    annotated_data_param: _forks_pb2.AnnotatedDataParameter
    apl_param: _forks_pb2.APLParameter
    argmax_param: ArgMaxParameter
    att_pooling_param: _forks_pb2.AttPoolingParameter
    au_mask_based_land_param: _forks_pb2.AUMaskBasedLandParameter
    augmentation_param: _forks_pb2.AugmentationParameter
    autotune: NetParameter.Autotune
    backward_math: BlobProto.Type
    backward_type: BlobProto.Type
    batch_contrastive_loss_param: _forks_pb2.BatchContrastiveParameter
    batch_norm_param: BatchNormParameter
    batch_reduction_param: _forks_pb2.BatchReductionParameter
    batch_to_space_nd_param: _forks_pb2.BatchToSpaceNDParameter
    bbox_reg_param: _forks_pb2.BBoxRegParameter
    bias_channel_param: _forks_pb2.BiasChannelParameter
    bias_param: BiasParameter
    bilinear_interpolation_param: _forks_pb2.BilinearInterpolationParameter
    binary_convolution_param: _forks_pb2.BinaryConvolutionParameter
    binary_inner_product_param: _forks_pb2.BinaryInnerProductParameter
    black_augmentation_param: _forks_pb2.BlackAugmentationParameter
    blobs: _containers.RepeatedCompositeFieldContainer[BlobProto]
    blobs_quantizer: _containers.RepeatedCompositeFieldContainer[_forks_pb2.QuantizerParameter]
    bn_param: _forks_pb2.BNParameter
    bnhk_param: _forks_pb2.BNHKParameter
    bottom: _containers.RepeatedScalarFieldContainer[str]
    bottom_data_type: _forks_pb2.QuantizerParameter.DataType
    bottom_quantizer: _containers.RepeatedCompositeFieldContainer[_forks_pb2.QuantizerParameter]
    bottom_shared_index: _containers.RepeatedScalarFieldContainer[int]
    box_annotator_ohem_param: _forks_pb2.BoxAnnotatorOHEMParameter
    box_group_output_param: _forks_pb2.BoxGroupOutputParameter
    box_output_param: _forks_pb2.BoxOutputParameter
    censor_label_param: _forks_pb2.CensorLabelParameter
    center_loss_param: _forks_pb2.CenterLossParameter
    channel_aggregator_param: _forks_pb2.ChannelAggregatorParameter
    channel_scale_param: _forks_pb2.ChannelScaleParameter
    charbonnier_loss_param: _forks_pb2.CharbonnierLossParameter
    clip_param: ClipParameter
    coeff_schedule_param: _forks_pb2.CoeffScheduleParameter
    color_conv_param: _forks_pb2.ColorConvParameter
    combination_param: _forks_pb2.CombinationParameter
    combined_margin_param: _forks_pb2.CombinedMarginParameter
    compact_bilinear_param: _forks_pb2.CompactBilinearParameter
    compute_data_type: _forks_pb2.QuantizerParameter.DataType
    concat_param: ConcatParameter
    confidence_penalty_loss_param: _forks_pb2.ConfidencePenaltyLossParameter
    connectivity_mode: LayerParameter.ConnectivityMode
    continuation_indicator_param: _forks_pb2.ContinuationIndicatorParameter
    contrastive_loss_param: ContrastiveLossParameter
    convolution3d_param: _forks_pb2.Convolution3DParameter
    convolution_param: ConvolutionParameter
    correlation_param: _forks_pb2.CorrelationParameter
    cos_data_param: CoSDataParameter
    cosin_add_m_param: _forks_pb2.CosinAddmParameter
    cpm_transform_param: _forks_pb2.CPMTransformationParameter
    crop_param: CropParameter
    ctc_decoder_param: _forks_pb2.CTCDecoderParameter
    ctc_loss_param: _forks_pb2.CTCLossParameter
    cudnn_batch_norm_param: _forks_pb2.CuDNNBatchNormParameter
    cudnn_math_override: int
    data_param: DataParameter
    debug: bool
    decode_bbox_param: _forks_pb2.DecodeBBoxParameter
    deephi_resize_param: _forks_pb2.DeephiResizeParameter
    deformable_convolution_param: _forks_pb2.DeformableConvolutionParameter
    dense_crf_param: _forks_pb2.DenseCRFParameter
    dense_image_data_param: _forks_pb2.DenseImageDataParameter
    denseblock_param: _forks_pb2.DenseBlockParameter
    densebox_map_evaluation_param: _forks_pb2.DenseboxMapEvaluationParameter
    densecrf_param: _forks_pb2.DenseCRFMapParameter
    depth_to_space_param: _forks_pb2.DepthToSpaceParameter
    detection_accuracy_param: _forks_pb2.DetectionAccuracyParameter
    detection_data_param: _forks_pb2.DetectionDataParameter
    detection_evaluate_param: _forks_pb2.DetectionEvaluateParameter
    detection_group_accuracy_param: _forks_pb2.DetectionGroupAccuracyParameter
    detection_group_loss_param: _forks_pb2.DetectionGroupLossParameter
    detection_loss_param: _forks_pb2.DetectionLossParameter
    detection_output_param: _forks_pb2.DetectionOutputParameter
    detectnet_augmentation_param: _forks_pb2.DetectNetAugmentationParameter
    detectnet_groundtruth_param: _forks_pb2.DetectNetGroundTruthParameter
    device: int
    dial_param: _forks_pb2.DialParameter
    dice_coef_loss_param: _forks_pb2.DiceCoefLossParameter
    division_param: _forks_pb2.DivisionParameter
    domain_transform_param: _forks_pb2.DomainTransformParameter
    dominant_channel_param: _forks_pb2.DominantChannelParameter
    down_sampling_param: _forks_pb2.DownSamplingParameter
    downsample_param: _forks_pb2.DownsampleParameter
    drive_data_param: _forks_pb2.DriveDataParameter
    dropout_param: DropoutParameter
    dsa_loss_param: _forks_pb2.DSALossParameter
    dummy_data_param: DummyDataParameter
    eltwise_accuracy_param: _forks_pb2.EltwiseAccuracyParameter
    eltwise_affine_param: _forks_pb2.EltwiseAffineParameter
    eltwise_param: EltwiseParameter
    elu_param: ELUParameter
    embed_param: EmbedParameter
    engine: str
    entropy_param: _forks_pb2.EntropyParameter
    euclidean_loss_param: _forks_pb2.EuclideanLossParameter
    euclidean_weight_param: _forks_pb2.EuclideanWeightedLossParameter
    eval_data_param: _forks_pb2.EvalDataParameter
    eval_detection_param: _forks_pb2.EvalDetectionParameter
    exclude: _containers.RepeatedCompositeFieldContainer[NetStateRule]
    exp_param: ExpParameter
    expand_dims_nd_param: _forks_pb2.ExpandDimsNDParameter
    fcn_data_param: _forks_pb2.FCNDataParameter
    feature_decay_loss_param: _forks_pb2.FeatureDecayLossParameter
    filter_param: _forks_pb2.FilterParameter
    fixed_param: _forks_pb2.FixedParameter
    flatten_param: FlattenParameter
    flip_param: _forks_pb2.FlipParameter
    flow_transformer_param: _forks_pb2.FlowTransformerParameter
    flow_warp_param: _forks_pb2.FlowWarpParameter
    focal_loss_param: _forks_pb2.FocalLossParameter
    forward_math: BlobProto.Type
    forward_type: BlobProto.Type
    frcnn_output_param: _forks_pb2.FrcnnOutputParameter
    gain_channel_param: _forks_pb2.GainChannelParameter
    general_contrastive_loss_param: _forks_pb2.GeneralContrastiveParameter
    general_triplet_loss_param: _forks_pb2.GeneralTripletParameter
    gradient_scaler_param: _forks_pb2.GradientScalerParameter
    gs_tiling_param: _forks_pb2.GSTilingParameter
    guided_dropout_param: _forks_pb2.GuidedDropoutParameter
    hard_mining_param: _forks_pb2.HardMiningParameter
    hdf5_data_param: HDF5DataParameter
    hdf5_output_param: HDF5OutputParameter
    hinge_loss_param: HingeLossParameter
    histogram_param: _forks_pb2.HistogramParameter
    hotspot_param: _forks_pb2.HotspotParameter
    human_att_data_param: _forks_pb2.HumanAttDataParameter
    hypercolumns_param: _forks_pb2.HyperColumnsParameter
    ignore_overlay_param: _forks_pb2.IgnoreOverlayParameter
    image_data_param: ImageDataParameter
    image_gt_data_param: _forks_pb2.ImageGtDataParameter
    include: _containers.RepeatedCompositeFieldContainer[NetStateRule]
    infimum_loss_param: _forks_pb2.InfimumLossParamter
    infogain_loss_param: InfogainLossParameter
    inner_distance_param: _forks_pb2.InnerDistanceParameter
    inner_product_blob_param: _forks_pb2.InnerProductBlobParameter
    inner_product_param: InnerProductParameter
    input_param: InputParameter
    insanity_param: _forks_pb2.InsanityParameter
    interp_param: _forks_pb2.InterpParameter
    jfda_loss_param: _forks_pb2.JfdaLossParameter
    jmmd_param: _forks_pb2.JMMDParameter
    l1_loss_param: _forks_pb2.L1LossParameter
    label_specific_add_param: _forks_pb2.LabelSpecificAddParameter
    label_specific_affine_param: _forks_pb2.LabelSpecificAffineParameter
    label_specific_hard_margin_param: _forks_pb2.LabelSpecificHardMarginParameter
    label_specific_margin_param: _forks_pb2.LabelSpecificMarginParameter
    label_specific_rescale_param: _forks_pb2.LabelSpecificRescaleParameter
    labeled_matching_param: _forks_pb2.LabeledMatchingParameter
    labelsequence_accuracy_param: _forks_pb2.LabelsequenceAccuracyParameter
    largemargin_inner_product_param: _forks_pb2.LargeMarginInnerProductParameter
    lifted_struct_sim_softmax_loss_param: _forks_pb2.LiftedStructSimilaritySoftmaxLossParameter
    loc_loss_param: _forks_pb2.LocLossParameter
    local_param: _forks_pb2.LocalParameter
    log_param: LogParameter
    loss_param: LossParameter
    loss_weight: _containers.RepeatedScalarFieldContainer[float]
    lpq_loss_param: _forks_pb2.LpqLossParameter
    lrn_param: LRNParameter
    lstm_conv_param: _containers.RepeatedCompositeFieldContainer[_forks_pb2.LSTMConvolutionParameter]
    lstm_debug_param: _forks_pb2.LSTMDebugParameter
    lstm_param: _forks_pb2.LstmParameter
    margin_inner_product_param: _forks_pb2.MarginInnerProductParameter
    mask_outputs_param: _forks_pb2.MaskOutputsParameter
    mask_resize_param: _forks_pb2.MaskResizeParameter
    mat_read_param: _forks_pb2.MatReadParameter
    mat_write_param: _forks_pb2.MatWriteParameter
    mean_param: _forks_pb2.MeanParameter
    memory_data_param: MemoryDataParameter
    merge_data_param: _forks_pb2.MergeDataParameter
    mergecrop_param: _forks_pb2.MergeCropParameter
    mil_data_param: _forks_pb2.MILDataParameter
    mil_param: _forks_pb2.MILParameter
    mmd_param: _forks_pb2.MMDParameter
    mn_activation_param: _forks_pb2.MnActivationParameter
    mn_grad_compress_param: _forks_pb2.MnParamGradCompressParameter
    modulated_deformable_convolution_param: _forks_pb2.ModulatedDeformableConvolutionParameter
    moe_param: MOEParameter
    multi_frame_data_param: _forks_pb2.MultiFrameDataParameter
    multi_stage_meanfield_param: _forks_pb2.MultiStageMeanfieldParameter
    multibox_loss_param: _forks_pb2.MultiBoxLossParameter
    multinode: _forks_pb2.MultinodeLayerParameter
    mvn_param: MVNParameter
    name: str
    nca_param: _forks_pb2.NCAParameter
    net_quantizer: _forks_pb2.QuantizerParameter
    nninterp_param: _forks_pb2.NNInterpParameter
    noise_param: _forks_pb2.NoiseParameter
    norm_param: _forks_pb2.NormalizeParameter
    normalize_param: _forks_pb2.NormalizeFeaturesParameter
    norml2_param: _forks_pb2.NormL2Parameter
    onehot_param: _forks_pb2.OneHotParameter
    ordinal_regression_loss_param: _forks_pb2.OrdinalRegressionParameter
    pad_param: _forks_pb2.PadParameter
    padding_param: _forks_pb2.PaddingParameter
    pairwise_param: _forks_pb2.PairwiseParameter
    param: _containers.RepeatedCompositeFieldContainer[ParamSpec]
    parameter_param: ParameterParameter
    parse_evaluate_param: _forks_pb2.ParseEvaluateParameter
    permute_param: _forks_pb2.PermuteParameter
    phase: Phase
    pooling3d_param: _forks_pb2.Pooling3DParameter
    pooling_nd_param: _forks_pb2.PoolingNDParameter
    pooling_param: PoolingParameter
    power_file_param: _forks_pb2.PowerFileParameter
    power_param: PowerParameter
    predict_box_param: _forks_pb2.PredictBoxParameter
    prelu_param: PReLUParameter
    prior_box_param: _forks_pb2.PriorBoxParameter
    propagate_down: _containers.RepeatedScalarFieldContainer[bool]
    proposal_param: _forks_pb2.ProposalParameter
    proposal_target_param: _forks_pb2.ProposalTargetParameter
    psroi_pooling_param: _forks_pb2.PSROIPoolingParameter
    python_param: PythonParameter
    quant_param: _forks_pb2.QuantParameter
    quantization_param: _forks_pb2.QuantizationParameter
    rank_param: _forks_pb2.RankHardLossParameter
    rankhard_loss_param: _forks_pb2.RankHardLossParameter
    reader_param: _forks_pb2.ReaderParameter
    recurrent_param: RecurrentParameter
    reduction_param: _shared_pb2.ReductionParameter
    region_loss_param: _forks_pb2.RegionLossParameter
    relu6_param: _forks_pb2.ReLU6Parameter
    relu_param: ReLUParameter
    remote_data_param: _forks_pb2.RemoteDataParameter
    renet_lstm_param: _forks_pb2.ReNetLSTMParameter
    reorg_param: _forks_pb2.ReorgParameter
    resample_param: _forks_pb2.ResampleParameter
    reshape_every_iter: bool
    reshape_label_param: _forks_pb2.ReshapeLabelParameter
    reshape_param: ReshapeParameter
    resize_bilinear_param: _forks_pb2.ResizeBilinearParameter
    resize_nearest_neighbor_param: _forks_pb2.ResizeNearestNeighborParameter
    resize_param: _forks_pb2.ResizeParameter
    reverse_param: _forks_pb2.ReverseParameter
    rnn_param: _forks_pb2.RNNParameter
    roi_pooling_param: _forks_pb2.ROIPoolingParameter
    roi_warping_param: _forks_pb2.ROIWarpingParameter
    rotate_pooling_param: _forks_pb2.RotateROIPoolingParameter
    rrelu_param: _forks_pb2.InsanityParameter
    scale_param: ScaleParameter
    scale_route_param: _forks_pb2.ScaleRouteParameter
    scale_tanh_param: _forks_pb2.ScaleTanHParameter
    seg_accuracy_param: _forks_pb2.SegAccuracyParameter
    seg_data_param: _forks_pb2.SegDataParameter
    segmentation_evaluate_param: _forks_pb2.SegmentationEvaluateParameter
    selu_dropout_param: _forks_pb2.SeLuDropoutParameter
    selu_param: _forks_pb2.SeLuParameter
    set_loss2_param: _forks_pb2.SetLoss2Parameter
    shuffle_channel_param: _forks_pb2.ShuffleChannelParameter
    sigmoid_param: SigmoidParameter
    slice_param: SliceParameter
    smooth_l1_loss_param: _forks_pb2.SmoothL1LossParameter
    smooth_margin_inner_product_param: _forks_pb2.SmoothMarginInnerProductParameter
    smoothl1_param: _forks_pb2.SmoothL1Parameter
    soft_contrastive_loss_param: _forks_pb2.SoftContrastiveParameter
    soft_truncation_param: _forks_pb2.SoftTruncationParameter
    softmax_param: SoftmaxParameter
    softmaxloss_param: _forks_pb2.SoftmaxLossParameter
    source_class: str
    space_to_batch_nd_param: _forks_pb2.SpaceToBatchNDParameter
    sparsify_param: _forks_pb2.SparsifyParameter
    spatial_dropout_param: _forks_pb2.SpatialDropoutParameter
    spatial_softmax_param: _forks_pb2.SpatialSoftmaxParameter
    split_param: _forks_pb2.SplitParameter
    spp_param: SPPParameter
    squeeze_param: _forks_pb2.SqueezeParameter
    ssim_loss_param: _forks_pb2.SSIMLossParameter
    st_loss_param: _forks_pb2.STLossParameter
    st_param: _forks_pb2.SpatialTransformerParameter
    strict_dim: bool
    sub_region_param: _forks_pb2.SubRegionParameter
    sum_pooling_param: _forks_pb2.SumPoolingParameter
    swish_param: SwishParameter
    tanh_param: TanHParameter
    threshold_param: ThresholdParameter
    tile_param: TileParameter
    tiling_param: _forks_pb2.TilingParameter
    top: _containers.RepeatedScalarFieldContainer[str]
    top_data_type: _forks_pb2.QuantizerParameter.DataType
    top_quantizer: _containers.RepeatedCompositeFieldContainer[_forks_pb2.QuantizerParameter]
    top_shared_index: _containers.RepeatedScalarFieldContainer[int]
    transform_param: TransformationParameter
    transpose_param: _forks_pb2.TransposeParameter
    triplet_loss_param: _forks_pb2.TripletLossParameter
    triplet_rank_loss_param: _forks_pb2.TripletRankLossParameter
    trt_param: _forks_pb2.TRTParameter
    truncation_param: _forks_pb2.TruncationParameter
    type: str
    unique_label_param: _forks_pb2.UniqueLabelParameter
    unlabeled_matching_param: _forks_pb2.UnlabeledMatchingParameter
    unpooling_param: _forks_pb2.UnPoolingParameter
    unstack_param: _forks_pb2.UnstackParameter
    upsample_darknet_param: _forks_pb2.UpsampleDarknetParameter
    upsample_param: _forks_pb2.UpsampleParameter
    video_data_param: _forks_pb2.VideoDataParameter
    window_data_param: WindowDataParameter
    writer_param: _forks_pb2.WriterParameter
    yolo_detection_output_param: _forks_pb2.YoloDetectionOutputParameter
    yolo_eval_detection_param: _forks_pb2.YoloEvalDetectionParameter
    yolo_seg_param: _forks_pb2.YoloSegParameter
    yolov3_detection_output_param: _forks_pb2.Yolov3DetectionOutputParameter
    yolov3_param: _forks_pb2.Yolov3Parameter
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ..., bottom: _Optional[_Iterable[str]] = ..., top: _Optional[_Iterable[str]] = ..., phase: _Optional[_Union[Phase, str]] = ..., loss_weight: _Optional[_Iterable[float]] = ..., param: _Optional[_Iterable[_Union[ParamSpec, _Mapping]]] = ..., blobs: _Optional[_Iterable[_Union[BlobProto, _Mapping]]] = ..., propagate_down: _Optional[_Iterable[bool]] = ..., include: _Optional[_Iterable[_Union[NetStateRule, _Mapping]]] = ..., exclude: _Optional[_Iterable[_Union[NetStateRule, _Mapping]]] = ..., transform_param: _Optional[_Union[TransformationParameter, _Mapping]] = ..., loss_param: _Optional[_Union[LossParameter, _Mapping]] = ..., accuracy_param: _Optional[_Union[AccuracyParameter, _Mapping]] = ..., argmax_param: _Optional[_Union[ArgMaxParameter, _Mapping]] = ..., batch_norm_param: _Optional[_Union[BatchNormParameter, _Mapping]] = ..., bias_param: _Optional[_Union[BiasParameter, _Mapping]] = ..., clip_param: _Optional[_Union[ClipParameter, _Mapping]] = ..., concat_param: _Optional[_Union[ConcatParameter, _Mapping]] = ..., contrastive_loss_param: _Optional[_Union[ContrastiveLossParameter, _Mapping]] = ..., convolution_param: _Optional[_Union[ConvolutionParameter, _Mapping]] = ..., crop_param: _Optional[_Union[CropParameter, _Mapping]] = ..., data_param: _Optional[_Union[DataParameter, _Mapping]] = ..., dropout_param: _Optional[_Union[DropoutParameter, _Mapping]] = ..., dummy_data_param: _Optional[_Union[DummyDataParameter, _Mapping]] = ..., eltwise_param: _Optional[_Union[EltwiseParameter, _Mapping]] = ..., elu_param: _Optional[_Union[ELUParameter, _Mapping]] = ..., embed_param: _Optional[_Union[EmbedParameter, _Mapping]] = ..., exp_param: _Optional[_Union[ExpParameter, _Mapping]] = ..., flatten_param: _Optional[_Union[FlattenParameter, _Mapping]] = ..., hdf5_data_param: _Optional[_Union[HDF5DataParameter, _Mapping]] = ..., hdf5_output_param: _Optional[_Union[HDF5OutputParameter, _Mapping]] = ..., hinge_loss_param: _Optional[_Union[HingeLossParameter, _Mapping]] = ..., image_data_param: _Optional[_Union[ImageDataParameter, _Mapping]] = ..., infogain_loss_param: _Optional[_Union[InfogainLossParameter, _Mapping]] = ..., inner_product_param: _Optional[_Union[InnerProductParameter, _Mapping]] = ..., input_param: _Optional[_Union[InputParameter, _Mapping]] = ..., log_param: _Optional[_Union[LogParameter, _Mapping]] = ..., lrn_param: _Optional[_Union[LRNParameter, _Mapping]] = ..., memory_data_param: _Optional[_Union[MemoryDataParameter, _Mapping]] = ..., mvn_param: _Optional[_Union[MVNParameter, _Mapping]] = ..., parameter_param: _Optional[_Union[ParameterParameter, _Mapping]] = ..., pooling_param: _Optional[_Union[PoolingParameter, _Mapping]] = ..., power_param: _Optional[_Union[PowerParameter, _Mapping]] = ..., prelu_param: _Optional[_Union[PReLUParameter, _Mapping]] = ..., python_param: _Optional[_Union[PythonParameter, _Mapping]] = ..., recurrent_param: _Optional[_Union[RecurrentParameter, _Mapping]] = ..., reduction_param: _Optional[_Union[_shared_pb2.ReductionParameter, _Mapping]] = ..., relu_param: _Optional[_Union[ReLUParameter, _Mapping]] = ..., reshape_param: _Optional[_Union[ReshapeParameter, _Mapping]] = ..., scale_param: _Optional[_Union[ScaleParameter, _Mapping]] = ..., sigmoid_param: _Optional[_Union[SigmoidParameter, _Mapping]] = ..., slice_param: _Optional[_Union[SliceParameter, _Mapping]] = ..., softmax_param: _Optional[_Union[SoftmaxParameter, _Mapping]] = ..., spp_param: _Optional[_Union[SPPParameter, _Mapping]] = ..., swish_param: _Optional[_Union[SwishParameter, _Mapping]] = ..., tanh_param: _Optional[_Union[TanHParameter, _Mapping]] = ..., threshold_param: _Optional[_Union[ThresholdParameter, _Mapping]] = ..., tile_param: _Optional[_Union[TileParameter, _Mapping]] = ..., window_data_param: _Optional[_Union[WindowDataParameter, _Mapping]] = ..., annotated_data_param: _Optional[_Union[_forks_pb2.AnnotatedDataParameter, _Mapping]] = ..., detection_evaluate_param: _Optional[_Union[_forks_pb2.DetectionEvaluateParameter, _Mapping]] = ..., detection_output_param: _Optional[_Union[_forks_pb2.DetectionOutputParameter, _Mapping]] = ..., multibox_loss_param: _Optional[_Union[_forks_pb2.MultiBoxLossParameter, _Mapping]] = ..., norm_param: _Optional[_Union[_forks_pb2.NormalizeParameter, _Mapping]] = ..., permute_param: _Optional[_Union[_forks_pb2.PermuteParameter, _Mapping]] = ..., prior_box_param: _Optional[_Union[_forks_pb2.PriorBoxParameter, _Mapping]] = ..., video_data_param: _Optional[_Union[_forks_pb2.VideoDataParameter, _Mapping]] = ..., roi_pooling_param: _Optional[_Union[_forks_pb2.ROIPoolingParameter, _Mapping]] = ..., smooth_l1_loss_param: _Optional[_Union[_forks_pb2.SmoothL1LossParameter, _Mapping]] = ..., box_annotator_ohem_param: _Optional[_Union[_forks_pb2.BoxAnnotatorOHEMParameter, _Mapping]] = ..., psroi_pooling_param: _Optional[_Union[_forks_pb2.PSROIPoolingParameter, _Mapping]] = ..., roi_warping_param: _Optional[_Union[_forks_pb2.ROIWarpingParameter, _Mapping]] = ..., mask_resize_param: _Optional[_Union[_forks_pb2.MaskResizeParameter, _Mapping]] = ..., detection_loss_param: _Optional[_Union[_forks_pb2.DetectionLossParameter, _Mapping]] = ..., eval_detection_param: _Optional[_Union[_forks_pb2.EvalDetectionParameter, _Mapping]] = ..., region_loss_param: _Optional[_Union[_forks_pb2.RegionLossParameter, _Mapping]] = ..., reorg_param: _Optional[_Union[_forks_pb2.ReorgParameter, _Mapping]] = ..., yolov3_param: _Optional[_Union[_forks_pb2.Yolov3Parameter, _Mapping]] = ..., yolo_detection_output_param: _Optional[_Union[_forks_pb2.YoloDetectionOutputParameter, _Mapping]] = ..., yolov3_detection_output_param: _Optional[_Union[_forks_pb2.Yolov3DetectionOutputParameter, _Mapping]] = ..., upsample_param: _Optional[_Union[_forks_pb2.UpsampleParameter, _Mapping]] = ..., predict_box_param: _Optional[_Union[_forks_pb2.PredictBoxParameter, _Mapping]] = ..., proposal_param: _Optional[_Union[_forks_pb2.ProposalParameter, _Mapping]] = ..., bbox_reg_param: _Optional[_Union[_forks_pb2.BBoxRegParameter, _Mapping]] = ..., box_output_param: _Optional[_Union[_forks_pb2.BoxOutputParameter, _Mapping]] = ..., box_group_output_param: _Optional[_Union[_forks_pb2.BoxGroupOutputParameter, _Mapping]] = ..., decode_bbox_param: _Optional[_Union[_forks_pb2.DecodeBBoxParameter, _Mapping]] = ..., detection_accuracy_param: _Optional[_Union[_forks_pb2.DetectionAccuracyParameter, _Mapping]] = ..., detection_data_param: _Optional[_Union[_forks_pb2.DetectionDataParameter, _Mapping]] = ..., detection_group_accuracy_param: _Optional[_Union[_forks_pb2.DetectionGroupAccuracyParameter, _Mapping]] = ..., detection_group_loss_param: _Optional[_Union[_forks_pb2.DetectionGroupLossParameter, _Mapping]] = ..., eval_data_param: _Optional[_Union[_forks_pb2.EvalDataParameter, _Mapping]] = ..., frcnn_output_param: _Optional[_Union[_forks_pb2.FrcnnOutputParameter, _Mapping]] = ..., hard_mining_param: _Optional[_Union[_forks_pb2.HardMiningParameter, _Mapping]] = ..., image_gt_data_param: _Optional[_Union[_forks_pb2.ImageGtDataParameter, _Mapping]] = ..., proposal_target_param: _Optional[_Union[_forks_pb2.ProposalTargetParameter, _Mapping]] = ..., scale_route_param: _Optional[_Union[_forks_pb2.ScaleRouteParameter, _Mapping]] = ..., yolo_seg_param: _Optional[_Union[_forks_pb2.YoloSegParameter, _Mapping]] = ..., segmentation_evaluate_param: _Optional[_Union[_forks_pb2.SegmentationEvaluateParameter, _Mapping]] = ..., bn_param: _Optional[_Union[_forks_pb2.BNParameter, _Mapping]] = ..., dense_image_data_param: _Optional[_Union[_forks_pb2.DenseImageDataParameter, _Mapping]] = ..., adaptive_bias_channel_param: _Optional[_Union[_forks_pb2.AdaptiveBiasChannelParameter, _Mapping]] = ..., bias_channel_param: _Optional[_Union[_forks_pb2.BiasChannelParameter, _Mapping]] = ..., censor_label_param: _Optional[_Union[_forks_pb2.CensorLabelParameter, _Mapping]] = ..., channel_aggregator_param: _Optional[_Union[_forks_pb2.ChannelAggregatorParameter, _Mapping]] = ..., dense_crf_param: _Optional[_Union[_forks_pb2.DenseCRFParameter, _Mapping]] = ..., dominant_channel_param: _Optional[_Union[_forks_pb2.DominantChannelParameter, _Mapping]] = ..., euclidean_loss_param: _Optional[_Union[_forks_pb2.EuclideanLossParameter, _Mapping]] = ..., gain_channel_param: _Optional[_Union[_forks_pb2.GainChannelParameter, _Mapping]] = ..., histogram_param: _Optional[_Union[_forks_pb2.HistogramParameter, _Mapping]] = ..., ignore_overlay_param: _Optional[_Union[_forks_pb2.IgnoreOverlayParameter, _Mapping]] = ..., interp_param: _Optional[_Union[_forks_pb2.InterpParameter, _Mapping]] = ..., mat_read_param: _Optional[_Union[_forks_pb2.MatReadParameter, _Mapping]] = ..., mat_write_param: _Optional[_Union[_forks_pb2.MatWriteParameter, _Mapping]] = ..., onehot_param: _Optional[_Union[_forks_pb2.OneHotParameter, _Mapping]] = ..., padding_param: _Optional[_Union[_forks_pb2.PaddingParameter, _Mapping]] = ..., seg_accuracy_param: _Optional[_Union[_forks_pb2.SegAccuracyParameter, _Mapping]] = ..., softmaxloss_param: _Optional[_Union[_forks_pb2.SoftmaxLossParameter, _Mapping]] = ..., unique_label_param: _Optional[_Union[_forks_pb2.UniqueLabelParameter, _Mapping]] = ..., domain_transform_param: _Optional[_Union[_forks_pb2.DomainTransformParameter, _Mapping]] = ..., parse_evaluate_param: _Optional[_Union[_forks_pb2.ParseEvaluateParameter, _Mapping]] = ..., unpooling_param: _Optional[_Union[_forks_pb2.UnPoolingParameter, _Mapping]] = ..., multi_stage_meanfield_param: _Optional[_Union[_forks_pb2.MultiStageMeanfieldParameter, _Mapping]] = ..., inner_product_blob_param: _Optional[_Union[_forks_pb2.InnerProductBlobParameter, _Mapping]] = ..., ctc_decoder_param: _Optional[_Union[_forks_pb2.CTCDecoderParameter, _Mapping]] = ..., ctc_loss_param: _Optional[_Union[_forks_pb2.CTCLossParameter, _Mapping]] = ..., reverse_param: _Optional[_Union[_forks_pb2.ReverseParameter, _Mapping]] = ..., relu6_param: _Optional[_Union[_forks_pb2.ReLU6Parameter, _Mapping]] = ..., seg_data_param: _Optional[_Union[_forks_pb2.SegDataParameter, _Mapping]] = ..., batch_reduction_param: _Optional[_Union[_forks_pb2.BatchReductionParameter, _Mapping]] = ..., center_loss_param: _Optional[_Union[_forks_pb2.CenterLossParameter, _Mapping]] = ..., largemargin_inner_product_param: _Optional[_Union[_forks_pb2.LargeMarginInnerProductParameter, _Mapping]] = ..., margin_inner_product_param: _Optional[_Union[_forks_pb2.MarginInnerProductParameter, _Mapping]] = ..., local_param: _Optional[_Union[_forks_pb2.LocalParameter, _Mapping]] = ..., insanity_param: _Optional[_Union[_forks_pb2.InsanityParameter, _Mapping]] = ..., triplet_loss_param: _Optional[_Union[_forks_pb2.TripletLossParameter, _Mapping]] = ..., eltwise_affine_param: _Optional[_Union[_forks_pb2.EltwiseAffineParameter, _Mapping]] = ..., sub_region_param: _Optional[_Union[_forks_pb2.SubRegionParameter, _Mapping]] = ..., noise_param: _Optional[_Union[_forks_pb2.NoiseParameter, _Mapping]] = ..., hotspot_param: _Optional[_Union[_forks_pb2.HotspotParameter, _Mapping]] = ..., mil_data_param: _Optional[_Union[_forks_pb2.MILDataParameter, _Mapping]] = ..., mil_param: _Optional[_Union[_forks_pb2.MILParameter, _Mapping]] = ..., fcn_data_param: _Optional[_Union[_forks_pb2.FCNDataParameter, _Mapping]] = ..., flip_param: _Optional[_Union[_forks_pb2.FlipParameter, _Mapping]] = ..., inner_distance_param: _Optional[_Union[_forks_pb2.InnerDistanceParameter, _Mapping]] = ..., normalize_param: _Optional[_Union[_forks_pb2.NormalizeFeaturesParameter, _Mapping]] = ..., general_contrastive_loss_param: _Optional[_Union[_forks_pb2.GeneralContrastiveParameter, _Mapping]] = ..., soft_contrastive_loss_param: _Optional[_Union[_forks_pb2.SoftContrastiveParameter, _Mapping]] = ..., general_triplet_loss_param: _Optional[_Union[_forks_pb2.GeneralTripletParameter, _Mapping]] = ..., soft_truncation_param: _Optional[_Union[_forks_pb2.SoftTruncationParameter, _Mapping]] = ..., pairwise_param: _Optional[_Union[_forks_pb2.PairwiseParameter, _Mapping]] = ..., smoothl1_param: _Optional[_Union[_forks_pb2.SmoothL1Parameter, _Mapping]] = ..., batch_contrastive_loss_param: _Optional[_Union[_forks_pb2.BatchContrastiveParameter, _Mapping]] = ..., truncation_param: _Optional[_Union[_forks_pb2.TruncationParameter, _Mapping]] = ..., nca_param: _Optional[_Union[_forks_pb2.NCAParameter, _Mapping]] = ..., label_specific_rescale_param: _Optional[_Union[_forks_pb2.LabelSpecificRescaleParameter, _Mapping]] = ..., infimum_loss_param: _Optional[_Union[_forks_pb2.InfimumLossParamter, _Mapping]] = ..., ordinal_regression_loss_param: _Optional[_Union[_forks_pb2.OrdinalRegressionParameter, _Mapping]] = ..., resize_param: _Optional[_Union[_forks_pb2.ResizeParameter, _Mapping]] = ..., feature_decay_loss_param: _Optional[_Union[_forks_pb2.FeatureDecayLossParameter, _Mapping]] = ..., confidence_penalty_loss_param: _Optional[_Union[_forks_pb2.ConfidencePenaltyLossParameter, _Mapping]] = ..., focal_loss_param: _Optional[_Union[_forks_pb2.FocalLossParameter, _Mapping]] = ..., label_specific_margin_param: _Optional[_Union[_forks_pb2.LabelSpecificMarginParameter, _Mapping]] = ..., channel_scale_param: _Optional[_Union[_forks_pb2.ChannelScaleParameter, _Mapping]] = ..., label_specific_affine_param: _Optional[_Union[_forks_pb2.LabelSpecificAffineParameter, _Mapping]] = ..., label_specific_hard_margin_param: _Optional[_Union[_forks_pb2.LabelSpecificHardMarginParameter, _Mapping]] = ..., label_specific_add_param: _Optional[_Union[_forks_pb2.LabelSpecificAddParameter, _Mapping]] = ..., shuffle_channel_param: _Optional[_Union[_forks_pb2.ShuffleChannelParameter, _Mapping]] = ..., st_param: _Optional[_Union[_forks_pb2.SpatialTransformerParameter, _Mapping]] = ..., st_loss_param: _Optional[_Union[_forks_pb2.STLossParameter, _Mapping]] = ..., power_file_param: _Optional[_Union[_forks_pb2.PowerFileParameter, _Mapping]] = ..., loc_loss_param: _Optional[_Union[_forks_pb2.LocLossParameter, _Mapping]] = ..., deformable_convolution_param: _Optional[_Union[_forks_pb2.DeformableConvolutionParameter, _Mapping]] = ..., modulated_deformable_convolution_param: _Optional[_Union[_forks_pb2.ModulatedDeformableConvolutionParameter, _Mapping]] = ..., selu_param: _Optional[_Union[_forks_pb2.SeLuParameter, _Mapping]] = ..., selu_dropout_param: _Optional[_Union[_forks_pb2.SeLuDropoutParameter, _Mapping]] = ..., continuation_indicator_param: _Optional[_Union[_forks_pb2.ContinuationIndicatorParameter, _Mapping]] = ..., denseblock_param: _Optional[_Union[_forks_pb2.DenseBlockParameter, _Mapping]] = ..., cpm_transform_param: _Optional[_Union[_forks_pb2.CPMTransformationParameter, _Mapping]] = ..., labelsequence_accuracy_param: _Optional[_Union[_forks_pb2.LabelsequenceAccuracyParameter, _Mapping]] = ..., pad_param: _Optional[_Union[_forks_pb2.PadParameter, _Mapping]] = ..., transpose_param: _Optional[_Union[_forks_pb2.TransposeParameter, _Mapping]] = ..., dsa_loss_param: _Optional[_Union[_forks_pb2.DSALossParameter, _Mapping]] = ..., norml2_param: _Optional[_Union[_forks_pb2.NormL2Parameter, _Mapping]] = ..., rankhard_loss_param: _Optional[_Union[_forks_pb2.RankHardLossParameter, _Mapping]] = ..., lifted_struct_sim_softmax_loss_param: _Optional[_Union[_forks_pb2.LiftedStructSimilaritySoftmaxLossParameter, _Mapping]] = ..., lstm_param: _Optional[_Union[_forks_pb2.LstmParameter, _Mapping]] = ..., smooth_margin_inner_product_param: _Optional[_Union[_forks_pb2.SmoothMarginInnerProductParameter, _Mapping]] = ..., coeff_schedule_param: _Optional[_Union[_forks_pb2.CoeffScheduleParameter, _Mapping]] = ..., augmentation_param: _Optional[_Union[_forks_pb2.AugmentationParameter, _Mapping]] = ..., correlation_param: _Optional[_Union[_forks_pb2.CorrelationParameter, _Mapping]] = ..., l1_loss_param: _Optional[_Union[_forks_pb2.L1LossParameter, _Mapping]] = ..., writer_param: _Optional[_Union[_forks_pb2.WriterParameter, _Mapping]] = ..., reader_param: _Optional[_Union[_forks_pb2.ReaderParameter, _Mapping]] = ..., mean_param: _Optional[_Union[_forks_pb2.MeanParameter, _Mapping]] = ..., resample_param: _Optional[_Union[_forks_pb2.ResampleParameter, _Mapping]] = ..., downsample_param: _Optional[_Union[_forks_pb2.DownsampleParameter, _Mapping]] = ..., lpq_loss_param: _Optional[_Union[_forks_pb2.LpqLossParameter, _Mapping]] = ..., flow_warp_param: _Optional[_Union[_forks_pb2.FlowWarpParameter, _Mapping]] = ..., accum_param: _Optional[_Union[_forks_pb2.AccumParameter, _Mapping]] = ..., black_augmentation_param: _Optional[_Union[_forks_pb2.BlackAugmentationParameter, _Mapping]] = ..., reshape_every_iter: bool = ..., convolution3d_param: _Optional[_Union[_forks_pb2.Convolution3DParameter, _Mapping]] = ..., pooling3d_param: _Optional[_Union[_forks_pb2.Pooling3DParameter, _Mapping]] = ..., down_sampling_param: _Optional[_Union[_forks_pb2.DownSamplingParameter, _Mapping]] = ..., quantization_param: _Optional[_Union[_forks_pb2.QuantizationParameter, _Mapping]] = ..., split_param: _Optional[_Union[_forks_pb2.SplitParameter, _Mapping]] = ..., spatial_dropout_param: _Optional[_Union[_forks_pb2.SpatialDropoutParameter, _Mapping]] = ..., engine: _Optional[str] = ..., multinode: _Optional[_Union[_forks_pb2.MultinodeLayerParameter, _Mapping]] = ..., mn_activation_param: _Optional[_Union[_forks_pb2.MnActivationParameter, _Mapping]] = ..., mn_grad_compress_param: _Optional[_Union[_forks_pb2.MnParamGradCompressParameter, _Mapping]] = ..., remote_data_param: _Optional[_Union[_forks_pb2.RemoteDataParameter, _Mapping]] = ..., forward_type: _Optional[_Union[BlobProto.Type, str]] = ..., backward_type: _Optional[_Union[BlobProto.Type, str]] = ..., forward_math: _Optional[_Union[BlobProto.Type, str]] = ..., backward_math: _Optional[_Union[BlobProto.Type, str]] = ..., debug: bool = ..., cudnn_math_override: _Optional[int] = ..., trt_param: _Optional[_Union[_forks_pb2.TRTParameter, _Mapping]] = ..., detectnet_groundtruth_param: _Optional[_Union[_forks_pb2.DetectNetGroundTruthParameter, _Mapping]] = ..., detectnet_augmentation_param: _Optional[_Union[_forks_pb2.DetectNetAugmentationParameter, _Mapping]] = ..., bottom_data_type: _Optional[_Union[_forks_pb2.QuantizerParameter.DataType, str]] = ..., compute_data_type: _Optional[_Union[_forks_pb2.QuantizerParameter.DataType, str]] = ..., top_data_type: _Optional[_Union[_forks_pb2.QuantizerParameter.DataType, str]] = ..., bottom_quantizer: _Optional[_Iterable[_Union[_forks_pb2.QuantizerParameter, _Mapping]]] = ..., top_quantizer: _Optional[_Iterable[_Union[_forks_pb2.QuantizerParameter, _Mapping]]] = ..., net_quantizer: _Optional[_Union[_forks_pb2.QuantizerParameter, _Mapping]] = ..., blobs_quantizer: _Optional[_Iterable[_Union[_forks_pb2.QuantizerParameter, _Mapping]]] = ..., autotune: _Optional[_Union[NetParameter.Autotune, str]] = ..., device: _Optional[int] = ..., bottom_shared_index: _Optional[_Iterable[int]] = ..., top_shared_index: _Optional[_Iterable[int]] = ..., mergecrop_param: _Optional[_Union[_forks_pb2.MergeCropParameter, _Mapping]] = ..., affinity_param: _Optional[_Union[_forks_pb2.AffinityParameter, _Mapping]] = ..., moe_param: _Optional[_Union[MOEParameter, _Mapping]] = ..., tiling_param: _Optional[_Union[_forks_pb2.TilingParameter, _Mapping]] = ..., guided_dropout_param: _Optional[_Union[_forks_pb2.GuidedDropoutParameter, _Mapping]] = ..., labeled_matching_param: _Optional[_Union[_forks_pb2.LabeledMatchingParameter, _Mapping]] = ..., unlabeled_matching_param: _Optional[_Union[_forks_pb2.UnlabeledMatchingParameter, _Mapping]] = ..., sum_pooling_param: _Optional[_Union[_forks_pb2.SumPoolingParameter, _Mapping]] = ..., compact_bilinear_param: _Optional[_Union[_forks_pb2.CompactBilinearParameter, _Mapping]] = ..., eltwise_accuracy_param: _Optional[_Union[_forks_pb2.EltwiseAccuracyParameter, _Mapping]] = ..., dice_coef_loss_param: _Optional[_Union[_forks_pb2.DiceCoefLossParameter, _Mapping]] = ..., sparsify_param: _Optional[_Union[_forks_pb2.SparsifyParameter, _Mapping]] = ..., scale_tanh_param: _Optional[_Union[_forks_pb2.ScaleTanHParameter, _Mapping]] = ..., gradient_scaler_param: _Optional[_Union[_forks_pb2.GradientScalerParameter, _Mapping]] = ..., mmd_param: _Optional[_Union[_forks_pb2.MMDParameter, _Mapping]] = ..., entropy_param: _Optional[_Union[_forks_pb2.EntropyParameter, _Mapping]] = ..., jmmd_param: _Optional[_Union[_forks_pb2.JMMDParameter, _Mapping]] = ..., nninterp_param: _Optional[_Union[_forks_pb2.NNInterpParameter, _Mapping]] = ..., human_att_data_param: _Optional[_Union[_forks_pb2.HumanAttDataParameter, _Mapping]] = ..., lstm_conv_param: _Optional[_Iterable[_Union[_forks_pb2.LSTMConvolutionParameter, _Mapping]]] = ..., att_pooling_param: _Optional[_Union[_forks_pb2.AttPoolingParameter, _Mapping]] = ..., renet_lstm_param: _Optional[_Union[_forks_pb2.ReNetLSTMParameter, _Mapping]] = ..., pooling_nd_param: _Optional[_Union[_forks_pb2.PoolingNDParameter, _Mapping]] = ..., division_param: _Optional[_Union[_forks_pb2.DivisionParameter, _Mapping]] = ..., combination_param: _Optional[_Union[_forks_pb2.CombinationParameter, _Mapping]] = ..., au_mask_based_land_param: _Optional[_Union[_forks_pb2.AUMaskBasedLandParameter, _Mapping]] = ..., apl_param: _Optional[_Union[_forks_pb2.APLParameter, _Mapping]] = ..., bnhk_param: _Optional[_Union[_forks_pb2.BNHKParameter, _Mapping]] = ..., cos_data_param: _Optional[_Union[CoSDataParameter, _Mapping]] = ..., dial_param: _Optional[_Union[_forks_pb2.DialParameter, _Mapping]] = ..., jfda_loss_param: _Optional[_Union[_forks_pb2.JfdaLossParameter, _Mapping]] = ..., densecrf_param: _Optional[_Union[_forks_pb2.DenseCRFMapParameter, _Mapping]] = ..., rnn_param: _Optional[_Union[_forks_pb2.RNNParameter, _Mapping]] = ..., rrelu_param: _Optional[_Union[_forks_pb2.InsanityParameter, _Mapping]] = ..., set_loss2_param: _Optional[_Union[_forks_pb2.SetLoss2Parameter, _Mapping]] = ..., hypercolumns_param: _Optional[_Union[_forks_pb2.HyperColumnsParameter, _Mapping]] = ..., bilinear_interpolation_param: _Optional[_Union[_forks_pb2.BilinearInterpolationParameter, _Mapping]] = ..., cudnn_batch_norm_param: _Optional[_Union[_forks_pb2.CuDNNBatchNormParameter, _Mapping]] = ..., charbonnier_loss_param: _Optional[_Union[_forks_pb2.CharbonnierLossParameter, _Mapping]] = ..., ssim_loss_param: _Optional[_Union[_forks_pb2.SSIMLossParameter, _Mapping]] = ..., flow_transformer_param: _Optional[_Union[_forks_pb2.FlowTransformerParameter, _Mapping]] = ..., multi_frame_data_param: _Optional[_Union[_forks_pb2.MultiFrameDataParameter, _Mapping]] = ..., color_conv_param: _Optional[_Union[_forks_pb2.ColorConvParameter, _Mapping]] = ..., merge_data_param: _Optional[_Union[_forks_pb2.MergeDataParameter, _Mapping]] = ..., lstm_debug_param: _Optional[_Union[_forks_pb2.LSTMDebugParameter, _Mapping]] = ..., yolo_eval_detection_param: _Optional[_Union[_forks_pb2.YoloEvalDetectionParameter, _Mapping]] = ..., fixed_param: _Optional[_Union[_forks_pb2.FixedParameter, _Mapping]] = ..., deephi_resize_param: _Optional[_Union[_forks_pb2.DeephiResizeParameter, _Mapping]] = ..., gs_tiling_param: _Optional[_Union[_forks_pb2.GSTilingParameter, _Mapping]] = ..., densebox_map_evaluation_param: _Optional[_Union[_forks_pb2.DenseboxMapEvaluationParameter, _Mapping]] = ..., reshape_label_param: _Optional[_Union[_forks_pb2.ReshapeLabelParameter, _Mapping]] = ..., drive_data_param: _Optional[_Union[_forks_pb2.DriveDataParameter, _Mapping]] = ..., strict_dim: bool = ..., squeeze_param: _Optional[_Union[_forks_pb2.SqueezeParameter, _Mapping]] = ..., connectivity_mode: _Optional[_Union[LayerParameter.ConnectivityMode, str]] = ..., rotate_pooling_param: _Optional[_Union[_forks_pb2.RotateROIPoolingParameter, _Mapping]] = ..., filter_param: _Optional[_Union[_forks_pb2.FilterParameter, _Mapping]] = ..., depth_to_space_param: _Optional[_Union[_forks_pb2.DepthToSpaceParameter, _Mapping]] = ..., upsample_darknet_param: _Optional[_Union[_forks_pb2.UpsampleDarknetParameter, _Mapping]] = ..., resize_nearest_neighbor_param: _Optional[_Union[_forks_pb2.ResizeNearestNeighborParameter, _Mapping]] = ..., resize_bilinear_param: _Optional[_Union[_forks_pb2.ResizeBilinearParameter, _Mapping]] = ..., unstack_param: _Optional[_Union[_forks_pb2.UnstackParameter, _Mapping]] = ..., batch_to_space_nd_param: _Optional[_Union[_forks_pb2.BatchToSpaceNDParameter, _Mapping]] = ..., space_to_batch_nd_param: _Optional[_Union[_forks_pb2.SpaceToBatchNDParameter, _Mapping]] = ..., expand_dims_nd_param: _Optional[_Union[_forks_pb2.ExpandDimsNDParameter, _Mapping]] = ..., rank_param: _Optional[_Union[_forks_pb2.RankHardLossParameter, _Mapping]] = ..., quant_param: _Optional[_Union[_forks_pb2.QuantParameter, _Mapping]] = ..., binary_convolution_param: _Optional[_Union[_forks_pb2.BinaryConvolutionParameter, _Mapping]] = ..., binary_inner_product_param: _Optional[_Union[_forks_pb2.BinaryInnerProductParameter, _Mapping]] = ..., spatial_softmax_param: _Optional[_Union[_forks_pb2.SpatialSoftmaxParameter, _Mapping]] = ..., triplet_rank_loss_param: _Optional[_Union[_forks_pb2.TripletRankLossParameter, _Mapping]] = ..., mask_outputs_param: _Optional[_Union[_forks_pb2.MaskOutputsParameter, _Mapping]] = ..., euclidean_weight_param: _Optional[_Union[_forks_pb2.EuclideanWeightedLossParameter, _Mapping]] = ..., cosin_add_m_param: _Optional[_Union[_forks_pb2.CosinAddmParameter, _Mapping]] = ..., combined_margin_param: _Optional[_Union[_forks_pb2.CombinedMarginParameter, _Mapping]] = ..., adacos_add_m_scale_param: _Optional[_Union[_forks_pb2.AdaCosAddmScaleParameter, _Mapping]] = ..., source_class: _Optional[str] = ...) -> None: ...

class LogParameter(_message.Message):
    __slots__ = ["base", "scale", "shift"]
    BASE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHIFT_FIELD_NUMBER: _ClassVar[int]
    base: float
    scale: float
    shift: float
    def __init__(self, base: _Optional[float] = ..., scale: _Optional[float] = ..., shift: _Optional[float] = ...) -> None: ...

class LossParameter(_message.Message):
    __slots__ = ["class_weighting", "ignore_label", "label_smoothing", "normalization", "normalize", "pre_fixed_normalizer", "weight_by_label_freqs"]
    class NormalizationMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BATCH_SIZE: LossParameter.NormalizationMode
    CLASS_WEIGHTING_FIELD_NUMBER: _ClassVar[int]
    FULL: LossParameter.NormalizationMode
    IGNORE_LABEL_FIELD_NUMBER: _ClassVar[int]
    LABEL_SMOOTHING_FIELD_NUMBER: _ClassVar[int]
    NONE: LossParameter.NormalizationMode
    NORMALIZATION_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_FIELD_NUMBER: _ClassVar[int]
    PRE_FIXED: LossParameter.NormalizationMode
    PRE_FIXED_NORMALIZER_FIELD_NUMBER: _ClassVar[int]
    VALID: LossParameter.NormalizationMode
    WEIGHT_BY_LABEL_FREQS_FIELD_NUMBER: _ClassVar[int]
    class_weighting: _containers.RepeatedScalarFieldContainer[float]
    ignore_label: int
    label_smoothing: float
    normalization: LossParameter.NormalizationMode
    normalize: bool
    pre_fixed_normalizer: float
    weight_by_label_freqs: bool
    def __init__(self, ignore_label: _Optional[int] = ..., normalization: _Optional[_Union[LossParameter.NormalizationMode, str]] = ..., normalize: bool = ..., pre_fixed_normalizer: _Optional[float] = ..., weight_by_label_freqs: bool = ..., class_weighting: _Optional[_Iterable[float]] = ..., label_smoothing: _Optional[float] = ...) -> None: ...

class MOEParameter(_message.Message):
    __slots__ = ["expert_instances", "expert_net", "full_forward", "gating_net", "map_bottom", "select_experts"]
    class BottomMapping(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    EXPERT: MOEParameter.BottomMapping
    EXPERT_INSTANCES_FIELD_NUMBER: _ClassVar[int]
    EXPERT_NET_FIELD_NUMBER: _ClassVar[int]
    FULL_FORWARD_FIELD_NUMBER: _ClassVar[int]
    GATING: MOEParameter.BottomMapping
    GATING_AND_EXPERT: MOEParameter.BottomMapping
    GATING_NET_FIELD_NUMBER: _ClassVar[int]
    MAP_BOTTOM_FIELD_NUMBER: _ClassVar[int]
    SELECT_EXPERTS_FIELD_NUMBER: _ClassVar[int]
    expert_instances: _containers.RepeatedScalarFieldContainer[int]
    expert_net: _containers.RepeatedCompositeFieldContainer[NetParameter]
    full_forward: bool
    gating_net: NetParameter
    map_bottom: _containers.RepeatedScalarFieldContainer[MOEParameter.BottomMapping]
    select_experts: int
    def __init__(self, gating_net: _Optional[_Union[NetParameter, _Mapping]] = ..., expert_net: _Optional[_Iterable[_Union[NetParameter, _Mapping]]] = ..., expert_instances: _Optional[_Iterable[int]] = ..., select_experts: _Optional[int] = ..., map_bottom: _Optional[_Iterable[_Union[MOEParameter.BottomMapping, str]]] = ..., full_forward: bool = ...) -> None: ...

class MVNParameter(_message.Message):
    __slots__ = ["across_channels", "add_eps_before_sqrt", "eps", "normalize_variance"]
    ACROSS_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    ADD_EPS_BEFORE_SQRT_FIELD_NUMBER: _ClassVar[int]
    EPS_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_VARIANCE_FIELD_NUMBER: _ClassVar[int]
    across_channels: bool
    add_eps_before_sqrt: bool
    eps: float
    normalize_variance: bool
    def __init__(self, normalize_variance: bool = ..., across_channels: bool = ..., eps: _Optional[float] = ..., add_eps_before_sqrt: bool = ...) -> None: ...

class MemoryDataParameter(_message.Message):
    __slots__ = ["batch_size", "channels", "dataframe_column_select", "dataframe_format", "dim", "height", "image_encoded", "input_shapes", "share_in_parallel", "source", "transform_param", "transpose", "width"]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    DATAFRAME_COLUMN_SELECT_FIELD_NUMBER: _ClassVar[int]
    DATAFRAME_FORMAT_FIELD_NUMBER: _ClassVar[int]
    DIM_FIELD_NUMBER: _ClassVar[int]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    IMAGE_ENCODED_FIELD_NUMBER: _ClassVar[int]
    INPUT_SHAPES_FIELD_NUMBER: _ClassVar[int]
    SHARE_IN_PARALLEL_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRANSPOSE_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    batch_size: int
    channels: int
    dataframe_column_select: _containers.RepeatedScalarFieldContainer[str]
    dataframe_format: str
    dim: _containers.RepeatedScalarFieldContainer[int]
    height: int
    image_encoded: bool
    input_shapes: _containers.RepeatedCompositeFieldContainer[_shared_pb2.BlobShape]
    share_in_parallel: bool
    source: str
    transform_param: TransformationParameter
    transpose: bool
    width: int
    def __init__(self, batch_size: _Optional[int] = ..., channels: _Optional[int] = ..., height: _Optional[int] = ..., width: _Optional[int] = ..., transpose: bool = ..., dim: _Optional[_Iterable[int]] = ..., input_shapes: _Optional[_Iterable[_Union[_shared_pb2.BlobShape, _Mapping]]] = ..., transform_param: _Optional[_Union[TransformationParameter, _Mapping]] = ..., share_in_parallel: bool = ..., source: _Optional[str] = ..., dataframe_column_select: _Optional[_Iterable[str]] = ..., image_encoded: bool = ..., dataframe_format: _Optional[str] = ...) -> None: ...

class NetParameter(_message.Message):
    __slots__ = ["autotune", "bn_stats_batch_size", "compile_net_state", "copyright", "data_type", "debug_info", "default_backward_math", "default_backward_type", "default_conv_algos_override", "default_cudnn_math_override", "default_forward_math", "default_forward_type", "eltwise_mem_sharing", "engine", "force_backward", "global_grad_scale", "global_grad_scale_adaptive", "input", "input_dim", "input_shape", "layer", "layers", "mem_param", "multinode", "name", "quantizer", "reduce_buckets", "reduced_memory_inference", "richness", "state"]
    class Autotune(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AUTOTUNE_FIELD_NUMBER: _ClassVar[int]
    BN_STATS_BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    CAFFE_AUTOTUNE_DISABLED: NetParameter.Autotune
    CAFFE_AUTOTUNE_FUNCTION: NetParameter.Autotune
    CAFFE_AUTOTUNE_FUNCTION_PARAMETER: NetParameter.Autotune
    COMPILE_NET_STATE_FIELD_NUMBER: _ClassVar[int]
    COPYRIGHT_FIELD_NUMBER: _ClassVar[int]
    DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    DEBUG_INFO_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_BACKWARD_MATH_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_BACKWARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_CONV_ALGOS_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_CUDNN_MATH_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_FORWARD_MATH_FIELD_NUMBER: _ClassVar[int]
    DEFAULT_FORWARD_TYPE_FIELD_NUMBER: _ClassVar[int]
    ELTWISE_MEM_SHARING_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    FORCE_BACKWARD_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_GRAD_SCALE_ADAPTIVE_FIELD_NUMBER: _ClassVar[int]
    GLOBAL_GRAD_SCALE_FIELD_NUMBER: _ClassVar[int]
    INPUT_DIM_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    INPUT_SHAPE_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    MEM_PARAM_FIELD_NUMBER: _ClassVar[int]
    MULTINODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    QUANTIZER_FIELD_NUMBER: _ClassVar[int]
    REDUCED_MEMORY_INFERENCE_FIELD_NUMBER: _ClassVar[int]
    REDUCE_BUCKETS_FIELD_NUMBER: _ClassVar[int]
    RICHNESS_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    autotune: NetParameter.Autotune
    bn_stats_batch_size: int
    compile_net_state: _forks_pb2.CompileNetState
    copyright: str
    data_type: _forks_pb2.QuantizerParameter.DataType
    debug_info: bool
    default_backward_math: BlobProto.Type
    default_backward_type: BlobProto.Type
    default_conv_algos_override: str
    default_cudnn_math_override: int
    default_forward_math: BlobProto.Type
    default_forward_type: BlobProto.Type
    eltwise_mem_sharing: bool
    engine: str
    force_backward: bool
    global_grad_scale: float
    global_grad_scale_adaptive: bool
    input: _containers.RepeatedScalarFieldContainer[str]
    input_dim: _containers.RepeatedScalarFieldContainer[int]
    input_shape: _containers.RepeatedCompositeFieldContainer[_shared_pb2.BlobShape]
    layer: _containers.RepeatedCompositeFieldContainer[LayerParameter]
    layers: _containers.RepeatedCompositeFieldContainer[V1LayerParameter]
    mem_param: _forks_pb2.MemoryOptimizationParameter
    multinode: _forks_pb2.MultinodeParameter
    name: str
    quantizer: _containers.RepeatedCompositeFieldContainer[_forks_pb2.QuantizerParameter]
    reduce_buckets: int
    reduced_memory_inference: bool
    richness: int
    state: NetState
    def __init__(self, name: _Optional[str] = ..., layer: _Optional[_Iterable[_Union[LayerParameter, _Mapping]]] = ..., force_backward: bool = ..., state: _Optional[_Union[NetState, _Mapping]] = ..., debug_info: bool = ..., input: _Optional[_Iterable[str]] = ..., input_shape: _Optional[_Iterable[_Union[_shared_pb2.BlobShape, _Mapping]]] = ..., input_dim: _Optional[_Iterable[int]] = ..., layers: _Optional[_Iterable[_Union[V1LayerParameter, _Mapping]]] = ..., mem_param: _Optional[_Union[_forks_pb2.MemoryOptimizationParameter, _Mapping]] = ..., compile_net_state: _Optional[_Union[_forks_pb2.CompileNetState, _Mapping]] = ..., engine: _Optional[str] = ..., richness: _Optional[int] = ..., bn_stats_batch_size: _Optional[int] = ..., multinode: _Optional[_Union[_forks_pb2.MultinodeParameter, _Mapping]] = ..., default_forward_type: _Optional[_Union[BlobProto.Type, str]] = ..., default_backward_type: _Optional[_Union[BlobProto.Type, str]] = ..., default_forward_math: _Optional[_Union[BlobProto.Type, str]] = ..., default_backward_math: _Optional[_Union[BlobProto.Type, str]] = ..., global_grad_scale: _Optional[float] = ..., global_grad_scale_adaptive: bool = ..., default_conv_algos_override: _Optional[str] = ..., reduce_buckets: _Optional[int] = ..., default_cudnn_math_override: _Optional[int] = ..., eltwise_mem_sharing: bool = ..., data_type: _Optional[_Union[_forks_pb2.QuantizerParameter.DataType, str]] = ..., quantizer: _Optional[_Iterable[_Union[_forks_pb2.QuantizerParameter, _Mapping]]] = ..., reduced_memory_inference: bool = ..., autotune: _Optional[_Union[NetParameter.Autotune, str]] = ..., copyright: _Optional[str] = ...) -> None: ...

class NetState(_message.Message):
    __slots__ = ["level", "phase", "quantizer_mode", "solver", "stage"]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    QUANTIZER_MODE_FIELD_NUMBER: _ClassVar[int]
    SOLVER_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    level: int
    phase: Phase
    quantizer_mode: _forks_pb2.QuantizerParameter.Mode
    solver: bool
    stage: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, phase: _Optional[_Union[Phase, str]] = ..., level: _Optional[int] = ..., stage: _Optional[_Iterable[str]] = ..., quantizer_mode: _Optional[_Union[_forks_pb2.QuantizerParameter.Mode, str]] = ..., solver: bool = ...) -> None: ...

class NetStateRule(_message.Message):
    __slots__ = ["max_level", "min_level", "not_stage", "phase", "solver", "stage"]
    MAX_LEVEL_FIELD_NUMBER: _ClassVar[int]
    MIN_LEVEL_FIELD_NUMBER: _ClassVar[int]
    NOT_STAGE_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    SOLVER_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    max_level: int
    min_level: int
    not_stage: _containers.RepeatedScalarFieldContainer[str]
    phase: Phase
    solver: bool
    stage: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, phase: _Optional[_Union[Phase, str]] = ..., min_level: _Optional[int] = ..., max_level: _Optional[int] = ..., stage: _Optional[_Iterable[str]] = ..., not_stage: _Optional[_Iterable[str]] = ..., solver: bool = ...) -> None: ...

class PReLUParameter(_message.Message):
    __slots__ = ["channel_shared", "filler"]
    CHANNEL_SHARED_FIELD_NUMBER: _ClassVar[int]
    FILLER_FIELD_NUMBER: _ClassVar[int]
    channel_shared: bool
    filler: _shared_pb2.FillerParameter
    def __init__(self, filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., channel_shared: bool = ...) -> None: ...

class ParamSpec(_message.Message):
    __slots__ = ["block_group_lasso", "breadth_decay_mult", "compression", "decay_mult", "force_mult", "kernel_shape_decay_mult", "lr_mult", "name", "regularization_type", "share_mode"]
    class Compression(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class DimCheckMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    BLOCK_GROUP_LASSO_FIELD_NUMBER: _ClassVar[int]
    BREADTH_DECAY_MULT_FIELD_NUMBER: _ClassVar[int]
    COMPRESSION_FIELD_NUMBER: _ClassVar[int]
    DECAY_MULT_FIELD_NUMBER: _ClassVar[int]
    DEFAULT: ParamSpec.Compression
    FORCE_MULT_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SHAPE_DECAY_MULT_FIELD_NUMBER: _ClassVar[int]
    LR_MULT_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PERMISSIVE: ParamSpec.DimCheckMode
    PRUNE: ParamSpec.Compression
    REGULARIZATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    SHARE_MODE_FIELD_NUMBER: _ClassVar[int]
    STRICT: ParamSpec.DimCheckMode
    block_group_lasso: _containers.RepeatedCompositeFieldContainer[BlockGroupLassoSpec]
    breadth_decay_mult: float
    compression: ParamSpec.Compression
    decay_mult: float
    force_mult: float
    kernel_shape_decay_mult: float
    lr_mult: float
    name: str
    regularization_type: str
    share_mode: ParamSpec.DimCheckMode
    def __init__(self, name: _Optional[str] = ..., share_mode: _Optional[_Union[ParamSpec.DimCheckMode, str]] = ..., lr_mult: _Optional[float] = ..., decay_mult: _Optional[float] = ..., compression: _Optional[_Union[ParamSpec.Compression, str]] = ..., breadth_decay_mult: _Optional[float] = ..., kernel_shape_decay_mult: _Optional[float] = ..., block_group_lasso: _Optional[_Iterable[_Union[BlockGroupLassoSpec, _Mapping]]] = ..., regularization_type: _Optional[str] = ..., force_mult: _Optional[float] = ...) -> None: ...

class ParameterParameter(_message.Message):
    __slots__ = ["blob_filler", "shape"]
    BLOB_FILLER_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    blob_filler: _shared_pb2.FillerParameter
    shape: _shared_pb2.BlobShape
    def __init__(self, shape: _Optional[_Union[_shared_pb2.BlobShape, _Mapping]] = ..., blob_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ...) -> None: ...

class PoolingParameter(_message.Message):
    __slots__ = ["avg_include_pad", "axis", "bin_h", "bin_size", "bin_w", "blobs_a_min", "blobs_lr", "ceil_mode", "dilation", "engine", "global_pooling", "kernel_depth", "kernel_h", "kernel_shape", "kernel_size", "kernel_size_3d", "kernel_w", "pad", "pad_3d", "pad_b", "pad_h", "pad_l", "pad_r", "pad_shape", "pad_t", "pad_type", "pad_w", "pool", "round_mode", "stride", "stride_3d", "stride_h", "stride_shape", "stride_w", "temporal_stride", "torch_pooling"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class PoolMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class RoundMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AVE: PoolingParameter.PoolMethod
    AVE_EXC_PAD: PoolingParameter.PoolMethod
    AVE_TF: PoolingParameter.PoolMethod
    AVG_INCLUDE_PAD_FIELD_NUMBER: _ClassVar[int]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BIN_H_FIELD_NUMBER: _ClassVar[int]
    BIN_SIZE_FIELD_NUMBER: _ClassVar[int]
    BIN_W_FIELD_NUMBER: _ClassVar[int]
    BLOBS_A_MIN_FIELD_NUMBER: _ClassVar[int]
    BLOBS_LR_FIELD_NUMBER: _ClassVar[int]
    CAFFE: PoolingParameter.Engine
    CEIL: PoolingParameter.RoundMode
    CEIL_MODE_FIELD_NUMBER: _ClassVar[int]
    CUDNN: PoolingParameter.Engine
    DEF: PoolingParameter.PoolMethod
    DEFAULT: PoolingParameter.Engine
    DEF_ALL: PoolingParameter.PoolMethod
    DEF_ALL2: PoolingParameter.PoolMethod
    DEF_ALL3: PoolingParameter.PoolMethod
    DEF_ALL4: PoolingParameter.PoolMethod
    DILATION_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    FLOOR: PoolingParameter.RoundMode
    GLOBAL_POOLING_FIELD_NUMBER: _ClassVar[int]
    KERNEL_DEPTH_FIELD_NUMBER: _ClassVar[int]
    KERNEL_H_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SHAPE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_3D_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SIZE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_W_FIELD_NUMBER: _ClassVar[int]
    LIBDNN: PoolingParameter.Engine
    LOWRES: PoolingParameter.PoolMethod
    MAX: PoolingParameter.PoolMethod
    MKL2017: PoolingParameter.Engine
    MKLDNN: PoolingParameter.Engine
    PAD_3D_FIELD_NUMBER: _ClassVar[int]
    PAD_B_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    PAD_H_FIELD_NUMBER: _ClassVar[int]
    PAD_L_FIELD_NUMBER: _ClassVar[int]
    PAD_R_FIELD_NUMBER: _ClassVar[int]
    PAD_SHAPE_FIELD_NUMBER: _ClassVar[int]
    PAD_TYPE_FIELD_NUMBER: _ClassVar[int]
    PAD_T_FIELD_NUMBER: _ClassVar[int]
    PAD_W_FIELD_NUMBER: _ClassVar[int]
    POOL_FIELD_NUMBER: _ClassVar[int]
    ROUND_MODE_FIELD_NUMBER: _ClassVar[int]
    STOCHASTIC: PoolingParameter.PoolMethod
    STRIDE_3D_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_H_FIELD_NUMBER: _ClassVar[int]
    STRIDE_SHAPE_FIELD_NUMBER: _ClassVar[int]
    STRIDE_W_FIELD_NUMBER: _ClassVar[int]
    TEMPORAL_STRIDE_FIELD_NUMBER: _ClassVar[int]
    TORCH_POOLING_FIELD_NUMBER: _ClassVar[int]
    avg_include_pad: bool
    axis: int
    bin_h: int
    bin_size: int
    bin_w: int
    blobs_a_min: float
    blobs_lr: float
    ceil_mode: bool
    dilation: _containers.RepeatedScalarFieldContainer[int]
    engine: PoolingParameter.Engine
    global_pooling: bool
    kernel_depth: int
    kernel_h: int
    kernel_shape: _shared_pb2.BlobShape
    kernel_size: int
    kernel_size_3d: _containers.RepeatedScalarFieldContainer[int]
    kernel_w: int
    pad: int
    pad_3d: _containers.RepeatedScalarFieldContainer[int]
    pad_b: int
    pad_h: int
    pad_l: int
    pad_r: int
    pad_shape: _shared_pb2.BlobShape
    pad_t: int
    pad_type: int
    pad_w: int
    pool: PoolingParameter.PoolMethod
    round_mode: PoolingParameter.RoundMode
    stride: int
    stride_3d: _containers.RepeatedScalarFieldContainer[int]
    stride_h: int
    stride_shape: _shared_pb2.BlobShape
    stride_w: int
    temporal_stride: int
    torch_pooling: bool
    def __init__(self, pool: _Optional[_Union[PoolingParameter.PoolMethod, str]] = ..., pad: _Optional[int] = ..., pad_h: _Optional[int] = ..., pad_w: _Optional[int] = ..., kernel_size: _Optional[int] = ..., kernel_h: _Optional[int] = ..., kernel_w: _Optional[int] = ..., stride: _Optional[int] = ..., stride_h: _Optional[int] = ..., stride_w: _Optional[int] = ..., engine: _Optional[_Union[PoolingParameter.Engine, str]] = ..., global_pooling: bool = ..., round_mode: _Optional[_Union[PoolingParameter.RoundMode, str]] = ..., ceil_mode: bool = ..., bin_size: _Optional[int] = ..., bin_h: _Optional[int] = ..., bin_w: _Optional[int] = ..., blobs_lr: _Optional[float] = ..., blobs_a_min: _Optional[float] = ..., kernel_depth: _Optional[int] = ..., temporal_stride: _Optional[int] = ..., pad_3d: _Optional[_Iterable[int]] = ..., kernel_size_3d: _Optional[_Iterable[int]] = ..., stride_3d: _Optional[_Iterable[int]] = ..., avg_include_pad: bool = ..., axis: _Optional[int] = ..., torch_pooling: bool = ..., dilation: _Optional[_Iterable[int]] = ..., pad_l: _Optional[int] = ..., pad_r: _Optional[int] = ..., pad_t: _Optional[int] = ..., pad_b: _Optional[int] = ..., pad_type: _Optional[int] = ..., pad_shape: _Optional[_Union[_shared_pb2.BlobShape, _Mapping]] = ..., kernel_shape: _Optional[_Union[_shared_pb2.BlobShape, _Mapping]] = ..., stride_shape: _Optional[_Union[_shared_pb2.BlobShape, _Mapping]] = ...) -> None: ...

class PowerParameter(_message.Message):
    __slots__ = ["power", "scale", "shift"]
    POWER_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHIFT_FIELD_NUMBER: _ClassVar[int]
    power: float
    scale: float
    shift: float
    def __init__(self, power: _Optional[float] = ..., scale: _Optional[float] = ..., shift: _Optional[float] = ...) -> None: ...

class PythonParameter(_message.Message):
    __slots__ = ["layer", "module", "param_str", "share_in_parallel"]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    MODULE_FIELD_NUMBER: _ClassVar[int]
    PARAM_STR_FIELD_NUMBER: _ClassVar[int]
    SHARE_IN_PARALLEL_FIELD_NUMBER: _ClassVar[int]
    layer: str
    module: str
    param_str: str
    share_in_parallel: bool
    def __init__(self, module: _Optional[str] = ..., layer: _Optional[str] = ..., param_str: _Optional[str] = ..., share_in_parallel: bool = ...) -> None: ...

class ReLUParameter(_message.Message):
    __slots__ = ["engine", "fuse", "maximum", "negative_slope", "relu6"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CAFFE: ReLUParameter.Engine
    CUDNN: ReLUParameter.Engine
    DEFAULT: ReLUParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    FUSE_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    MKL2017: ReLUParameter.Engine
    MKLDNN: ReLUParameter.Engine
    NEGATIVE_SLOPE_FIELD_NUMBER: _ClassVar[int]
    RELU6_FIELD_NUMBER: _ClassVar[int]
    engine: ReLUParameter.Engine
    fuse: bool
    maximum: float
    negative_slope: float
    relu6: bool
    def __init__(self, negative_slope: _Optional[float] = ..., engine: _Optional[_Union[ReLUParameter.Engine, str]] = ..., fuse: bool = ..., relu6: bool = ..., maximum: _Optional[float] = ...) -> None: ...

class RecurrentParameter(_message.Message):
    __slots__ = ["bias_filler", "debug_info", "expose_hidden", "forget_bias", "num_output", "weight_filler"]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    DEBUG_INFO_FIELD_NUMBER: _ClassVar[int]
    EXPOSE_HIDDEN_FIELD_NUMBER: _ClassVar[int]
    FORGET_BIAS_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    bias_filler: _shared_pb2.FillerParameter
    debug_info: bool
    expose_hidden: bool
    forget_bias: float
    num_output: int
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, num_output: _Optional[int] = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., debug_info: bool = ..., expose_hidden: bool = ..., forget_bias: _Optional[float] = ...) -> None: ...

class ReshapeParameter(_message.Message):
    __slots__ = ["axis", "num_axes", "pixelshuffler", "shape"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    NUM_AXES_FIELD_NUMBER: _ClassVar[int]
    PIXELSHUFFLER_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    axis: int
    num_axes: int
    pixelshuffler: int
    shape: _shared_pb2.BlobShape
    def __init__(self, shape: _Optional[_Union[_shared_pb2.BlobShape, _Mapping]] = ..., axis: _Optional[int] = ..., num_axes: _Optional[int] = ..., pixelshuffler: _Optional[int] = ...) -> None: ...

class SPPParameter(_message.Message):
    __slots__ = ["engine", "pool", "pyramid_height"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class PoolMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AVE: SPPParameter.PoolMethod
    CAFFE: SPPParameter.Engine
    CUDNN: SPPParameter.Engine
    DEFAULT: SPPParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    MAX: SPPParameter.PoolMethod
    POOL_FIELD_NUMBER: _ClassVar[int]
    PYRAMID_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    STOCHASTIC: SPPParameter.PoolMethod
    engine: SPPParameter.Engine
    pool: SPPParameter.PoolMethod
    pyramid_height: int
    def __init__(self, pyramid_height: _Optional[int] = ..., pool: _Optional[_Union[SPPParameter.PoolMethod, str]] = ..., engine: _Optional[_Union[SPPParameter.Engine, str]] = ...) -> None: ...

class ScaleParameter(_message.Message):
    __slots__ = ["axis", "bias_filler", "bias_term", "filler", "max_value", "min_value", "num_axes"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BIAS_TERM_FIELD_NUMBER: _ClassVar[int]
    FILLER_FIELD_NUMBER: _ClassVar[int]
    MAX_VALUE_FIELD_NUMBER: _ClassVar[int]
    MIN_VALUE_FIELD_NUMBER: _ClassVar[int]
    NUM_AXES_FIELD_NUMBER: _ClassVar[int]
    axis: int
    bias_filler: _shared_pb2.FillerParameter
    bias_term: bool
    filler: _shared_pb2.FillerParameter
    max_value: float
    min_value: float
    num_axes: int
    def __init__(self, axis: _Optional[int] = ..., num_axes: _Optional[int] = ..., filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_term: bool = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., min_value: _Optional[float] = ..., max_value: _Optional[float] = ...) -> None: ...

class SigmoidParameter(_message.Message):
    __slots__ = ["engine"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CAFFE: SigmoidParameter.Engine
    CUDNN: SigmoidParameter.Engine
    DEFAULT: SigmoidParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    engine: SigmoidParameter.Engine
    def __init__(self, engine: _Optional[_Union[SigmoidParameter.Engine, str]] = ...) -> None: ...

class SliceParameter(_message.Message):
    __slots__ = ["axis", "slice_dim", "slice_point"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    SLICE_DIM_FIELD_NUMBER: _ClassVar[int]
    SLICE_POINT_FIELD_NUMBER: _ClassVar[int]
    axis: int
    slice_dim: int
    slice_point: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, axis: _Optional[int] = ..., slice_point: _Optional[_Iterable[int]] = ..., slice_dim: _Optional[int] = ...) -> None: ...

class SoftmaxParameter(_message.Message):
    __slots__ = ["axis", "class_weight", "cutting_point", "engine", "hard_mining_label", "hard_ratio", "label_smooth_factor", "normalize_type"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    AXIS_FIELD_NUMBER: _ClassVar[int]
    CAFFE: SoftmaxParameter.Engine
    CLASS_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    CUDNN: SoftmaxParameter.Engine
    CUTTING_POINT_FIELD_NUMBER: _ClassVar[int]
    DEFAULT: SoftmaxParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    HARD_MINING_LABEL_FIELD_NUMBER: _ClassVar[int]
    HARD_RATIO_FIELD_NUMBER: _ClassVar[int]
    LABEL_SMOOTH_FACTOR_FIELD_NUMBER: _ClassVar[int]
    NORMALIZE_TYPE_FIELD_NUMBER: _ClassVar[int]
    axis: int
    class_weight: _containers.RepeatedScalarFieldContainer[float]
    cutting_point: float
    engine: SoftmaxParameter.Engine
    hard_mining_label: int
    hard_ratio: float
    label_smooth_factor: float
    normalize_type: str
    def __init__(self, engine: _Optional[_Union[SoftmaxParameter.Engine, str]] = ..., axis: _Optional[int] = ..., hard_ratio: _Optional[float] = ..., class_weight: _Optional[_Iterable[float]] = ..., hard_mining_label: _Optional[int] = ..., cutting_point: _Optional[float] = ..., normalize_type: _Optional[str] = ..., label_smooth_factor: _Optional[float] = ...) -> None: ...

class SolverParameter(_message.Message):
    __slots__ = ["ap_version", "average_loss", "base_lr", "block_group_decay", "breadth_decay", "clamp_weights_lower", "clamp_weights_upper", "classiou_class_num", "clip_gradients", "clip_weights", "data_type", "debug_info", "delta", "device", "device_id", "disabled_update", "display", "engine", "eval_type", "gamma", "group_id", "iter_size", "kernel_shape_decay", "larc", "larc_eta", "larc_policy", "larc_turbo", "layer_wise_reduce", "local_gw_ratio", "local_lr_auto", "log_avg_gradient_norm", "lr_policy", "max_iter", "max_momentum", "max_threshold_factor", "max_weight_decay", "measure_threshold", "min_lr", "momentum", "momentum2", "momentum_policy", "momentum_power", "multinode_param", "net", "net_param", "per_parameter_reduce", "plateau_winsize", "power", "prune_threshold", "rampup_interval", "rampup_lr", "random_seed", "regularization_type", "richness", "rms_decay", "show_per_class_result", "show_pr", "snapshot", "snapshot_after_train", "snapshot_diff", "snapshot_format", "snapshot_prefix", "solver_data_type", "solver_mode", "solver_type", "stageiter", "stagelr", "stepsize", "stepvalue", "store_blobs_in_old_format", "test_and_snapshot_last_epochs", "test_before_snapshot", "test_compute_loss", "test_initialization", "test_interval", "test_iter", "test_net", "test_net_param", "test_offset", "test_state", "train_net", "train_net_param", "train_state", "type", "warmup_iter", "warmup_start_lr", "weight_decay", "weight_decay_policy", "weight_decay_power", "weights", "winograd_adjust_threshold"]
    class SnapshotFormat(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class SolverMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class SolverType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ADADELTA: SolverParameter.SolverType
    ADAGRAD: SolverParameter.SolverType
    ADAM: SolverParameter.SolverType
    AP_VERSION_FIELD_NUMBER: _ClassVar[int]
    AVERAGE_LOSS_FIELD_NUMBER: _ClassVar[int]
    BASE_LR_FIELD_NUMBER: _ClassVar[int]
    BINARYPROTO: SolverParameter.SnapshotFormat
    BLOCK_GROUP_DECAY_FIELD_NUMBER: _ClassVar[int]
    BREADTH_DECAY_FIELD_NUMBER: _ClassVar[int]
    CLAMP_WEIGHTS_LOWER_FIELD_NUMBER: _ClassVar[int]
    CLAMP_WEIGHTS_UPPER_FIELD_NUMBER: _ClassVar[int]
    CLASSIOU_CLASS_NUM_FIELD_NUMBER: _ClassVar[int]
    CLIP_GRADIENTS_FIELD_NUMBER: _ClassVar[int]
    CLIP_WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    CPU: SolverParameter.SolverMode
    DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    DEBUG_INFO_FIELD_NUMBER: _ClassVar[int]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    DEVICE_FIELD_NUMBER: _ClassVar[int]
    DEVICE_ID_FIELD_NUMBER: _ClassVar[int]
    DISABLED_UPDATE_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_FIELD_NUMBER: _ClassVar[int]
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    EVAL_TYPE_FIELD_NUMBER: _ClassVar[int]
    GAMMA_FIELD_NUMBER: _ClassVar[int]
    GPU: SolverParameter.SolverMode
    GROUP_ID_FIELD_NUMBER: _ClassVar[int]
    HDF5: SolverParameter.SnapshotFormat
    ITER_SIZE_FIELD_NUMBER: _ClassVar[int]
    KERNEL_SHAPE_DECAY_FIELD_NUMBER: _ClassVar[int]
    LARC_ETA_FIELD_NUMBER: _ClassVar[int]
    LARC_FIELD_NUMBER: _ClassVar[int]
    LARC_POLICY_FIELD_NUMBER: _ClassVar[int]
    LARC_TURBO_FIELD_NUMBER: _ClassVar[int]
    LAYER_WISE_REDUCE_FIELD_NUMBER: _ClassVar[int]
    LOCAL_GW_RATIO_FIELD_NUMBER: _ClassVar[int]
    LOCAL_LR_AUTO_FIELD_NUMBER: _ClassVar[int]
    LOG_AVG_GRADIENT_NORM_FIELD_NUMBER: _ClassVar[int]
    LR_POLICY_FIELD_NUMBER: _ClassVar[int]
    MAX_ITER_FIELD_NUMBER: _ClassVar[int]
    MAX_MOMENTUM_FIELD_NUMBER: _ClassVar[int]
    MAX_THRESHOLD_FACTOR_FIELD_NUMBER: _ClassVar[int]
    MAX_WEIGHT_DECAY_FIELD_NUMBER: _ClassVar[int]
    MEASURE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    MIN_LR_FIELD_NUMBER: _ClassVar[int]
    MOMENTUM2_FIELD_NUMBER: _ClassVar[int]
    MOMENTUM_FIELD_NUMBER: _ClassVar[int]
    MOMENTUM_POLICY_FIELD_NUMBER: _ClassVar[int]
    MOMENTUM_POWER_FIELD_NUMBER: _ClassVar[int]
    MULTINODE_PARAM_FIELD_NUMBER: _ClassVar[int]
    NESTEROV: SolverParameter.SolverType
    NET_FIELD_NUMBER: _ClassVar[int]
    NET_PARAM_FIELD_NUMBER: _ClassVar[int]
    PER_PARAMETER_REDUCE_FIELD_NUMBER: _ClassVar[int]
    PLATEAU_WINSIZE_FIELD_NUMBER: _ClassVar[int]
    POWER_FIELD_NUMBER: _ClassVar[int]
    PRUNE_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    RAMPUP_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    RAMPUP_LR_FIELD_NUMBER: _ClassVar[int]
    RANDOM_SEED_FIELD_NUMBER: _ClassVar[int]
    REGULARIZATION_TYPE_FIELD_NUMBER: _ClassVar[int]
    RICHNESS_FIELD_NUMBER: _ClassVar[int]
    RMSPROP: SolverParameter.SolverType
    RMS_DECAY_FIELD_NUMBER: _ClassVar[int]
    SAG: SolverParameter.SolverType
    SGD: SolverParameter.SolverType
    SHOW_PER_CLASS_RESULT_FIELD_NUMBER: _ClassVar[int]
    SHOW_PR_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_AFTER_TRAIN_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_DIFF_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_FORMAT_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_PREFIX_FIELD_NUMBER: _ClassVar[int]
    SOLVER_DATA_TYPE_FIELD_NUMBER: _ClassVar[int]
    SOLVER_MODE_FIELD_NUMBER: _ClassVar[int]
    SOLVER_TYPE_FIELD_NUMBER: _ClassVar[int]
    STAGEITER_FIELD_NUMBER: _ClassVar[int]
    STAGELR_FIELD_NUMBER: _ClassVar[int]
    STEPSIZE_FIELD_NUMBER: _ClassVar[int]
    STEPVALUE_FIELD_NUMBER: _ClassVar[int]
    STORE_BLOBS_IN_OLD_FORMAT_FIELD_NUMBER: _ClassVar[int]
    TEST_AND_SNAPSHOT_LAST_EPOCHS_FIELD_NUMBER: _ClassVar[int]
    TEST_BEFORE_SNAPSHOT_FIELD_NUMBER: _ClassVar[int]
    TEST_COMPUTE_LOSS_FIELD_NUMBER: _ClassVar[int]
    TEST_INITIALIZATION_FIELD_NUMBER: _ClassVar[int]
    TEST_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    TEST_ITER_FIELD_NUMBER: _ClassVar[int]
    TEST_NET_FIELD_NUMBER: _ClassVar[int]
    TEST_NET_PARAM_FIELD_NUMBER: _ClassVar[int]
    TEST_OFFSET_FIELD_NUMBER: _ClassVar[int]
    TEST_STATE_FIELD_NUMBER: _ClassVar[int]
    TRAIN_NET_FIELD_NUMBER: _ClassVar[int]
    TRAIN_NET_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRAIN_STATE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    WARMUP_ITER_FIELD_NUMBER: _ClassVar[int]
    WARMUP_START_LR_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_DECAY_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_DECAY_POLICY_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_DECAY_POWER_FIELD_NUMBER: _ClassVar[int]
    WINOGRAD_ADJUST_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    ap_version: str
    average_loss: int
    base_lr: float
    block_group_decay: float
    breadth_decay: float
    clamp_weights_lower: float
    clamp_weights_upper: float
    classiou_class_num: int
    clip_gradients: float
    clip_weights: float
    data_type: _forks_pb2.QuantizerParameter.DataType
    debug_info: bool
    delta: float
    device: int
    device_id: int
    disabled_update: bool
    display: int
    engine: str
    eval_type: str
    gamma: float
    group_id: _containers.RepeatedScalarFieldContainer[int]
    iter_size: int
    kernel_shape_decay: float
    larc: bool
    larc_eta: float
    larc_policy: str
    larc_turbo: bool
    layer_wise_reduce: bool
    local_gw_ratio: float
    local_lr_auto: bool
    log_avg_gradient_norm: bool
    lr_policy: str
    max_iter: int
    max_momentum: float
    max_threshold_factor: float
    max_weight_decay: float
    measure_threshold: float
    min_lr: float
    momentum: float
    momentum2: float
    momentum_policy: str
    momentum_power: float
    multinode_param: _forks_pb2.MultinodeSolverParameter
    net: str
    net_param: NetParameter
    per_parameter_reduce: bool
    plateau_winsize: _containers.RepeatedScalarFieldContainer[int]
    power: float
    prune_threshold: float
    rampup_interval: int
    rampup_lr: float
    random_seed: int
    regularization_type: str
    richness: int
    rms_decay: float
    show_per_class_result: bool
    show_pr: bool
    snapshot: int
    snapshot_after_train: bool
    snapshot_diff: bool
    snapshot_format: SolverParameter.SnapshotFormat
    snapshot_prefix: str
    solver_data_type: BlobProto.Type
    solver_mode: SolverParameter.SolverMode
    solver_type: SolverParameter.SolverType
    stageiter: _containers.RepeatedScalarFieldContainer[int]
    stagelr: _containers.RepeatedScalarFieldContainer[float]
    stepsize: int
    stepvalue: _containers.RepeatedScalarFieldContainer[int]
    store_blobs_in_old_format: bool
    test_and_snapshot_last_epochs: int
    test_before_snapshot: bool
    test_compute_loss: bool
    test_initialization: bool
    test_interval: int
    test_iter: _containers.RepeatedScalarFieldContainer[int]
    test_net: _containers.RepeatedScalarFieldContainer[str]
    test_net_param: _containers.RepeatedCompositeFieldContainer[NetParameter]
    test_offset: int
    test_state: _containers.RepeatedCompositeFieldContainer[NetState]
    train_net: str
    train_net_param: NetParameter
    train_state: NetState
    type: str
    warmup_iter: int
    warmup_start_lr: float
    weight_decay: float
    weight_decay_policy: str
    weight_decay_power: float
    weights: _containers.RepeatedScalarFieldContainer[str]
    winograd_adjust_threshold: int
    def __init__(self, net: _Optional[str] = ..., net_param: _Optional[_Union[NetParameter, _Mapping]] = ..., train_net: _Optional[str] = ..., test_net: _Optional[_Iterable[str]] = ..., train_net_param: _Optional[_Union[NetParameter, _Mapping]] = ..., test_net_param: _Optional[_Iterable[_Union[NetParameter, _Mapping]]] = ..., train_state: _Optional[_Union[NetState, _Mapping]] = ..., test_state: _Optional[_Iterable[_Union[NetState, _Mapping]]] = ..., weights: _Optional[_Iterable[str]] = ..., test_iter: _Optional[_Iterable[int]] = ..., test_interval: _Optional[int] = ..., test_compute_loss: bool = ..., test_initialization: bool = ..., base_lr: _Optional[float] = ..., display: _Optional[int] = ..., average_loss: _Optional[int] = ..., max_iter: _Optional[int] = ..., iter_size: _Optional[int] = ..., lr_policy: _Optional[str] = ..., gamma: _Optional[float] = ..., power: _Optional[float] = ..., stepsize: _Optional[int] = ..., stepvalue: _Optional[_Iterable[int]] = ..., type: _Optional[str] = ..., momentum: _Optional[float] = ..., momentum2: _Optional[float] = ..., rms_decay: _Optional[float] = ..., delta: _Optional[float] = ..., weight_decay: _Optional[float] = ..., regularization_type: _Optional[str] = ..., clip_gradients: _Optional[float] = ..., snapshot: _Optional[int] = ..., snapshot_prefix: _Optional[str] = ..., snapshot_diff: bool = ..., snapshot_format: _Optional[_Union[SolverParameter.SnapshotFormat, str]] = ..., snapshot_after_train: bool = ..., random_seed: _Optional[int] = ..., debug_info: bool = ..., solver_mode: _Optional[_Union[SolverParameter.SolverMode, str]] = ..., device_id: _Optional[int] = ..., layer_wise_reduce: bool = ..., solver_type: _Optional[_Union[SolverParameter.SolverType, str]] = ..., eval_type: _Optional[str] = ..., ap_version: _Optional[str] = ..., show_per_class_result: bool = ..., plateau_winsize: _Optional[_Iterable[int]] = ..., stagelr: _Optional[_Iterable[float]] = ..., stageiter: _Optional[_Iterable[int]] = ..., log_avg_gradient_norm: bool = ..., test_before_snapshot: bool = ..., group_id: _Optional[_Iterable[int]] = ..., richness: _Optional[int] = ..., clamp_weights_lower: _Optional[float] = ..., clamp_weights_upper: _Optional[float] = ..., clip_weights: _Optional[float] = ..., disabled_update: bool = ..., engine: _Optional[str] = ..., warmup_iter: _Optional[int] = ..., warmup_start_lr: _Optional[float] = ..., local_lr_auto: bool = ..., local_gw_ratio: _Optional[float] = ..., test_offset: _Optional[int] = ..., multinode_param: _Optional[_Union[_forks_pb2.MultinodeSolverParameter, _Mapping]] = ..., rampup_interval: _Optional[int] = ..., rampup_lr: _Optional[float] = ..., min_lr: _Optional[float] = ..., momentum_policy: _Optional[str] = ..., max_momentum: _Optional[float] = ..., momentum_power: _Optional[float] = ..., larc: bool = ..., larc_policy: _Optional[str] = ..., larc_eta: _Optional[float] = ..., larc_turbo: bool = ..., weight_decay_policy: _Optional[str] = ..., weight_decay_power: _Optional[float] = ..., max_weight_decay: _Optional[float] = ..., solver_data_type: _Optional[_Union[BlobProto.Type, str]] = ..., store_blobs_in_old_format: bool = ..., test_and_snapshot_last_epochs: _Optional[int] = ..., data_type: _Optional[_Union[_forks_pb2.QuantizerParameter.DataType, str]] = ..., device: _Optional[int] = ..., per_parameter_reduce: bool = ..., classiou_class_num: _Optional[int] = ..., breadth_decay: _Optional[float] = ..., kernel_shape_decay: _Optional[float] = ..., block_group_decay: _Optional[float] = ..., prune_threshold: _Optional[float] = ..., measure_threshold: _Optional[float] = ..., max_threshold_factor: _Optional[float] = ..., winograd_adjust_threshold: _Optional[int] = ..., show_pr: bool = ...) -> None: ...

class SolverState(_message.Message):
    __slots__ = ["blobnet_state", "current_step", "history", "iter", "iter_last_event", "learned_net", "minimum_loss"]
    BLOBNET_STATE_FIELD_NUMBER: _ClassVar[int]
    CURRENT_STEP_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    ITER_FIELD_NUMBER: _ClassVar[int]
    ITER_LAST_EVENT_FIELD_NUMBER: _ClassVar[int]
    LEARNED_NET_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_LOSS_FIELD_NUMBER: _ClassVar[int]
    blobnet_state: bytes
    current_step: int
    history: _containers.RepeatedCompositeFieldContainer[BlobProto]
    iter: int
    iter_last_event: int
    learned_net: str
    minimum_loss: float
    def __init__(self, iter: _Optional[int] = ..., learned_net: _Optional[str] = ..., history: _Optional[_Iterable[_Union[BlobProto, _Mapping]]] = ..., current_step: _Optional[int] = ..., blobnet_state: _Optional[bytes] = ..., minimum_loss: _Optional[float] = ..., iter_last_event: _Optional[int] = ...) -> None: ...

class SwishParameter(_message.Message):
    __slots__ = ["beta"]
    BETA_FIELD_NUMBER: _ClassVar[int]
    beta: float
    def __init__(self, beta: _Optional[float] = ...) -> None: ...

class TanHParameter(_message.Message):
    __slots__ = ["engine"]
    class Engine(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    CAFFE: TanHParameter.Engine
    CUDNN: TanHParameter.Engine
    DEFAULT: TanHParameter.Engine
    ENGINE_FIELD_NUMBER: _ClassVar[int]
    engine: TanHParameter.Engine
    def __init__(self, engine: _Optional[_Union[TanHParameter.Engine, str]] = ...) -> None: ...

class ThresholdParameter(_message.Message):
    __slots__ = ["threshold"]
    THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    threshold: float
    def __init__(self, threshold: _Optional[float] = ...) -> None: ...

class TileParameter(_message.Message):
    __slots__ = ["axis", "tiles", "tiles_from_axis"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    TILES_FIELD_NUMBER: _ClassVar[int]
    TILES_FROM_AXIS_FIELD_NUMBER: _ClassVar[int]
    axis: int
    tiles: int
    tiles_from_axis: int
    def __init__(self, axis: _Optional[int] = ..., tiles: _Optional[int] = ..., tiles_from_axis: _Optional[int] = ...) -> None: ...

class TransformationParameter(_message.Message):
    __slots__ = ["allow_upscale", "apply_probability", "aspect_max", "aspect_min", "bgr2rgb", "center_crop", "contrast_brightness_adjustment", "crop_h", "crop_height", "crop_size", "crop_size_h", "crop_size_l", "crop_size_w", "crop_w", "crop_width", "cvt_bgr2rgb", "debug_params", "display", "distort_param", "emit_constraint", "enable_classf_aug", "erase_ratio", "expand_param", "fix_crop", "flow", "force_color", "force_gray", "forward_packing", "gap_size", "geometry_param", "hash_file", "horizontal_stretch_lower", "horizontal_stretch_upper", "img_rand_resize_lower", "img_rand_resize_upper", "interpolation_algo_down", "interpolation_algo_up", "is_flow", "jitter_size", "max_brightness_shift", "max_color_shift", "max_contrast", "max_distort", "max_rotation_angle", "max_scaling_factor", "max_smooth", "mean_file", "mean_value", "min_contrast", "min_scaling_factor", "min_side", "min_side_max", "min_side_min", "mirror", "more_fix_crop", "multi_scale", "noise_param", "num_labels", "original_image", "pad", "patch_size", "rand_resize_ratio_lower", "rand_resize_ratio_upper", "random_90_deg_rot", "random_aspect_ratio_param", "random_resize_param", "random_seed", "resize_param", "rotate", "scale", "scale_factors", "scale_max", "scale_min", "scale_ratios", "siamese_size", "smooth_filtering", "stride", "untransformed_top", "upper_height", "upper_size", "upper_width", "use_gpu_transform", "use_letterbox_resize", "var_sz_img_center_crop", "var_sz_img_enabled", "var_sz_img_rand_crop", "var_sz_img_rand_resize_lower", "var_sz_img_rand_resize_upper", "vertical_mirror", "vertical_stretch_lower", "vertical_stretch_upper", "yolo_height", "yolo_width"]
    class InterpolationAlgo(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class Packing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ALLOW_UPSCALE_FIELD_NUMBER: _ClassVar[int]
    APPLY_PROBABILITY_FIELD_NUMBER: _ClassVar[int]
    ASPECT_MAX_FIELD_NUMBER: _ClassVar[int]
    ASPECT_MIN_FIELD_NUMBER: _ClassVar[int]
    BGR2RGB_FIELD_NUMBER: _ClassVar[int]
    CENTER_CROP_FIELD_NUMBER: _ClassVar[int]
    CONTRAST_BRIGHTNESS_ADJUSTMENT_FIELD_NUMBER: _ClassVar[int]
    CROP_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    CROP_H_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_H_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_L_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_W_FIELD_NUMBER: _ClassVar[int]
    CROP_WIDTH_FIELD_NUMBER: _ClassVar[int]
    CROP_W_FIELD_NUMBER: _ClassVar[int]
    CVT_BGR2RGB_FIELD_NUMBER: _ClassVar[int]
    DEBUG_PARAMS_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_FIELD_NUMBER: _ClassVar[int]
    DISTORT_PARAM_FIELD_NUMBER: _ClassVar[int]
    EMIT_CONSTRAINT_FIELD_NUMBER: _ClassVar[int]
    ENABLE_CLASSF_AUG_FIELD_NUMBER: _ClassVar[int]
    ERASE_RATIO_FIELD_NUMBER: _ClassVar[int]
    EXPAND_PARAM_FIELD_NUMBER: _ClassVar[int]
    FIX_CROP_FIELD_NUMBER: _ClassVar[int]
    FLOW_FIELD_NUMBER: _ClassVar[int]
    FORCE_COLOR_FIELD_NUMBER: _ClassVar[int]
    FORCE_GRAY_FIELD_NUMBER: _ClassVar[int]
    FORWARD_PACKING_FIELD_NUMBER: _ClassVar[int]
    GAP_SIZE_FIELD_NUMBER: _ClassVar[int]
    GEOMETRY_PARAM_FIELD_NUMBER: _ClassVar[int]
    HASH_FILE_FIELD_NUMBER: _ClassVar[int]
    HORIZONTAL_STRETCH_LOWER_FIELD_NUMBER: _ClassVar[int]
    HORIZONTAL_STRETCH_UPPER_FIELD_NUMBER: _ClassVar[int]
    IMG_RAND_RESIZE_LOWER_FIELD_NUMBER: _ClassVar[int]
    IMG_RAND_RESIZE_UPPER_FIELD_NUMBER: _ClassVar[int]
    INTERPOLATION_ALGO_DOWN_FIELD_NUMBER: _ClassVar[int]
    INTERPOLATION_ALGO_UP_FIELD_NUMBER: _ClassVar[int]
    INTER_AREA: TransformationParameter.InterpolationAlgo
    INTER_CUBIC: TransformationParameter.InterpolationAlgo
    INTER_LINEAR: TransformationParameter.InterpolationAlgo
    INTER_NEAREST: TransformationParameter.InterpolationAlgo
    IS_FLOW_FIELD_NUMBER: _ClassVar[int]
    JITTER_SIZE_FIELD_NUMBER: _ClassVar[int]
    MAX_BRIGHTNESS_SHIFT_FIELD_NUMBER: _ClassVar[int]
    MAX_COLOR_SHIFT_FIELD_NUMBER: _ClassVar[int]
    MAX_CONTRAST_FIELD_NUMBER: _ClassVar[int]
    MAX_DISTORT_FIELD_NUMBER: _ClassVar[int]
    MAX_ROTATION_ANGLE_FIELD_NUMBER: _ClassVar[int]
    MAX_SCALING_FACTOR_FIELD_NUMBER: _ClassVar[int]
    MAX_SMOOTH_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    MEAN_VALUE_FIELD_NUMBER: _ClassVar[int]
    MIN_CONTRAST_FIELD_NUMBER: _ClassVar[int]
    MIN_SCALING_FACTOR_FIELD_NUMBER: _ClassVar[int]
    MIN_SIDE_FIELD_NUMBER: _ClassVar[int]
    MIN_SIDE_MAX_FIELD_NUMBER: _ClassVar[int]
    MIN_SIDE_MIN_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    MORE_FIX_CROP_FIELD_NUMBER: _ClassVar[int]
    MULTI_SCALE_FIELD_NUMBER: _ClassVar[int]
    NCHW: TransformationParameter.Packing
    NHWC: TransformationParameter.Packing
    NOISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    NUM_LABELS_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_IMAGE_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    PATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    RANDOM_90_DEG_ROT_FIELD_NUMBER: _ClassVar[int]
    RANDOM_ASPECT_RATIO_PARAM_FIELD_NUMBER: _ClassVar[int]
    RANDOM_RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    RANDOM_SEED_FIELD_NUMBER: _ClassVar[int]
    RAND_RESIZE_RATIO_LOWER_FIELD_NUMBER: _ClassVar[int]
    RAND_RESIZE_RATIO_UPPER_FIELD_NUMBER: _ClassVar[int]
    RESIZE_PARAM_FIELD_NUMBER: _ClassVar[int]
    ROTATE_FIELD_NUMBER: _ClassVar[int]
    SCALE_FACTORS_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SCALE_MAX_FIELD_NUMBER: _ClassVar[int]
    SCALE_MIN_FIELD_NUMBER: _ClassVar[int]
    SCALE_RATIOS_FIELD_NUMBER: _ClassVar[int]
    SIAMESE_SIZE_FIELD_NUMBER: _ClassVar[int]
    SMOOTH_FILTERING_FIELD_NUMBER: _ClassVar[int]
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    UNTRANSFORMED_TOP_FIELD_NUMBER: _ClassVar[int]
    UPPER_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    UPPER_SIZE_FIELD_NUMBER: _ClassVar[int]
    UPPER_WIDTH_FIELD_NUMBER: _ClassVar[int]
    USE_GPU_TRANSFORM_FIELD_NUMBER: _ClassVar[int]
    USE_LETTERBOX_RESIZE_FIELD_NUMBER: _ClassVar[int]
    VAR_SZ_IMG_CENTER_CROP_FIELD_NUMBER: _ClassVar[int]
    VAR_SZ_IMG_ENABLED_FIELD_NUMBER: _ClassVar[int]
    VAR_SZ_IMG_RAND_CROP_FIELD_NUMBER: _ClassVar[int]
    VAR_SZ_IMG_RAND_RESIZE_LOWER_FIELD_NUMBER: _ClassVar[int]
    VAR_SZ_IMG_RAND_RESIZE_UPPER_FIELD_NUMBER: _ClassVar[int]
    VERTICAL_MIRROR_FIELD_NUMBER: _ClassVar[int]
    VERTICAL_STRETCH_LOWER_FIELD_NUMBER: _ClassVar[int]
    VERTICAL_STRETCH_UPPER_FIELD_NUMBER: _ClassVar[int]
    YOLO_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    YOLO_WIDTH_FIELD_NUMBER: _ClassVar[int]
    allow_upscale: bool
    apply_probability: float
    aspect_max: float
    aspect_min: float
    bgr2rgb: bool
    center_crop: bool
    contrast_brightness_adjustment: bool
    crop_h: int
    crop_height: int
    crop_size: int
    crop_size_h: int
    crop_size_l: int
    crop_size_w: int
    crop_w: int
    crop_width: int
    cvt_bgr2rgb: bool
    debug_params: bool
    display: bool
    distort_param: _forks_pb2.DistortionParameter
    emit_constraint: _forks_pb2.EmitConstraint
    enable_classf_aug: bool
    erase_ratio: float
    expand_param: _forks_pb2.ExpansionParameter
    fix_crop: bool
    flow: bool
    force_color: bool
    force_gray: bool
    forward_packing: TransformationParameter.Packing
    gap_size: int
    geometry_param: _forks_pb2.GeometryParameter
    hash_file: str
    horizontal_stretch_lower: float
    horizontal_stretch_upper: float
    img_rand_resize_lower: int
    img_rand_resize_upper: int
    interpolation_algo_down: TransformationParameter.InterpolationAlgo
    interpolation_algo_up: TransformationParameter.InterpolationAlgo
    is_flow: bool
    jitter_size: int
    max_brightness_shift: int
    max_color_shift: int
    max_contrast: float
    max_distort: int
    max_rotation_angle: int
    max_scaling_factor: float
    max_smooth: float
    mean_file: str
    mean_value: _containers.RepeatedScalarFieldContainer[float]
    min_contrast: float
    min_scaling_factor: float
    min_side: int
    min_side_max: int
    min_side_min: int
    mirror: bool
    more_fix_crop: bool
    multi_scale: bool
    noise_param: _containers.RepeatedCompositeFieldContainer[_forks_pb2.NoiseParameter]
    num_labels: int
    original_image: bool
    pad: int
    patch_size: int
    rand_resize_ratio_lower: float
    rand_resize_ratio_upper: float
    random_90_deg_rot: bool
    random_aspect_ratio_param: _forks_pb2.RandomAspectRatioParameter
    random_resize_param: _forks_pb2.RandomResizeParameter
    random_seed: int
    resize_param: _containers.RepeatedCompositeFieldContainer[_forks_pb2.ResizeParameter]
    rotate: bool
    scale: float
    scale_factors: _containers.RepeatedScalarFieldContainer[float]
    scale_max: float
    scale_min: float
    scale_ratios: _containers.RepeatedScalarFieldContainer[float]
    siamese_size: int
    smooth_filtering: bool
    stride: int
    untransformed_top: bool
    upper_height: int
    upper_size: int
    upper_width: int
    use_gpu_transform: bool
    use_letterbox_resize: bool
    var_sz_img_center_crop: int
    var_sz_img_enabled: bool
    var_sz_img_rand_crop: int
    var_sz_img_rand_resize_lower: int
    var_sz_img_rand_resize_upper: int
    vertical_mirror: bool
    vertical_stretch_lower: float
    vertical_stretch_upper: float
    yolo_height: int
    yolo_width: int
    def __init__(self, scale: _Optional[float] = ..., mirror: bool = ..., crop_size: _Optional[int] = ..., mean_file: _Optional[str] = ..., mean_value: _Optional[_Iterable[float]] = ..., force_color: bool = ..., force_gray: bool = ..., crop_h: _Optional[int] = ..., crop_w: _Optional[int] = ..., resize_param: _Optional[_Iterable[_Union[_forks_pb2.ResizeParameter, _Mapping]]] = ..., noise_param: _Optional[_Iterable[_Union[_forks_pb2.NoiseParameter, _Mapping]]] = ..., distort_param: _Optional[_Union[_forks_pb2.DistortionParameter, _Mapping]] = ..., geometry_param: _Optional[_Union[_forks_pb2.GeometryParameter, _Mapping]] = ..., untransformed_top: bool = ..., expand_param: _Optional[_Union[_forks_pb2.ExpansionParameter, _Mapping]] = ..., emit_constraint: _Optional[_Union[_forks_pb2.EmitConstraint, _Mapping]] = ..., enable_classf_aug: bool = ..., min_scaling_factor: _Optional[float] = ..., max_scaling_factor: _Optional[float] = ..., max_rotation_angle: _Optional[int] = ..., contrast_brightness_adjustment: bool = ..., smooth_filtering: bool = ..., min_contrast: _Optional[float] = ..., max_contrast: _Optional[float] = ..., max_brightness_shift: _Optional[int] = ..., max_smooth: _Optional[float] = ..., max_color_shift: _Optional[int] = ..., min_side_min: _Optional[int] = ..., min_side_max: _Optional[int] = ..., min_side: _Optional[int] = ..., apply_probability: _Optional[float] = ..., debug_params: bool = ..., cvt_bgr2rgb: bool = ..., scale_factors: _Optional[_Iterable[float]] = ..., crop_width: _Optional[int] = ..., crop_height: _Optional[int] = ..., vertical_mirror: bool = ..., random_90_deg_rot: bool = ..., fix_crop: bool = ..., more_fix_crop: bool = ..., multi_scale: bool = ..., scale_ratios: _Optional[_Iterable[float]] = ..., max_distort: _Optional[int] = ..., is_flow: bool = ..., original_image: bool = ..., stride: _Optional[int] = ..., upper_size: _Optional[int] = ..., upper_height: _Optional[int] = ..., upper_width: _Optional[int] = ..., center_crop: bool = ..., erase_ratio: _Optional[float] = ..., scale_min: _Optional[float] = ..., scale_max: _Optional[float] = ..., aspect_min: _Optional[float] = ..., aspect_max: _Optional[float] = ..., random_resize_param: _Optional[_Union[_forks_pb2.RandomResizeParameter, _Mapping]] = ..., random_aspect_ratio_param: _Optional[_Union[_forks_pb2.RandomAspectRatioParameter, _Mapping]] = ..., flow: bool = ..., bgr2rgb: bool = ..., pad: _Optional[int] = ..., img_rand_resize_lower: _Optional[int] = ..., img_rand_resize_upper: _Optional[int] = ..., rand_resize_ratio_lower: _Optional[float] = ..., rand_resize_ratio_upper: _Optional[float] = ..., vertical_stretch_lower: _Optional[float] = ..., vertical_stretch_upper: _Optional[float] = ..., horizontal_stretch_lower: _Optional[float] = ..., horizontal_stretch_upper: _Optional[float] = ..., interpolation_algo_down: _Optional[_Union[TransformationParameter.InterpolationAlgo, str]] = ..., interpolation_algo_up: _Optional[_Union[TransformationParameter.InterpolationAlgo, str]] = ..., allow_upscale: bool = ..., forward_packing: _Optional[_Union[TransformationParameter.Packing, str]] = ..., use_gpu_transform: bool = ..., random_seed: _Optional[int] = ..., display: bool = ..., num_labels: _Optional[int] = ..., var_sz_img_enabled: bool = ..., var_sz_img_rand_resize_lower: _Optional[int] = ..., var_sz_img_rand_resize_upper: _Optional[int] = ..., var_sz_img_rand_crop: _Optional[int] = ..., var_sz_img_center_crop: _Optional[int] = ..., rotate: bool = ..., yolo_height: _Optional[int] = ..., yolo_width: _Optional[int] = ..., use_letterbox_resize: bool = ..., crop_size_w: _Optional[int] = ..., crop_size_h: _Optional[int] = ..., crop_size_l: _Optional[int] = ..., hash_file: _Optional[str] = ..., gap_size: _Optional[int] = ..., jitter_size: _Optional[int] = ..., siamese_size: _Optional[int] = ..., patch_size: _Optional[int] = ...) -> None: ...

class V0LayerParameter(_message.Message):
    __slots__ = ["alpha", "batchsize", "beta", "bias_filler", "biasterm", "blobs", "blobs_lr", "concat_dim", "cropsize", "det_bg_threshold", "det_context_pad", "det_crop_mode", "det_fg_fraction", "det_fg_threshold", "dropout_ratio", "group", "hdf5_output_param", "k", "kernelsize", "local_size", "meanfile", "mirror", "name", "new_channels", "new_height", "new_num", "new_width", "num_output", "pad", "pool", "rand_skip", "scale", "shuffle_images", "source", "stride", "type", "weight_decay", "weight_filler"]
    class PoolMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ALPHA_FIELD_NUMBER: _ClassVar[int]
    AVE: V0LayerParameter.PoolMethod
    BATCHSIZE_FIELD_NUMBER: _ClassVar[int]
    BETA_FIELD_NUMBER: _ClassVar[int]
    BIASTERM_FIELD_NUMBER: _ClassVar[int]
    BIAS_FILLER_FIELD_NUMBER: _ClassVar[int]
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    BLOBS_LR_FIELD_NUMBER: _ClassVar[int]
    CONCAT_DIM_FIELD_NUMBER: _ClassVar[int]
    CROPSIZE_FIELD_NUMBER: _ClassVar[int]
    DET_BG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    DET_CONTEXT_PAD_FIELD_NUMBER: _ClassVar[int]
    DET_CROP_MODE_FIELD_NUMBER: _ClassVar[int]
    DET_FG_FRACTION_FIELD_NUMBER: _ClassVar[int]
    DET_FG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    DROPOUT_RATIO_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    HDF5_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    KERNELSIZE_FIELD_NUMBER: _ClassVar[int]
    K_FIELD_NUMBER: _ClassVar[int]
    LOCAL_SIZE_FIELD_NUMBER: _ClassVar[int]
    MAX: V0LayerParameter.PoolMethod
    MEANFILE_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NEW_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    NEW_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    NEW_NUM_FIELD_NUMBER: _ClassVar[int]
    NEW_WIDTH_FIELD_NUMBER: _ClassVar[int]
    NUM_OUTPUT_FIELD_NUMBER: _ClassVar[int]
    PAD_FIELD_NUMBER: _ClassVar[int]
    POOL_FIELD_NUMBER: _ClassVar[int]
    RAND_SKIP_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SHUFFLE_IMAGES_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    STOCHASTIC: V0LayerParameter.PoolMethod
    STRIDE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_DECAY_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_FILLER_FIELD_NUMBER: _ClassVar[int]
    alpha: float
    batchsize: int
    beta: float
    bias_filler: _shared_pb2.FillerParameter
    biasterm: bool
    blobs: _containers.RepeatedCompositeFieldContainer[BlobProto]
    blobs_lr: _containers.RepeatedScalarFieldContainer[float]
    concat_dim: int
    cropsize: int
    det_bg_threshold: float
    det_context_pad: int
    det_crop_mode: str
    det_fg_fraction: float
    det_fg_threshold: float
    dropout_ratio: float
    group: int
    hdf5_output_param: HDF5OutputParameter
    k: float
    kernelsize: int
    local_size: int
    meanfile: str
    mirror: bool
    name: str
    new_channels: int
    new_height: int
    new_num: int
    new_width: int
    num_output: int
    pad: int
    pool: V0LayerParameter.PoolMethod
    rand_skip: int
    scale: float
    shuffle_images: bool
    source: str
    stride: int
    type: str
    weight_decay: _containers.RepeatedScalarFieldContainer[float]
    weight_filler: _shared_pb2.FillerParameter
    def __init__(self, name: _Optional[str] = ..., type: _Optional[str] = ..., num_output: _Optional[int] = ..., biasterm: bool = ..., weight_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., bias_filler: _Optional[_Union[_shared_pb2.FillerParameter, _Mapping]] = ..., pad: _Optional[int] = ..., kernelsize: _Optional[int] = ..., group: _Optional[int] = ..., stride: _Optional[int] = ..., pool: _Optional[_Union[V0LayerParameter.PoolMethod, str]] = ..., dropout_ratio: _Optional[float] = ..., local_size: _Optional[int] = ..., alpha: _Optional[float] = ..., beta: _Optional[float] = ..., k: _Optional[float] = ..., source: _Optional[str] = ..., scale: _Optional[float] = ..., meanfile: _Optional[str] = ..., batchsize: _Optional[int] = ..., cropsize: _Optional[int] = ..., mirror: bool = ..., rand_skip: _Optional[int] = ..., shuffle_images: bool = ..., det_fg_threshold: _Optional[float] = ..., det_bg_threshold: _Optional[float] = ..., det_fg_fraction: _Optional[float] = ..., det_context_pad: _Optional[int] = ..., det_crop_mode: _Optional[str] = ..., blobs: _Optional[_Iterable[_Union[BlobProto, _Mapping]]] = ..., blobs_lr: _Optional[_Iterable[float]] = ..., weight_decay: _Optional[_Iterable[float]] = ..., new_num: _Optional[int] = ..., new_channels: _Optional[int] = ..., new_height: _Optional[int] = ..., new_width: _Optional[int] = ..., concat_dim: _Optional[int] = ..., hdf5_output_param: _Optional[_Union[HDF5OutputParameter, _Mapping]] = ...) -> None: ...

class V1LayerParameter(_message.Message):
    __slots__ = ["accuracy_param", "adaptive_bias_channel_param", "affinity_param", "argmax_param", "bias_channel_param", "blob_share_mode", "blobs", "blobs_lr", "bn_param", "bottom", "censor_label_param", "channel_aggregator_param", "concat_param", "contrastive_loss_param", "convolution_param", "data_param", "dense_crf_param", "detection_loss_param", "disable", "dominant_channel_param", "down_sampling_param", "dropout_param", "dummy_data_param", "eltwise_accuracy_param", "eltwise_affine_param", "eltwise_param", "enable", "euclidean_loss_param", "euclidean_weight_param", "eval_detection_param", "exclude", "exp_param", "gain_channel_param", "hdf5_data_param", "hdf5_output_param", "hinge_loss_param", "histogram_param", "ignore_overlay_param", "image_data_param", "include", "infogain_loss_param", "inner_product_param", "input_param", "insanity_param", "interp_param", "layer", "local_param", "loss_param", "loss_weight", "lrn_param", "mask_outputs_param", "mat_read_param", "mat_write_param", "memory_data_param", "multi_stage_meanfield_param", "mvn_param", "name", "noise_param", "onehot_param", "padding_param", "param", "pooling_param", "power_param", "prelu_param", "rank_param", "relu6_param", "relu_param", "roi_pooling_param", "seg_accuracy_param", "sigmoid_param", "slice_param", "softmax_param", "softmaxloss_param", "strict_dim", "sub_region_param", "tanh_param", "threshold_param", "top", "transform_param", "triplet_loss_param", "type", "unique_label_param", "unpooling_param", "weight_decay", "window_data_param"]
    class DimCheckMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    class LayerType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    ABSVAL: V1LayerParameter.LayerType
    ACCURACY: V1LayerParameter.LayerType
    ACCURACY_PARAM_FIELD_NUMBER: _ClassVar[int]
    ADAPTIVE_BIAS_CHANNEL: V1LayerParameter.LayerType
    ADAPTIVE_BIAS_CHANNEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    AFFINITY_PARAM_FIELD_NUMBER: _ClassVar[int]
    ARGMAX: V1LayerParameter.LayerType
    ARGMAX_PARAM_FIELD_NUMBER: _ClassVar[int]
    BATCH_NORM: V1LayerParameter.LayerType
    BIAS_CHANNEL: V1LayerParameter.LayerType
    BIAS_CHANNEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    BLOBS_LR_FIELD_NUMBER: _ClassVar[int]
    BLOB_SHARE_MODE_FIELD_NUMBER: _ClassVar[int]
    BN: V1LayerParameter.LayerType
    BNLL: V1LayerParameter.LayerType
    BN_PARAM_FIELD_NUMBER: _ClassVar[int]
    BOTTOM_FIELD_NUMBER: _ClassVar[int]
    CENSOR_LABEL: V1LayerParameter.LayerType
    CENSOR_LABEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_AGGREGATOR: V1LayerParameter.LayerType
    CHANNEL_AGGREGATOR_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONCAT: V1LayerParameter.LayerType
    CONCAT_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONTRASTIVE_LOSS: V1LayerParameter.LayerType
    CONTRASTIVE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    CONVOLUTION: V1LayerParameter.LayerType
    CONVOLUTION3D: V1LayerParameter.LayerType
    CONVOLUTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    CROP: V1LayerParameter.LayerType
    DATA: V1LayerParameter.LayerType
    DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    DECONVOLUTION: V1LayerParameter.LayerType
    DECONVOLUTION3D: V1LayerParameter.LayerType
    DENSE_CRF: V1LayerParameter.LayerType
    DENSE_CRF_PARAM_FIELD_NUMBER: _ClassVar[int]
    DETECTION_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    DISABLE_FIELD_NUMBER: _ClassVar[int]
    DOMINANT_CHANNEL: V1LayerParameter.LayerType
    DOMINANT_CHANNEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    DOWN_SAMPLING: V1LayerParameter.LayerType
    DOWN_SAMPLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    DROPOUT: V1LayerParameter.LayerType
    DROPOUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    DUMMY_DATA: V1LayerParameter.LayerType
    DUMMY_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    ELTWISE: V1LayerParameter.LayerType
    ELTWISE_ACCURACY: V1LayerParameter.LayerType
    ELTWISE_ACCURACY_PARAM_FIELD_NUMBER: _ClassVar[int]
    ELTWISE_AFFINE: V1LayerParameter.LayerType
    ELTWISE_AFFINE_PARAM_FIELD_NUMBER: _ClassVar[int]
    ELTWISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    ELTWISE_PRODUCT: V1LayerParameter.LayerType
    ENABLE_FIELD_NUMBER: _ClassVar[int]
    EUCLIDEAN_LOSS: V1LayerParameter.LayerType
    EUCLIDEAN_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    EUCLIDEAN_WEIGHTED_LOSS: V1LayerParameter.LayerType
    EUCLIDEAN_WEIGHT_PARAM_FIELD_NUMBER: _ClassVar[int]
    EVAL_DETECTION_PARAM_FIELD_NUMBER: _ClassVar[int]
    EXCLUDE_FIELD_NUMBER: _ClassVar[int]
    EXP: V1LayerParameter.LayerType
    EXP_PARAM_FIELD_NUMBER: _ClassVar[int]
    FLATTEN: V1LayerParameter.LayerType
    GAIN_CHANNEL: V1LayerParameter.LayerType
    GAIN_CHANNEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    HDF5_DATA: V1LayerParameter.LayerType
    HDF5_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    HDF5_OUTPUT: V1LayerParameter.LayerType
    HDF5_OUTPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    HINGE_LOSS: V1LayerParameter.LayerType
    HINGE_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    HISTOGRAM: V1LayerParameter.LayerType
    HISTOGRAM_PARAM_FIELD_NUMBER: _ClassVar[int]
    IGNORE_OVERLAY: V1LayerParameter.LayerType
    IGNORE_OVERLAY_PARAM_FIELD_NUMBER: _ClassVar[int]
    IM2COL: V1LayerParameter.LayerType
    IMAGE_DATA: V1LayerParameter.LayerType
    IMAGE_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    IMAGE_SEG_DATA: V1LayerParameter.LayerType
    INCLUDE_FIELD_NUMBER: _ClassVar[int]
    INFOGAIN_LOSS: V1LayerParameter.LayerType
    INFOGAIN_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    INNER_PRODUCT: V1LayerParameter.LayerType
    INNER_PRODUCT_PARAM_FIELD_NUMBER: _ClassVar[int]
    INPUT: V1LayerParameter.LayerType
    INPUT_PARAM_FIELD_NUMBER: _ClassVar[int]
    INSANITY: V1LayerParameter.LayerType
    INSANITY_PARAM_FIELD_NUMBER: _ClassVar[int]
    INTERP: V1LayerParameter.LayerType
    INTERP_PARAM_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    LOCAL: V1LayerParameter.LayerType
    LOCAL_PARAM_FIELD_NUMBER: _ClassVar[int]
    LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    LOSS_WEIGHT_FIELD_NUMBER: _ClassVar[int]
    LRN: V1LayerParameter.LayerType
    LRN_PARAM_FIELD_NUMBER: _ClassVar[int]
    MASK_OUTPUTS: V1LayerParameter.LayerType
    MASK_OUTPUTS_PARAM_FIELD_NUMBER: _ClassVar[int]
    MAT_READ: V1LayerParameter.LayerType
    MAT_READ_PARAM_FIELD_NUMBER: _ClassVar[int]
    MAT_WRITE: V1LayerParameter.LayerType
    MAT_WRITE_PARAM_FIELD_NUMBER: _ClassVar[int]
    MEMORY_DATA: V1LayerParameter.LayerType
    MEMORY_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    MULTINOMIAL_LOGISTIC_LOSS: V1LayerParameter.LayerType
    MULTI_STAGE_MEANFIELD: V1LayerParameter.LayerType
    MULTI_STAGE_MEANFIELD_PARAM_FIELD_NUMBER: _ClassVar[int]
    MVN: V1LayerParameter.LayerType
    MVN_PARAM_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NOISE_PARAM_FIELD_NUMBER: _ClassVar[int]
    NONE: V1LayerParameter.LayerType
    NORMALIZE: V1LayerParameter.LayerType
    ONEHOT: V1LayerParameter.LayerType
    ONEHOT_PARAM_FIELD_NUMBER: _ClassVar[int]
    PADDING: V1LayerParameter.LayerType
    PADDING_PARAM_FIELD_NUMBER: _ClassVar[int]
    PARAM_FIELD_NUMBER: _ClassVar[int]
    PARSE_EVALUATE: V1LayerParameter.LayerType
    PARSE_OUTPUT: V1LayerParameter.LayerType
    PERMISSIVE: V1LayerParameter.DimCheckMode
    POOLING: V1LayerParameter.LayerType
    POOLING3D: V1LayerParameter.LayerType
    POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    POWER: V1LayerParameter.LayerType
    POWER_PARAM_FIELD_NUMBER: _ClassVar[int]
    PRELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    RANK_PARAM_FIELD_NUMBER: _ClassVar[int]
    RELATIVE_ERROR: V1LayerParameter.LayerType
    RELU: V1LayerParameter.LayerType
    RELU6: V1LayerParameter.LayerType
    RELU6_PARAM_FIELD_NUMBER: _ClassVar[int]
    RELU_PARAM_FIELD_NUMBER: _ClassVar[int]
    RESHAPE: V1LayerParameter.LayerType
    ROIPOOLING: V1LayerParameter.LayerType
    ROI_POOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    SEG_ACCURACY: V1LayerParameter.LayerType
    SEG_ACCURACY_PARAM_FIELD_NUMBER: _ClassVar[int]
    SELU: V1LayerParameter.LayerType
    SELU_DROPOUT: V1LayerParameter.LayerType
    SIGMOID: V1LayerParameter.LayerType
    SIGMOID_CROSS_ENTROPY_LOSS: V1LayerParameter.LayerType
    SIGMOID_PARAM_FIELD_NUMBER: _ClassVar[int]
    SILENCE: V1LayerParameter.LayerType
    SLICE: V1LayerParameter.LayerType
    SLICE_PARAM_FIELD_NUMBER: _ClassVar[int]
    SMOOTH_L1_LOSS: V1LayerParameter.LayerType
    SOFTMAX: V1LayerParameter.LayerType
    SOFTMAXLOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    SOFTMAX_LOSS: V1LayerParameter.LayerType
    SOFTMAX_PARAM_FIELD_NUMBER: _ClassVar[int]
    SPLIT: V1LayerParameter.LayerType
    STRICT: V1LayerParameter.DimCheckMode
    STRICT_DIM_FIELD_NUMBER: _ClassVar[int]
    SUB_REGION_PARAM_FIELD_NUMBER: _ClassVar[int]
    TANH: V1LayerParameter.LayerType
    TANH_PARAM_FIELD_NUMBER: _ClassVar[int]
    THRESHOLD: V1LayerParameter.LayerType
    THRESHOLD_PARAM_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    TRANSFORM_PARAM_FIELD_NUMBER: _ClassVar[int]
    TRIPLET_LOSS: V1LayerParameter.LayerType
    TRIPLET_LOSS_PARAM_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    UNIQUE_LABEL: V1LayerParameter.LayerType
    UNIQUE_LABEL_PARAM_FIELD_NUMBER: _ClassVar[int]
    UNPOOLING: V1LayerParameter.LayerType
    UNPOOLING_PARAM_FIELD_NUMBER: _ClassVar[int]
    VIDEO_DATA: V1LayerParameter.LayerType
    VIDEO_SEGMENTATION_DATA: V1LayerParameter.LayerType
    VIDEO_WITH_VOXEL_TRUTH_DATA: V1LayerParameter.LayerType
    VOLUME_DATA: V1LayerParameter.LayerType
    VOXEL_CUSTOM_LOSS: V1LayerParameter.LayerType
    VOXEL_SOFTMAX: V1LayerParameter.LayerType
    VOXEL_SOFTMAX_LOSS: V1LayerParameter.LayerType
    WEIGHT_DECAY_FIELD_NUMBER: _ClassVar[int]
    WINDOW_DATA: V1LayerParameter.LayerType
    WINDOW_DATA_PARAM_FIELD_NUMBER: _ClassVar[int]
    WINDOW_MULTICLASS_KEYPOINT_DATA: V1LayerParameter.LayerType
    WINDOW_POSE_DATA: V1LayerParameter.LayerType
    WINDOW_SEG_DATA: V1LayerParameter.LayerType
    accuracy_param: AccuracyParameter
    adaptive_bias_channel_param: _forks_pb2.AdaptiveBiasChannelParameter
    affinity_param: _forks_pb2.AffinityParameter
    argmax_param: ArgMaxParameter
    bias_channel_param: _forks_pb2.BiasChannelParameter
    blob_share_mode: _containers.RepeatedScalarFieldContainer[V1LayerParameter.DimCheckMode]
    blobs: _containers.RepeatedCompositeFieldContainer[BlobProto]
    blobs_lr: _containers.RepeatedScalarFieldContainer[float]
    bn_param: _forks_pb2.BNParameter
    bottom: _containers.RepeatedScalarFieldContainer[str]
    censor_label_param: _forks_pb2.CensorLabelParameter
    channel_aggregator_param: _forks_pb2.ChannelAggregatorParameter
    concat_param: ConcatParameter
    contrastive_loss_param: ContrastiveLossParameter
    convolution_param: ConvolutionParameter
    data_param: DataParameter
    dense_crf_param: _forks_pb2.DenseCRFParameter
    detection_loss_param: _forks_pb2.DetectionLossParameter
    disable: _containers.RepeatedCompositeFieldContainer[NetStateRule]
    dominant_channel_param: _forks_pb2.DominantChannelParameter
    down_sampling_param: _forks_pb2.DownSamplingParameter
    dropout_param: DropoutParameter
    dummy_data_param: DummyDataParameter
    eltwise_accuracy_param: _forks_pb2.EltwiseAccuracyParameter
    eltwise_affine_param: _forks_pb2.EltwiseAffineParameter
    eltwise_param: EltwiseParameter
    enable: _containers.RepeatedCompositeFieldContainer[NetStateRule]
    euclidean_loss_param: _forks_pb2.EuclideanLossParameter
    euclidean_weight_param: _forks_pb2.EuclideanWeightedLossParameter
    eval_detection_param: _forks_pb2.EvalDetectionParameter
    exclude: _containers.RepeatedCompositeFieldContainer[NetStateRule]
    exp_param: ExpParameter
    gain_channel_param: _forks_pb2.GainChannelParameter
    hdf5_data_param: HDF5DataParameter
    hdf5_output_param: HDF5OutputParameter
    hinge_loss_param: HingeLossParameter
    histogram_param: _forks_pb2.HistogramParameter
    ignore_overlay_param: _forks_pb2.IgnoreOverlayParameter
    image_data_param: ImageDataParameter
    include: _containers.RepeatedCompositeFieldContainer[NetStateRule]
    infogain_loss_param: InfogainLossParameter
    inner_product_param: InnerProductParameter
    input_param: InputParameter
    insanity_param: _forks_pb2.InsanityParameter
    interp_param: _forks_pb2.InterpParameter
    layer: V0LayerParameter
    local_param: _forks_pb2.LocalParameter
    loss_param: LossParameter
    loss_weight: _containers.RepeatedScalarFieldContainer[float]
    lrn_param: LRNParameter
    mask_outputs_param: _forks_pb2.MaskOutputsParameter
    mat_read_param: _forks_pb2.MatReadParameter
    mat_write_param: _forks_pb2.MatWriteParameter
    memory_data_param: MemoryDataParameter
    multi_stage_meanfield_param: _forks_pb2.MultiStageMeanfieldParameter
    mvn_param: MVNParameter
    name: str
    noise_param: _forks_pb2.NoiseParameter
    onehot_param: _forks_pb2.OneHotParameter
    padding_param: _forks_pb2.PaddingParameter
    param: _containers.RepeatedScalarFieldContainer[str]
    pooling_param: PoolingParameter
    power_param: PowerParameter
    prelu_param: PReLUParameter
    rank_param: _forks_pb2.RankHardLossParameter
    relu6_param: _forks_pb2.ReLU6Parameter
    relu_param: ReLUParameter
    roi_pooling_param: _forks_pb2.ROIPoolingParameter
    seg_accuracy_param: _forks_pb2.SegAccuracyParameter
    sigmoid_param: SigmoidParameter
    slice_param: SliceParameter
    softmax_param: SoftmaxParameter
    softmaxloss_param: _forks_pb2.SoftmaxLossParameter
    strict_dim: bool
    sub_region_param: _forks_pb2.SubRegionParameter
    tanh_param: TanHParameter
    threshold_param: ThresholdParameter
    top: _containers.RepeatedScalarFieldContainer[str]
    transform_param: TransformationParameter
    triplet_loss_param: _forks_pb2.TripletLossParameter
    type: V1LayerParameter.LayerType
    unique_label_param: _forks_pb2.UniqueLabelParameter
    unpooling_param: _forks_pb2.UnPoolingParameter
    weight_decay: _containers.RepeatedScalarFieldContainer[float]
    window_data_param: WindowDataParameter
    def __init__(self, bottom: _Optional[_Iterable[str]] = ..., top: _Optional[_Iterable[str]] = ..., name: _Optional[str] = ..., include: _Optional[_Iterable[_Union[NetStateRule, _Mapping]]] = ..., exclude: _Optional[_Iterable[_Union[NetStateRule, _Mapping]]] = ..., type: _Optional[_Union[V1LayerParameter.LayerType, str]] = ..., blobs: _Optional[_Iterable[_Union[BlobProto, _Mapping]]] = ..., param: _Optional[_Iterable[str]] = ..., blob_share_mode: _Optional[_Iterable[_Union[V1LayerParameter.DimCheckMode, str]]] = ..., blobs_lr: _Optional[_Iterable[float]] = ..., weight_decay: _Optional[_Iterable[float]] = ..., loss_weight: _Optional[_Iterable[float]] = ..., accuracy_param: _Optional[_Union[AccuracyParameter, _Mapping]] = ..., argmax_param: _Optional[_Union[ArgMaxParameter, _Mapping]] = ..., concat_param: _Optional[_Union[ConcatParameter, _Mapping]] = ..., contrastive_loss_param: _Optional[_Union[ContrastiveLossParameter, _Mapping]] = ..., convolution_param: _Optional[_Union[ConvolutionParameter, _Mapping]] = ..., data_param: _Optional[_Union[DataParameter, _Mapping]] = ..., dropout_param: _Optional[_Union[DropoutParameter, _Mapping]] = ..., dummy_data_param: _Optional[_Union[DummyDataParameter, _Mapping]] = ..., eltwise_param: _Optional[_Union[EltwiseParameter, _Mapping]] = ..., exp_param: _Optional[_Union[ExpParameter, _Mapping]] = ..., hdf5_data_param: _Optional[_Union[HDF5DataParameter, _Mapping]] = ..., hdf5_output_param: _Optional[_Union[HDF5OutputParameter, _Mapping]] = ..., hinge_loss_param: _Optional[_Union[HingeLossParameter, _Mapping]] = ..., image_data_param: _Optional[_Union[ImageDataParameter, _Mapping]] = ..., infogain_loss_param: _Optional[_Union[InfogainLossParameter, _Mapping]] = ..., inner_product_param: _Optional[_Union[InnerProductParameter, _Mapping]] = ..., lrn_param: _Optional[_Union[LRNParameter, _Mapping]] = ..., memory_data_param: _Optional[_Union[MemoryDataParameter, _Mapping]] = ..., mvn_param: _Optional[_Union[MVNParameter, _Mapping]] = ..., pooling_param: _Optional[_Union[PoolingParameter, _Mapping]] = ..., power_param: _Optional[_Union[PowerParameter, _Mapping]] = ..., relu_param: _Optional[_Union[ReLUParameter, _Mapping]] = ..., sigmoid_param: _Optional[_Union[SigmoidParameter, _Mapping]] = ..., softmax_param: _Optional[_Union[SoftmaxParameter, _Mapping]] = ..., slice_param: _Optional[_Union[SliceParameter, _Mapping]] = ..., tanh_param: _Optional[_Union[TanHParameter, _Mapping]] = ..., threshold_param: _Optional[_Union[ThresholdParameter, _Mapping]] = ..., window_data_param: _Optional[_Union[WindowDataParameter, _Mapping]] = ..., transform_param: _Optional[_Union[TransformationParameter, _Mapping]] = ..., loss_param: _Optional[_Union[LossParameter, _Mapping]] = ..., layer: _Optional[_Union[V0LayerParameter, _Mapping]] = ..., roi_pooling_param: _Optional[_Union[_forks_pb2.ROIPoolingParameter, _Mapping]] = ..., detection_loss_param: _Optional[_Union[_forks_pb2.DetectionLossParameter, _Mapping]] = ..., eval_detection_param: _Optional[_Union[_forks_pb2.EvalDetectionParameter, _Mapping]] = ..., relu6_param: _Optional[_Union[_forks_pb2.ReLU6Parameter, _Mapping]] = ..., adaptive_bias_channel_param: _Optional[_Union[_forks_pb2.AdaptiveBiasChannelParameter, _Mapping]] = ..., bias_channel_param: _Optional[_Union[_forks_pb2.BiasChannelParameter, _Mapping]] = ..., censor_label_param: _Optional[_Union[_forks_pb2.CensorLabelParameter, _Mapping]] = ..., channel_aggregator_param: _Optional[_Union[_forks_pb2.ChannelAggregatorParameter, _Mapping]] = ..., dense_crf_param: _Optional[_Union[_forks_pb2.DenseCRFParameter, _Mapping]] = ..., dominant_channel_param: _Optional[_Union[_forks_pb2.DominantChannelParameter, _Mapping]] = ..., euclidean_loss_param: _Optional[_Union[_forks_pb2.EuclideanLossParameter, _Mapping]] = ..., gain_channel_param: _Optional[_Union[_forks_pb2.GainChannelParameter, _Mapping]] = ..., histogram_param: _Optional[_Union[_forks_pb2.HistogramParameter, _Mapping]] = ..., ignore_overlay_param: _Optional[_Union[_forks_pb2.IgnoreOverlayParameter, _Mapping]] = ..., interp_param: _Optional[_Union[_forks_pb2.InterpParameter, _Mapping]] = ..., mat_read_param: _Optional[_Union[_forks_pb2.MatReadParameter, _Mapping]] = ..., mat_write_param: _Optional[_Union[_forks_pb2.MatWriteParameter, _Mapping]] = ..., onehot_param: _Optional[_Union[_forks_pb2.OneHotParameter, _Mapping]] = ..., padding_param: _Optional[_Union[_forks_pb2.PaddingParameter, _Mapping]] = ..., seg_accuracy_param: _Optional[_Union[_forks_pb2.SegAccuracyParameter, _Mapping]] = ..., softmaxloss_param: _Optional[_Union[_forks_pb2.SoftmaxLossParameter, _Mapping]] = ..., unique_label_param: _Optional[_Union[_forks_pb2.UniqueLabelParameter, _Mapping]] = ..., multi_stage_meanfield_param: _Optional[_Union[_forks_pb2.MultiStageMeanfieldParameter, _Mapping]] = ..., bn_param: _Optional[_Union[_forks_pb2.BNParameter, _Mapping]] = ..., local_param: _Optional[_Union[_forks_pb2.LocalParameter, _Mapping]] = ..., prelu_param: _Optional[_Union[PReLUParameter, _Mapping]] = ..., insanity_param: _Optional[_Union[_forks_pb2.InsanityParameter, _Mapping]] = ..., triplet_loss_param: _Optional[_Union[_forks_pb2.TripletLossParameter, _Mapping]] = ..., eltwise_affine_param: _Optional[_Union[_forks_pb2.EltwiseAffineParameter, _Mapping]] = ..., sub_region_param: _Optional[_Union[_forks_pb2.SubRegionParameter, _Mapping]] = ..., noise_param: _Optional[_Union[_forks_pb2.NoiseParameter, _Mapping]] = ..., down_sampling_param: _Optional[_Union[_forks_pb2.DownSamplingParameter, _Mapping]] = ..., affinity_param: _Optional[_Union[_forks_pb2.AffinityParameter, _Mapping]] = ..., unpooling_param: _Optional[_Union[_forks_pb2.UnPoolingParameter, _Mapping]] = ..., eltwise_accuracy_param: _Optional[_Union[_forks_pb2.EltwiseAccuracyParameter, _Mapping]] = ..., strict_dim: bool = ..., enable: _Optional[_Iterable[_Union[NetStateRule, _Mapping]]] = ..., disable: _Optional[_Iterable[_Union[NetStateRule, _Mapping]]] = ..., input_param: _Optional[_Union[InputParameter, _Mapping]] = ..., rank_param: _Optional[_Union[_forks_pb2.RankHardLossParameter, _Mapping]] = ..., mask_outputs_param: _Optional[_Union[_forks_pb2.MaskOutputsParameter, _Mapping]] = ..., euclidean_weight_param: _Optional[_Union[_forks_pb2.EuclideanWeightedLossParameter, _Mapping]] = ...) -> None: ...

class WindowDataParameter(_message.Message):
    __slots__ = ["batch_size", "bg_threshold", "cache_images", "config", "context_pad", "crop_mode", "crop_size", "fg_fraction", "fg_threshold", "mean_file", "mirror", "root_folder", "scale", "source"]
    BATCH_SIZE_FIELD_NUMBER: _ClassVar[int]
    BG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    CACHE_IMAGES_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_PAD_FIELD_NUMBER: _ClassVar[int]
    CROP_MODE_FIELD_NUMBER: _ClassVar[int]
    CROP_SIZE_FIELD_NUMBER: _ClassVar[int]
    FG_FRACTION_FIELD_NUMBER: _ClassVar[int]
    FG_THRESHOLD_FIELD_NUMBER: _ClassVar[int]
    MEAN_FILE_FIELD_NUMBER: _ClassVar[int]
    MIRROR_FIELD_NUMBER: _ClassVar[int]
    ROOT_FOLDER_FIELD_NUMBER: _ClassVar[int]
    SCALE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    batch_size: int
    bg_threshold: float
    cache_images: bool
    config: str
    context_pad: int
    crop_mode: str
    crop_size: int
    fg_fraction: float
    fg_threshold: float
    mean_file: str
    mirror: bool
    root_folder: str
    scale: float
    source: str
    def __init__(self, source: _Optional[str] = ..., scale: _Optional[float] = ..., mean_file: _Optional[str] = ..., batch_size: _Optional[int] = ..., crop_size: _Optional[int] = ..., mirror: bool = ..., fg_threshold: _Optional[float] = ..., bg_threshold: _Optional[float] = ..., fg_fraction: _Optional[float] = ..., context_pad: _Optional[int] = ..., crop_mode: _Optional[str] = ..., cache_images: bool = ..., root_folder: _Optional[str] = ..., config: _Optional[str] = ...) -> None: ...

class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
