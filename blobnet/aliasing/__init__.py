"""Aliasing: blobs of several names that use one memory, where one layer may write over another's.

See `needed_values.py` for what is found and how it is mended.
"""

from blobnet.aliasing.conflicts import give_tops_their_own_diffs as give_tops_their_own_diffs
from blobnet.aliasing.needed_values import keep_needed_values as keep_needed_values
