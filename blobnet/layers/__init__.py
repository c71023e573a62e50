"""The catalogue of layer types, written by scripts/gen_layers. Importing it fills the register."""

from blobnet.layers.activation.abs_val import AbsVal as AbsVal
from blobnet.layers.activation.apl import APL as APL
from blobnet.layers.activation.atan import Atan as Atan
from blobnet.layers.activation.bnll import BNLL as BNLL
from blobnet.layers.activation.clip import Clip as Clip
from blobnet.layers.activation.elu import ELU as ELU
from blobnet.layers.activation.exp import Exp as Exp
from blobnet.layers.activation.hard_swish import HardSwish as HardSwish
from blobnet.layers.activation.insanity import Insanity as Insanity
from blobnet.layers.activation.log import Log as Log
from blobnet.layers.activation.mish import Mish as Mish
from blobnet.layers.activation.noise import Noise as Noise
from blobnet.layers.activation.power import Power as Power
from blobnet.layers.activation.prelu import PReLU as PReLU
from blobnet.layers.activation.relu import ReLU as ReLU
from blobnet.layers.activation.relu6 import ReLU6 as ReLU6
from blobnet.layers.activation.scale_tan_h import ScaleTanH as ScaleTanH
from blobnet.layers.activation.se_lu import SeLu as SeLu
from blobnet.layers.activation.se_lu_dropout import SeLuDropout as SeLuDropout
from blobnet.layers.activation.sigmoid import Sigmoid as Sigmoid
from blobnet.layers.activation.signed_sqrt import SignedSqrt as SignedSqrt
from blobnet.layers.activation.sparsify import Sparsify as Sparsify
from blobnet.layers.activation.swish import Swish as Swish
from blobnet.layers.activation.tanh import TanH as TanH
from blobnet.layers.activation.threshold import Threshold as Threshold
from blobnet.layers.common.bias import Bias as Bias
from blobnet.layers.common.dropout import Dropout as Dropout
from blobnet.layers.common.embed import Embed as Embed
from blobnet.layers.common.guided_dropout import GuidedDropout as GuidedDropout
from blobnet.layers.common.inner_product import InnerProduct as InnerProduct
from blobnet.layers.common.scale import Scale as Scale
from blobnet.layers.common.spatial_dropout import SpatialDropout as SpatialDropout
from blobnet.layers.data.co_s_data import CoSData as CoSData
from blobnet.layers.data.data import Data as Data
from blobnet.layers.data.dummy_data import DummyData as DummyData
from blobnet.layers.data.hdf5_data import HDF5Data as HDF5Data
from blobnet.layers.data.hdf5_output import HDF5Output as HDF5Output
from blobnet.layers.data.human_att_data import HumanAttData as HumanAttData
from blobnet.layers.data.image_data import ImageData as ImageData
from blobnet.layers.data.input import Input as Input
from blobnet.layers.data.memory_data import MemoryData as MemoryData
from blobnet.layers.data.merge_data import MergeData as MergeData
from blobnet.layers.data.multi_label_image_data import MultiLabelImageData as MultiLabelImageData
from blobnet.layers.data.window_data import WindowData as WindowData
from blobnet.layers.data.window_multiclass_keypoint_data import (
    WindowMulticlassKeypointData as WindowMulticlassKeypointData,
)
from blobnet.layers.data.window_pose_data import WindowPoseData as WindowPoseData
from blobnet.layers.detection.cascade.bbox_accuracy import BboxAccuracy as BboxAccuracy
from blobnet.layers.detection.cascade.box_group_output import BoxGroupOutput as BoxGroupOutput
from blobnet.layers.detection.cascade.box_output import BoxOutput as BoxOutput
from blobnet.layers.detection.cascade.decode_bbox import DecodeBBox as DecodeBBox
from blobnet.layers.detection.cascade.detection_accuracy import (
    DetectionAccuracy as DetectionAccuracy,
)
from blobnet.layers.detection.cascade.detection_data import DetectionData as DetectionData
from blobnet.layers.detection.cascade.detection_group_accuracy import (
    DetectionGroupAccuracy as DetectionGroupAccuracy,
)
from blobnet.layers.detection.cascade.detection_group_loss import (
    DetectionGroupLoss as DetectionGroupLoss,
)
from blobnet.layers.detection.cascade.eval_data import EvalData as EvalData
from blobnet.layers.detection.cascade.frcnn_output import FrcnnOutput as FrcnnOutput
from blobnet.layers.detection.cascade.hard_mining import HardMining as HardMining
from blobnet.layers.detection.cascade.image_gt_data import ImageGtData as ImageGtData
from blobnet.layers.detection.cascade.proposal_target import ProposalTarget as ProposalTarget
from blobnet.layers.detection.cascade.scale_route import ScaleRoute as ScaleRoute
from blobnet.layers.detection.detect_net_transformation import (
    DetectNetTransformation as DetectNetTransformation,
)
from blobnet.layers.detection.predict_box import PredictBox as PredictBox
from blobnet.layers.detection.regions.box_annotator_ohem import BoxAnnotatorOHEM as BoxAnnotatorOHEM
from blobnet.layers.detection.regions.frcnn_anchor_target import (
    FrcnnAnchorTarget as FrcnnAnchorTarget,
)
from blobnet.layers.detection.regions.frcnn_proposal import FrcnnProposal as FrcnnProposal
from blobnet.layers.detection.regions.frcnn_proposal_target import (
    FrcnnProposalTarget as FrcnnProposalTarget,
)
from blobnet.layers.detection.regions.frcnn_roi_data import FrcnnRoiData as FrcnnRoiData
from blobnet.layers.detection.regions.frcnn_vid_data import FrcnnVidData as FrcnnVidData
from blobnet.layers.detection.regions.inner_product_blob import InnerProductBlob as InnerProductBlob
from blobnet.layers.detection.regions.mask_pooling import MaskPooling as MaskPooling
from blobnet.layers.detection.regions.mask_resize import MaskResize as MaskResize
from blobnet.layers.detection.regions.proposal import Proposal as Proposal
from blobnet.layers.detection.regions.psroi_pooling import PSROIPooling as PSROIPooling
from blobnet.layers.detection.regions.roi_align import ROIAlign as ROIAlign
from blobnet.layers.detection.regions.roi_pooling import ROIPooling as ROIPooling
from blobnet.layers.detection.regions.roi_warping import ROIWarping as ROIWarping
from blobnet.layers.detection.regions.rotate_roi_pooling import RotateROIPooling as RotateROIPooling
from blobnet.layers.detection.regions.smooth_l1_loss import SmoothL1Loss as SmoothL1Loss
from blobnet.layers.detection.regions.smooth_l1_loss_ohem import (
    SmoothL1LossOHEM as SmoothL1LossOHEM,
)
from blobnet.layers.detection.regions.softmax_with_loss_ohem import (
    SoftmaxWithLossOHEM as SoftmaxWithLossOHEM,
)
from blobnet.layers.detection.ssd.annotated_data import AnnotatedData as AnnotatedData
from blobnet.layers.detection.ssd.detection_evaluate import DetectionEvaluate as DetectionEvaluate
from blobnet.layers.detection.ssd.detection_output import DetectionOutput as DetectionOutput
from blobnet.layers.detection.ssd.multi_box_loss import MultiBoxLoss as MultiBoxLoss
from blobnet.layers.detection.ssd.normalize import Normalize as Normalize
from blobnet.layers.detection.ssd.permute import Permute as Permute
from blobnet.layers.detection.ssd.prior_box import PriorBox as PriorBox
from blobnet.layers.detection.ssd.prior_box_clustered import PriorBoxClustered as PriorBoxClustered
from blobnet.layers.detection.ssd.video_data import VideoData as VideoData
from blobnet.layers.detection.yolo.assisted_excitation import (
    AssistedExcitation as AssistedExcitation,
)
from blobnet.layers.detection.yolo.box_data import BoxData as BoxData
from blobnet.layers.detection.yolo.detection_loss import DetectionLoss as DetectionLoss
from blobnet.layers.detection.yolo.eval_detection import EvalDetection as EvalDetection
from blobnet.layers.detection.yolo.gaussian_yolov3 import GaussianYolov3 as GaussianYolov3
from blobnet.layers.detection.yolo.region_loss import RegionLoss as RegionLoss
from blobnet.layers.detection.yolo.reorg import Reorg as Reorg
from blobnet.layers.detection.yolo.segmentation_evaluate import (
    SegmentationEvaluate as SegmentationEvaluate,
)
from blobnet.layers.detection.yolo.yolo_detection_output import (
    YoloDetectionOutput as YoloDetectionOutput,
)
from blobnet.layers.detection.yolo.yolo_seg import YoloSeg as YoloSeg
from blobnet.layers.detection.yolo.yolov3 import Yolov3 as Yolov3
from blobnet.layers.detection.yolo.yolov3_detection_output import (
    Yolov3DetectionOutput as Yolov3DetectionOutput,
)
from blobnet.layers.faces.confidence_penalty_loss import (
    ConfidencePenaltyLoss as ConfidencePenaltyLoss,
)
from blobnet.layers.faces.fcn_accuracy import FCNAccuracy as FCNAccuracy
from blobnet.layers.faces.focal_loss import FocalLoss as FocalLoss
from blobnet.layers.faces.gram import Gram as Gram
from blobnet.layers.faces.jfda_loss import JfdaLoss as JfdaLoss
from blobnet.layers.faces.landmarks.align_data_transform import (
    AlignDataTransform as AlignDataTransform,
)
from blobnet.layers.faces.landmarks.au_mask_based_land import AUMaskBasedLand as AUMaskBasedLand
from blobnet.layers.faces.landmarks.flip import Flip as Flip
from blobnet.layers.faces.landmarks.hotspot import Hotspot as Hotspot
from blobnet.layers.faces.landmarks.slope import Slope as Slope
from blobnet.layers.faces.landmarks.sub_region import SubRegion as SubRegion
from blobnet.layers.faces.lengths.channel_scale import ChannelScale as ChannelScale
from blobnet.layers.faces.lengths.l2_norm import L2Norm as L2Norm
from blobnet.layers.faces.lengths.moving_normalize import MovingNormalize as MovingNormalize
from blobnet.layers.faces.lengths.norm import Norm as Norm
from blobnet.layers.faces.lengths.norm_l2 import NormL2 as NormL2
from blobnet.layers.faces.lsro_loss import LSROLoss as LSROLoss
from blobnet.layers.faces.margins.ada_cos_addm_scale import AdaCosAddmScale as AdaCosAddmScale
from blobnet.layers.faces.margins.arccos import Arccos as Arccos
from blobnet.layers.faces.margins.combined_margin import CombinedMargin as CombinedMargin
from blobnet.layers.faces.margins.cosin_addm import CosinAddm as CosinAddm
from blobnet.layers.faces.margins.cosine import Cosine as Cosine
from blobnet.layers.faces.margins.global_lse_margin import GlobalLSEMargin as GlobalLSEMargin
from blobnet.layers.faces.margins.label_specific_add import LabelSpecificAdd as LabelSpecificAdd
from blobnet.layers.faces.margins.label_specific_rescale import (
    LabelSpecificRescale as LabelSpecificRescale,
)
from blobnet.layers.faces.margins.large_margin_inner_product import (
    LargeMarginInnerProduct as LargeMarginInnerProduct,
)
from blobnet.layers.faces.margins.margin_inner_product import (
    MarginInnerProduct as MarginInnerProduct,
)
from blobnet.layers.faces.margins.soft_truncation import SoftTruncation as SoftTruncation
from blobnet.layers.faces.margins.truncation import Truncation as Truncation
from blobnet.layers.faces.metric.batch_contrastive_loss import (
    BatchContrastiveLoss as BatchContrastiveLoss,
)
from blobnet.layers.faces.metric.center_loss import CenterLoss as CenterLoss
from blobnet.layers.faces.metric.correlation_loss import CorrelationLoss as CorrelationLoss
from blobnet.layers.faces.metric.dsa_loss import DSALoss as DSALoss
from blobnet.layers.faces.metric.general_contrastive_loss import (
    GeneralContrastiveLoss as GeneralContrastiveLoss,
)
from blobnet.layers.faces.metric.general_triplet_loss import (
    GeneralTripletLoss as GeneralTripletLoss,
)
from blobnet.layers.faces.metric.inner_distance import InnerDistance as InnerDistance
from blobnet.layers.faces.metric.labeled_matching import LabeledMatching as LabeledMatching
from blobnet.layers.faces.metric.lifted_struct_similarity_softmax_loss import (
    LiftedStructSimilaritySoftmaxLoss as LiftedStructSimilaritySoftmaxLoss,
)
from blobnet.layers.faces.metric.nca_loss import NCALoss as NCALoss
from blobnet.layers.faces.metric.pairwise import Pairwise as Pairwise
from blobnet.layers.faces.metric.pairwise_loss import PairwiseLoss as PairwiseLoss
from blobnet.layers.faces.metric.rank_hard_loss import RankHardLoss as RankHardLoss
from blobnet.layers.faces.metric.soft_contrastive_loss import (
    SoftContrastiveLoss as SoftContrastiveLoss,
)
from blobnet.layers.faces.metric.triplet_loss import TripletLoss as TripletLoss
from blobnet.layers.faces.metric.triplet_rank_loss import TripletRankLoss as TripletRankLoss
from blobnet.layers.faces.metric.unlabeled_matching import UnlabeledMatching as UnlabeledMatching
from blobnet.layers.loss.accuracy import Accuracy as Accuracy
from blobnet.layers.loss.contrastive_loss import ContrastiveLoss as ContrastiveLoss
from blobnet.layers.loss.cross_entropy_loss import CrossEntropyLoss as CrossEntropyLoss
from blobnet.layers.loss.dice_coef_loss import DiceCoefLoss as DiceCoefLoss
from blobnet.layers.loss.entropy_loss import EntropyLoss as EntropyLoss
from blobnet.layers.loss.euclidean_distance import EuclideanDistance as EuclideanDistance
from blobnet.layers.loss.euclidean_loss import EuclideanLoss as EuclideanLoss
from blobnet.layers.loss.euclidean_loss2 import EuclideanLoss2 as EuclideanLoss2
from blobnet.layers.loss.euclidean_weighted_loss import (
    EuclideanWeightedLoss as EuclideanWeightedLoss,
)
from blobnet.layers.loss.even_dist_loss import EvenDistLoss as EvenDistLoss
from blobnet.layers.loss.hinge_loss import HingeLoss as HingeLoss
from blobnet.layers.loss.infogain_loss import InfogainLoss as InfogainLoss
from blobnet.layers.loss.jmmd_loss import JMMDLoss as JMMDLoss
from blobnet.layers.loss.jsd_loss import JSDLoss as JSDLoss
from blobnet.layers.loss.k1_euclidean_loss import K1_EuclideanLoss as K1_EuclideanLoss
from blobnet.layers.loss.k2_euclidean_loss import K2_EuclideanLoss as K2_EuclideanLoss
from blobnet.layers.loss.l1_loss import L1Loss as L1Loss
from blobnet.layers.loss.manhattan_loss import ManhattanLoss as ManhattanLoss
from blobnet.layers.loss.min_quantize_loss import MinQuantizeLoss as MinQuantizeLoss
from blobnet.layers.loss.mmd_loss import MMDLoss as MMDLoss
from blobnet.layers.loss.multiclass_cross_entropy_loss import (
    MulticlassCrossEntropyLoss as MulticlassCrossEntropyLoss,
)
from blobnet.layers.loss.multinomial_logistic_loss import (
    MultinomialLogisticLoss as MultinomialLogisticLoss,
)
from blobnet.layers.loss.rsjsd_loss import RSJSDLoss as RSJSDLoss
from blobnet.layers.loss.set_loss2 import SetLoss2 as SetLoss2
from blobnet.layers.loss.sigmoid_cross_entropy_loss import (
    SigmoidCrossEntropyLoss as SigmoidCrossEntropyLoss,
)
from blobnet.layers.loss.sigmoid_cross_entropy_weighted_loss import (
    SigmoidCrossEntropyWeightedLoss as SigmoidCrossEntropyWeightedLoss,
)
from blobnet.layers.loss.softmax_with_loss import SoftmaxWithLoss as SoftmaxWithLoss
from blobnet.layers.loss.transform_loss import TransformLoss as TransformLoss
from blobnet.layers.loss.weighted_euclidean_loss import (
    WeightedEuclideanLoss as WeightedEuclideanLoss,
)
from blobnet.layers.loss.weighted_softmax_with_loss import (
    WeightedSoftmaxWithLoss as WeightedSoftmaxWithLoss,
)
from blobnet.layers.motion.accum import Accum as Accum
from blobnet.layers.motion.black_augmentation import BlackAugmentation as BlackAugmentation
from blobnet.layers.motion.channel_norm import ChannelNorm as ChannelNorm
from blobnet.layers.motion.charbonnier_loss import CharbonnierLoss as CharbonnierLoss
from blobnet.layers.motion.correlation import Correlation as Correlation
from blobnet.layers.motion.correlation1d import Correlation1D as Correlation1D
from blobnet.layers.motion.custom_data import CustomData as CustomData
from blobnet.layers.motion.data_augmentation import DataAugmentation as DataAugmentation
from blobnet.layers.motion.disparity_data import DisparityData as DisparityData
from blobnet.layers.motion.downsample import Downsample as Downsample
from blobnet.layers.motion.flo_writer import FLOWriter as FLOWriter
from blobnet.layers.motion.float_reader import FloatReader as FloatReader
from blobnet.layers.motion.float_writer import FloatWriter as FloatWriter
from blobnet.layers.motion.flow_augmentation import FlowAugmentation as FlowAugmentation
from blobnet.layers.motion.flow_transformer import FlowTransformer as FlowTransformer
from blobnet.layers.motion.flow_warp import FlowWarp as FlowWarp
from blobnet.layers.motion.generate_augmentation_parameters import (
    GenerateAugmentationParameters as GenerateAugmentationParameters,
)
from blobnet.layers.motion.img_reader import ImgReader as ImgReader
from blobnet.layers.motion.img_writer import ImgWriter as ImgWriter
from blobnet.layers.motion.lpq_loss import LpqLoss as LpqLoss
from blobnet.layers.motion.mean import Mean as Mean
from blobnet.layers.motion.multi_frame_data import MultiFrameData as MultiFrameData
from blobnet.layers.motion.neg_relu import NegReLU as NegReLU
from blobnet.layers.motion.pfm_writer import PFMWriter as PFMWriter
from blobnet.layers.motion.remap import Remap as Remap
from blobnet.layers.motion.resample import Resample as Resample
from blobnet.layers.motion.ssim_loss import SSIMLoss as SSIMLoss
from blobnet.layers.normalization.batch_norm import BatchNorm as BatchNorm
from blobnet.layers.normalization.dial import Dial as Dial
from blobnet.layers.normalization.lrn import LRN as LRN
from blobnet.layers.normalization.mvn import MVN as MVN
from blobnet.layers.quantization.binary_convolution import BinaryConvolution as BinaryConvolution
from blobnet.layers.quantization.binary_inner_product import (
    BinaryInnerProduct as BinaryInnerProduct,
)
from blobnet.layers.quantization.convolution_bn_fixed import (
    ConvolutionBNFixed as ConvolutionBNFixed,
)
from blobnet.layers.quantization.convolution_fixed import ConvolutionFixed as ConvolutionFixed
from blobnet.layers.quantization.deconvolution_fixed import DeconvolutionFixed as DeconvolutionFixed
from blobnet.layers.quantization.fixed_neuron import FixedNeuron as FixedNeuron
from blobnet.layers.quantization.inner_product_fixed import InnerProductFixed as InnerProductFixed
from blobnet.layers.quantization.quant import Quant as Quant
from blobnet.layers.recurrent.conv_lstm import ConvLSTM as ConvLSTM
from blobnet.layers.recurrent.lstm import LSTM as LSTM
from blobnet.layers.recurrent.lstm_unit import LSTMUnit as LSTMUnit
from blobnet.layers.recurrent.renet_lstm import ReNetLSTM as ReNetLSTM
from blobnet.layers.recurrent.rnn import RNN as RNN
from blobnet.layers.segmentation.adaptive_bias_channel import (
    AdaptiveBiasChannel as AdaptiveBiasChannel,
)
from blobnet.layers.segmentation.affinity import Affinity as Affinity
from blobnet.layers.segmentation.att_pooling import AttPooling as AttPooling
from blobnet.layers.segmentation.bias_channel import BiasChannel as BiasChannel
from blobnet.layers.segmentation.bilinear_interpolation import (
    BilinearInterpolation as BilinearInterpolation,
)
from blobnet.layers.segmentation.bn import BN as BN
from blobnet.layers.segmentation.bnhk import BNHK as BNHK
from blobnet.layers.segmentation.censor_label import CensorLabel as CensorLabel
from blobnet.layers.segmentation.channel_aggregator import ChannelAggregator as ChannelAggregator
from blobnet.layers.segmentation.connected_component import ConnectedComponent as ConnectedComponent
from blobnet.layers.segmentation.cu_dnn_batch_norm import CuDNNBatchNorm as CuDNNBatchNorm
from blobnet.layers.segmentation.dense_crf import DenseCRF as DenseCRF
from blobnet.layers.segmentation.dense_image_data import DenseImageData as DenseImageData
from blobnet.layers.segmentation.domain_transform import DomainTransform as DomainTransform
from blobnet.layers.segmentation.domain_transform_forward_only import (
    DomainTransformForwardOnly as DomainTransformForwardOnly,
)
from blobnet.layers.segmentation.dominant_channel import DominantChannel as DominantChannel
from blobnet.layers.segmentation.eltwise_accuracy import EltwiseAccuracy as EltwiseAccuracy
from blobnet.layers.segmentation.gain_channel import GainChannel as GainChannel
from blobnet.layers.segmentation.histogram import Histogram as Histogram
from blobnet.layers.segmentation.hyper_columns import HyperColumns as HyperColumns
from blobnet.layers.segmentation.ignore_overlay import IgnoreOverlay as IgnoreOverlay
from blobnet.layers.segmentation.image_labelmap_data import ImageLabelmapData as ImageLabelmapData
from blobnet.layers.segmentation.image_seg_data import ImageSegData as ImageSegData
from blobnet.layers.segmentation.interp import Interp as Interp
from blobnet.layers.segmentation.malis_loss import MalisLoss as MalisLoss
from blobnet.layers.segmentation.mat_read import MatRead as MatRead
from blobnet.layers.segmentation.mat_write import MatWrite as MatWrite
from blobnet.layers.segmentation.merge_crop import MergeCrop as MergeCrop
from blobnet.layers.segmentation.multi_stage_meanfield import (
    MultiStageMeanfield as MultiStageMeanfield,
)
from blobnet.layers.segmentation.nn_interp import NNInterp as NNInterp
from blobnet.layers.segmentation.one_hot import OneHot as OneHot
from blobnet.layers.segmentation.padding import Padding as Padding
from blobnet.layers.segmentation.relative_error import RelativeError as RelativeError
from blobnet.layers.segmentation.seg_accuracy import SegAccuracy as SegAccuracy
from blobnet.layers.segmentation.seg_data import SegData as SegData
from blobnet.layers.segmentation.sigmoid_cross_entropy_balance_loss import (
    SigmoidCrossEntropyBalanceLoss as SigmoidCrossEntropyBalanceLoss,
)
from blobnet.layers.segmentation.spatial_product import SpatialProduct as SpatialProduct
from blobnet.layers.segmentation.unique_label import UniqueLabel as UniqueLabel
from blobnet.layers.segmentation.unpooling import Unpooling as Unpooling
from blobnet.layers.segmentation.upsample import Upsample as Upsample
from blobnet.layers.segmentation.window_seg_data import WindowSegData as WindowSegData
from blobnet.layers.sequence.continuation_indicator import (
    ContinuationIndicator as ContinuationIndicator,
)
from blobnet.layers.sequence.convert import Convert as Convert
from blobnet.layers.sequence.ctc_greedy_decoder import CTCGreedyDecoder as CTCGreedyDecoder
from blobnet.layers.sequence.ctc_loss import CtcLoss as CtcLoss
from blobnet.layers.sequence.ctcloss import CTCLoss as CTCLoss
from blobnet.layers.sequence.labelsequence_accuracy import (
    LabelsequenceAccuracy as LabelsequenceAccuracy,
)
from blobnet.layers.sequence.lstm import Lstm as Lstm
from blobnet.layers.sequence.reverse import Reverse as Reverse
from blobnet.layers.sequence.transpose import Transpose as Transpose
from blobnet.layers.sequence.warp_ctc_loss import WarpCTCLoss as WarpCTCLoss
from blobnet.layers.utility.add import Add as Add
from blobnet.layers.utility.arg_max import ArgMax as ArgMax
from blobnet.layers.utility.axpy import Axpy as Axpy
from blobnet.layers.utility.batch_reduction import BatchReduction as BatchReduction
from blobnet.layers.utility.batch_reindex import BatchReindex as BatchReindex
from blobnet.layers.utility.batch_to_space_nd import BatchToSpaceND as BatchToSpaceND
from blobnet.layers.utility.combination import Combination as Combination
from blobnet.layers.utility.compact_bilinear import CompactBilinear as CompactBilinear
from blobnet.layers.utility.concat import Concat as Concat
from blobnet.layers.utility.depth_to_space import DepthToSpace as DepthToSpace
from blobnet.layers.utility.division import Division as Division
from blobnet.layers.utility.eltwise import Eltwise as Eltwise
from blobnet.layers.utility.expand_dims_nd import ExpandDimsND as ExpandDimsND
from blobnet.layers.utility.filter import Filter as Filter
from blobnet.layers.utility.flatten import Flatten as Flatten
from blobnet.layers.utility.gather import Gather as Gather
from blobnet.layers.utility.gradient_scaler import GradientScaler as GradientScaler
from blobnet.layers.utility.gradient_silent import GradientSilent as GradientSilent
from blobnet.layers.utility.mask_outputs import MaskOutputs as MaskOutputs
from blobnet.layers.utility.mil import MIL as MIL
from blobnet.layers.utility.mul import Mul as Mul
from blobnet.layers.utility.outer_product import OuterProduct as OuterProduct
from blobnet.layers.utility.pad import Pad as Pad
from blobnet.layers.utility.parameter import Parameter as Parameter
from blobnet.layers.utility.python import Python as Python
from blobnet.layers.utility.python import PythonLayer as PythonLayer
from blobnet.layers.utility.reduction import Reduction as Reduction
from blobnet.layers.utility.reshape import Reshape as Reshape
from blobnet.layers.utility.reshape_label import ReshapeLabel as ReshapeLabel
from blobnet.layers.utility.scatter import Scatter as Scatter
from blobnet.layers.utility.shuffle_channel import ShuffleChannel as ShuffleChannel
from blobnet.layers.utility.silence import Silence as Silence
from blobnet.layers.utility.slice import Slice as Slice
from blobnet.layers.utility.softmax import Softmax as Softmax
from blobnet.layers.utility.space_to_batch_nd import SpaceToBatchND as SpaceToBatchND
from blobnet.layers.utility.spatial_softmax import SpatialSoftmax as SpatialSoftmax
from blobnet.layers.utility.split import Split as Split
from blobnet.layers.utility.squeeze import Squeeze as Squeeze
from blobnet.layers.utility.sum import Sum as Sum
from blobnet.layers.utility.tile import Tile as Tile
from blobnet.layers.utility.unstack import Unstack as Unstack
from blobnet.layers.vision.auto_crop import AutoCrop as AutoCrop
from blobnet.layers.vision.color_conv import ColorConv as ColorConv
from blobnet.layers.vision.convolution import Convolution as Convolution
from blobnet.layers.vision.convolution_depthwise import ConvolutionDepthwise as ConvolutionDepthwise
from blobnet.layers.vision.crop import Crop as Crop
from blobnet.layers.vision.deconvolution import Deconvolution as Deconvolution
from blobnet.layers.vision.deep_hand_model import DeepHandModel as DeepHandModel
from blobnet.layers.vision.deep_hand_model_dof_constraint_loss import (
    DeepHandModelDofConstraintLoss as DeepHandModelDofConstraintLoss,
)
from blobnet.layers.vision.deformable_convolution import (
    DeformableConvolution as DeformableConvolution,
)
from blobnet.layers.vision.dense_block import DenseBlock as DenseBlock
from blobnet.layers.vision.depthwise_convolution import DepthwiseConvolution as DepthwiseConvolution
from blobnet.layers.vision.global_sum_pooling import GlobalSumPooling as GlobalSumPooling
from blobnet.layers.vision.im2col import Im2col as Im2col
from blobnet.layers.vision.local import Local as Local
from blobnet.layers.vision.nd_convolution import NdConvolution as NdConvolution
from blobnet.layers.vision.nd_pooling import NdPooling as NdPooling
from blobnet.layers.vision.pooling import Pooling as Pooling
from blobnet.layers.vision.pooling_nd import PoolingND as PoolingND
from blobnet.layers.vision.resize import Resize as Resize
from blobnet.layers.vision.resize_bilinear import ResizeBilinear as ResizeBilinear
from blobnet.layers.vision.resize_nearest_neighbor import (
    ResizeNearestNeighbor as ResizeNearestNeighbor,
)
from blobnet.layers.vision.spatial_transformer import SpatialTransformer as SpatialTransformer
from blobnet.layers.vision.spp import SPP as SPP
from blobnet.layers.vision.sum_pooling import SumPooling as SumPooling
from blobnet.layers.vision.transformer import Transformer as Transformer
from blobnet.layers.vision.treepool_kernel1_l import TreepoolKernel1L as TreepoolKernel1L
from blobnet.layers.vision.treepool_max_ave import TreepoolMaxAve as TreepoolMaxAve
from blobnet.layers.vision.upsample_darknet import UpsampleDarknet as UpsampleDarknet
from blobnet.layers.volume.black_hole import BlackHole as BlackHole
from blobnet.layers.volume.convolution3d import Convolution3D as Convolution3D
from blobnet.layers.volume.deconvolution3d import Deconvolution3D as Deconvolution3D
from blobnet.layers.volume.down_sampling import DownSampling as DownSampling
from blobnet.layers.volume.gs_tiling import GSTiling as GSTiling
from blobnet.layers.volume.l2_normalize import L2Normalize as L2Normalize
from blobnet.layers.volume.pooling3d import Pooling3D as Pooling3D
from blobnet.layers.volume.video_segmentation_data import (
    VideoSegmentationData as VideoSegmentationData,
)
from blobnet.layers.volume.video_with_voxel_truth_data import (
    VideoWithVoxelTruthData as VideoWithVoxelTruthData,
)
from blobnet.layers.volume.voxel_custom_loss import VoxelCustomLoss as VoxelCustomLoss
from blobnet.layers.volume.voxel_softmax import VoxelSoftmax as VoxelSoftmax
from blobnet.layers.volume.voxel_softmax_with_loss import (
    VoxelSoftmaxWithLoss as VoxelSoftmaxWithLoss,
)
