"""Forks that tell people and fine kinds apart. Facts: `fork.py` says what the words mean."""

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
)
