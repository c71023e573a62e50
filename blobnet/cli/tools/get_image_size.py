"""`blobnet get_image_size`: what SSD's tool of that name does."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.logs import start_logging
from blobnet.cli.options import FILE, OUT_FILE, option
from blobnet.cli.progress import count_progress


@click.command(
    help="""Write the sizes of images into a file: lines of name, height and width.

    LISTFILE has a line for each image, its path and its label or annotations; ROOTFOLDER is the
    folder that the paths are taken from. The name is the file's without folder and ending, or what
    -name_id_file says in place of it.
    """,
    epilog="Example: blobnet get_image_size VOCdevkit/ test.txt test_name_size.txt",
)
@click.argument("root", metavar="ROOTFOLDER/", type=FILE)
@click.argument("file", metavar="LISTFILE", type=FILE)
@click.argument("out", metavar="OUTFILE", type=OUT_FILE)
@option(
    "name_id_file",
    type=FILE,
    default="",
    metavar="FILE",
    help="Lines of a name and the number that stands for it.",
)
def command(root: str, file: str, out: Path, name_id_file: str) -> None:
    from blobnet.datasets.annotated_set import read_pairs
    from blobnet.datasets.image_sizes import read_names, sizes_of
    from blobnet.serialization.files import atomic_write

    start_logging()
    images, _ = read_pairs(Path(file))
    names = read_names(Path(name_id_file), len(images.paths)) if name_id_file else None
    total, lines = len(images.paths), []
    with count_progress(out.name) as show:
        for line in sizes_of(Path(root), images.paths, names):
            lines.append(f"{line}\n")
            show(len(lines), total)
    with atomic_write(out) as temporary:
        temporary.write_text("".join(lines), encoding="utf-8", errors="surrogateescape")
