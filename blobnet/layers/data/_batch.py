"""What the layers have in common whose tops are batches from a database or a list of files."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from google.protobuf.message import Message

from blobnet.blob import Blobs
from blobnet.errors import DataError, LayerError
from blobnet.layer import Layer
from blobnet.loggers import named_logger
from blobnet.sources.batches import BatchReader, empty
from blobnet.sources.prefetch import Prefetcher

_log = named_logger("blobnet.layers.data")

Reader = TypeVar("Reader", bound=BatchReader)


class BatchLayer(Layer):
    """A layer that hands out batches. A subclass's `setup` calls `start_reading`."""

    gradient_formula = "none, there is nothing further up."

    exact_num_bottom_blobs = 0
    _batches: Prefetcher

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: every batch brings its shape along."""

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        with self._naming_errors():
            batch = self._batches.next()
        for blob, values in zip(top, batch, strict=True):
            blob.reshape(values.shape)
            blob.data[...] = values
        self._batches.read_on()

    def get_state(self) -> dict[str, Any]:
        """Where the batch to come next begins, whatever has been read ahead."""
        return copy.deepcopy(self._batches.get_state())

    def set_state(self, state: dict[str, Any]) -> None:
        with refusing_foreign_states(self), self._naming_errors():
            self._batches.set_state(copy.deepcopy(state))

    def take_turns(self, turn: int, turns: int) -> str | None:
        self._batches.take_turns(turn, turns)
        return super().take_turns(turn, turns)

    def close(self) -> None:
        """End the background thread, if there is one; the next forward would start another."""
        self._batches.close()

    def start_reading(
        self,
        make_reader: Callable[[], Reader],
        top: Blobs,
        *,
        prefetch: int = 0,
        begin: Callable[[Reader], None] | None = None,
    ) -> None:
        """Give the tops the shapes of the first batch, which stays to be read.

        `make_reader` must not refer to this layer: see `Prefetcher`. `begin` may move a reader
        to where the first batch is to start.
        """
        with self._naming_errors():
            reader = make_reader()
            try:
                if begin is not None:
                    begin(reader)
                shapes, state = reader.shapes(), reader.get_state()
            finally:
                reader.close()
            for shape in shapes:
                empty(shape, self.dtype)
        for blob, shape in zip(top, shapes, strict=True):
            blob.reshape(shape)
        self._batches = Prefetcher(make_reader, prefetch, state)

    def warn_of_legacy_fields(self, param: Message, names: Iterable[str]) -> None:
        """Say so where a setting stands where Caffe does not look at it any more."""
        for name in names:
            if param.HasField(name):
                _log.warning(
                    '%s layer "%s": `%s` has no effect here: write it in transform_param',
                    self.type,
                    self.name,
                    name,
                )

    @contextmanager
    def _naming_errors(self) -> Iterator[None]:
        """Let the errors of a source name this layer."""
        with naming_errors(self):
            yield


@contextmanager
def refusing_foreign_states(layer: Layer) -> Iterator[None]:
    """Say so where a state is not of the form that the layer gives: it comes out of a file."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise layer.error(
            "the state to go on from is none of this layer's",
            got=f"{type(error).__name__}: {error}",
            fix="resume with the definition of that training",
        ) from error


@contextmanager
def naming_errors(layer: Layer) -> Iterator[None]:
    """Let the errors of a source name the layer that reads from it."""
    who = f'{layer.type} layer "{layer.name}"'
    try:
        yield
    except (LayerError, DataError) as error:
        text = str(error)
        raise type(error)(text if text.startswith(who) else f"{who}: {text}") from error
