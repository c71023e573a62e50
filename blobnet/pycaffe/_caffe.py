"""The names of pycaffe's compiled module, for scripts that import them from there."""

from blobnet.blob import Blob as Blob
from blobnet.layer_register import layer_type_list as layer_type_list
from blobnet.layers.utility._python_parts import BlobVec as BlobVec
from blobnet.proto import LayerParameter as LayerParameter
from blobnet.proto import SolverParameter as SolverParameter
from blobnet.pycaffe.containers import LayerVec as LayerVec
from blobnet.pycaffe.layer import Layer as Layer
from blobnet.pycaffe.logs import init_log as init_log
from blobnet.pycaffe.logs import log as log
from blobnet.pycaffe.nccl import NCCL as NCCL
from blobnet.pycaffe.net import Net as Net
from blobnet.pycaffe.settings import has_nccl as has_nccl
from blobnet.pycaffe.settings import set_device as set_device
from blobnet.pycaffe.settings import set_mode_cpu as set_mode_cpu
from blobnet.pycaffe.settings import set_mode_gpu as set_mode_gpu
from blobnet.pycaffe.settings import set_multiprocess as set_multiprocess
from blobnet.pycaffe.settings import set_random_seed as set_random_seed
from blobnet.pycaffe.settings import set_solver_count as set_solver_count
from blobnet.pycaffe.settings import set_solver_rank as set_solver_rank
from blobnet.pycaffe.settings import solver_count as solver_count
from blobnet.pycaffe.settings import solver_rank as solver_rank
from blobnet.pycaffe.solver import AdaDeltaSolver as AdaDeltaSolver
from blobnet.pycaffe.solver import AdaGradSolver as AdaGradSolver
from blobnet.pycaffe.solver import AdamSolver as AdamSolver
from blobnet.pycaffe.solver import NesterovSolver as NesterovSolver
from blobnet.pycaffe.solver import RMSPropSolver as RMSPropSolver
from blobnet.pycaffe.solver import SGDSolver as SGDSolver
from blobnet.pycaffe.solver import get_solver as get_solver
from blobnet.pycaffe.timer import Timer as Timer
from blobnet.solver import Solver as Solver

IntVec = StringVec = DtypeVec = BoolVec = RawBlobVec = NetVec = list

__version__ = "1.0.0"  # of the Caffe whose interface this is
