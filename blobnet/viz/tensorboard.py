"""A training for TensorBoard: event files with its numbers and its weights.

    with TensorBoardEvents(solver, "runs/1"):
        solver.solve()

Needs the extra `tensorboard`; to look at them, `pip install tensorboard` and
`tensorboard --logdir runs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from os import PathLike
from pathlib import Path

from blobnet.blob import Blob
from blobnet.loggers import named_logger
from blobnet.net import Net
from blobnet.reports.scores import MeanOutputs
from blobnet.solver import Solver, SolverCallback
from blobnet.types import Array
from blobnet.viz.event_file import EventFile

_log = named_logger("blobnet.viz")
_RARELY = 100  # iterations, where the solver has no interval of its own


class TensorBoardEvents(SolverCallback):
    """Writes a training's numbers into a folder, for as long as the `with` block lasts.

    interval  iterations between two writings; left out: the solver's `display`, else its
              `test_interval`, else 100

    loss (as displayed), learning_rate, train/<output>
    test/<output>             after every test; of a second test net test1/<output>
    weights/<layer>/<index>   histograms of the weights, before the update
    changes/<layer>/<index>   and of what the update takes from them

    The step is the iteration of Caffe's log. In a folder that has events already, those from
    there on are replaced: a training may be resumed. Where the disk refuses, the training goes
    on without events. Raises MissingExtraError where tensorboardX is not installed, DataError
    where the folder cannot be written.
    """

    watches_only = True

    def __init__(
        self, solver: Solver, folder: str | PathLike[str], interval: int | None = None
    ) -> None:
        stated = solver.param.display or solver.param.test_interval or _RARELY
        self._interval = stated if interval is None else max(interval, 1)
        self._file: EventFile | None = EventFile(Path(folder))
        self._params = list(_named_params(solver.net))
        solver.add_callback(self)

    def __enter__(self) -> TensorBoardEvents:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """No more is written."""
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:
                _warn(error)

    def on_gradients_ready(self, solver: Solver) -> None:
        if solver.iter % self._interval:
            return
        outputs = MeanOutputs()
        outputs.add(solver.net)
        numbers: dict[str, float | Array] = {
            "loss": solver.smoothed_loss,
            "learning_rate": solver.get_learning_rate(),
        }
        numbers |= {f"train/{name}": value for name, value in outputs.by_name().items()}
        numbers |= {f"weights/{name}": blob.data for name, blob in self._params}
        self._write(numbers.items(), solver.iter)

    def on_update(self, solver: Solver) -> None:
        step = solver.iter - 1
        if step % self._interval == 0:
            self._write(((f"changes/{name}", blob.diff) for name, blob in self._params), step)

    def on_test(self, solver: Solver, test_net_id: int, scores: dict[str, float]) -> None:
        room = f"test{test_net_id or ''}"
        self._write(((f"{room}/{name}", value) for name, value in scores.items()), solver.iter)

    def _write(self, entries: Iterable[tuple[str, float | Array]], step: int) -> None:
        """Write numbers and histograms; after an error of the disk no more."""
        if self._file is None:
            return
        try:
            for tag, value in entries:
                self._file.add(tag, value, step)
            self._file.flush()
        except OSError as error:
            file, self._file = self._file, None
            with suppress(OSError):
                file.close()
            _warn(error)


def _warn(error: OSError) -> None:
    _log.warning("No more events for TensorBoard: %s", error.strerror or error)


def _named_params(net: Net) -> Iterator[tuple[str, Blob]]:
    """`conv1/0` and the like for every weight blob once: of shared ones the owner's."""
    for param in net.all_params:
        if param.owner is None:
            yield f"{param.layer_name}/{param.index}", param.blob
