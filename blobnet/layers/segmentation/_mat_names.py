"""Names of the files that MatRead and MatWrite use."""

from __future__ import annotations

from pathlib import Path

from blobnet.errors import DataError
from blobnet.input_files import absolute
from blobnet.layer import Layer
from blobnet.layers.data._batch import naming_errors
from blobnet.proto import MatReadParameter, MatWriteParameter
from blobnet.text_files import read_text_file


def listed_names(layer: Layer, param: MatReadParameter | MatWriteParameter) -> list[str] | None:
    """The first word of each line of `source`, without its last `strip` characters; None: no list.

    Raises LayerError or DataError where there are none.
    """
    if param.strip < 0:
        raise layer.error("Strip cannot be negative", got=param.strip)
    if not param.HasField("source"):
        return None
    with naming_errors(layer):
        text = read_text_file(Path(param.source), DataError, setting="the list of names")
    words = [line.split()[0] if line.split() else "" for line in text.splitlines()]
    for number, word in enumerate(words, 1):
        if len(word) <= param.strip:
            raise layer.error(
                f"Too much stripping in line {number} of {param.source}",
                expected=f"a name of more than {param.strip} characters",
                got=f'"{word}"',
            )
    if not words:
        raise layer.error(f"{param.source} is empty", expected="a name in each line")
    return [word[: len(word) - param.strip] for word in words]


def base_folder(layer: Layer) -> Path:
    """Where relative names begin, whatever becomes of the current folder."""
    with naming_errors(layer):
        return absolute("", DataError)
