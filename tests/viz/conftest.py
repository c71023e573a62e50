"""What was drawn, before it became a PNG."""

from __future__ import annotations

import pytest


@pytest.fixture
def figures(monkeypatch):
    """The matplotlib figures that are made during a test."""
    module = pytest.importorskip("matplotlib.figure")
    made = []

    class Kept(module.Figure):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            made.append(self)

    monkeypatch.setattr(module, "Figure", Kept)
    return made
