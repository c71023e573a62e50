"""Forks for poses, of things and of robots. Facts: `fork.py` says what the words mean."""

from blobnet.proto.forks.fork import Fork

FORKS = (
    Fork(
        "Viewpoints and keypoints",
        "shubhtuls/ViewpointsAndKeypoints",
        """
        EuclideanWeightedLoss MaskOutputs WindowMulticlassKeypointData WindowPoseData
        """,
        """
        V1LayerParameter mask_outputs_param=42 euclidean_weight_param=43
        V1LayerParameter.LayerType MASK_OUTPUTS=39 WINDOW_POSE_DATA=40 EUCLIDEAN_WEIGHTED_LOSS=41
          WINDOW_MULTICLASS_KEYPOINT_DATA=42
        """,
    ),
    Fork(
        "Visual control",
        "cbfinn/caffe",
        """
        EuclideanDistance SpatialSoftmax WeightedEuclideanLoss
        """,
        """
        LayerParameter spatial_softmax_param=134 rnn_param=136
        FillerParameter width=8 height=9 expectation_option=10
        MemoryDataParameter input_shapes=5
        """,
    ),
    Fork(
        "DeepModel",
        "xingyizhou/DeepModel",
        """
        DeepHandModel DeepHandModelDofConstraintLoss
        """,
        "",
    ),
)
