"""What a proposal_param says of anchors that are not listed, and of which boxes stay."""

from __future__ import annotations

from typing import NamedTuple

from blobnet.proto import ProposalParameter

_RATIOS, _SCALES = (0.5, 1.0, 2.0), (8.0, 16.0, 32.0)


class ProposalSettings(NamedTuple):
    """Anchors, and the limits for boxes made of them.

    ratios, scales, base_size  of anchors, and their distance `stride`, in pixels of the image
    min_size     of a box, before the image was scaled; smaller ones count 0, or not at all
    compared     so many of the best are compared, `kept` of them stay
    overlap      which two of them may have at most
    """

    ratios: tuple[float, ...]
    scales: tuple[float, ...]
    base_size: float
    stride: int
    min_size: float
    drops_small: bool
    compared: int
    kept: int
    overlap: float

    @property
    def per_place(self) -> int:
        """How many anchors a place has."""
        return len(self.ratios) * len(self.scales)


def settings_of(param: ProposalParameter) -> ProposalSettings:
    """Those of mini-caffe and caffe-windows; without ratio and scale Synopsys', as a detector's."""
    if param.ratio or param.scale:
        return ProposalSettings(
            tuple(param.ratio),
            tuple(param.scale),
            param.base_size,
            param.feat_stride,
            param.min_size,
            drops_small=False,
            compared=param.pre_nms_topn,
            kept=param.post_nms_topn,
            overlap=param.nms_thresh,
        )
    return ProposalSettings(
        _RATIOS if param.anchor_ratio == len(_RATIOS) else (1.0,),
        _SCALES if param.anchor_scale == len(_SCALES) else (32.0,),
        param.anchor_base_size,
        param.feat_stride,
        param.rpn_min_size,
        drops_small=True,
        compared=param.pre_nms_topn,
        kept=param.max_rois,
        overlap=param.rpn_nms_thresh,
    )
