"""The calls of cv2.dnn for Caffe's models, without OpenCV: a script changes one line.

    from blobnet import dnn  # in place of: from cv2 import dnn

    net = dnn.readNetFromCaffe("deploy.prototxt", "res10_300x300_ssd_iter_140000.caffemodel")
    net.setInput(dnn.blobFromImage(image, 1.0, (300, 300), (104, 177, 123)))
    faces = net.forward()

Names, arguments, shapes and numbers are those of OpenCV 4.14. docs/from-opencv.md has recipes, and
what differs.
"""

from typing import NoReturn as _NoReturn

from blobnet.dnn.blobs import blobFromImage as blobFromImage
from blobnet.dnn.blobs import blobFromImages as blobFromImages
from blobnet.dnn.blobs import blobFromImagesWithParams as blobFromImagesWithParams
from blobnet.dnn.blobs import blobFromImageWithParams as blobFromImageWithParams
from blobnet.dnn.blobs import imagesFromBlob as imagesFromBlob
from blobnet.dnn.constants import *  # noqa: F403 - DNN_... and SOFT_NMSMETHOD_...
from blobnet.dnn.custom_layers import dnn_registerLayer as dnn_registerLayer
from blobnet.dnn.custom_layers import dnn_unregisterLayer as dnn_unregisterLayer
from blobnet.dnn.detection_model import DetectionModel as DetectionModel
from blobnet.dnn.errors import error as error
from blobnet.dnn.high_level import ClassificationModel as ClassificationModel
from blobnet.dnn.high_level import KeypointsModel as KeypointsModel
from blobnet.dnn.high_level import Model as Model
from blobnet.dnn.high_level import SegmentationModel as SegmentationModel
from blobnet.dnn.image_params import Image2BlobParams as Image2BlobParams
from blobnet.dnn.layer_info import Layer as Layer
from blobnet.dnn.net import Net as Net
from blobnet.dnn.not_here import REASONS as _REASONS
from blobnet.dnn.not_here import missing as _missing
from blobnet.dnn.preferences import getAvailableTargets as getAvailableTargets
from blobnet.dnn.reading import readNet as readNet
from blobnet.dnn.reading import readNetFromCaffe as readNetFromCaffe
from blobnet.dnn.shrinking import shrinkCaffeModel as shrinkCaffeModel
from blobnet.dnn.suppression import NMSBoxes as NMSBoxes
from blobnet.dnn.suppression import NMSBoxesBatched as NMSBoxesBatched
from blobnet.dnn.suppression import NMSBoxesRotated as NMSBoxesRotated
from blobnet.dnn.suppression import softNMSBoxes as softNMSBoxes


def __getattr__(name: str) -> _NoReturn:
    """What is not here says so by its name."""
    raise _missing("blobnet.dnn", name, _REASONS)
