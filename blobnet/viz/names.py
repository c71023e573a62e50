"""Names as a table, a page or a picture may show them: out of files comes anything."""

from __future__ import annotations

import re

from blobnet.errors import printable, shortened

LONGEST = 200
"""Letters of a name in a text."""

_SETTINGS = re.compile(r".+?(?= \w+(?:: | \{)|$)", re.DOTALL)  # each but the first with its blank
_MORE = " ..."


def visible(text: str, most: int = LONGEST) -> str:
    """`text` with what cannot be seen written out, and its middle left out where it is longer."""
    start = text if len(text) <= 2 * most else text[:most] + text[-most:]  # a name may be a novel
    return shortened(printable(start), most)


def first_settings(text: str, most: int) -> str:
    """As many of the settings `name: value ...` as fit, the rest as dots; none is cut in two."""
    if len(text) <= most:
        return visible(text, most)
    kept = ""
    for setting in _SETTINGS.finditer(text):
        if setting.end() > most - len(_MORE):
            break
        kept = text[: setting.end()]
    return kept + _MORE if kept else visible(text, most)
