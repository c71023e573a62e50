"""Forks for classification, and for sequences. Facts: `fork.py` says what the words mean."""

from blobnet.proto.forks.fork import Fork

FORKS = (
    Fork(
        "spatial transformers",
        "daerduoCarey/SpatialTransformerLayer",
        """
        LocLoss PowerFile SpatialTransformer STLoss
        """,
        """
        LayerParameter st_param=150 st_loss_param=151 power_file_param=152 loc_loss_param=153
        FillerParameter file=9
        """,
    ),
    Fork(
        "deformable convolution",
        "unsky/Deformable-ConvNets-caffe",
        """
        DeformableConvolution ModulatedDeformableConvolution
        """,
        """
        LayerParameter deformable_convolution_param=999999
          modulated_deformable_convolution_param=9999999
        """,
    ),
    Fork(
        "channel pruning",
        "yihui-he/caffe-pro",
        "",
        """
        LayerParameter filter_param=149
        ImageDataParameter new_dim=13 bicubic=14
        """,
    ),
    Fork(
        "CTPN",
        "tianzhi0549/CTPN",
        """
        Lstm Reverse Transpose
        """,
        """
        LayerParameter transpose_param=145 lstm_param=? reverse_param=?
        """,
    ),
    Fork(
        "caffe-lstm",
        "junhyukoh/caffe-lstm",
        """
        Lstm
        """,
        """
        LayerParameter lstm_param=201
        """,
    ),
    Fork(
        "Focal-Loss",
        "zimenglan-sysu-512/Focal-Loss",
        """
        FocalLoss SigmoidFocalLoss SoftmaxFocalLoss
        """,
        """
        LayerParameter focal_loss_param=?
        FocalLossParameter gama=?
        """,
    ),
    Fork(
        "soeaver",
        "soeaver/caffe-model",
        """
        ROIAlign SeLuDropout
        """,
        """
        InterpParameter use_blob_size=?
        """,
    ),
    Fork(
        "SNN",
        "a port of self-normalizing networks",
        """
        SeLu SeLuDropout
        """,
        """
        LayerParameter selu_param=161 selu_dropout_param=162
        V1LayerParameter.LayerType SELU=53 SELU_DROPOUT=54
        """,
    ),
    Fork(
        "CTC",
        "yalecyu/crnn.caffe, and many trees that it is copied into",
        """
        ContinuationIndicator CtcLoss LabelsequenceAccuracy Reverse
        """,
        """
        LayerParameter ctc_loss_param=200 continuation_indicator_param=201 permute_param=202
          labelsequence_accuracy_param=203 reverse_param=204
        CTCLossParameter alphabet_size=1 time_step=3 blank_label=4
        """,
    ),
    Fork(
        "DenseNet",
        "Tongcheng/caffe; liuzhuang13/DenseNetCaffe",
        """
        DenseBlock
        """,
        """
        LayerParameter denseblock_param=147
        PoolingParameter ceil_mode=?
        """,
    ),
    Fork(
        "brocolli",
        "inisis/brocolli",
        """
        Pad Proposal PSROIPooling ReLU6 Upsample
        """,
        """
        LayerParameter psroi_pooling_param=149 upsample_param=500 relu6_param=503 pad_param=504
        ReLU6Parameter engine=?
        UpsampleParameter dims_num=2
        """,
    ),
    Fork(
        "CPM",
        "CMU-Perceptual-Computing-Lab/caffe_train",
        """
        CPMData
        """,
        """
        LayerParameter cpm_transform_param=147
        """,
    ),
    Fork(
        "MobileNet",
        "yonghenglh6/DepthwiseConvolution",
        """
        DepthwiseConvolution
        """,
        """
        """,
    ),
    Fork(
        "ShuffleNet",
        "farmingyard/ShuffleNet",
        """
        ConvolutionDepthwise ShuffleChannel
        """,
        """
        LayerParameter shuffle_channel_param=164
        """,
    ),
)
