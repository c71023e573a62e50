"""Forks that label pixels. Facts: `fork.py` says what the words mean."""

from blobnet.proto.forks.fork import Fork

FORKS = (
    Fork(
        "SegNet",
        "alexgkendall/caffe-segnet",
        """
        BN DenseImageData Upsample
        """,
        """
        LayerParameter bn_param=45 upsample_param=137 dense_image_data_param=138
        DropoutParameter sample_weights_test=2
        LossParameter weight_by_label_freqs=3 class_weighting=4
        """,
    ),
    Fork(
        "ENet",
        "TimoSaemann/caffe-enet",
        """
        BN DenseImageData Upsample
        """,
        """
        LayerParameter bn_param=45 dense_image_data_param=46 upsample_param=147
        DropoutParameter sample_weights_test=2
        ImageDataParameter label_divide_factor=13
        LossParameter weight_by_label_freqs=3 class_weighting=4 normalization=5
        """,
    ),
    Fork(
        "DeepLab v1",
        "TheLegendAli/DeepLab-Context",
        """
        AdaptiveBiasChannel BiasChannel CensorLabel ChannelAggregator DenseCRF DominantChannel
          GainChannel Histogram IgnoreOverlay ImageSegData Interp MatRead MatWrite OneHot Padding
          RelativeError SegAccuracy UniqueLabel
        """,
        """
        ConvolutionParameter hole=17 hole_h=18 hole_w=19
        ImageDataParameter has_label=13 max_labels=14 ignore_label=15 label_type=16
        V1LayerParameter seg_accuracy_param=42 interp_param=43 softmaxloss_param=44
          padding_param=45 mat_write_param=46 mat_read_param=47 dense_crf_param=48
          dominant_channel_param=49 bias_channel_param=50 unique_label_param=51
          censor_label_param=52 adaptive_bias_channel_param=53 channel_aggregator_param=54
          ignore_overlay_param=55 histogram_param=56 euclidean_loss_param=57 gain_channel_param=58
          onehot_param=59 strict_dim=1003
        V1LayerParameter.LayerType ADAPTIVE_BIAS_CHANNEL=50 BIAS_CHANNEL=47 CENSOR_LABEL=49
          CHANNEL_AGGREGATOR=51 DENSE_CRF=45 DOMINANT_CHANNEL=46 GAIN_CHANNEL=55 HISTOGRAM=53
          IGNORE_OVERLAY=52 IMAGE_SEG_DATA=39 INTERP=41 MAT_READ=44 MAT_WRITE=43 ONEHOT=56
          PADDING=42 RELATIVE_ERROR=54 SEG_ACCURACY=40 UNIQUE_LABEL=48
        """,
    ),
    Fork(
        "PSPNet",
        "hszhao/PSPNet; DeepLab v2 but for BN",
        """
        AdaptiveBiasChannel BiasChannel BN DenseCRF DomainTransform DomainTransformForwardOnly
          ImageSegData Interp MatRead MatWrite SegAccuracy SpatialProduct UniqueLabel
        """,
        """
        LayerParameter interp_param=143 seg_accuracy_param=144 mat_write_param=145
          dense_crf_param=146 domain_transform_param=147 adaptive_bias_channel_param=148
          bias_channel_param=149 unique_label_param=150 mat_read_param=151 bn_param=152
        BatchNormParameter update_global_stats=4
        ImageDataParameter ignore_label=15 label_type=16
        TransformationParameter scale_factors=8 crop_width=9 crop_height=10
        BNParameter slope_filler=1 bias_filler=2 momentum=3
        """,
    ),
    Fork(
        "ParseNet",
        "weiliu89/caffe, branch fcn",
        """
        BN Grouping Normalize ParseEvaluate ParseOutput UnPooling
        """,
        """
        LayerParameter parse_evaluate_param=132 unpooling_param=133 norm_param=134 tile_param=135
          reshape_param=136 bn_param=137
        ConvolutionParameter filter_stride=16 filter_stride_h=17 filter_stride_w=18
        DataParameter shuffle_buffer_size=10
        PoolingParameter bin_size=13 bin_h=14 bin_w=15
        SolverParameter eval_type=37 test_before_snapshot=38 log_avg_gradient_norm=39
        TransformationParameter resize_param=6 noise_param=7 vertical_mirror=8 random_90_deg_rot=9
        BNParameter var_eps=3 moving_average=4 decay=5 across_spatial=6
        NormalizeParameter fix_scale=4 eps=5
        ResizeParameter center_object=8 max_angle=9
        DataParameter.DB DATUMFILE=2
        V1LayerParameter.LayerType CROP=40 PARSE_OUTPUT=41 PARSE_EVALUATE=42
        """,
    ),
    Fork(
        "CRF-RNN",
        "torrvision/caffe",
        """
        MultiStageMeanfield
        """,
        """
        LayerParameter multi_stage_meanfield_param=146
        V1LayerParameter multi_stage_meanfield_param=?
        V1LayerParameter.LayerType CROP=40
        V1LayerParameter.LayerType MULTI_STAGE_MEANFIELD=?
        """,
    ),
    Fork(
        "HED",
        "s9xie/hed",
        """
        ImageLabelmapData
        """,
        """
        V1LayerParameter.LayerType CROP=40
        """,
    ),
    Fork(
        "DSS",
        "Andrew-Qibin/caffe_dss",
        """
        ImageLabelmapData
        """,
        """
        ImageDataParameter normalize=17
        """,
    ),
    Fork(
        "RCF",
        "yun-liu/rcf",
        """
        AutoCrop ImageLabelmapData
        """,
        "",
    ),
    Fork(
        "OSVOS",
        "kmaninis/OSVOS-caffe",
        """
        ImageLabelmapData SigmoidCrossEntropyBalanceLoss
        """,
        "",
    ),
    Fork(
        "DeconvNet",
        "HyeonwooNoh/caffe",
        """
        BN EltwiseAccuracy ImageSegData Unpooling WindowSegData
        """,
        """
        ImageDataParameter has_label=13 max_labels=14 ignore_label=15 label_type=16
        V1LayerParameter eltwise_accuracy_param=43 unpooling_param=44 bn_param=45
        V1LayerParameter.LayerType BN=43 ELTWISE_ACCURACY=41 IMAGE_SEG_DATA=46 UNPOOLING=42
          WINDOW_SEG_DATA=47
        UnPoolingParameter kernel_size=2 stride=3 pad=4 kernel_h=5 kernel_w=6 stride_h=7
          stride_w=8 pad_h=9 pad_w=10 engine=11 unpool_size=12 unpool_h=13 unpool_w=14
        UnPoolingParameter.UnPoolMethod MAX=0 AVE=1 TILE=2
        """,
    ),
    Fork(
        "CCNN",
        "pathak22/caffe-ccnn, for pathak22/ccnn",
        """
        DenseCRF
        """,
        """
        LayerParameter densecrf_param=999
        """,
    ),
)
