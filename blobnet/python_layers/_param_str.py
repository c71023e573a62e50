"""What a net writes into `param_str` for these layers: a little YAML, or a dict of Python's."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

from blobnet.errors import LayerError, explain, shortened

_LARGEST = 10_000  # characters
_MOST_NUMBERS = 100
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


def number(settings: Mapping[str, Any], name: str, default: float, who: str) -> float:
    """A setting that is a number. Raises LayerError for anything else."""
    value = settings.get(name, default)
    if not is_number(value):
        raise unfit(name, value, "a number", who)
    return float(value)


def whole(settings: Mapping[str, Any], name: str, who: str, *, least: int, default: int) -> int:
    """A setting that is a whole number, at least so large. Raises LayerError for anything else."""
    value = settings.get(name, default)
    if not is_number(value) or value != int(value) or value < least:
        raise unfit(name, value, f"a whole number, {least} or more", who)
    return int(value)


def numbers(
    settings: Mapping[str, Any], name: str, default: tuple[float, ...], who: str
) -> tuple[float, ...]:
    """A setting that is one or more numbers. Raises LayerError for anything else."""
    value = settings.get(name, default)
    values = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not values or len(values) > _MOST_NUMBERS or not all(map(is_number, values)):
        raise unfit(name, value, "one or more numbers", who)
    return values


def text(settings: Mapping[str, Any], name: str, who: str) -> str:
    """A setting that is a text and must be there. Raises LayerError for anything else."""
    value = settings.get(name)
    if not isinstance(value, str | int | float) or value == "":
        raise unfit(name, value, "a text", who)
    return str(value)


def is_number(value: Any) -> bool:
    """Whether a value is a number, and none that is out of all reason."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return abs(value) < 2**31


def unfit(name: str, value: object, expected: str, who: str) -> LayerError:
    """What is said of a setting that is of another kind."""
    got = "nothing" if value is None else shortened(repr(value), 80)
    return LayerError(explain(f'{who}: "{name}" in param_str', expected=expected, got=got))


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
