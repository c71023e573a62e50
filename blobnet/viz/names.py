"""Names as a table, a page or a picture may show them: out of files comes anything."""

from __future__ import annotations

from blobnet.errors import printable, shortened

LONGEST = 200
"""Letters of a name in a text."""


def visible(text: str, most: int = LONGEST) -> str:
    """`text` with what cannot be seen written out, and its middle left out where it is longer."""
    start = text if len(text) <= 2 * most else text[:most] + text[-most:]  # a name may be a novel
    return shortened(printable(start), most)
