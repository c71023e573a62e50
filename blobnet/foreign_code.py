"""Definitions that would run a program of somebody's: refused where a net is only looked at."""

from __future__ import annotations

from blobnet.errors import LayerError, explain
from blobnet.layer_register import is_layer_type, layer_class
from blobnet.proto import NetParameter


def refuse_foreign_code(net_param: NetParameter) -> None:
    """Raise LayerError, naming the layer and its module, where the net has a Python layer.

    Nothing has been imported by then.
    """
    for layer in net_param.layer:
        if is_layer_type(layer.type) and layer_class(layer.type).runs_foreign_code:
            module = layer.python_param.module
            raise LayerError(
                explain(
                    f'{layer.type} layer "{layer.name}" is not run: it would run a program',
                    expected="a net of layers that are blobnet's own, where it is only looked at",
                    got=f'class "{layer.python_param.layer}" of module "{module}" '
                    f"({module.replace('.', '/')}.py)",
                    fix="read that file and, where you trust it, say so: --allow-python "
                    "(in Python: allow_python=True)",
                )
            )
