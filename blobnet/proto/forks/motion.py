"""Forks that look for motion, and at volumes. Facts: `fork.py` says what the words mean."""

from blobnet.proto.forks.fork import Fork

FORKS = (
    Fork(
        "FlowNet2",
        "lmb-freiburg/flownet2",
        """
        Accum BlackAugmentation ChannelNorm Correlation Correlation1D CustomData DataAugmentation
          DisparityData Downsample FloatReader FloatWriter FlowAugmentation FLOWriter FlowWarp
          GenerateAugmentationParameters ImgReader ImgWriter L1Loss LpqLoss Mean NegReLU PFMWriter
          Resample
        """,
        """
        LayerParameter coeff_schedule_param=148 augmentation_param=149 correlation_param=150
          l1_loss_param=151 writer_param=152 reader_param=153 mean_param=154 resample_param=155
          downsample_param=156 reshape_every_iter=157 lpq_loss_param=158 flow_warp_param=159
          accum_param=160 black_augmentation_param=161
        DataParameter preselection_file=3001 preselection_label=3002 range_start=3003
          range_end=3004 rand_permute=3005 rand_permute_order=3006 rand_permute_seed=3007
          slice_point=3008 encoding=3009 verbose=3010 subtract=3011 permute_every_iter=3012
          block_size=3013 disk_reader_threads=4001 huge_video_dataset=7000 limit_samples=7001
        FillerParameter diag_val=9
        """,
    ),
    Fork(
        "C3D 1.1",
        "facebook/C3D, C3D-v1.1",
        """
        BlackHole Convolution3D Deconvolution3D L2Normalize Pooling3D VideoData
        """,
        """
        LayerParameter video_data_param=6660 convolution3d_param=6661 pooling3d_param=6662
        VideoDataParameter source=1 scale=2 mean_file=3 batch_size=4 is_color=11 root_folder=12
          new_length=13 show_data=14 use_image=15 use_temporal_jitter=16
        """,
    ),
    Fork(
        "C3D 1.0",
        "facebook/C3D, C3D-v1.0",
        """
        Convolution3D Deconvolution3D DownSampling Pooling3D VideoData VideoSegmentationData
          VideoWithVoxelTruthData VolumeData VoxelCustomLoss VoxelSoftmax VoxelSoftmaxWithLoss
        """,
        """
        BlobProto length=3 height=4 width=5 data=6 diff=7
        ConvolutionParameter kernel_depth=6 stride=7 temporal_stride=8 weight_filler=9
          bias_filler=10 filter_group=11 temporal_pad=12
        DataParameter show_data=8
        ImageDataParameter new_length=11 show_data=12 use_image=13 sampling_rate=14 use_label=15
          use_temporal_jitter=16 mean_value=17 num_truth_channels=18 use_byte_input=19 is_flow=20
          truth_scale=21 clip_min=22 clip_max=23
        PoolingParameter kernel_depth=5 temporal_stride=6
        V1LayerParameter down_sampling_param=23
        V1LayerParameter.LayerType ELTWISE_PRODUCT=25 CONVOLUTION3D=30 POOLING3D=31 VOLUME_DATA=32
          VIDEO_DATA=33 DECONVOLUTION3D=34 VIDEO_SEGMENTATION_DATA=35 VOXEL_SOFTMAX=36
          VOXEL_SOFTMAX_LOSS=37 VIDEO_WITH_VOXEL_TRUTH_DATA=38 VOXEL_CUSTOM_LOSS=39
          DOWN_SAMPLING=40
        """,
    ),
    Fork(
        "R-C3D",
        "VisionLearningGroup/R-C3D",
        """
        ROIPooling SmoothL1Loss VideoData
        """,
        """
        LayerParameter smooth_l1_loss_param=200 roi_pooling_param=201 permute_param=202
          video_data_param=203
        ROIPoolingParameter pooled_l=4 temporal_scale=5
        VideoDataParameter source=1 batch_size=4 new_length=9 new_height=10 new_width=11
          is_color=12 root_folder=13
        """,
    ),
    Fork(
        "appearance flow",
        "tinghuiz/appearance-flow",
        """
        Remap
        """,
        "",
    ),
    Fork(
        "video-caffe",
        "chuckcho/video-caffe",
        """
        NdConvolution NdPooling VideoData
        """,
        """
        LayerParameter video_data_param=7777
        ConvolutionParameter pad_shape=7777 kernel_shape=7778 stride_shape=7779
        PoolingParameter pad_shape=7777 kernel_shape=7778 stride_shape=7779
        VideoDataParameter source=1 batch_size=4 new_length=9 new_height=10 new_width=11
          is_color=12 root_folder=13
        """,
    ),
    Fork(
        "P3D",
        "ZhaofanQiu/pseudo-3d-residual-networks",
        """
        BN Pooling3D
        """,
        """
        Pooling3DParameter pad=2 kernel_size=3 stride=4 pad_h=5 pad_w=6 pad_l=7 kernel_h=8
          kernel_w=9 kernel_l=10 stride_h=11 stride_w=12 stride_l=13 engine=14 global_pooling=15
        """,
    ),
    Fork(
        "Hidden-Two-Stream",
        "bryanyzhu/Hidden-Two-Stream",
        """
        CharbonnierLoss Correlation Correlation1D CustomData DataAugmentation DisparityData
          Downsample FloatReader FloatWriter FLOWriter FlowAugmentation FlowTransformer
          GenerateAugmentationParameters ImgReader ImgWriter L1Loss Mean MultiFrameData NegReLU
          PFMWriter PhotometricAugmentation PowerFile RandomAffine Resample RgbFlowData
          SpatialTransformer SSIMLoss VideoData
        """,
        """
        LayerParameter coeff_schedule_param=148 augmentation_param=149 correlation_param=150
          l1_loss_param=151 writer_param=152 reader_param=153 mean_param=154 resample_param=155
          downsample_param=156 reshape_every_iter=157 st_param=160 st_loss_param=161
          flow_transformer_param=170 charbonnier_loss_param=171 video_data_param=180
          multi_frame_data_param=182 ssim_loss_param=186
        FillerParameter diag_val=9 file=10 border_ratio=11
        TransformationParameter fix_crop=10 multi_scale=11 scale_ratios=12 max_distort=13
          is_flow=14 more_fix_crop=15
        """,
    ),
)
