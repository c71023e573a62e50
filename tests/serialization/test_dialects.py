"""One process reads the definitions of all forks: what each of them writes, by its names."""

from __future__ import annotations

import pytest

from blobnet import parse_net, parse_solver
from blobnet.proto import BlobProto, LossParameter, NetParameter
from blobnet.serialization.prototxt import parse_layer

LAYERS = """
    SSD | prior_box_param { min_size: 30.5 max_size: 60 aspect_ratio: [2, 3] variance: .1 step: 8 }
    YOLO9000 | prior_box_param { min_size: 30 max_size: 60 clip: true }
    SSD | detection_output_param { num_classes: 21 nms_param { nms_threshold: .45 top_k: 400 } code_type: CENTER_SIZE keep_top_k: 200 }
    YOLO v2 | detection_output_param { side: 13 num_classes: 20 biases: 1.08 biases: 1.19 }
    RefineDet | multibox_loss_param { objectness_score: 0.01 mining_type: MAX_NEGATIVE }
    SSD | transform_param { resize_param { prob: 1 resize_mode: WARP height: 300 width: 300 interp_mode: LINEAR interp_mode: AREA } emit_constraint { emit_type: CENTER } }
    MobileNet-YOLO | transform_param { resize_param { height: 416 } resize_param { height: 352 } }
    Faster R-CNN | roi_pooling_param { pooled_w: 7 pooled_h: 7 spatial_scale: 0.0625 } dropout_param { scale_train: false }
    R-FCN | psroi_pooling_param { spatial_scale: 0.0625 output_dim: 21 group_size: 7 } loss_param { normalization: PRE_FIXED pre_fixed_normalizer: 128 }
    MobileNet-YOLO | reorg_param { stride: 2 } upsample_param { scale: 2 } yolov3_param { iou_loss: GIOU mask: [0, 1, 2] }
    SegNet | upsample_param { scale: 2 pad_out_h: 1 } bn_param { bn_mode: INFERENCE scale_filler { } } loss_param { weight_by_label_freqs: true class_weighting: 0.3 class_weighting: 2 }
    PSPNet | bn_param { slope_filler { } momentum: 0.95 frozen: true } interp_param { zoom_factor: 8 } seg_accuracy_param { ignore_label: 255 }
    DenseNet | pooling_param { pool: AVE ceil_mode: false }
    Intel | engine: "MKL2017" pooling_param { engine: MKL2017 avg_include_pad: false } quantization_param { bw_layer_in: 8 scale_in: 1.5 scale_in: 2 fl_params: 3 }
    Ristretto | quantization_param { precision: MINIFLOAT fl_layer_in: 7 }
    NVCaffe | forward_type: FLOAT16 backward_type: FLOAT batch_norm_param { scale_bias: true scale_filler { value: 1 } }
    NVCaffe | detectnet_groundtruth_param { stride: 16 gridbox_type: GRIDBOX_MIN object_class { src: 1 dst: 0 } }
    C3D 1.1 | convolution3d_param { kernel_depth: 3 temporal_pad: 1 } video_data_param { source: "x" new_length: 16 }
    SSD | video_data_param { video_type: WEBCAM device_id: 0 skip_frames: 1 }
    FlowNet2 | correlation_param { pad: 20 max_displacement: 20 correlation_type: MULTIPLY } l1_loss_param { l2_per_location: true }
    caffe-face | center_loss_param { num_output: 10 center_filler { type: "xavier" } }
    SphereFace | margin_inner_product_param { type: QUADRUPLE lambda_min: 5 }
    TextBoxes++ | prior_box_param { denser_prior_boxes: true } ctc_loss_param { blank_index: 36 }
    CTC | ctc_loss_param { alphabet_size: 11 time_step: 100 }
    OpenCL | compute_data_type: CAFFE_FLOAT convolution_param { fuse_type: FUSED_CONV_RELU }
    Xilinx | proposal_param { nms_iou_th: .7 anchor { left: 1 top: 2 right: 3 bottom: 4 } } fixed_param { bit_width: 8 }
    mini-caffe | proposal_param { feat_stride: 16 ratio: 0.5 ratio: 1 scale: 8 }
"""  # noqa: E501


@pytest.mark.parametrize("line", LAYERS.strip().splitlines())
def test_a_layer_of_a_fork_is_read(line):
    text = line.partition("|")[2]
    assert parse_net(f"layer {{ {text} }}").layer[0] == parse_layer(text)


def test_values_arrive():
    layer = parse_layer(
        "loss_param { normalization: PRE_FIXED pre_fixed_normalizer: 128 } forward_type: FLOAT16"
    )
    assert layer.loss_param.normalization == LossParameter.PRE_FIXED != LossParameter.NONE
    assert layer.loss_param.pre_fixed_normalizer == 128
    assert layer.forward_type == BlobProto.FLOAT16


def test_what_one_fork_has_once_and_another_several_times_is_a_list():
    texts = ("prior_box_param { min_size: 30 }", "prior_box_param { min_size: [30] }")
    assert parse_layer(texts[0]) == parse_layer(texts[1])


def test_forks_that_use_one_number_are_apart_in_a_file_of_blobnets():
    """147 is six things: here each has a number of its own."""
    net = NetParameter(layer=[parse_layer("center_loss_param { } reorg_param { } swish_param { }")])
    assert NetParameter.FromString(net.SerializeToString()) == net


def test_old_layers_have_the_types_of_forks():
    net = parse_net(
        'layers { type: ROIPOOLING roi_pooling_param { pooled_h: 6 } name: "a" }'
        'layers { type: CONVOLUTION3D convolution_param { kernel_depth: 3 } name: "b" }'
    )
    assert [layer.type for layer in net.layer] == ["ROIPooling", "Convolution3D"]
    assert net.layer[0].roi_pooling_param.pooled_h == 6


@pytest.mark.parametrize(
    "text",
    [
        'eval_type: "detection" ap_version: "11point" plateau_winsize: 10 plateau_winsize: 20',
        "stagelr: 0.001 stagelr: 0.0001 stageiter: 520 stageiter: 16000",
        "warmup_iter: 5 warmup_start_lr: 0.1 local_lr_auto: true",
        'larc: true larc_policy: "clip" solver_data_type: FLOAT16 min_lr: 1e-5',
    ],
)
def test_a_solver_of_a_fork_is_read(text):
    assert str(parse_solver(text)).count(":") == text.count(":")
