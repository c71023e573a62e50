"""Forks for weights that are mostly 0 or have two values. Facts: `fork.py` says what words mean."""

from blobnet.proto.forks.fork import Fork

FORKS = (
    Fork(
        "SSL",
        "wenwei202/caffe, branch scnn",
        "",
        """
        LayerParameter connectivity_mode=12
        ParamSpec breadth_decay_mult=5 kernel_shape_decay_mult=6 block_group_lasso=7
          regularization_type=8
        SolverParameter breadth_decay=41 kernel_shape_decay=42 block_group_decay=43
        ConvolutionParameter conv_mode=21
        ConvolutionParameter.ConvMode LOWERED_CSRMM=1 LOWERED_CCNMM=2 DIRECT_SCONV=3
          DIRECT_DCONV=4
        """,
    ),
    Fork(
        "SkimCaffe",
        "IntelLabs/SkimCaffe",
        """
        ConvolutionReLU ConvolutionReLUPool ConvolutionReLUPoolLRN InnerProductReLUDropout
          MKLConvolution MKLLRN MKLPooling MKLReLU ReLUPooling Winograd
        """,
        """
        LayerParameter connectivity_mode=12
        ParamSpec breadth_decay_mult=5 kernel_shape_decay_mult=6 block_group_lasso=7
          regularization_type=8
        SolverParameter breadth_decay=41 kernel_shape_decay=42 block_group_decay=43
          prune_threshold=44 measure_threshold=45 max_threshold_factor=46
          winograd_adjust_threshold=48
        BatchNormParameter use_weight_bias=5 bias_term=6 filler=7 bias_filler=8
        ConvolutionParameter conv_mode=21 dump_parameter=22 dump_activation=23
          parameter_sparsity_pattern_histogram=24
        InnerProductParameter gemm_mode=7 spmdm_transpose_in=8 spmdm_transpose_out=9
          dump_parameter=10 dump_activation=11
        """,
    ),
    Fork(
        "force regularization",
        "wenwei202/caffe",
        """
        Sparsify
        """,
        """
        LayerParameter sparsify_param=147
        ParamSpec force_mult=6
        """,
    ),
    Fork(
        "HWGQ",
        "zhaoweicai/hwgq",
        """
        BinaryConvolution BinaryInnerProduct Quant
        """,
        """
        LayerParameter binary_convolution_param=147 binary_inner_product_param=148 quant_param=149
        """,
    ),
)
