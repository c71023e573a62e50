"""Every name, number and default of the schema is Caffe's."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, text_format
from google.protobuf.descriptor import FileDescriptor

import blobnet.proto as pb

ROOT = Path(__file__).resolve().parents[2]
FILES: list[FileDescriptor] = [
    message.DESCRIPTOR.file for message in (pb.NetParameter, pb.PriorBoxParameter, pb.Datum)
]
OF_FORKS = range(50000, 51000)

# Field numbers as Caffe 1.0 has them, written down apart from the schema.
LAYER_SETTINGS = """
    accuracy 102 argmax 103 concat 104 contrastive_loss 105 convolution 106 data 107 dropout 108
    dummy_data 109 eltwise 110 exp 111 hdf5_data 112 hdf5_output 113 hinge_loss 114 image_data 115
    infogain_loss 116 inner_product 117 lrn 118 memory_data 119 mvn 120 pooling 121 power 122
    relu 123 sigmoid 124 softmax 125 slice 126 tanh 127 threshold 128 window_data 129 python 130
    prelu 131 spp 132 reshape 133 log 134 flatten 135 reduction 136 embed 137 tile 138
    batch_norm 139 elu 140 bias 141 scale 142 input 143 crop 144 parameter 145 recurrent 146
    swish 147 clip 148 transform 100 loss 101
"""
V1_SETTINGS = """
    concat 9 convolution 10 data 11 dropout 12 hdf5_data 13 hdf5_output 14 image_data 15
    infogain_loss 16 inner_product 17 lrn 18 pooling 19 window_data 20 power 21 memory_data 22
    argmax 23 eltwise 24 threshold 25 dummy_data 26 accuracy 27 hinge_loss 29 relu 30 slice 31
    mvn 34 transform 36 tanh 37 sigmoid 38 softmax 39 contrastive_loss 40 exp 41 loss 42
"""
NUMBERS = {
    "NetParameter": """name 1 layers 2 input 3 input_dim 4 force_backward 5 state 6 debug_info 7
        input_shape 8 layer 100""",
    "LayerParameter": """name 1 type 2 bottom 3 top 4 loss_weight 5 param 6 blobs 7 include 8
        exclude 9 phase 10 propagate_down 11"""
    + re.sub(r"(\w+) (\d+)", r"\1_param \2", LAYER_SETTINGS),
    "ParamSpec": "name 1 share_mode 2 lr_mult 3 decay_mult 4",
    "NetState": "phase 1 level 2 stage 3",
    "NetStateRule": "phase 1 min_level 2 max_level 3 stage 4 not_stage 5",
    "SolverParameter": """train_net 1 test_net 2 test_iter 3 test_interval 4 base_lr 5 display 6
        max_iter 7 lr_policy 8 gamma 9 power 10 momentum 11 weight_decay 12 stepsize 13
        snapshot 14 snapshot_prefix 15 snapshot_diff 16 solver_mode 17 device_id 18
        test_compute_loss 19 random_seed 20 train_net_param 21 test_net_param 22 debug_info 23
        net 24 net_param 25 train_state 26 test_state 27 snapshot_after_train 28
        regularization_type 29 solver_type 30 delta 31 test_initialization 32 average_loss 33
        stepvalue 34 clip_gradients 35 iter_size 36 snapshot_format 37 rms_decay 38 momentum2 39
        type 40 layer_wise_reduce 41 weights 42""",
    "SolverState": "iter 1 learned_net 2 history 3 current_step 4 blobnet_state 1000",
    "BlobShape": "dim 1",
    "BlobProto": """num 1 channels 2 height 3 width 4 data 5 diff 6 shape 7 double_data 8
        double_diff 9""",
    "BlobProtoVector": "blobs 1",
    "Datum": "channels 1 height 2 width 3 data 4 label 5 float_data 6 encoded 7",
    "FillerParameter": "type 1 value 2 min 3 max 4 mean 5 std 6 sparse 7 variance_norm 8",
    "TransformationParameter": """scale 1 mirror 2 crop_size 3 mean_file 4 mean_value 5
        force_color 6 force_gray 7""",
    "LossParameter": "ignore_label 1 normalize 2 normalization 3",
    "ConvolutionParameter": """num_output 1 bias_term 2 pad 3 kernel_size 4 group 5 stride 6
        weight_filler 7 bias_filler 8 pad_h 9 pad_w 10 kernel_h 11 kernel_w 12 stride_h 13
        stride_w 14 engine 15 axis 16 force_nd_im2col 17 dilation 18""",
    "PoolingParameter": """pool 1 kernel_size 2 stride 3 pad 4 kernel_h 5 kernel_w 6 stride_h 7
        stride_w 8 pad_h 9 pad_w 10 engine 11 global_pooling 12 round_mode 13""",
    "DataParameter": """source 1 scale 2 mean_file 3 batch_size 4 crop_size 5 mirror 6 rand_skip 7
        backend 8 force_encoded_color 9 prefetch 10 shuffle 1001""",
    "WindowDataParameter": """source 1 scale 2 mean_file 3 batch_size 4 crop_size 5 mirror 6
        fg_threshold 7 bg_threshold 8 fg_fraction 9 context_pad 10 crop_mode 11 cache_images 12
        root_folder 13""",
    "SPPParameter": "pyramid_height 1 pool 2 engine 6",
    "V1LayerParameter": """layer 1 bottom 2 top 3 name 4 type 5 blobs 6 blobs_lr 7 weight_decay 8
        include 32 exclude 33 loss_weight 35 param 1001 blob_share_mode 1002"""
    + re.sub(r"(\w+) (\d+)", r"\1_param \2", V1_SETTINGS),
    "V0LayerParameter": """name 1 type 2 num_output 3 biasterm 4 weight_filler 5 bias_filler 6
        pad 7 kernelsize 8 group 9 stride 10 pool 11 dropout_ratio 12 local_size 13 alpha 14
        beta 15 source 16 scale 17 meanfile 18 batchsize 19 cropsize 20 mirror 21 k 22 blobs 50
        blobs_lr 51 weight_decay 52 rand_skip 53 det_fg_threshold 54 det_bg_threshold 55
        det_fg_fraction 56 det_context_pad 58 det_crop_mode 59 new_num 60 new_channels 61
        new_height 62 new_width 63 shuffle_images 64 concat_dim 65 hdf5_output_param 1001""",
}

V1_TYPES = """
    NONE ACCURACY BNLL CONCAT CONVOLUTION DATA DROPOUT EUCLIDEAN_LOSS FLATTEN HDF5_DATA HDF5_OUTPUT
    IM2COL IMAGE_DATA INFOGAIN_LOSS INNER_PRODUCT LRN MULTINOMIAL_LOGISTIC_LOSS POOLING RELU
    SIGMOID SOFTMAX SOFTMAX_LOSS SPLIT TANH WINDOW_DATA ELTWISE POWER SIGMOID_CROSS_ENTROPY_LOSS
    HINGE_LOSS MEMORY_DATA ARGMAX THRESHOLD DUMMY_DATA SLICE MVN ABSVAL SILENCE CONTRASTIVE_LOSS
    EXP DECONVOLUTION
"""
ENUMS = {
    "V1LayerParameter.LayerType": {name: i for i, name in enumerate(V1_TYPES.split())},
    "SolverParameter.SolverType": {
        "SGD": 0, "NESTEROV": 1, "ADAGRAD": 2, "RMSPROP": 3, "ADADELTA": 4, "ADAM": 5,
    },
    "SolverParameter.SolverMode": {"CPU": 0, "GPU": 1},
    "SolverParameter.SnapshotFormat": {"HDF5": 0, "BINARYPROTO": 1},
    "ParamSpec.DimCheckMode": {"STRICT": 0, "PERMISSIVE": 1},
    "FillerParameter.VarianceNorm": {"FAN_IN": 0, "FAN_OUT": 1, "AVERAGE": 2},
    "LossParameter.NormalizationMode": {"FULL": 0, "VALID": 1, "BATCH_SIZE": 2, "NONE": 3},
    "DataParameter.DB": {"LEVELDB": 0, "LMDB": 1},
    "EltwiseParameter.EltwiseOp": {"PROD": 0, "SUM": 1, "MAX": 2},
    "HingeLossParameter.Norm": {"L1": 1, "L2": 2},
    "LRNParameter.NormRegion": {"ACROSS_CHANNELS": 0, "WITHIN_CHANNEL": 1},
    "PoolingParameter.PoolMethod": {"MAX": 0, "AVE": 1, "STOCHASTIC": 2},
    "PoolingParameter.RoundMode": {"CEIL": 0, "FLOOR": 1},
    "ReductionParameter.ReductionOp": {"SUM": 1, "ASUM": 2, "SUMSQ": 3, "MEAN": 4},
    "ConvolutionParameter.Engine": {"DEFAULT": 0, "CAFFE": 1, "CUDNN": 2},
}  # fmt: skip

# What an unset field reads as, in text format. Repeated fields cannot have a default.
DEFAULTS = {
    "NetState": "phase: TEST level: 0",
    "NetParameter": "force_backward: false debug_info: false",
    "ParamSpec": "share_mode: STRICT lr_mult: 1 decay_mult: 1",
    "Datum": "encoded: false label: 0",
    "SolverParameter": """test_interval: 0 test_compute_loss: false test_initialization: true
        average_loss: 1 iter_size: 1 regularization_type: "L2" clip_gradients: -1 snapshot: 0
        snapshot_diff: false snapshot_format: BINARYPROTO solver_mode: GPU device_id: 0
        random_seed: -1 type: "SGD" delta: 1e-8 momentum2: 0.999 rms_decay: 0.99
        debug_info: false snapshot_after_train: true solver_type: SGD layer_wise_reduce: true
        base_lr: 0 momentum: 0 weight_decay: 0 display: 0 max_iter: 0""",
    "FillerParameter": """type: "constant" value: 0 min: 0 max: 1 mean: 0 std: 1 sparse: -1
        variance_norm: FAN_IN""",
    "TransformationParameter": "scale: 1 mirror: false crop_size: 0 force_color: false",
    "LossParameter": "normalization: VALID normalize: false",
    "AccuracyParameter": "top_k: 1 axis: 1",
    "BatchNormParameter": "moving_average_fraction: 0.999 eps: 1e-5 use_global_stats: false",
    "ConvolutionParameter": """bias_term: true group: 1 axis: 1 pad_h: 0 pad_w: 0 engine: DEFAULT
        force_nd_im2col: false""",
    "CropParameter": "axis: 2",
    "DataParameter": "backend: LEVELDB prefetch: 4 scale: 1 rand_skip: 0 shuffle: false",
    "DropoutParameter": "dropout_ratio: 0.5",
    "EltwiseParameter": "operation: SUM stable_prod_grad: true",
    "ExpParameter": "base: -1 scale: 1 shift: 0",
    "FlattenParameter": "axis: 1 end_axis: -1",
    "HingeLossParameter": "norm: L1",
    "ImageDataParameter": 'batch_size: 1 is_color: true root_folder: "" shuffle: false',
    "InnerProductParameter": "bias_term: true axis: 1 transpose: false",
    "LRNParameter": "local_size: 5 alpha: 1 beta: 0.75 norm_region: ACROSS_CHANNELS k: 1",
    "MVNParameter": "normalize_variance: true across_channels: false eps: 1e-9",
    "PoolingParameter": "pool: MAX stride: 1 pad: 0 global_pooling: false round_mode: CEIL",
    "ReductionParameter": "operation: SUM axis: 0 coeff: 1",
    "ReshapeParameter": "axis: 0 num_axes: -1",
    "ScaleParameter": "axis: 1 num_axes: 1 bias_term: false",
    "BiasParameter": "axis: 1 num_axes: 1",
    "SoftmaxParameter": "axis: 1",
    "SwishParameter": "beta: 1",
    "WindowDataParameter": """fg_threshold: 0.5 bg_threshold: 0.5 fg_fraction: 0.25 context_pad: 0
        crop_mode: "warp" cache_images: false""",
    "V0LayerParameter": """biasterm: true pad: 0 group: 1 stride: 1 pool: MAX dropout_ratio: 0.5
        local_size: 5 alpha: 1 beta: 0.75 k: 1 scale: 1 concat_dim: 1 det_crop_mode: "warp" """,
}


def schema_messages() -> Iterator[descriptor_pb2.DescriptorProto]:
    """Each message of the schema, those within others behind them."""
    for file in FILES:
        proto = descriptor_pb2.FileDescriptorProto()
        file.CopyToProto(proto)
        for message in proto.message_type:
            yield message
            yield from message.nested_type


def schema_fields() -> Iterator[tuple[str, descriptor_pb2.FieldDescriptorProto]]:
    """Each field of each message, as ("Message.field", description)."""
    for message in schema_messages():
        for field in message.field:
            yield f"{message.name}.{field.name}", field


@pytest.mark.parametrize("message", NUMBERS)
def test_field_numbers_are_caffes(message):
    words = NUMBERS[message].split()
    expected = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    fields = getattr(pb, message).DESCRIPTOR.fields
    assert {f.name: f.number for f in fields if f.number not in OF_FORKS} == expected


@pytest.mark.parametrize("enum", ENUMS)
def test_enum_values_are_caffes(enum):
    message, name = enum.split(".")
    values = getattr(pb, message).DESCRIPTOR.enum_types_by_name[name].values
    assert {v.name: v.number for v in values if v.number not in OF_FORKS} == ENUMS[enum]


def test_phase_stands_outside_any_message():
    assert (pb.TRAIN, pb.TEST) == (pb.Phase.Value("TRAIN"), pb.Phase.Value("TEST")) == (0, 1)


@pytest.mark.parametrize("message", DEFAULTS)
def test_an_unset_field_reads_as_caffes_default(message):
    unset = getattr(pb, message)()
    written = text_format.Parse(DEFAULTS[message], getattr(pb, message)())
    for field, value in written.ListFields():
        if isinstance(value, float):
            value = pytest.approx(value, rel=1e-6)  # a float32, printed with a few digits
        assert getattr(unset, field.name) == value, field.name
        assert not unset.HasField(field.name)
        assert written.HasField(field.name)


def test_no_field_is_required():
    required = descriptor_pb2.FieldDescriptorProto.LABEL_REQUIRED
    assert [name for name, field in schema_fields() if field.label == required] == []


def test_packed_fields_are_caffes():
    assert {name for name, field in schema_fields() if field.options.packed} == {
        "BlobShape.dim",
        "BlobProto.data",
        "BlobProto.diff",
        "BlobProto.double_data",
        "BlobProto.double_diff",
    }


def test_every_message_is_exported():
    names = [each.name for file in FILES for each in file.message_types_by_name.values()]
    assert [name for name in names if not hasattr(pb, name)] == []


def test_generated_code_is_up_to_date():
    files = sorted((ROOT / "protos").glob("*.proto"))
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    source = re.findall(r"^ +(?:optional|repeated) [\w.]+ (\w+) = (\d+)", text, re.MULTILINE)
    generated = ((field.name, str(field.number)) for _, field in schema_fields())
    assert Counter(generated) == Counter(source), "run scripts/gen_proto"
