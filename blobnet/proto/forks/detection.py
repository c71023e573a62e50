"""Forks that find things in images. Facts: `fork.py` says what the words mean."""

from blobnet.proto.forks.fork import Fork

FORKS = (
    Fork(
        "SSD",
        "weiliu89/caffe, branch ssd",
        """
        AnnotatedData DetectionEvaluate DetectionOutput MultiBoxLoss Normalize Permute PriorBox
          SmoothL1Loss VideoData
        """,
        """
        LayerParameter annotated_data_param=200 multibox_loss_param=201 permute_param=202
          prior_box_param=203 detection_output_param=204 detection_evaluate_param=205
          norm_param=206 video_data_param=207
        SolverParameter eval_type=41 ap_version=42 plateau_winsize=43 show_per_class_result=44
        SolverState minimum_loss=5 iter_last_event=6
        TransformationParameter resize_param=8 noise_param=9 emit_constraint=10 crop_h=11
          crop_w=12 distort_param=13 expand_param=14
        """,
    ),
    Fork(
        "Faster R-CNN",
        "rbgirshick/caffe-fast-rcnn",
        """
        ROIPooling SmoothL1Loss
        """,
        """
        LayerParameter roi_pooling_param=8266711 smooth_l1_loss_param=8266712
        DropoutParameter scale_train=2
        """,
    ),
    Fork(
        "Faster R-CNN in MATLAB",
        "ShaoqingRen/caffe",
        """
        ROIPooling SmoothL1Loss
        """,
        """
        LayerParameter roi_pooling_param=137
        V1LayerParameter roi_pooling_param=43
        V1LayerParameter.LayerType RESHAPE=40 ROIPOOLING=41 SMOOTH_L1_LOSS=42
        """,
    ),
    Fork(
        "R-FCN",
        "daijifeng001/caffe-rfcn",
        """
        BoxAnnotatorOHEM PSROIPooling ROIPooling SmoothL1Loss
        """,
        """
        LayerParameter box_annotator_ohem_param=10000 psroi_pooling_param=10001
          roi_pooling_param=8266711 smooth_l1_loss_param=8266712
        DropoutParameter scale_train=2
        LossParameter pre_fixed_normalizer=4
        LossParameter.NormalizationMode PRE_FIXED=3 NONE=4
        """,
    ),
    Fork(
        "MNC",
        "daijifeng001/caffe-mnc",
        """
        MaskPooling MaskResize ROIPooling ROIWarping SmoothL1Loss
        """,
        """
        LayerParameter roi_warping_param=11870 mask_resize_param=11890 roi_pooling_param=8266711
          smooth_l1_loss_param=8266712
        DropoutParameter scale_train=2
        """,
    ),
    Fork(
        "bottom-up attention",
        "peteanderson80/bottom-up-attention",
        """
        BoxAnnotatorOHEM InnerProductBlob PSROIPooling ROIPooling SmoothL1Loss SmoothL1LossOHEM
          SoftmaxWithLossOHEM
        """,
        """
        LayerParameter roi_pooling_param=147 psroi_pooling_param=148 inner_product_blob_param=149
          smooth_l1_loss_param=150 box_annotator_ohem_param=151
        LossParameter pre_fixed_normalizer=4
        TileParameter tiles_from_axis=3
        LossParameter.NormalizationMode PRE_FIXED=3 NONE=4
        """,
    ),
    Fork(
        "RefineDet",
        "sfzhang15/RefineDet",
        """
        AnnotatedData DetectionEvaluate DetectionOutput MultiBoxLoss Normalize Permute PriorBox
          SmoothL1Loss VideoData
        """,
        """
        LayerParameter annotated_data_param=200 multibox_loss_param=201 permute_param=202
          prior_box_param=203 detection_output_param=204 detection_evaluate_param=205
          norm_param=206 video_data_param=207
        SolverParameter eval_type=41 ap_version=42 plateau_winsize=43 show_per_class_result=44
        SolverState minimum_loss=5 iter_last_event=6
        TransformationParameter resize_param=8 noise_param=9 emit_constraint=10 crop_h=11
          crop_w=12 distort_param=13 expand_param=14
        """,
    ),
    Fork(
        "FaceBoxes",
        "zihaozhang9/FaceBoxes",
        """
        AnnotatedData DetectionEvaluate DetectionOutput MultiBoxLoss Normalize Permute PriorBox
          SmoothL1Loss VideoData
        """,
        """
        LayerParameter annotated_data_param=200 multibox_loss_param=201 permute_param=202
          prior_box_param=203 detection_output_param=204 detection_evaluate_param=205
          norm_param=206 video_data_param=207
        PriorBoxParameter fixed_size=14 fixed_ratio=15 density=16
        """,
    ),
    Fork(
        "Faster R-CNN in C++",
        "D-X-Y/caffe-faster-rcnn",
        """
        FrcnnAnchorTarget FrcnnProposal FrcnnProposalTarget FrcnnRoiData FrcnnVidData ROIPooling
          SmoothL1Loss
        """,
        """
        WindowDataParameter config=20
        """,
    ),
    Fork(
        "RRPN",
        "mjq11302010044/RRPN",
        """
        ROIPooling RotateROIPooling SmoothL1Loss
        """,
        """
        LayerParameter rotate_pooling_param=123456
        """,
    ),
    Fork(
        "OpenVINO",
        "openvinotoolkit/openvino",
        """
        PriorBoxClustered
        """,
        """
        DetectionOutputParameter normalized=? input_width=? input_height=?
        PriorBoxParameter width=? height=?
        """,
    ),
    Fork(
        "YOLO v4",
        "ChenYingpeng/caffe-yolov3",
        """
        Mish
        """,
        "",
    ),
    Fork(
        "TextBoxes++",
        "MhLiao/TextBoxes_plusplus",
        """
        AnnotatedData CTCGreedyDecoder CTCLoss DetectionEvaluate DetectionOutput MultiBoxLoss
          Normalize Permute PriorBox Reverse ROIPooling SmoothL1Loss VideoData
        """,
        """
        LayerParameter reverse_param=147 ctc_loss_param=148 ctc_decoder_param=149
          roi_pooling_param=150 annotated_data_param=200 multibox_loss_param=201 permute_param=202
          prior_box_param=203 detection_output_param=204 detection_evaluate_param=205
          norm_param=206 video_data_param=207
        DropoutParameter scale_train=2
        SolverParameter eval_type=41 ap_version=42 plateau_winsize=43
        SolverState minimum_loss=5 iter_last_event=6
        TransformationParameter resize_param=8 noise_param=9 emit_constraint=10 crop_h=11
          crop_w=12 distort_param=13 expand_param=14
        MultiBoxLossParameter use_polygon=24
        """,
    ),
    Fork(
        "YOLO",
        "yeahkun/caffe-yolo",
        """
        BoxData DetectionLoss EvalDetection
        """,
        """
        LayerParameter detection_loss_param=200 eval_detection_param=201
        DataParameter side=11
        SolverParameter stagelr=50 stageiter=51
        V1LayerParameter detection_loss_param=200 eval_detection_param=201
        """,
    ),
    Fork(
        "YOLO v2",
        "gklz1982/caffe-yolov2",
        """
        BoxData ConvolutionRistretto DeconvolutionRistretto DetectionEvaluate DetectionLoss
          DetectionOutput EvalDetection FcRistretto LRNRistretto RegionLoss Reorg
        """,
        """
        LayerParameter reorg_param=147 quantization_param=148 detection_loss_param=200
          eval_detection_param=201 region_loss_param=202 detection_evaluate_param=203
          detection_output_param=204
        DataParameter side=11
        SolverParameter stagelr=50 stageiter=51
        V1LayerParameter detection_loss_param=200 eval_detection_param=201
        DetectionEvaluateParameter overlap_threshold=2
        DetectionOutputParameter side=1 num_classes=2 num_box=3 coords=4 confidence_threshold=5
          nms_threshold=6 biases=7 label_map_file=8
        """,
    ),
    Fork(
        "YOLO9000",
        "choasup/caffe-yolo9000",
        """
        AnnotatedData DetectionEvaluate DetectionOutput EvalDetection MultiBoxLoss Normalize
          Permute PriorBox RegionLoss Reorg SmoothL1Loss VideoData
        """,
        """
        LayerParameter annotated_data_param=200 multibox_loss_param=201 permute_param=202
          prior_box_param=203 detection_output_param=204 detection_evaluate_param=205
          norm_param=206 video_data_param=207 eval_detection_param=301 region_loss_param=302
          reorg_param=303
        PoolingParameter ceil_mode=13
        SolverParameter eval_type=41 ap_version=42 stagelr=100 stageiter=101
        TransformationParameter resize_param=8 noise_param=9 emit_constraint=10 crop_h=11
          crop_w=12
        """,
    ),
    Fork(
        "MobileNet-YOLO",
        "eric612/MobileNet-YOLO",
        """
        AnnotatedData AssistedExcitation Axpy DepthwiseConvolution DetectionEvaluate
          DetectionOutput GaussianYolov3 LaneData MultiBoxLoss Normalize Permute PriorBox
          RegionLoss ReLU6 Reorg SegmentationEvaluate SmoothL1Loss Upsample YoloDetectionOutput
          YoloSeg Yolov3 Yolov3DetectionOutput
        """,
        """
        LayerParameter reorg_param=149 upsample_param=150 annotated_data_param=200
          multibox_loss_param=201 permute_param=202 prior_box_param=203 detection_output_param=204
          detection_evaluate_param=205 norm_param=206 relu6_param=211 region_loss_param=600
          yolo_detection_output_param=601 yolov3_detection_output_param=602 yolov3_param=603
          yolo_seg_param=604 segmentation_evaluate_param=605
        Datum seg_label=8
        SolverParameter plateau_winsize=43 show_per_class_result=44 stagelr=50 stageiter=51
          eval_type=52 ap_version=53
        SolverState minimum_loss=5 iter_last_event=6
        TransformationParameter resize_param=8 noise_param=9 emit_constraint=10 crop_h=11
          crop_w=12 distort_param=13 expand_param=14 enable_classf_aug=15 min_scaling_factor=16
          max_scaling_factor=17 max_rotation_angle=18 contrast_brightness_adjustment=19
          smooth_filtering=20 min_contrast=21 max_contrast=22 max_brightness_shift=23
          max_smooth=24 max_color_shift=25 min_side_min=26 min_side_max=27 min_side=28
          apply_probability=29 debug_params=30 cvt_bgr2rgb=31
        V1LayerParameter relu6_param=61
        Annotation lanes=3
        V1LayerParameter.LayerType RELU6=61
        """,
    ),
    Fork(
        "MS-CNN",
        "zhaoweicai/mscnn",
        """
        BboxAccuracy BoxOutput DecodeBBox DetectionAccuracy DetectionLoss ImageGtData
          ProposalTarget ROIAlign ROIPooling SmoothL1Loss
        """,
        """
        LayerParameter roi_pooling_param=147 smooth_l1_loss_param=148 detection_loss_param=149
          detection_accuracy_param=150 box_output_param=151 proposal_target_param=152
          image_gt_data_param=153 bbox_reg_param=154 decode_bbox_param=155
        DetectionLossParameter cls_num=1 coord_num=2 lambda=3 field_h=4 field_w=5
          downsample_rate=6 bb_smooth=7 field_whr=8 field_xyr=9 bg_threshold=10 bg_multiple=11
          sample_mode=12 objectness=13 iou_weighted=14 pos_neg_weighted=15
        ROIPoolingParameter pad_ratio=4
        """,
    ),
    Fork(
        "Cascade R-CNN",
        "zhaoweicai/cascade-rcnn",
        """
        BboxAccuracy BoxGroupOutput DecodeBBox DetectionData DetectionEvaluate
          DetectionGroupAccuracy DetectionGroupLoss EvalData FrcnnOutput HardMining
          ProposalTarget PSROIPooling ROIAlign ROIPooling ScaleRoute SmoothL1Loss
        """,
        """
        LayerParameter roi_pooling_param=147 psroi_pooling_param=148 smooth_l1_loss_param=149
          bbox_reg_param=150 detection_data_param=151 eval_data_param=152 hard_mining_param=153
          scale_route_param=154 decode_bbox_param=155 detection_group_loss_param=156
          detection_group_accuracy_param=157 box_group_output_param=158
          proposal_target_param=159 frcnn_output_param=160 detection_evaluate_param=161
        PoolingParameter ceil_mode=13
        SolverParameter eval_type=42 ap_version=43 show_per_class_result=44
        DetectionEvaluateParameter overlap_threshold=2 evaluate_difficult_gt=3 name_size_file=4
        ROIPoolingParameter pad_ratio=4
        """,
    ),
    Fork(
        "SSTD",
        "BestSonny/SSTD",
        """
        AnnotatedData DetectionEvaluate DetectionOutput MaskPooling MaskResize MultiBoxLoss
          Normalize Permute PriorBox SmoothL1Loss VideoData
        """,
        """
        LayerParameter annotated_data_param=200 detection_evaluate_param=205
          detection_output_param=204 multibox_loss_param=201 mask_resize_param=147 norm_param=206
          permute_param=202 prior_box_param=203 video_data_param=207
        MaskResizeParameter factor_height=3 factor_width=4
        SolverParameter eval_type=41 ap_version=42 show_per_class_result=44 plateau_winsize=43
        TransformationParameter crop_h=11 crop_w=12 resize_param=8 noise_param=9 distort_param=13
          expand_param=14 emit_constraint=10
        """,
    ),
    Fork(
        "JADF",
        "BOBrown/JADF-caffe",
        "",
        """
        SolverParameter show_pr=45
        """,
    ),
)
