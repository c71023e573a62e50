"""One training by several processes (ranks), which MPI starts and connects."""

from blobnet.distributed.connect import connect as connect
from blobnet.distributed.ranks import DistributedError as DistributedError
