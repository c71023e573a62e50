"""What a net writes into `param_str` for these layers: a little YAML, or a dict of Python's."""

from __future__ import annotations

import ast
import re
from typing import Any

from blobnet.errors import LayerError, explain, shortened

_LARGEST = 10_000  # characters
_LINE = re.compile(r"""\s*(?:- )?['"]?([\w-]+)['"]?\s*:\s*(.*?)\s*,?\s*""")
_TAG = re.compile(r"!!python/\w+\s*|!!\w+\s*")


def settings_of(param_str: str, who: str) -> dict[str, Any]:
    """The settings in a text such as "'feat_stride': 16" or "{'mean': (104.0, 116.7, 122.7)}".

    Lines of a name and a value, as in YAML, or a dict as Python writes one; the values are numbers,
    strings, true and false, lists and tuples of them. Nothing is run. Raises LayerError, which
    speaks of `who`.
    """
    text = param_str.strip()
    try:
        if len(text) > _LARGEST:
            raise ValueError(f"{len(text)} characters")
        if text.startswith("{"):
            found = _literal(text)
            if not isinstance(found, dict):
                raise ValueError("no dict")
            return {str(name): value for name, value in found.items()}
        lines = (re.sub(r"(^|\s)#.*", "", line) for line in text.splitlines())
        return dict(_pair(line) for line in lines if line.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError) as error:
        raise LayerError(
            explain(
                f"{who}: param_str cannot be understood",
                expected="'name': value, a line for each; or a dict of Python's",
                got=f'"{shortened(param_str, 80)}" ({error})',
            )
        ) from error


def _pair(line: str) -> tuple[str, Any]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"no name and value: {shortened(line, 40)}")
    return match[1], _literal(match[2])


def _literal(text: str) -> Any:
    """A value: Python's own words for it, YAML's words for true and false, or else a string."""
    text = _TAG.sub("", text).strip()
    if text.lower() in ("true", "false", "yes", "no"):
        return text.lower() in ("true", "yes")
    if text.lower() in ("", "null", "~"):
        return None
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        if re.fullmatch(r"[\w./ -]+", text):
            return text
        raise
