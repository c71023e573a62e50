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
      reduced_memory_inference richness
    NetState quantizer_mode
    LayerParameter autotune backward_math backward_type blobs_quantizer bottom_data_type
      bottom_quantizer bottom_shared_index compute_data_type cudnn_math_override debug device engine
      forward_math forward_type mn_grad_compress_param multinode net_quantizer quantization_param
      reshape_every_iter source_class split_param top_data_type top_quantizer top_shared_index
    ParamSpec compression force_mult
    TransformationParameter debug_params display forward_packing num_labels random_seed
      use_gpu_transform var_sz_img_enabled gap_size
    BatchNormParameter engine fused_relu icnet
    ConcatParameter engine
    ConvolutionParameter coeff conv_algorithm conv_algos_override conv_mode
      cudnn_convolution_algo_seeker dump_activation dump_parameter
      parameter_sparsity_pattern_histogram
    ConvolutionParameter.Engine FFT INTEL_SPATIAL LIBDNN MKL2017 MKLDNN
    DataParameter cache disk_reader_threads multi_gpu_testing parser_threads precache rand_jump
      show_data threads verbose
    DropoutParameter engine random_seed
    EltwiseParameter engine
    ImageDataParameter cache dataset_share_per_node has_label label_divide_factor max_labels
      precache show_data threads
    InnerProductParameter dump_activation dump_parameter engine gemm_mode spmdm_transpose_in
      spmdm_transpose_out
    APLParameter save_mem
    LSTMConvolutionParameter engine force_nd_im2col
    LRNParameter unit_test_fuse_kernel unit_test_mode
    LRNParameter.Engine MKL2017 MKLDNN
    MemoryDataParameter dataframe_column_select dataframe_format image_encoded share_in_parallel
      source
    PoolingParameter.Engine LIBDNN MKL2017 MKLDNN
    ReLUParameter fuse
    ReLUParameter.Engine MKL2017 MKLDNN
    SolverParameter data_type device engine group_id log_avg_gradient_norm measure_threshold show_pr
      multinode_param per_parameter_reduce richness solver_data_type store_blobs_in_old_format
    PoolingParameter torch_pooling
"""
"""They steer another machine: engines, number formats, caches, threads, nodes, hints for them, what
feeds a MemoryData layer of CaffeOnSpark (here, who calls hands the data over); or nothing, in their
own fork too (fused_relu, torch_pooling, rand_jump, gap_size, ImageDataParameter's has_label,
label_divide_factor and max_labels)."""

_ROUNDING = """
    NetParameter quantizer
    NetState quantizer_mode
    LayerParameter blobs_quantizer bottom_quantizer net_quantizer quantization_param top_quantizer
    ConvolutionParameter coeff
"""

_NOT_YET = """
    TransformationParameter geometry_param max_scaling_factor min_scaling_factor pad
      random_90_deg_rot rotate untransformed_top use_letterbox_resize vertical_mirror yolo_height
      yolo_width
    DataParameter huge_video_dataset limit_samples shuffle_buffer_size transform_param
    DataParameter.DB DATUMFILE
    ImageDataParameter is_unchanged label_num transform_param
    InputParameter channels height num width
    MemoryDataParameter transform_param transpose
    PoolingParameter bin_h bin_size bin_w blobs_a_min blobs_lr
    PoolingParameter.PoolMethod DEF DEF_ALL DEF_ALL2 DEF_ALL3 DEF_ALL4 LOWRES
    ReductionParameter k
    ReductionParameter.ReductionOp TOPK
    SolverParameter test_and_snapshot_last_epochs test_before_snapshot winograd_adjust_threshold
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
"""(message, field) and (enum, value) without effect in blobnet, on numbers too but for ROUNDING."""

ROUNDING = _names(_ROUNDING)
"""Of IGNORED: with these the fork's results are those of rounded numbers. Here none are rounded."""

NOT_YET = _names(_NOT_YET)
"""(message, field) and (enum, value) that change numbers and that nothing reads yet."""
