"""The catalogue: one line per layer type. Importing this module fills the register."""

from blobnet.layers.activation.power import Power as Power
from blobnet.layers.activation.relu import ReLU as ReLU
from blobnet.layers.activation.sigmoid import Sigmoid as Sigmoid
from blobnet.layers.activation.tanh import TanH as TanH
from blobnet.layers.common.dropout import Dropout as Dropout
from blobnet.layers.common.inner_product import InnerProduct as InnerProduct
from blobnet.layers.common.scale import Scale as Scale
from blobnet.layers.data.data import Data as Data
from blobnet.layers.data.dummy_data import DummyData as DummyData
from blobnet.layers.data.hdf5_data import HDF5Data as HDF5Data
from blobnet.layers.data.input import Input as Input
from blobnet.layers.data.memory_data import MemoryData as MemoryData
from blobnet.layers.loss.accuracy import Accuracy as Accuracy
from blobnet.layers.loss.euclidean_loss import EuclideanLoss as EuclideanLoss
from blobnet.layers.loss.softmax_with_loss import SoftmaxWithLoss as SoftmaxWithLoss
from blobnet.layers.normalization.lrn import LRN as LRN
from blobnet.layers.utility.concat import Concat as Concat
from blobnet.layers.utility.eltwise import Eltwise as Eltwise
from blobnet.layers.utility.flatten import Flatten as Flatten
from blobnet.layers.utility.python import Python as Python
from blobnet.layers.utility.python import PythonLayer as PythonLayer
from blobnet.layers.utility.silence import Silence as Silence
from blobnet.layers.utility.softmax import Softmax as Softmax
from blobnet.layers.utility.split import Split as Split
from blobnet.layers.vision.convolution import Convolution as Convolution
from blobnet.layers.vision.pooling import Pooling as Pooling
