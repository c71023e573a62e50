"""What was found: a fault with its likelihood, or something good to know."""

from __future__ import annotations

from dataclasses import dataclass

from blobnet.errors import BlobnetError

CERTAIN = 1.0
VERY_LIKELY = 0.9
LIKELY = 0.7
POSSIBLE = 0.4
NOTE = 0.0
"""Not a fault: what a reader of the report should know."""

_WORDS = ((CERTAIN, "certain"), (VERY_LIKELY, "very likely"), (LIKELY, "likely"))


@dataclass(frozen=True)
class Finding:
    """One trouble, or a note.

    what        in one sentence
    evidence    what was seen: numbers, names
    advice      what to do, or a command to try
    likelihood  0 to 1; NOTE for what is no fault
    """

    what: str
    evidence: str
    advice: str
    likelihood: float

    @property
    def is_note(self) -> bool:
        return self.likelihood == NOTE

    @property
    def in_words(self) -> str:
        """How likely it is."""
        if self.is_note:
            return "note"
        return next((word for least, word in _WORDS if self.likelihood >= least), "possible")


def counted(number: int, one: str, many: str) -> str:
    """`one` for 1, else the number and `many`: "a layer is", "3 layers are"."""
    return one if number == 1 else f"{number} {many}"


def several(names: list[str], most: int = 4) -> str:
    """Names in a row, at most so many: `conv1, conv2 and 7 more`."""
    more = len(names) - most
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:most])} and {more} more"


def of_error(error: BlobnetError) -> Finding:
    """An error as a finding: the last of its lines says how to mend it, if one does."""
    first, _, rest = str(error).partition("\n")
    seen, found, fix = rest.partition("  fix:")
    advice = fix.strip() if found else "mend this: more may be seen then"
    return Finding(first, seen.strip(), advice, CERTAIN)
