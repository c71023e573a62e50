"""The Python of a README: its blocks, run one after the other as one program."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any


def run_blocks(readme: Path, names: dict[str, Any] | None = None) -> dict[str, Any]:
    """Run the blocks marked `python`; returns the names that they leave.

    An error shows the README's file and line.
    """
    text, names = readme.read_text(encoding="utf-8"), {} if names is None else names
    for block in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        lines_before = text.count("\n", 0, block.start(1))
        exec(compile("\n" * lines_before + block.group(1), str(readme), "exec"), names)
    return names
