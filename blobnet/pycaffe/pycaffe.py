"""The names of pycaffe's module of this name, for scripts that import them from there."""

from blobnet.pycaffe._caffe import NCCL as NCCL
from blobnet.pycaffe._caffe import AdaDeltaSolver as AdaDeltaSolver
from blobnet.pycaffe._caffe import AdaGradSolver as AdaGradSolver
from blobnet.pycaffe._caffe import AdamSolver as AdamSolver
from blobnet.pycaffe._caffe import NesterovSolver as NesterovSolver
from blobnet.pycaffe._caffe import Net as Net
from blobnet.pycaffe._caffe import RMSPropSolver as RMSPropSolver
from blobnet.pycaffe._caffe import SGDSolver as SGDSolver
from blobnet.pycaffe._caffe import Timer as Timer
