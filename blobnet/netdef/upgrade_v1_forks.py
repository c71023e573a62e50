"""The types that forks added to `layers { type: ... }`, and what `layer` calls them.

Forks gave one number to several of them, so text has them by name and each has a number of ours. As
types of `layer` they have the names that later forks gave them and, where no fork did, one that is
made as Caffe's are.
"""

from __future__ import annotations

from blobnet.proto import V1LayerParameter

FORK_TYPE_NAMES = {
    V1LayerParameter.ADAPTIVE_BIAS_CHANNEL: "AdaptiveBiasChannel",
    V1LayerParameter.BATCH_NORM: "BatchNorm",
    V1LayerParameter.BIAS_CHANNEL: "BiasChannel",
    V1LayerParameter.BN: "BN",
    V1LayerParameter.CENSOR_LABEL: "CensorLabel",
    V1LayerParameter.CHANNEL_AGGREGATOR: "ChannelAggregator",
    V1LayerParameter.CONVOLUTION3D: "Convolution3D",
    V1LayerParameter.CROP: "AutoCrop",
    V1LayerParameter.DECONVOLUTION3D: "Deconvolution3D",
    V1LayerParameter.DENSE_CRF: "DenseCRF",
    V1LayerParameter.DOMINANT_CHANNEL: "DominantChannel",
    V1LayerParameter.DOWN_SAMPLING: "DownSampling",
    V1LayerParameter.ELTWISE_ACCURACY: "EltwiseAccuracy",
    V1LayerParameter.ELTWISE_AFFINE: "EltwiseAffine",
    V1LayerParameter.ELTWISE_PRODUCT: "Eltwise",
    V1LayerParameter.EUCLIDEAN_WEIGHTED_LOSS: "EuclideanWeightedLoss",
    V1LayerParameter.GAIN_CHANNEL: "GainChannel",
    V1LayerParameter.HISTOGRAM: "Histogram",
    V1LayerParameter.IGNORE_OVERLAY: "IgnoreOverlay",
    V1LayerParameter.INPUT: "Input",
    V1LayerParameter.IMAGE_SEG_DATA: "ImageSegData",
    V1LayerParameter.INSANITY: "Insanity",
    V1LayerParameter.INTERP: "Interp",
    V1LayerParameter.LOCAL: "Local",
    V1LayerParameter.MASK_OUTPUTS: "MaskOutputs",
    V1LayerParameter.MAT_READ: "MatRead",
    V1LayerParameter.MAT_WRITE: "MatWrite",
    V1LayerParameter.MULTI_STAGE_MEANFIELD: "MultiStageMeanfield",
    V1LayerParameter.NORMALIZE: "Normalize",
    V1LayerParameter.ONEHOT: "OneHot",
    V1LayerParameter.PADDING: "Padding",
    V1LayerParameter.PARSE_EVALUATE: "ParseEvaluate",
    V1LayerParameter.PARSE_OUTPUT: "ParseOutput",
    V1LayerParameter.POOLING3D: "Pooling3D",
    V1LayerParameter.RELATIVE_ERROR: "RelativeError",
    V1LayerParameter.RELU6: "ReLU6",
    V1LayerParameter.RESHAPE: "Reshape",
    V1LayerParameter.ROIPOOLING: "ROIPooling",
    V1LayerParameter.SEG_ACCURACY: "SegAccuracy",
    V1LayerParameter.SELU: "SeLu",
    V1LayerParameter.SELU_DROPOUT: "SeLuDropout",
    V1LayerParameter.SMOOTH_L1_LOSS: "SmoothL1Loss",
    V1LayerParameter.TRIPLET_LOSS: "TripletLoss",
    V1LayerParameter.UNIQUE_LABEL: "UniqueLabel",
    V1LayerParameter.UNPOOLING: "Unpooling",
    V1LayerParameter.VIDEO_DATA: "VideoData",
    V1LayerParameter.VIDEO_SEGMENTATION_DATA: "VideoSegmentationData",
    V1LayerParameter.VIDEO_WITH_VOXEL_TRUTH_DATA: "VideoWithVoxelTruthData",
    V1LayerParameter.WINDOW_SEG_DATA: "WindowSegData",
    V1LayerParameter.VOLUME_DATA: "VolumeData",
    V1LayerParameter.VOXEL_CUSTOM_LOSS: "VoxelCustomLoss",
    V1LayerParameter.VOXEL_SOFTMAX: "VoxelSoftmax",
    V1LayerParameter.VOXEL_SOFTMAX_LOSS: "VoxelSoftmaxWithLoss",
    V1LayerParameter.WINDOW_MULTICLASS_KEYPOINT_DATA: "WindowMulticlassKeypointData",
    V1LayerParameter.WINDOW_POSE_DATA: "WindowPoseData",
}
