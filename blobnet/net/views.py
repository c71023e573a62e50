"""How a net shows itself: as a table, a summary, a drawing, and what it sees."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

from blobnet.by_name import shapes, total
from blobnet.displays import Picture, Text, drawing
from blobnet.net.parts import Parts
from blobnet.proto import Phase
from blobnet.tables import Shown, Table, numbered
from blobnet.types import Array


class Views(Parts, Shown):
    """What a notebook displays of a net; a terminal has it as text, `save(path)` as a file."""

    def table(self) -> Table:
        """What a terminal or a notebook shows: what the layers read, make and learn."""
        rows = [
            (
                wired.layer.name,
                wired.layer.type,
                ", ".join(wired.bottom_names),
                ", ".join(wired.top_names),
                shapes(wired.top),
                f"{total(wired.layer.blobs_):,}" if wired.layer.blobs_ else "",
            )
            for wired in self.wired
        ]
        title = (
            f'Net "{self.name}", {Phase.Name(self.phase)}: {numbered(len(rows), "layer")}, '
            f"{numbered(total(self.learnable_params), 'weight')}"
        )
        return Table(title, ("layer", "type", "bottom", "top", "shape", "weights"), rows)

    def summary(self) -> Text:
        """What the layers make, learn and cost, as `blobnet summary` lists them."""
        text: Text = drawing().summary(self)
        return text

    def draw(self) -> Picture:
        """The net as `blobnet draw` draws it. Raises MissingExtraError without matplotlib."""
        picture: Picture = drawing().draw(self)
        return picture

    def show(
        self,
        image: str | PathLike[str] | Array | None = None,
        names: Sequence[str] = (),
        *,
        mean: str | Sequence[float] = (),
        scale: float = 1,
        tiles: int = 64,
    ) -> Picture:
        """The filters or, with an image, what the net makes of it, as `blobnet show` draws them.

        image  a file; or its pixels as OpenCV has them: (height, width) or (height, width, 3),
               blue, green, red. It is resized to the net's input, and the net runs on it alone:
               its batch is of one image afterwards
        names  layers (with an image, blobs too) to draw; the first ones where none are named
        mean, scale  the image goes in as (image - mean) * scale; a mean for each channel, or a file
        tiles  how many filters or maps of a layer are drawn

        As text, it is the net's answer. Raises MissingExtraError without matplotlib, NetError for
        names that are not there and for a net that takes no image.
        """
        picture: Picture = drawing().show(self, image, names, mean, scale, tiles)
        return picture
