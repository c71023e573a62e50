"""Forks for what people do, and for whose face it is. Facts: `fork.py` says what the words mean."""

from blobnet.proto.forks.fork import Fork

FORKS = (
    Fork(
        "TSN",
        "yjxiong/caffe, branch action_recog",
        """
        BatchReduction BN Gather Normalize ROIPooling Scatter SegData SmoothL1Loss SyncBN
          VideoData
        """,
        """
        LayerParameter bn_param=137 video_data_param=140 seg_data_param=141 roi_pooling_param=150
          scale_param=160 bias_param=161 batch_reduction_param=162
        ConvolutionParameter dilation=16 dilation_h=17 dilation_w=18
        DataParameter shuffle=10
        NetParameter mem_param=200
        ReductionParameter k=4
        SolverParameter richness=37 group_id=38
        TransformationParameter fix_crop=10 multi_scale=11 scale_ratios=12 max_distort=13
          is_flow=14 more_fix_crop=15 stride=16 upper_size=17 upper_height=18 upper_width=19
          original_image=20
        BNParameter slope_filler=1 bias_filler=2 momentum=3
        VideoDataParameter source=1 scale=2 mean_file=3 batch_size=4
        EltwiseParameter.EltwiseOp STOCHASTIC_SUM=3
        ReductionParameter.ReductionOp TOPK=5
        """,
    ),
    Fork(
        "caffe-face",
        "ydwen/caffe-face",
        """
        CenterLoss
        """,
        """
        LayerParameter center_loss_param=147
        DataParameter more_sources=?
        """,
    ),
    Fork(
        "L-Softmax",
        "wy1iu/LargeMargin_Softmax_Loss",
        """
        BN LargeMarginInnerProduct
        """,
        """
        LayerParameter bn_param=201 largemargin_inner_product_param=202
        BNParameter slope_filler=1 bias_filler=2 momentum=3
        """,
    ),
    Fork(
        "SphereFace",
        "wy1iu/sphereface",
        """
        MarginInnerProduct
        """,
        """
        LayerParameter margin_inner_product_param=147
        """,
    ),
    Fork(
        "caffe-windows",
        "happynear/caffe-windows",
        """
        Arccos Axpy BatchContrastiveLoss BN CenterLoss ChannelScale ConfidencePenaltyLoss
          CorrelationLoss Cosine FCNAccuracy Flip FocalLoss GeneralContrastiveLoss
          GeneralTripletLoss GlobalLSEMargin Gram Hotspot InnerDistance Insanity LabelSpecificAdd
          LabelSpecificRescale LargeMarginInnerProduct Local MarginInnerProduct MovingNormalize
          MultiLabelImageData NCALoss Noise Normalize Pairwise Permute PredictBox Proposal
          PSROIPooling Resize ROIPooling Slope SmoothL1Loss SoftContrastiveLoss SoftTruncation
          SubRegion Transformer TripletLoss Truncation
        """,
        """
        LayerParameter bn_param=200 local_param=201 insanity_param=202 triplet_loss_param=203
          roi_pooling_param=204 eltwise_affine_param=205 sub_region_param=206 noise_param=207
          hotspot_param=208 predict_box_param=209 fcn_data_param=210 center_loss_param=211
          flip_param=212 inner_distance_param=213 normalize_param=214
          general_contrastive_loss_param=215 soft_contrastive_loss_param=216
          general_triplet_loss_param=217 soft_truncation_param=218 proposal_param=219
          psroi_pooling_param=220 pairwise_param=221 smoothl1_param=222
          batch_contrastive_loss_param=223 permute_param=224 truncation_param=225 nca_param=226
          largemargin_inner_product_param=227 label_specific_rescale_param=228
          infimum_loss_param=229 ordinal_regression_loss_param=230 resize_param=231
          margin_inner_product_param=232 feature_decay_loss_param=233
          confidence_penalty_loss_param=234 focal_loss_param=235 label_specific_margin_param=236
          channel_scale_param=237 label_specific_affine_param=238
          label_specific_hard_margin_param=239 label_specific_add_param=241 mil_data_param=5065028
          mil_param=5065036
        AccuracyParameter min_is_better=4
        BatchNormParameter disable_mean=4 disable_variance=5 scale_filler=7 bias_filler=8
          engine=15
        ConvolutionParameter cudnn_convolution_algo_seeker=19 shape_offset=20
        DropoutParameter sqrt_scale=2
        FillerParameter alpha=9
        ImageDataParameter face_transform=13 max_shear_ratio=14 max_aspect_ratio=15
          max_rotate_angle=16 min_random_scale=17 max_random_scale=18 max_random_shift=19
          face_mirror=20 face_point_num=21 balance_class=22 balance_by=23 label_cut_start=24
          label_cut_end=25
        InnerProductParameter normalize=7
        MemoryDataParameter transpose=5
        ParameterParameter blob_filler=2
        PoolingParameter blobs_lr=13 blobs_a_min=14
        ScaleParameter min_value=6 max_value=7
        SoftmaxParameter hard_ratio=3 class_weight=4 hard_mining_label=5 cutting_point=6
          normalize_type=7 label_smooth_factor=8
        SolverParameter clamp_weights_lower=42 clamp_weights_upper=43 clip_weights=44
        TransformationParameter crop_h=8 crop_w=9 center_crop=10 erase_ratio=11 scale_min=12
          scale_max=13 aspect_min=14 aspect_max=15
        V1LayerParameter bn_param=43 local_param=44 prelu_param=45 insanity_param=46
          triplet_loss_param=47 roi_pooling_param=48 eltwise_affine_param=49 sub_region_param=50
          noise_param=51
        BNParameter slope_filler=1 bias_filler=2 momentum=3
        NoiseParameter gaussian_std=1 uniform_range=2 bias=3
        ResizeParameter height=1 width=2 is_pyramid_test=3 out_height_scale=4 out_width_scale=5
        EltwiseParameter.EltwiseOp SORT=3
        PoolingParameter.PoolMethod DEF=3 DEF_ALL=4 DEF_ALL2=5 DEF_ALL3=6 DEF_ALL4=7 LOWRES=8
        V1LayerParameter.LayerType LOCAL=41 BN=42 NORMALIZE=43 INSANITY=44 TRIPLET_LOSS=45
          ROIPOOLING=46 BATCH_NORM=47 ELTWISE_AFFINE=48
        """,
    ),
    Fork(
        "SeqFace",
        "huangyangyu/SeqFace",
        """
        AnnotatedData BN CenterLoss ConvolutionDepthwise DetectionEvaluate DetectionOutput DSALoss
          FocalLoss Insanity LabelsequenceAccuracy LiftedStructSimilaritySoftmaxLoss LSROLoss Lstm
          MarginInnerProduct MultiBoxLoss Normalize NormL2 Permute PriorBox Proposal RankHardLoss
          ROIPooling ShuffleChannel SmoothL1Loss SmoothMarginInnerProduct TripletLoss Unpooling
          Upsample VideoData
        """,
        """
        LayerParameter lifted_struct_sim_softmax_loss_param=147 triplet_loss_param=148
          center_loss_param=149 norml2_param=150 insanity_param=151 rankhard_loss_param=152
          bn_param=153 upsample_param=154 unpooling_param=155 focal_loss_param=156
          margin_inner_product_param=157 smooth_margin_inner_product_param=158 dsa_loss_param=159
          shuffle_channel_param=160 lstm_param=161 annotated_data_param=200
          multibox_loss_param=201 permute_param=202 prior_box_param=203
          detection_output_param=204 detection_evaluate_param=205 norm_param=206
          video_data_param=207 ctc_loss_param=208 labelsequence_accuracy_param=209
          roi_pooling_param=8266711 smooth_l1_loss_param=8266712 proposal_param=8266713
        MarginInnerProductParameter temp_seqid_num=10
        PoolingParameter ceil_mode=13
        SolverParameter eval_type=41 ap_version=42 plateau_winsize=43 show_per_class_result=44
        SolverState minimum_loss=5 iter_last_event=6
        TransformationParameter resize_param=8 noise_param=9 emit_constraint=10 crop_h=11
          crop_w=12 distort_param=13 expand_param=14
        BNParameter slope_filler=1 bias_filler=2 momentum=3
        CTCLossParameter alphabet_size=1 time_step=3 blank_label=4
        FocalLossParameter alpha=1
        UnPoolingParameter kernel_size=2 stride=3 pad=4 kernel_h=5 kernel_w=6 stride_h=7
          stride_w=8 pad_h=9 pad_w=10 engine=11 unpool_size=12 unpool_h=13 unpool_w=14
        UnPoolingParameter.UnPoolMethod MAX=0 AVE=1 TILE=2
        """,
    ),
    Fork(
        "mini-caffe",
        "luoyetx/mini-caffe",
        """
        BN ConvolutionDepthwise DetectionOutput Normalize Permute PriorBox Proposal PSROIPooling
          ROIPooling ShuffleChannel
        """,
        """
        LayerParameter loss_param=200 argmax_param=201 batch_norm_param=202 bias_param=203
          bn_param=204 concat_param=205 convolution_param=206 crop_param=207 dropout_param=208
          eltwise_param=209 elu_param=210 embed_param=211 exp_param=212 flatten_param=213
          inner_product_param=214 input_param=215 log_param=216 lrn_param=217 mvn_param=218
          parameter_param=219 pooling_param=220 power_param=222 prelu_param=223 proposal_param=224
          psroi_pooling_param=225 reduction_param=226 relu_param=227 reshape_param=228
          roi_pooling_param=229 scale_param=230 sigmoid_param=231 softmax_param=232 spp_param=233
          slice_param=234 tanh_param=235 threshold_param=236 tile_param=237
          detection_output_param=238 permute_param=239 prior_box_param=240
          shuffle_channel_param=241 norm_param=242
        BNParameter slope_filler=1 bias_filler=2 momentum=3
        """,
    ),
    Fork(
        "VideoTriplet",
        "xiaolonw/caffe-video_triplet",
        """
        Norm RankHardLoss
        """,
        """
        LayerParameter rank_param=139
        V1LayerParameter rank_param=43
        ImageDataParameter pair_size=13
        """,
    ),
    Fork(
        "R*CNN",
        "gkioxari/caffe-fast-rcnn",
        """
        MIL ROIPooling SigmoidCrossEntropyWeightedLoss SmoothL1Loss Sum
        """,
        """
        LayerParameter mil_param=140
        MILParameter context_per_roi=1
        """,
    ),
    Fork(
        "PDH",
        "fqzhu001/caffe-pdh-reid-2016",
        """
        TripletRankLoss
        """,
        """
        LayerParameter triplet_rank_loss_param=139
        """,
    ),
    Fork(
        "arcface-caffe",
        "xialuxi/arcface-caffe",
        """
        AdaCosAddmScale Axpy CombinedMargin CosinAddm NormL2
        """,
        """
        LayerParameter combined_margin_param=156 cosin_add_m_param=179 adacos_add_m_scale_param=211
        """,
    ),
    Fork(
        "SSDH",
        "kevinlin311tw/Caffe-DeepBinaryCode",
        """
        K1_EuclideanLoss K2_EuclideanLoss
        """,
        "",
    ),
)
