"""Layers that ONNX has no words for, and why: the reason is told where a net has one."""

from __future__ import annotations

from blobnet.exchange.onnx.register import refuses
from blobnet.layers.detection.detect_net_transformation import DetectNetTransformation
from blobnet.layers.faces.lengths.moving_normalize import MovingNormalize
from blobnet.layers.motion.black_augmentation import BlackAugmentation
from blobnet.layers.motion.data_augmentation import DataAugmentation
from blobnet.layers.motion.flow_augmentation import FlowAugmentation
from blobnet.layers.motion.generate_augmentation_parameters import GenerateAugmentationParameters
from blobnet.layers.segmentation.adaptive_bias_channel import AdaptiveBiasChannel
from blobnet.layers.segmentation.bias_channel import BiasChannel
from blobnet.layers.segmentation.dense_crf import DenseCRF
from blobnet.layers.segmentation.domain_transform import DomainTransform
from blobnet.layers.segmentation.domain_transform_forward_only import DomainTransformForwardOnly
from blobnet.layers.segmentation.gain_channel import GainChannel
from blobnet.layers.segmentation.multi_stage_meanfield import MultiStageMeanfield
from blobnet.python_layers.caffe.layers.detectnet.clustering import ClusterDetections
from blobnet.python_layers.pylayers import CRFLayer
from blobnet.python_layers.roi_data_layer.layer import RoIDataLayer
from blobnet.python_layers.rpn.anchor_target_layer import AnchorTargetLayer
from blobnet.python_layers.rpn.proposal_target_layer import ProposalTargetLayer

refuses(
    "it filters over all pairs of pixels, which no operator does",
    *(DenseCRF, MultiStageMeanfield, CRFLayer),
)
refuses(
    "each pixel depends on the one before it, as far as the image reaches",
    *(DomainTransform, DomainTransformForwardOnly),
)
refuses("its statistics and weights change with each forward", GainChannel, MovingNormalize)
refuses(
    "it draws changes of images at random, for the training",
    *(BlackAugmentation, DataAugmentation, DetectNetTransformation, FlowAugmentation),
    GenerateAugmentationParameters,
)
refuses("it reads labels, as a training has them", AdaptiveBiasChannel, BiasChannel)
refuses(
    "it makes what a training needs: export the net as it tests (test.prototxt)",
    *(AnchorTargetLayer, ProposalTargetLayer, RoIDataLayer),
)
refuses("it groups boxes by a program of OpenCV's", ClusterDetections)
