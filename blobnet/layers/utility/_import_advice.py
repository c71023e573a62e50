"""What to do where the module of a Python layer cannot be imported."""

from __future__ import annotations

from blobnet.errors import did_you_mean
from blobnet.importing import built_in, built_in_names


def import_advice(error: BaseException, name: str) -> str:
    """The way out for what importing the module of that name has raised."""
    if name.startswith("."):
        return "write the whole name of the module, which begins with no dot"
    if isinstance(error, SyntaxError):
        advice = "write the module in Python 3; many old ones are in Python 2"
        if built_in(name):
            advice += ". Where Python finds none of that name, blobnet's own is taken"
        return advice
    if not isinstance(error, ImportError):
        return "let the module be one that can be imported"
    if (error.name or "").startswith("caffe."):
        return (
            "the `caffe` that Python finds lacks this: is it Caffe's source, not built? "
            "Without it on PYTHONPATH, `import caffe` gives blobnet's"
        )
    if isinstance(error, ModuleNotFoundError) and error.name in (name, name.split(".")[0]):
        advice = f"run where {name.replace('.', '/')}.py is, or add its folder to PYTHONPATH"
        near = did_you_mean(name, built_in_names())
        return f"{advice}; {near}" if near else advice
    return "the traceback above tells which import inside the module failed"
