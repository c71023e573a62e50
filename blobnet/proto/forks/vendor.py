"""Forks of vendors, for their machines. Facts: `fork.py` says what the words mean."""

from blobnet.proto.forks.fork import Fork

FORKS = (
    Fork(
        "Intel",
        "intel/caffe",
        """
        AnnotatedData Axpy BoxAnnotatorOHEM BoxData DetectionEvaluate DetectionOutput
          EvalDetection MKLBatchNorm MnActivation MultiBoxLoss Normalize Permute PriorBox
          PSROIPooling RegionLoss RemoteData Reorg ROIPooling SmoothL1Loss SmoothL1LossOHEM
          SoftmaxWithLossOHEM SpatialDropout VideoData
        """,
        """
        LayerParameter smooth_l1_loss_param=148 engine=149 multinode=150 mn_activation_param=151
          box_annotator_ohem_param=152 psroi_pooling_param=153 roi_pooling_param=154
          spatial_dropout_param=155 mn_grad_compress_param=156 quantization_param=158
          reorg_param=159 annotated_data_param=200 multibox_loss_param=201 permute_param=202
          prior_box_param=203 detection_output_param=204 detection_evaluate_param=205
          norm_param=206 video_data_param=207 split_param=208 region_loss_param=209
          eval_detection_param=301 remote_data_param=?
        BatchNormParameter engine=4 use_weight_bias=5 bias_term=6 filler=7 bias_filler=8
          stats_batch_size=9 relu=10
        ConcatParameter engine=3 per_fla_fuse=4
        ConvolutionParameter relu=19 negative_slope=20 conv_algorithm=21 coeff=23 fusion_type=24
        DataParameter shuffle=11 side=12
        EltwiseParameter engine=4
        FillerParameter scale=9
        ImageDataParameter min_height=13 min_width=14
        InnerProductParameter engine=7 relu=8 negative_slope=9
        LossParameter pre_fixed_normalizer=4 label_smoothing=5
        NetParameter engine=9 compile_net_state=10 bn_stats_batch_size=11 multinode=101
        PoolingParameter avg_include_pad=13 axis=14 pad_3d=15 kernel_size_3d=16 stride_3d=17
        ReLUParameter fuse=3
        ReshapeParameter pixelshuffler=4
        SolverParameter eval_type=41 ap_version=42 show_per_class_result=43 plateau_winsize=44
          disabled_update=46 engine=47 warmup_iter=48 warmup_start_lr=49 local_lr_auto=50
          local_gw_ratio=51 test_offset=52 stagelr=150 stageiter=151 multinode_param=?
        SolverState minimum_loss=5 iter_last_event=6
        TransformationParameter resize_param=8 noise_param=9 emit_constraint=10 crop_h=11
          crop_w=12 distort_param=13 expand_param=14 random_resize_param=15
          random_aspect_ratio_param=16 flow=17 bgr2rgb=18 pad=19
        MultinodeSolverParameter wait_for_clients=?
        RemoteDataParameter address=? cache_size=? shape=?
        ConvolutionParameter.Engine MKL2017=3 MKLDNN=4
        LRNParameter.Engine MKL2017=3 MKLDNN=4
        LossParameter.NormalizationMode PRE_FIXED=3 NONE=4
        PoolingParameter.Engine MKL2017=3 MKLDNN=4
        ReLUParameter.Engine MKL2017=3 MKLDNN=4
        """,
    ),
    Fork(
        "NVCaffe",
        "NVIDIA/caffe",
        """
        AnnotatedData Axpy DetectionEvaluate DetectionOutput DetectNetTransformation L1Loss
          MultiBoxLoss Normalize Permute PriorBox SmoothL1Loss TRT VideoData
        """,
        """
        LayerParameter forward_type=145 backward_type=146 forward_math=147 backward_math=148
          debug=149 cudnn_math_override=150 recurrent_param=151 trt_param=152
          annotated_data_param=200 multibox_loss_param=201 permute_param=202 prior_box_param=203
          detection_output_param=204 detection_evaluate_param=205 norm_param=206
          video_data_param=207 detectnet_groundtruth_param=6801 detectnet_augmentation_param=6802
        BatchNormParameter scale_filler=5 bias_filler=6 scale_bias=7 engine=15
        BlobProto raw_data_type=10 raw_diff_type=11 raw_data=12 raw_diff=13
        ConvolutionParameter cudnn_convolution_algo_seeker=19 conv_algos_override=20
        DataParameter threads=11 parser_threads=12 cache=13 shuffle=14 precache=16
        Datum record_id=8
        DropoutParameter engine=2 random_seed=3
        ELUParameter lambda=2
        ImageDataParameter short_side=13 threads=14 cache=15 precache=16 dataset_share_per_node=17
        LossParameter label_smoothing=4
        NetParameter default_forward_type=11 default_backward_type=12 default_forward_math=13
          default_backward_math=14 global_grad_scale=15 global_grad_scale_adaptive=16
          default_conv_algos_override=17 reduce_buckets=18 default_cudnn_math_override=19
          eltwise_mem_sharing=20
        PoolingParameter torch_pooling=40
        SolverParameter rampup_interval=41 rampup_lr=42 min_lr=43 solver_data_type=44
          store_blobs_in_old_format=45 momentum_policy=46 max_momentum=47 momentum_power=48
          larc=49 larc_policy=50 larc_eta=51 weight_decay_policy=52 weight_decay_power=53
          test_and_snapshot_last_epochs=54 larc_turbo=55 max_weight_decay=56 eval_type=241
          ap_version=242 plateau_winsize=243 show_per_class_result=244
        SolverState minimum_loss=5 iter_last_event=6
        TransformationParameter use_gpu_transform=8 random_seed=9 img_rand_resize_lower=10
          img_rand_resize_upper=11 rand_resize_ratio_lower=12 rand_resize_ratio_upper=13
          vertical_stretch_lower=14 vertical_stretch_upper=15 horizontal_stretch_lower=16
          horizontal_stretch_upper=17 interpolation_algo_down=18 interpolation_algo_up=19
          allow_upscale=20 forward_packing=21 display=22 num_labels=23 resize_param=208
          noise_param=209 emit_constraint=210 crop_h=211 crop_w=212 distort_param=213
          expand_param=214 var_sz_img_enabled=? var_sz_img_rand_resize_lower=?
          var_sz_img_rand_resize_upper=? var_sz_img_rand_crop=? var_sz_img_center_crop=?
        MultiBoxLossParameter ignore_difficult_gt=24
        SolverParameter.SolverType SAG=6
        """,
    ),
    Fork(
        "Ristretto",
        "pmgysel/caffe",
        """
        ConvolutionRistretto DeconvolutionRistretto FcRistretto LRNRistretto
        """,
        """
        LayerParameter quantization_param=149
        """,
    ),
    Fork(
        "OpenCL",
        "BVLC/caffe, branch opencl",
        """
        Affinity ConnectedComponent LibDNNConvolution LibDNNPooling MalisLoss MergeCrop MOE Noise
          Quantizer
        """,
        """
        LayerParameter bottom_data_type=12 compute_data_type=13 top_data_type=14
          bottom_quantizer=16 top_quantizer=17 net_quantizer=18 blobs_quantizer=19 autotune=20
          device=95 bottom_shared_index=96 top_shared_index=97 mergecrop_param=148
          affinity_param=149 moe_param=150 noise_param=151
        BatchNormParameter fused_relu=4
        BlobProto shape_stride=10 packed_data=11 packed_diff=12 data_type=13
        ConvolutionParameter fuse_type=19 eltwise_param=20 relu_param=30
        DropoutParameter scale_train=2
        LRNParameter fuse_type=7 pooling_param=8 unit_test_mode=9 unit_test_fuse_kernel=10
        MemoryDataParameter dim=5
        NetParameter data_type=42 quantizer=80 reduced_memory_inference=81 autotune=82
        NetState quantizer_mode=4
        PoolingParameter dilation=13 axis=16
        SolverParameter device=18 data_type=43
        V1LayerParameter affinity_param=43
        NoiseParameter mu=1 sigma=2
        ConvolutionParameter.Engine LIBDNN=3 INTEL_SPATIAL=4 FFT=5
        PoolingParameter.Engine LIBDNN=3
        """,
    ),
    Fork(
        "Xilinx",
        "Xilinx/Vitis-AI",
        """
        AnnotatedData ConvolutionBNFixed ConvolutionFixed DeconvolutionFixed DeephiResize
          DenseboxMapEvaluation DetectionEvaluate DetectionOutput DetectNetTransformation DriveData
          DrivingData2 FixedNeuron GSTiling InnerProductFixed MultiBoxLoss Normalize Permute
          PriorBox Proposal Reorg ReshapeLabel ROIPooling SmoothL1Loss Tiling YoloEvalDetection
        """,
        """
        LayerParameter tiling_param=147 smooth_l1_loss_param=148 reorg_param=149
          annotated_data_param=200 multibox_loss_param=201 permute_param=202 prior_box_param=203
          detection_output_param=204 detection_evaluate_param=205 norm_param=206
          video_data_param=207 yolo_eval_detection_param=208 drive_data_param=501 fixed_param=1100
          proposal_param=1200 roi_pooling_param=1201 deephi_resize_param=1202 gs_tiling_param=1300
          densebox_map_evaluation_param=1301 reshape_label_param=1302
          detectnet_groundtruth_param=6801 detectnet_augmentation_param=6802
        BatchNormParameter scale_filler=5 bias_filler=6 engine=15
        BlobProto mask=10 double_mask=11 format=12
        ConvolutionParameter cudnn_convolution_algo_seeker=19
        DataParameter threads=11 multi_gpu_testing=12
        ImageDataParameter label_num=13 is_unchanged=14 label_type=15 ignore_label=16
        LossParameter weight_by_label_freqs=4 class_weighting=5
        NetParameter copyright=9
        ParamSpec compression=5
        SolverParameter per_parameter_reduce=41 ap_version=42 show_per_class_result=44
          eval_type=45 classiou_class_num=46
        TransformationParameter use_gpu_transform=8 resize_param=9 noise_param=10 crop_h=11
          crop_w=12 distort_param=13 expand_param=14 emit_constraint=15 rotate=16 yolo_height=19
          yolo_width=20 use_letterbox_resize=21
        ProposalParameter nms_input_num=1 nms_output_num=2 stride_h=3 stride_w=4 nms_iou_th=5
          min_width=6 min_height=7 anchor=8
        """,
    ),
    Fork(
        "Synopsys",
        "foss-for-synopsys-dwc-arc-processors/synopsys-caffe",
        """
        Add AnnotatedData Atan BatchToSpaceND BN DepthToSpace DetectionEvaluate DetectionOutput
          ExpandDimsND HardSwish Mul MultiBoxLoss Normalize Pad Permute PriorBox Proposal
          ResizeBilinear ResizeNearestNeighbor SpaceToBatchND Squeeze Unstack UpsampleDarknet
          VideoData
        """,
        """
        LayerParameter bn_param=45 annotated_data_param=200 multibox_loss_param=201
          permute_param=202 prior_box_param=203 detection_output_param=204
          detection_evaluate_param=205 norm_param=206 video_data_param=207 depth_to_space_param=208
          upsample_darknet_param=209 resize_nearest_neighbor_param=210 proposal_param=212
          pad_param=224 resize_bilinear_param=226 unstack_param=234 batch_to_space_nd_param=235
          space_to_batch_nd_param=236 expand_dims_nd_param=240 squeeze_param=241
        BatchNormParameter add_eps_before_sqrt=4 update_global_stats=6 icnet=7
        BNParameter slope_filler=7 bias_filler=8 momentum=9 icnet=10
        ConvolutionParameter pad_type=19 pad_l=26 pad_r=27 pad_t=28 pad_b=29
        EltwiseParameter axis=6
        MVNParameter add_eps_before_sqrt=4
        PadParameter paddings=1 constant_values=2
        PoolingParameter pad_type=13 pad_l=16 pad_r=17 pad_t=18 pad_b=19
        ProposalParameter anchor_base_size=2 anchor_scale=3 anchor_ratio=4 max_rois=5 rpn_min_size=7
          rpn_nms_thresh=8
        RecurrentParameter forget_bias=6
        DetectionOutputParameter ratio_permute=25 ratio0=26 ratio1=27 ratio2=28 ratio3=29 ratio4=30
          ratio5=31 no_permute=32 nbottom=33
        PriorBoxParameter box_width=15 box_height=16 tf=17 yx_order=18 keras=19
        ReLUParameter relu6=3 maximum=6
        PoolingParameter.PoolMethod AVE_EXC_PAD=3 AVE_TF=?
        """,
    ),
    Fork(
        "CaffeOnSpark",
        "yahoo/caffe",
        """
        CoSData
        """,
        """
        LayerParameter source_class=10001 cos_data_param=10010
        MemoryDataParameter share_in_parallel=10000 source=10001 dataframe_column_select=10002
          image_encoded=10003 dataframe_format=10004
        """,
    ),
)
