"""Fields of every kind keep their values, and an empty message stays a written one."""

from __future__ import annotations

from google.protobuf import text_format

from blobnet.netdef.upgrade_fields import copy_field, copy_fields
from blobnet.proto import LayerParameter, V0LayerParameter, V1LayerParameter

LAYER = """
    name: "a" bottom: "x" bottom: "y" loss_weight: 0.5 loss_weight: 0
    include { phase: TEST } include { stage: "s" } relu_param { } blobs { data: 1.5 data: -2 }
"""


def test_values_lists_and_messages_go_over():
    source, target = text_format.Parse(LAYER, V1LayerParameter()), LayerParameter()
    copy_fields(source, target)
    assert target == text_format.Parse(LAYER, LayerParameter())
    assert target.HasField("relu_param")


def test_what_is_skipped_or_not_written_stays_away():
    source, target = text_format.Parse(LAYER, V1LayerParameter()), LayerParameter()
    copy_fields(source, target, skip=("bottom", "loss_weight", "include", "relu_param", "blobs"))
    assert target == LayerParameter(name="a")


def test_a_field_may_get_a_new_name_and_become_a_list():
    source, target = V0LayerParameter(kernelsize=3, biasterm=False), LayerParameter()
    copy_field(source, "kernelsize", target.convolution_param, "kernel_size")
    copy_field(source, "kernelsize", target.pooling_param, "kernel_size")
    copy_field(source, "biasterm", target.inner_product_param, "bias_term")
    assert target == text_format.Parse(
        "convolution_param { kernel_size: 3 } pooling_param { kernel_size: 3 } "
        "inner_product_param { bias_term: false }",
        LayerParameter(),
    )
