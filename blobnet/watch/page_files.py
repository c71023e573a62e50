"""The files of the page, which are part of the package."""

from __future__ import annotations

from importlib import resources

TYPES = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
"""What a file is, by its ending."""


def page_files() -> dict[str, bytes]:
    """All of them, by name."""
    folder = resources.files("blobnet.watch").joinpath("page")
    return {
        file.name: file.read_bytes()
        for file in folder.iterdir()
        if file.name.rpartition(".")[2] in TYPES
    }
