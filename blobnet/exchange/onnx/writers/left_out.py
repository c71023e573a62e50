"""Layers that a deployed net does without: besides losses, those that score, watch or write."""

from __future__ import annotations

from blobnet.exchange.onnx.register import leaves_out
from blobnet.layers.data.hdf5_output import HDF5Output
from blobnet.layers.detection.regions.box_annotator_ohem import BoxAnnotatorOHEM
from blobnet.layers.detection.ssd.detection_evaluate import DetectionEvaluate
from blobnet.layers.detection.yolo.eval_detection import EvalDetection
from blobnet.layers.detection.yolo.segmentation_evaluate import SegmentationEvaluate
from blobnet.layers.faces.fcn_accuracy import FCNAccuracy
from blobnet.layers.loss.accuracy import Accuracy
from blobnet.layers.motion.flo_writer import FLOWriter
from blobnet.layers.motion.float_writer import FloatWriter
from blobnet.layers.motion.img_writer import ImgWriter
from blobnet.layers.motion.pfm_writer import PFMWriter
from blobnet.layers.segmentation.mat_write import MatWrite
from blobnet.layers.segmentation.seg_accuracy import SegAccuracy
from blobnet.layers.sequence.labelsequence_accuracy import LabelsequenceAccuracy
from blobnet.layers.utility.silence import Silence
from blobnet.layers.volume.black_hole import BlackHole

leaves_out(
    *(Accuracy, DetectionEvaluate, EvalDetection, FCNAccuracy, LabelsequenceAccuracy),
    *(SegAccuracy, SegmentationEvaluate),
    *(FLOWriter, FloatWriter, HDF5Output, ImgWriter, MatWrite, PFMWriter),
    *(BlackHole, BoxAnnotatorOHEM, Silence),
)
