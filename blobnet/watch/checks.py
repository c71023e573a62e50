"""What a watcher may name: indices in their ranges."""

from __future__ import annotations

from blobnet.errors import SolverError, explain


def check_index(what: str, index: int, count: int) -> None:
    """Raise SolverError for an index that none of `count` things has."""
    if not 0 <= index < count:
        raise SolverError(
            explain(f"{what}: no number {index}", expected=f"0 to {count - 1}" if count else "none")
        )
