"""Running a Python layer that blobnet brings along."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from blobnet.testing import LayerRun, run_layer


def run_python(
    module: str,
    layer: str,
    *bottom: ArrayLike,
    tops: int | list[str] = 1,
    param_str: str = "",
    **more: Any,
) -> LayerRun:
    names = [f"top{index}" for index in range(tops)] if isinstance(tops, int) else tops
    text = " ".join(f'bottom: "bottom{index}"' for index in range(len(bottom)))
    text += " ".join(f' top: "{name}"' for name in names)
    escaped = param_str.replace("\n", "\\n").replace('"', '\\"')
    return run_layer(
        f'name: "py" type: "Python" {text} python_param {{ module: "{module}" layer: "{layer}" '
        f'param_str: "{escaped}" }}',
        *bottom,
        **more,
    )
