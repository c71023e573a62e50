"""As_rois_MergeRcnnLayer of FPN: regions sorted by levels of the pyramid, without gaps.

Caffe: rpn/as_rois_mrcnn.py of FPN (unsky/FPN).
"""

from __future__ import annotations

from blobnet.python_layers.rpn.as_rois import As_roisLayer


class As_rois_MergeRcnnLayer(As_roisLayer):  # noqa: N801 (prototxts name it so)
    """As As_roisLayer, but each level has as many rows as it has regions.

    A level without regions has 4 rows of zeros.
    """

    fills_up = False
