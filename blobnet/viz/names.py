"""Names as a table, a page or a picture may show them: out of files comes anything."""

from __future__ import annotations

import re

from blobnet.errors import LONGEST as LONGEST
from blobnet.errors import visible as visible

_SETTINGS = re.compile(r".+?(?= \w+(?:: | \{)|$)", re.DOTALL)  # each but the first with its blank
_MORE = " ..."


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
