"""The training loop and what belongs to it. Update rules are in `solvers/`."""

from blobnet.solver.callbacks import SolverAction as SolverAction
from blobnet.solver.callbacks import SolverCallback as SolverCallback
from blobnet.solver.solver import Solver as Solver
