"""ProposalMergeRcnnTargetLayer of FPN: regions to learn from, level by level, without gaps.

Caffe: rpn/proposal_target_layer_mrcnn.py of FPN (unsky/FPN).
"""

from __future__ import annotations

from typing import Any

from blobnet.python_layers.rpn.proposal_target_layer import PyramidProposalTargetLayer


class ProposalMergeRcnnTargetLayer(PyramidProposalTargetLayer):
    """As PyramidProposalTargetLayer, but each level has as many rows as it has regions.

    A level without regions has 4 rows of zeros with the label -1.
    """

    fills_up = False

    def __new__(cls, layer_param: Any) -> ProposalMergeRcnnTargetLayer:
        return object.__new__(cls)
