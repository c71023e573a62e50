"""The catalogue of layer types, written by scripts/gen_layers. Importing it fills the register."""

from blobnet.layers.activation.abs_val import AbsVal as AbsVal
from blobnet.layers.activation.bnll import BNLL as BNLL
from blobnet.layers.activation.clip import Clip as Clip
from blobnet.layers.activation.elu import ELU as ELU
from blobnet.layers.activation.exp import Exp as Exp
from blobnet.layers.activation.log import Log as Log
from blobnet.layers.activation.power import Power as Power
from blobnet.layers.activation.prelu import PReLU as PReLU
from blobnet.layers.activation.relu import ReLU as ReLU
from blobnet.layers.activation.sigmoid import Sigmoid as Sigmoid
from blobnet.layers.activation.swish import Swish as Swish
from blobnet.layers.activation.tanh import TanH as TanH
from blobnet.layers.activation.threshold import Threshold as Threshold
from blobnet.layers.common.bias import Bias as Bias
from blobnet.layers.common.dropout import Dropout as Dropout
from blobnet.layers.common.embed import Embed as Embed
from blobnet.layers.common.inner_product import InnerProduct as InnerProduct
from blobnet.layers.common.scale import Scale as Scale
from blobnet.layers.data.data import Data as Data
from blobnet.layers.data.dummy_data import DummyData as DummyData
from blobnet.layers.data.hdf5_data import HDF5Data as HDF5Data
from blobnet.layers.data.hdf5_output import HDF5Output as HDF5Output
from blobnet.layers.data.image_data import ImageData as ImageData
from blobnet.layers.data.input import Input as Input
from blobnet.layers.data.memory_data import MemoryData as MemoryData
from blobnet.layers.data.window_data import WindowData as WindowData
from blobnet.layers.loss.accuracy import Accuracy as Accuracy
from blobnet.layers.loss.contrastive_loss import ContrastiveLoss as ContrastiveLoss
from blobnet.layers.loss.euclidean_loss import EuclideanLoss as EuclideanLoss
from blobnet.layers.loss.hinge_loss import HingeLoss as HingeLoss
from blobnet.layers.loss.infogain_loss import InfogainLoss as InfogainLoss
from blobnet.layers.loss.multinomial_logistic_loss import (
    MultinomialLogisticLoss as MultinomialLogisticLoss,
)
from blobnet.layers.loss.sigmoid_cross_entropy_loss import (
    SigmoidCrossEntropyLoss as SigmoidCrossEntropyLoss,
)
from blobnet.layers.loss.softmax_with_loss import SoftmaxWithLoss as SoftmaxWithLoss
from blobnet.layers.normalization.batch_norm import BatchNorm as BatchNorm
from blobnet.layers.normalization.lrn import LRN as LRN
from blobnet.layers.normalization.mvn import MVN as MVN
from blobnet.layers.recurrent.lstm import LSTM as LSTM
from blobnet.layers.recurrent.lstm_unit import LSTMUnit as LSTMUnit
from blobnet.layers.recurrent.rnn import RNN as RNN
from blobnet.layers.segmentation.adaptive_bias_channel import (
    AdaptiveBiasChannel as AdaptiveBiasChannel,
)
from blobnet.layers.segmentation.bias_channel import BiasChannel as BiasChannel
from blobnet.layers.segmentation.bn import BN as BN
from blobnet.layers.segmentation.censor_label import CensorLabel as CensorLabel
from blobnet.layers.segmentation.channel_aggregator import ChannelAggregator as ChannelAggregator
from blobnet.layers.segmentation.dense_crf import DenseCRF as DenseCRF
from blobnet.layers.segmentation.dense_image_data import DenseImageData as DenseImageData
from blobnet.layers.segmentation.domain_transform import DomainTransform as DomainTransform
from blobnet.layers.segmentation.domain_transform_forward_only import (
    DomainTransformForwardOnly as DomainTransformForwardOnly,
)
from blobnet.layers.segmentation.dominant_channel import DominantChannel as DominantChannel
from blobnet.layers.segmentation.gain_channel import GainChannel as GainChannel
from blobnet.layers.segmentation.histogram import Histogram as Histogram
from blobnet.layers.segmentation.ignore_overlay import IgnoreOverlay as IgnoreOverlay
from blobnet.layers.segmentation.image_seg_data import ImageSegData as ImageSegData
from blobnet.layers.segmentation.interp import Interp as Interp
from blobnet.layers.segmentation.mat_read import MatRead as MatRead
from blobnet.layers.segmentation.mat_write import MatWrite as MatWrite
from blobnet.layers.segmentation.multi_stage_meanfield import (
    MultiStageMeanfield as MultiStageMeanfield,
)
from blobnet.layers.segmentation.one_hot import OneHot as OneHot
from blobnet.layers.segmentation.padding import Padding as Padding
from blobnet.layers.segmentation.relative_error import RelativeError as RelativeError
from blobnet.layers.segmentation.seg_accuracy import SegAccuracy as SegAccuracy
from blobnet.layers.segmentation.spatial_product import SpatialProduct as SpatialProduct
from blobnet.layers.segmentation.unique_label import UniqueLabel as UniqueLabel
from blobnet.layers.segmentation.upsample import Upsample as Upsample
from blobnet.layers.utility.arg_max import ArgMax as ArgMax
from blobnet.layers.utility.batch_reindex import BatchReindex as BatchReindex
from blobnet.layers.utility.concat import Concat as Concat
from blobnet.layers.utility.eltwise import Eltwise as Eltwise
from blobnet.layers.utility.filter import Filter as Filter
from blobnet.layers.utility.flatten import Flatten as Flatten
from blobnet.layers.utility.parameter import Parameter as Parameter
from blobnet.layers.utility.python import Python as Python
from blobnet.layers.utility.python import PythonLayer as PythonLayer
from blobnet.layers.utility.reduction import Reduction as Reduction
from blobnet.layers.utility.reshape import Reshape as Reshape
from blobnet.layers.utility.silence import Silence as Silence
from blobnet.layers.utility.slice import Slice as Slice
from blobnet.layers.utility.softmax import Softmax as Softmax
from blobnet.layers.utility.split import Split as Split
from blobnet.layers.utility.tile import Tile as Tile
from blobnet.layers.vision.convolution import Convolution as Convolution
from blobnet.layers.vision.crop import Crop as Crop
from blobnet.layers.vision.deconvolution import Deconvolution as Deconvolution
from blobnet.layers.vision.im2col import Im2col as Im2col
from blobnet.layers.vision.pooling import Pooling as Pooling
from blobnet.layers.vision.spp import SPP as SPP
