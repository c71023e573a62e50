"""Net definitions in, net definitions out: nothing here ever sees an array.

The order of work, as in Caffe: read, `upgrade_net`, `merge_state`, `filter_net`, `insert_splits`,
then wire.
"""

from blobnet.netdef.fork_fields import settle_net as settle_net
from blobnet.netdef.fork_fields import settle_solver as settle_solver
from blobnet.netdef.splits import insert_splits as insert_splits
from blobnet.netdef.splits import is_inserted_split as is_inserted_split
from blobnet.netdef.splits import is_split_of as is_split_of
from blobnet.netdef.state import merge_state as merge_state
from blobnet.netdef.state_filter import filter_net as filter_net
from blobnet.netdef.upgrade import net_needs_upgrade as net_needs_upgrade
from blobnet.netdef.upgrade import upgrade_net as upgrade_net
from blobnet.netdef.upgrade import upgrade_solver as upgrade_solver
from blobnet.netdef.upgrade_frcnn import spread_frcnn_config as spread_frcnn_config
from blobnet.netdef.upgrade_reshape import part_reshaped_blobs as part_reshaped_blobs
from blobnet.netdef.upgrade_statistics import spread_stats_batch_size as spread_stats_batch_size
