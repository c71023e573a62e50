"""The public names, each from where it is made: what `blobnet` offers as its own."""

from blobnet import layers as layers  # fills the register of layer types
from blobnet import testing as testing
from blobnet.blob import Blob as Blob
from blobnet.errors import BlobError as BlobError
from blobnet.errors import BlobnetError as BlobnetError
from blobnet.errors import DataError as DataError
from blobnet.errors import LayerError as LayerError
from blobnet.errors import MissingExtraError as MissingExtraError
from blobnet.errors import NetError as NetError
from blobnet.errors import ProtoError as ProtoError
from blobnet.errors import SnapshotError as SnapshotError
from blobnet.errors import SolverError as SolverError
from blobnet.errors import WeightsError as WeightsError
from blobnet.layer import Layer as Layer
from blobnet.layer_register import layer_type_list as layer_type_list
from blobnet.layer_register import register_layer as register_layer
from blobnet.layers import PythonLayer as PythonLayer
from blobnet.net import Net as Net
from blobnet.ops.parallel import num_threads as num_threads
from blobnet.ops.parallel import set_num_threads as set_num_threads
from blobnet.proto import TEST as TEST
from blobnet.proto import TRAIN as TRAIN
from blobnet.serialization.prototxt import parse_net as parse_net
from blobnet.serialization.prototxt import parse_solver as parse_solver
from blobnet.solver import Solver as Solver
from blobnet.solver import SolverAction as SolverAction
from blobnet.solver import SolverCallback as SolverCallback
from blobnet.solvers import AdaDeltaSolver as AdaDeltaSolver
from blobnet.solvers import AdaGradSolver as AdaGradSolver
from blobnet.solvers import AdamSolver as AdamSolver
from blobnet.solvers import NesterovSolver as NesterovSolver
from blobnet.solvers import RMSPropSolver as RMSPropSolver
from blobnet.solvers import SGDSolver as SGDSolver
from blobnet.solvers import get_solver as get_solver
