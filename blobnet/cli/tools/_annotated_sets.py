"""What convert_annoset and create_annoset have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blobnet.cli.options import option, switch
from blobnet.cli.progress import count_progress
from blobnet.cli.tools._databases import rng_of

if TYPE_CHECKING:
    from blobnet.cli.options import Command
    from blobnet.datasets.annotation_files import LabelType
    from blobnet.datasets.database_writer import Backend

ANNO_TYPES = ("classification", "detection")
LABEL_TYPES = ("xml", "json", "txt")


@dataclass(frozen=True)
class AnnotatedSet:
    """What is to be converted, in the words of the tools' options."""

    root: str
    file: str
    database: Path
    anno_type: str
    label_type: LabelType
    label_map_file: str
    check_label: bool
    gray: bool
    shuffle: bool
    backend: Backend
    min_dim: int
    max_dim: int
    resize_width: int
    resize_height: int
    check_size: bool
    encoded: bool
    encode_type: str
    random_seed: int | None = None

    def convert(self, *, overwrite: bool = False) -> None:
        """Write the database, in the place of another where that is wanted. Raises DataError."""
        from blobnet.datasets.annotated_set import Detection, convert_annotated_set, read_pairs
        from blobnet.datasets.annotation_files import read_label_map
        from blobnet.datasets.database_writer import check_place
        from blobnet.datasets.image_set import ImageSettings
        from blobnet.sources.image_list import read_image_list

        check_place([self.database], self.backend, overwrite=overwrite)
        detection = None
        if self.anno_type == "detection":
            labels = read_label_map(Path(self.label_map_file), check=self.check_label)
            images, files = read_pairs(Path(self.file))
            detection = Detection(files, self.label_type, labels)
        else:
            images = read_image_list(Path(self.file))
        sizes = (self.min_dim, self.max_dim, self.resize_width, self.resize_height)
        min_dim, max_dim, width, height = (max(size, 0) for size in sizes)
        settings = ImageSettings(
            gray=self.gray,
            resize_height=height,
            resize_width=width,
            min_dim=min_dim,
            max_dim=max_dim,
            encoded=self.encoded,
            encode_type=self.encode_type,
            check_size=self.check_size,
        )
        rng = rng_of(self.random_seed) if self.shuffle else None
        with count_progress(self.database.name) as show:
            convert_annotated_set(
                self.root,
                images,
                self.database,
                self.backend,
                settings,
                detection=detection,
                overwrite=overwrite,
                rng=rng,
                progress=lambda done: show(done, len(images.paths)),
            )


def size_options(spelled: Callable[[str], str]) -> Callable[[Command], Command]:
    """The options about sizes and encoding, their names spelled in the tool's way."""

    def add(command: Command) -> Command:
        import click

        for name, text in (
            ("encode_type", "Encode images so: png, jpg, ..."),
            ("resize_height", "Height that images get."),
            ("resize_width", "Width that images get."),
            ("max_dim", "Longest side of images, which keep their proportions."),
            ("min_dim", "Shortest side of images, which keep their proportions."),
        ):
            is_text = name == "encode_type"
            command = option(
                spelled(name),
                type=str if is_text else click.INT,
                default="" if is_text else 0,
                metavar="TYPE" if is_text else "N",
                help=text,
            )(command)
        return command

    return add


def flag_options(command: Command) -> Command:
    """-gray, -check_size, -encoded, -check_label and -shuffle."""
    for name, text in (
        ("shuffle", "Write the images in a random order."),
        ("encoded", "Write image files instead of pixels: as they are if nothing changes."),
        ("check_size", "All images must have as many values as the first."),
        ("check_label", "No name may be in the label map twice."),
        ("gray", "One channel instead of three."),
    ):
        command = switch(name, help=text)(command)
    return command
