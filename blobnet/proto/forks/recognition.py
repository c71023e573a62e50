"""Forks for people, fine kinds and texts. Facts: `fork.py` says what the words mean."""

from blobnet.proto.forks.fork import Fork

FORKS = (
    Fork(
        "DGD",
        "Cysu/caffe, branch domain-guided-dropout",
        """
        GuidedDropout
        """,
        """
        LayerParameter guided_dropout_param=138
        DataParameter shuffle_pool_size=10
        NetParameter richness=9
        TransformationParameter crop_height=8 crop_width=9
        """,
    ),
    Fork(
        "OIM",
        "Cysu/caffe, branch faster-rcnn",
        """
        LabeledMatching UnlabeledMatching
        """,
        """
        LayerParameter labeled_matching_param=8266715 unlabeled_matching_param=8266716
        SolverParameter richness=37
        """,
    ),
    Fork(
        "HBP",
        "ChaojianYu/Hierarchical-Bilinear-Pooling",
        """
        L2Normalize SignedSqrt SumPooling
        """,
        """
        LayerParameter sum_pooling_param=147
        """,
    ),
    Fork(
        "compact bilinear pooling",
        "gy20073/compact_bilinear_pooling",
        """
        CompactBilinear L2Normalize SignedSqrt
        """,
        """
        LayerParameter compact_bilinear_param=145
        """,
    ),
    Fork(
        "caffe_ocr",
        "senlinuc/caffe_ocr",
        """
        CTCGreedyDecoder DenseBlock Interp Lstm Reverse Transpose WarpCTCLoss
        """,
        """
        LayerParameter denseblock_param=147 ctc_decoder_param=158 ctc_loss_param=159
          reverse_param=160 interp_param=162 transpose_param=8266710 lstm_param=8266711
        TransformationParameter crop_width=11 crop_height=12
        """,
    ),
    Fork(
        "Curve Text Detector",
        "Yuliang-Liu/Curve-Text-Detector",
        """
        BoxAnnotatorOHEM Convert PSROIPooling Reverse ROIPooling SmoothL1Loss SmoothL1LossOHEM
          SoftmaxWithLossOHEM SpatialTransformer Transpose
        """,
        """
        LayerParameter box_annotator_ohem_param=10000 loc_loss_param=301 psroi_pooling_param=10001
          roi_pooling_param=8266711 smooth_l1_loss_param=8266712 st_loss_param=300 st_param=302
          transpose_param=150 reverse_param=151
        LossParameter pre_fixed_normalizer=4
        LossParameter.NormalizationMode PRE_FIXED=3
        DropoutParameter scale_train=2
        """,
    ),
    Fork(
        "DeepDetect",
        "jolibrain/caffe",
        """
        AnnotatedData Axpy ContinuationIndicator ConvolutionDepthwise CtcLoss DenseImageData
          DetectionEvaluate DetectionOutput DiceCoefLoss FocalLoss Interp LabelsequenceAccuracy
          MultiBoxLoss Normalize Permute PriorBox ReLU6 Reverse ROIPooling SeLu SeLuDropout
          ShuffleChannel SmoothL1Loss Upsample VideoData
        """,
        """
        LayerParameter shuffle_channel_param=154 annotated_data_param=200
          detection_evaluate_param=205 detection_output_param=204 interp_param=153
          multibox_loss_param=201 norm_param=206 permute_param=202 prior_box_param=203
          roi_pooling_param=147 smooth_l1_loss_param=148 focal_loss_param=156 selu_param=149
          selu_dropout_param=150 video_data_param=207 upsample_param=152
          dense_image_data_param=46 ctc_loss_param=157 continuation_indicator_param=158
          labelsequence_accuracy_param=159 reverse_param=209
        ContinuationIndicatorParameter axis=2
        DistortionParameter prob=1 brightness=2 brightness_delta=3 contrast=4 contrast_lower=5
          contrast_upper=6 hue=7 hue_delta=8 saturation=9 saturation_lower=10 saturation_upper=11
          random_order=12 all_effects=13
        NoiseParameter all_effects=14
        NonMaximumSuppressionParameter soft_nms=4 theta=5
        TransformationParameter resize_param=8 noise_param=9 emit_constraint=10 crop_h=11
          crop_w=12 distort_param=13 expand_param=14 rotate=15 geometry_param=16
          untransformed_top=17
        SolverParameter eval_type=41 ap_version=42 show_per_class_result=44 plateau_winsize=43
          warmup_iter=48 warmup_start_lr=49 min_lr=50
        """,
    ),
    Fork(
        "DeepBit",
        "kevinlin311tw/cvpr16-deepbit",
        """
        EvenDistLoss MinQuantizeLoss TransformLoss
        """,
        "",
    ),
    Fork(
        "HashNet",
        "thuml/HashNet",
        """
        PairwiseLoss ScaleTanH
        """,
        """
        LayerParameter scale_tanh_param=147 pairwise_param=148
        ImageDataParameter label_dim=13
        PairwiseParameter engine=1 axis=2 l_threshold=3 q_threshold=4 l_lambda=5 q_gamma=6
          class_num=7 sigmoid_param=8 continous_similarity=9
        """,
    ),
    Fork(
        "Xlearn",
        "thuml/Xlearn",
        """
        EntropyLoss GradientScaler JMMDLoss MMDLoss OuterProduct
        """,
        """
        LayerParameter entropy_param=148 gradient_scaler_param=149 jmmd_param=150 mmd_param=147
        """,
    ),
    Fork(
        "gradient reversal",
        "ddtm/caffe, branch grl",
        """
        GradientScaler
        """,
        """
        LayerParameter gradient_scaler_param=200
        """,
    ),
    Fork(
        "DA-Faster",
        "yuhuayc/da-faster-rcnn",
        """
        GradientScaler GradientSilent ROIPooling SmoothL1Loss
        """,
        """
        LayerParameter gradient_scaler_param=200 roi_pooling_param=8266711
          smooth_l1_loss_param=8266712
        DropoutParameter scale_train=2
        GradientScalerParameter scale_factor=1
        """,
    ),
    Fork(
        "JAANet",
        "ZhiwenShao/JAANet",
        """
        AlignDataTransform AUMaskBasedLand Combination DiceCoefLoss Division EuclideanLoss2
        """,
        """
        LayerParameter au_mask_based_land_param=? division_param=? combination_param=?
          dice_coef_loss_param=?
        DataParameter get_mirror_crop=11
        """,
    ),
    Fork(
        "HydraPlus-Net",
        "xh-liu/HydraPlus-Net, and the data layer of its nets elsewhere",
        """
        HumanAttData NNInterp
        """,
        """
        LayerParameter human_att_data_param=? nninterp_param=?
        HumanAttDataParameter source=? root_folder=? batch_size=? shuffle=? new_height=?
          new_width=? is_color=? rand_skip=? att_num=?
        NNInterpParameter height=? width=? zoom_factor=? shrink_factor=?
        """,
    ),
    Fork(
        "part_reid",
        "zlmzju/caffe, branch reid",
        """
        L2Norm
        """,
        "",
    ),
    Fork(
        "DAVSOD",
        "DengPingFan/DAVSOD, mycaffe-convlstm; shenjianbing/PDB-ConvLSTM",
        """
        BN ConvLSTM Interp SigmoidCrossEntropyBalanceLoss
        """,
        """
        LayerParameter bn_param=147 interp_param=148 lstm_conv_param=150 lstm_debug_param=151
        LSTMConvolutionParameter engine=15 force_nd_im2col=17
        """,
    ),
    Fork(
        "PiCANet",
        "nian-liu/PiCANet",
        """
        AttPooling ReNetLSTM
        """,
        """
        LayerParameter renet_lstm_param=147 att_pooling_param=151
        """,
    ),
    Fork(
        "3D-Caffe",
        "yulequan/3D-Caffe, for yulequan/HeartSeg",
        """
        ImageSegData PoolingND SegAccuracy
        """,
        """
        LayerParameter pooling_nd_param=147
        TransformationParameter crop_size_w=8 crop_size_h=9 crop_size_l=10
        """,
    ),
    Fork(
        "caffenet-benchmark",
        "ducha-aiki/caffenet-benchmark; ForestAgostinelli/Learned-Activation-Functions-Source",
        """
        APL RReLU TreepoolKernel1L TreepoolMaxAve
        """,
        """
        LayerParameter apl_param=? rrelu_param=203
        APLParameter sums=? slope_filler=? offset_filler=? save_mem=?
        """,
    ),
    Fork(
        "AutoDIAL",
        "ducksoup/autodial",
        """
        Dial EntropyLoss
        """,
        """
        LayerParameter dial_param=147
        """,
    ),
    Fork(
        "JFDA",
        "imistyrain/MTCNN-VS",
        """
        JfdaLoss
        """,
        """
        LayerParameter jfda_loss_param=?
        JfdaLossParameter drop_loss_rate=?
        """,
    ),
    Fork(
        "Visual concepts",
        "s-gupta/caffe, branch mil, for s-gupta/visual-concepts",
        """
        CrossEntropyLoss MIL MILData
        """,
        """
        LayerParameter mil_data_param=10001 mil_param=10002
        """,
    ),
    Fork(
        "color_conv",
        "philkr/caffe, branch color_conv, for richzhang/splitbrainauto",
        """
        ColorConv
        """,
        """
        LayerParameter color_conv_param=1030
        """,
    ),
    Fork(
        "JigsawPuzzleSolver",
        "MehdiNoroozi/JigsawPuzzleSolver",
        """
        MergeData
        """,
        """
        LayerParameter merge_data_param=140
        DataParameter rand_jump=11
        TransformationParameter hash_file=8 gap_size=9 jitter_size=10 siamese_size=11
          patch_size=12
        """,
    ),
)
