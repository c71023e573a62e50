"""What FlowNet2's writers share: which file an image goes into."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from blobnet.blob import Blobs
from blobnet.errors import path_hint
from blobnet.input_files import shown
from blobnet.layer import Layer
from blobnet.layers.motion._images import check_images
from blobnet.types import Array


class Writer(Layer):
    """Writes each image of its bottom into a file.

    The file is `file`, or in `folder`: `prefix`, the number of the forward pass in seven digits,
    with several images the image's in three, in brackets, `suffix`, and the ending. Passes count
    from 0, as FlowNet2 counts the iterations of a solver. The folder is made.
    """

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 0
    backward_reads_bottom = False
    backward_reads_top = False
    has_side_effects = True

    channels: ClassVar[tuple[int, ...]] = ()
    """How many there may be; any number where none is said."""

    @abstractmethod
    def ending(self, channels: int) -> str:
        """What names of files end with."""

    @abstractmethod
    def content(self, image: Array) -> bytes:
        """The file that holds an image (C, H, W)."""

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._iteration = 0
        self._param = self.layer_param_.writer_param
        self._folder = Path(self._param.folder).absolute()
        if not self._param.HasField("file"):
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
            except (OSError, ValueError) as error:
                raise self._cannot_write(self._folder, error) from error

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        channels = check_images(self, bottom)[1]
        if self.channels and channels not in self.channels:
            raise self.error(
                f"{self.type} layer input must have "
                + " or ".join(str(count) for count in self.channels)
                + " channels",
                got=f"shape {bottom[0].shape}",
            )

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        images = bottom[0].data
        for n, image in enumerate(images):
            path = self._path(n, len(images), image.shape[0])
            try:
                path.write_bytes(self.content(image))
            except (OSError, ValueError) as error:
                raise self._cannot_write(path, error) from error
        self._iteration += 1

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if propagate_down[0]:
            bottom[0].diff.fill(0)

    def take_turns(self, turn: int, turns: int) -> str | None:
        reason = super().take_turns(turn, turns)
        return reason or "each process counts its own forwards, so names of files meet"

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "iteration": self._iteration}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self._iteration = int(state.get("iteration", 0))

    def _path(self, n: int, num: int, channels: int) -> Path:
        param = self._param
        if param.HasField("file"):
            return Path(param.file).absolute()
        number = f"({n:03d})" if num > 1 else ""
        name = f"{param.prefix}{self._iteration:07d}{number}{param.suffix}"
        return self._folder / f"{name}.{self.ending(channels)}"

    def _cannot_write(self, path: Path, error: Exception) -> Exception:
        return self.error(f"cannot write {shown(path)}", got=error, fix=path_hint())
