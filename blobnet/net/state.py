"""`merge_state` under the name that scripts import it by; it stands in `netdef/state.py`."""

from blobnet.netdef.state import merge_state as merge_state
