"""The table of forks: it names what the schema has, with numbers written down apart from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import blobnet.proto as pb
from blobnet.proto.forks import FORKS, forks_with_field, forks_with_type, named, owners_of
from blobnet.proto.forks.fork import Fork

BY_NAME = {fork.name: fork for fork in FORKS}


def descriptor(owner: str):
    """Of a message or, as `Message.Enum`, of an enum."""
    message, _, inner = owner.partition(".")
    found = getattr(pb, message).DESCRIPTOR
    if not inner:
        return found
    return next(each for each in [*found.enum_types, *found.nested_types] if each.name == inner)


def entries() -> Iterator[tuple[str, str, str]]:
    for fork in FORKS:
        for owner, numbers in fork.numbers.items():
            for name in numbers:
                yield fork.name, owner, name


def known(owner: str) -> set[str]:
    found = descriptor(owner)
    return {each.name for each in getattr(found, "fields", None) or found.values}


def test_every_name_in_the_table_is_in_the_schema():
    assert [entry for entry in entries() if entry[2] not in known(entry[1])] == []


def test_every_field_of_the_schema_that_caffe_has_not_is_of_some_fork():
    """But for blobnet's own two, which have numbers of their own kind."""
    told = {(owner, name) for _, owner, name in entries()}
    file = pb.NetParameter.DESCRIPTOR.file
    for message in file.message_types_by_name.values():
        of_forks = {field.name for field in message.fields if 50000 <= field.number < 51000}
        missing = {name for name in of_forks if (message.name, name) not in told}
        if message.name == "LayerParameter":  # those that V1 alone had, upgraded
            missing -= {field.name for field in pb.V1LayerParameter.DESCRIPTOR.fields}
        if message.name != "MOEParameter":
            assert missing == set(), message.name


# Read in the forks' own caffe.proto, apart from the table.
NUMBERS = """
    SSD LayerParameter prior_box_param 203
    SeqFace LayerParameter dsa_loss_param 159
    SeqFace UnPoolingParameter kernel_size 2
    SSD TransformationParameter resize_param 8
    NVCaffe TransformationParameter resize_param 208
    NVCaffe LayerParameter recurrent_param 151
    Intel LayerParameter engine 149
    Intel PoolingParameter avg_include_pad 13
    YOLO9000 PoolingParameter ceil_mode 13
    R-FCN LayerParameter psroi_pooling_param 10001
    R-FCN LossParameter.NormalizationMode PRE_FIXED 3
    R-FCN LossParameter.NormalizationMode NONE 4
    MNC LayerParameter roi_warping_param 11870
    SegNet LayerParameter bn_param 45
    PSPNet LayerParameter bn_param 152
    ENet LayerParameter upsample_param 147
    FlowNet2 LayerParameter correlation_param 150
    caffe-face LayerParameter center_loss_param 147
    MS-CNN LayerParameter bbox_reg_param 154
    Cascade R-CNN LayerParameter bbox_reg_param 150
    Cascade R-CNN DetectionEvaluateParameter overlap_threshold 2
"""


@pytest.mark.parametrize("line", NUMBERS.strip().splitlines())
def test_a_fork_has_the_number_that_its_proto_says(line):
    fork, owner, name, number = line.strip().rsplit(" ", 3)
    assert BY_NAME[fork].numbers[owner][name] == int(number)


def test_c3d_renumbered_messages_of_caffes():
    numbers = BY_NAME["C3D 1.0"].numbers["BlobProto"]
    assert numbers == {"length": 3, "height": 4, "width": 5, "data": 6, "diff": 7}
    assert BY_NAME["C3D 1.0"].numbers["ConvolutionParameter"]["stride"] == 7


def test_types_are_told_with_their_forks():
    assert "R-FCN" in [fork.name for fork in forks_with_type("PSROIPooling")]
    assert forks_with_type("Convolution") == []


def test_no_fork_is_told_for_what_caffe_has_itself():
    types = {name for fork in FORKS for name in fork.types}
    assert not types & {"Convolution", "BatchNorm", "Data", "Input", "Split", "AWESOME"}


def test_a_fork_of_two_texts():
    fork = Fork("A", "a/caffe", "One Two", "Net x=1\n  y=? Net.Enum Z=3")
    assert fork.types == {"One", "Two"}
    assert fork.numbers == {"Net": {"x": 1, "y": None}, "Net.Enum": {"Z": 3}}
    assert fork.has("Net", "y")
    assert not fork.has("Other", "x")


def test_owners_of_a_name_and_names_in_a_row():
    assert owners_of("ceil_mode") == ["PoolingParameter"]
    assert owners_of("xyzzy") == []
    forks = forks_with_field("PoolingParameter", "ceil_mode")
    assert named(forks) == "YOLO9000, Cascade R-CNN, SeqFace and 1 more"
    assert named(FORKS, most=1) == f"SSD and {len(FORKS) - 1} more"
