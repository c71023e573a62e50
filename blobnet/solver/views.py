"""How a training shows itself: as a table, its curves so far, a step in numbers."""

from __future__ import annotations

from blobnet.displays import Page, Picture, drawing
from blobnet.net import Net
from blobnet.proto import SolverParameter
from blobnet.solver.callbacks import Callbacks
from blobnet.solver.history import TrainingHistory
from blobnet.tables import Shown, Table, numbered


class Views(Shown):
    """What a notebook displays of a solver; a terminal has it as text, `save(path)` as a file."""

    param: SolverParameter
    net: Net
    test_nets: list[Net]
    _callbacks: Callbacks

    @property
    def iter(self) -> int:
        """The number of updates done."""
        raise NotImplementedError

    def get_learning_rate(self) -> float:
        """The rate of the next update."""
        raise NotImplementedError

    def table(self) -> Table:
        """What a terminal or a notebook shows: where the training stands, and its nets."""
        title = (
            f"{type(self).__name__}: iteration {self.iter:,} of {self.param.max_iter:,}, "
            f"rate {self.get_learning_rate():g}"
        )
        nets = {"net": self.net} | {f"test_nets[{i}]": net for i, net in enumerate(self.test_nets)}
        rows = [
            (part, net.name, numbered(len(net.layers), "layer"), ", ".join(net.outputs))
            for part, net in nets.items()
        ]
        return Table(title, ("", "name", "layers", "outputs"), rows)

    @property
    def curves(self) -> TrainingHistory:
        """The loss of every iteration since the solver was made, the scores of every test."""
        return self._callbacks.history

    def plot(self, title: str = "") -> Picture:
        """Loss and scores of the training so far. Raises MissingExtraError without matplotlib."""
        picture: Picture = drawing().plot(self, title)
        return picture

    def trace(self, iterations: int = 1) -> Page:
        """Make the next steps of the training, told layer by layer as `blobnet trace` does.

        The weights are others afterwards, as after `step`.
        """
        page: Page = drawing().trace(self, iterations)
        return page
