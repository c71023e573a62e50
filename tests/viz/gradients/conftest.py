from __future__ import annotations

import pytest


@pytest.fixture
def figures(monkeypatch):
    """The figures that are made, for a test to look at."""
    pytest.importorskip("matplotlib")
    from matplotlib.figure import Figure

    made = []

    class Kept(Figure):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            made.append(self)

    monkeypatch.setattr("matplotlib.figure.Figure", Kept)
    return made
