"""pycaffe: what `import caffe` gives, thin over blobnet's own. Caffe: python/caffe.

    import caffe

    net = caffe.Net("deploy.prototxt", caffe.TEST, weights="net.caffemodel")
    solver = caffe.get_solver("solver.prototxt")

Its submodules have pycaffe's names, too: caffe.io, caffe.proto.caffe_pb2, caffe.net_spec, ...
`caffe.set_check_loss` is beyond pycaffe.
"""

from blobnet.pycaffe import io as io
from blobnet.pycaffe import proto as proto
from blobnet.pycaffe import pycaffe as pycaffe
from blobnet.pycaffe._caffe import NCCL as NCCL
from blobnet.pycaffe._caffe import AdaDeltaSolver as AdaDeltaSolver
from blobnet.pycaffe._caffe import AdaGradSolver as AdaGradSolver
from blobnet.pycaffe._caffe import AdamSolver as AdamSolver
from blobnet.pycaffe._caffe import Layer as Layer
from blobnet.pycaffe._caffe import NesterovSolver as NesterovSolver
from blobnet.pycaffe._caffe import Net as Net
from blobnet.pycaffe._caffe import RMSPropSolver as RMSPropSolver
from blobnet.pycaffe._caffe import SGDSolver as SGDSolver
from blobnet.pycaffe._caffe import Timer as Timer
from blobnet.pycaffe._caffe import __version__ as __version__
from blobnet.pycaffe._caffe import get_solver as get_solver
from blobnet.pycaffe._caffe import has_nccl as has_nccl
from blobnet.pycaffe._caffe import init_log as init_log
from blobnet.pycaffe._caffe import layer_type_list as layer_type_list
from blobnet.pycaffe._caffe import log as log
from blobnet.pycaffe._caffe import set_device as set_device
from blobnet.pycaffe._caffe import set_mode_cpu as set_mode_cpu
from blobnet.pycaffe._caffe import set_mode_gpu as set_mode_gpu
from blobnet.pycaffe._caffe import set_multiprocess as set_multiprocess
from blobnet.pycaffe._caffe import set_random_seed as set_random_seed
from blobnet.pycaffe._caffe import set_solver_count as set_solver_count
from blobnet.pycaffe._caffe import set_solver_rank as set_solver_rank
from blobnet.pycaffe._caffe import solver_count as solver_count
from blobnet.pycaffe._caffe import solver_rank as solver_rank
from blobnet.pycaffe.classifier import Classifier as Classifier
from blobnet.pycaffe.detector import Detector as Detector
from blobnet.pycaffe.net_spec import NetSpec as NetSpec
from blobnet.pycaffe.net_spec import layers as layers
from blobnet.pycaffe.net_spec import params as params
from blobnet.pycaffe.net_spec import to_proto as to_proto
from blobnet.pycaffe.proto.caffe_pb2 import TEST as TEST
from blobnet.pycaffe.proto.caffe_pb2 import TRAIN as TRAIN
from blobnet.pycaffe.settings import set_check_loss as set_check_loss
