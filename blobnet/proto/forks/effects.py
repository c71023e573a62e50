"""What fields of forks in messages of Caffe's do here: nothing, or not yet what they should.

Both lists are `Message name name ...`, enums as `Message.Enum VALUE ...`, as in `fork.py`. A field
that a layer or a solver reads is in neither: whoever teaches it to one takes it out of the second.
"""

from __future__ import annotations

_IGNORED = """
    NetParameter autotune compile_net_state copyright data_type default_backward_math
      default_backward_type default_conv_algos_override default_cudnn_math_override
      default_forward_math default_forward_type eltwise_mem_sharing engine global_grad_scale
      global_grad_scale_adaptive mem_param multinode quantizer reduce_buckets
      reduced_memory_inference
    NetState quantizer_mode
    LayerParameter autotune backward_math backward_type blobs_quantizer bottom_data_type
      bottom_quantizer bottom_shared_index compute_data_type cudnn_math_override debug device engine
      forward_math forward_type mn_grad_compress_param multinode net_quantizer quantization_param
      reshape_every_iter split_param top_data_type top_quantizer top_shared_index
    ParamSpec compression
    TransformationParameter debug_params display forward_packing random_seed use_gpu_transform
    BatchNormParameter engine
    ConcatParameter engine per_fla_fuse
    ConvolutionParameter conv_algorithm conv_algos_override cudnn_convolution_algo_seeker
    ConvolutionParameter.Engine FFT INTEL_SPATIAL LIBDNN MKL2017 MKLDNN
    DataParameter cache disk_reader_threads multi_gpu_testing parser_threads precache show_data
      threads verbose
    DropoutParameter engine random_seed
    EltwiseParameter engine
    ImageDataParameter cache dataset_share_per_node precache show_data threads
    InnerProductParameter engine
    LRNParameter unit_test_fuse_kernel unit_test_mode
    LRNParameter.Engine MKL2017 MKLDNN
    PoolingParameter.Engine LIBDNN MKL2017 MKLDNN
    ReLUParameter fuse
    ReLUParameter.Engine MKL2017 MKLDNN
    SolverParameter data_type device engine group_id log_avg_gradient_norm multinode_param
      per_parameter_reduce richness solver_data_type store_blobs_in_old_format
"""
"""They steer another machine: engines, number formats, caches, threads, nodes, hints for them."""

_NOT_YET = """
    NetParameter bn_stats_batch_size
    LayerParameter euclidean_loss_param softmaxloss_param
    TransformationParameter allow_upscale apply_probability aspect_max aspect_min bgr2rgb
      center_crop contrast_brightness_adjustment crop_h crop_w cvt_bgr2rgb
      distort_param emit_constraint enable_classf_aug erase_ratio expand_param fix_crop flow
      horizontal_stretch_lower horizontal_stretch_upper img_rand_resize_lower
      img_rand_resize_upper interpolation_algo_down interpolation_algo_up is_flow
      max_brightness_shift max_color_shift max_contrast max_distort max_rotation_angle
      max_scaling_factor max_smooth min_contrast min_scaling_factor min_side min_side_max
      min_side_min more_fix_crop multi_scale noise_param num_labels original_image pad
      rand_resize_ratio_lower rand_resize_ratio_upper random_90_deg_rot random_aspect_ratio_param
      random_resize_param resize_param rotate scale_max scale_min scale_ratios
      smooth_filtering stride upper_height upper_size upper_width use_letterbox_resize
      var_sz_img_center_crop var_sz_img_enabled var_sz_img_rand_crop
      var_sz_img_rand_resize_lower var_sz_img_rand_resize_upper vertical_mirror
      vertical_stretch_lower vertical_stretch_upper yolo_height yolo_width
    LossParameter label_smoothing pre_fixed_normalizer
    LossParameter.NormalizationMode PRE_FIXED
    AccuracyParameter min_is_better
    BatchNormParameter bias_filler bias_term disable_mean disable_variance filler fused_relu relu
      scale_bias scale_filler stats_batch_size update_global_stats use_weight_bias
    ConvolutionParameter coeff dilation_h dilation_w eltwise_param filter_group filter_stride
      filter_stride_h filter_stride_w fuse_type fusion_type hole hole_h hole_w kernel_depth
      negative_slope relu relu_param shape_offset temporal_pad temporal_stride
    DataParameter block_size encoding huge_video_dataset limit_samples permute_every_iter
      preselection_file preselection_label rand_permute rand_permute_order rand_permute_seed
      range_end range_start shuffle_buffer_size side slice_point subtract
    DataParameter.DB DATUMFILE
    DropoutParameter scale_train sqrt_scale
    ELUParameter lambda
    EltwiseParameter.EltwiseOp SORT STOCHASTIC_SUM
    FillerParameter alpha diag_val scale
    ImageDataParameter balance_by balance_class clip_max clip_min face_mirror face_point_num
      face_transform has_label is_flow is_unchanged label_cut_end label_cut_start
      label_divide_factor label_num max_aspect_ratio max_labels max_random_scale
      max_random_shift max_rotate_angle max_shear_ratio mean_value min_height min_random_scale
      min_width new_length num_truth_channels sampling_rate short_side truth_scale use_byte_input
      use_image use_label use_temporal_jitter
    InnerProductParameter negative_slope normalize relu
    LRNParameter fuse_type pooling_param
    MemoryDataParameter dim transpose
    ParameterParameter blob_filler
    PoolingParameter avg_include_pad axis bin_h bin_size bin_w blobs_a_min blobs_lr ceil_mode
      dilation kernel_depth kernel_size_3d pad_3d stride_3d temporal_stride torch_pooling
    PoolingParameter.PoolMethod DEF DEF_ALL DEF_ALL2 DEF_ALL3 DEF_ALL4 LOWRES
    ReductionParameter k
    ReductionParameter.ReductionOp TOPK
    ReshapeParameter pixelshuffler
    ScaleParameter max_value min_value
    SoftmaxParameter class_weight cutting_point hard_mining_label hard_ratio label_smooth_factor
      normalize_type
    TileParameter tiles_from_axis
    SolverParameter ap_version clamp_weights_lower clamp_weights_upper classiou_class_num
      clip_weights disabled_update eval_type larc larc_eta larc_policy larc_turbo local_gw_ratio
      local_lr_auto max_momentum max_weight_decay min_lr momentum_policy momentum_power
      plateau_winsize rampup_interval rampup_lr show_per_class_result stageiter stagelr
      test_and_snapshot_last_epochs test_before_snapshot test_offset warmup_iter warmup_start_lr
      weight_decay_policy weight_decay_power
    SolverParameter.SolverType SAG
"""
"""They change numbers, and nothing here reads them: a net or a solver with one is refused."""


def _names(text: str) -> frozenset[tuple[str, str]]:
    """The pairs of owner and name: a line that goes on with the owner above it is indented more."""
    found: set[tuple[str, str]] = set()
    owner = ""
    for line in text.splitlines():
        first, *rest = line.split() or [""]
        if line.startswith("      "):
            rest = [first, *rest]
        else:
            owner = first
        found.update((owner, name) for name in rest)
    return frozenset(found)


IGNORED = _names(_IGNORED)
"""(message, field) and (enum, value) without effect in blobnet, and without effect on numbers."""

NOT_YET = _names(_NOT_YET)
"""(message, field) and (enum, value) that change numbers and that nothing reads yet."""
