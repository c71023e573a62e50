"""Forks that one or two nets of a paper need. Facts: `fork.py` says what the words mean."""

from blobnet.proto.forks.fork import Fork

FORKS = (
    Fork(
        "OICR",
        "ppengtang/oicr; haochen-rye/LSTD",
        """
        GlobalSumPooling MulticlassCrossEntropyLoss WeightedSoftmaxWithLoss
        """,
        "",
    ),
    Fork(
        "CaffeMex",
        "liuyuisanai/CaffeMex_v2; hli2020/zoom_network",
        """
        BNHK
        """,
        """
        LayerParameter bnhk_param=148
        """,
    ),
    Fork(
        "GENet",
        "hujie-frank/GENet",
        """
        CuDNNBatchNorm
        """,
        """
        LayerParameter cudnn_batch_norm_param=200
        """,
    ),
    Fork(
        "CJS-CNN",
        "BestiVictory/CJS-CNN",
        """
        JSDLoss RSJSDLoss
        """,
        "",
    ),
    Fork(
        "joint regressor",
        "qxcv/joint-regressor",
        """
        ManhattanLoss
        """,
        "",
    ),
    Fork(
        "binarization",
        "ctensmeyer/binarization_2017",
        """
        BilinearInterpolation
        """,
        """
        LayerParameter bilinear_interpolation_param=?
        BilinearInterpolationParameter interpolation_factor=?
        """,
    ),
    Fork(
        "hypercolumns",
        "JiangQH/Hypercolumns-Based-Surface-Normal-Recovery",
        """
        HyperColumns
        """,
        """
        LayerParameter hypercolumns_param=?
        HyperColumnsParameter is_train=? sample_num=? skip_ratio=?
        """,
    ),
    Fork(
        "GGL",
        "liu-xb/GGL",
        """
        SetLoss2
        """,
        """
        LayerParameter set_loss2_param=?
        SetLoss2Parameter alpha=?
        """,
    ),
    Fork(
        "DeBlurNet",
        "Tyler-D/DeBlurNet",
        "",
        """
        ImageDataParameter label=?
        """,
    ),
)
