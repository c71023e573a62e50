"""Drafts of what Caffe has today, still in nets. Facts: `fork.py` says what the words mean."""

from blobnet.proto.forks.fork import Fork

FORKS = (
    Fork(
        "Caffe's drafts of 2014",
        "vsubhashini/caffe, branch all-in-one-net-with-input-layer, and commits of March 2014",
        "",
        """
        V1LayerParameter enable=32 disable=33 input_param=34
        V1LayerParameter.LayerType INPUT=34
        InputParameter num=1 channels=2 height=3 width=4
        NetState solver=2
        NetStateRule solver=2
        DataParameter transform_param=9
        ImageDataParameter transform_param=11
        MemoryDataParameter transform_param=5
        """,
    ),
    Fork(
        "LRCN",
        "LisaAnne/lisa-caffe-public; vsubhashini/caffe, branch recurrent",
        "",
        """
        EltwiseParameter coeff_blob=4
        """,
    ),
)
