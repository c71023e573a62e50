"""`blobnet predict`: what a net says of images."""

from __future__ import annotations

import json as json_format
from collections.abc import Sequence
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

import click

from blobnet.cli.net_options import shape_option
from blobnet.cli.options import (
    AT_LEAST_ONE,
    FOLDER,
    OUT_FILE,
    PATH,
    check_folder_of,
    check_text,
    command_line,
    import_option,
    net_state_options,
    option,
    python_option,
    split_list,
    threads_option,
)
from blobnet.cli.picture_options import found_beside, picture_options
from blobnet.cli.prediction_tables import csv_of, lines_of
from blobnet.cli.progress import count_progress
from blobnet.cli.ranks import is_first, shared_seed, together
from blobnet.cli.wrapping import wrapped
from blobnet.distributed.agreement import check_agreement, of_net
from blobnet.distributed.dealing import hand, in_turns
from blobnet.distributed.ranks import Ranks
from blobnet.errors import BlobnetError
from blobnet.input_files import shown
from blobnet.loggers import named_logger
from blobnet.predicting import Labels, Prediction, Predictor, read_labels
from blobnet.predicting.drawing import picture_of, write_drawing
from blobnet.predicting.outputs import KINDS, Kind, find_output
from blobnet.predicting.reading_outputs import Reading
from blobnet.preprocessing import Settings
from blobnet.preprocessing.image_files import find_images, read_image
from blobnet.serialization.files import atomic_write
from blobnet.types import Shape
from blobnet.viz.curves import is_ours
from blobnet.viz.nets import load_net

_log = named_logger("blobnet.cli")

_Found = list[tuple[Path, Prediction]]


@click.command(
    help="""Tell what a net says of images: classes, boxes, a mask, points.

    IMAGES are files and folders. How they were prepared for the training is taken from --like, or
    from a definition with data layers beside NET; what the options say wins. What is done is told.
    """,
    epilog="Example: blobnet predict deploy.prototxt bvlc_reference_caffenet.caffemodel cat.jpg "
    "--like train_val.prototxt --labels synset_words.txt",
)
@click.argument("net", type=PATH)
@click.argument("weights", type=PATH)
@click.argument("images", nargs=-1, required=True, type=PATH)
@option("labels", type=PATH, metavar="FILE", help="A name a line, or SSD's labelmap.prototxt.")
@option(
    "top",
    type=AT_LEAST_ONE,
    default=5,
    show_default=True,
    metavar="N",
    help="How many classes to tell.",
)
@option(
    "threshold",
    type=click.FloatRange(0, 1),
    metavar="X",
    default=0.5,
    show_default=True,
    help="What a box must score.",
)
@picture_options
@click.option("--ten-crop", is_flag=True, help="Mean over corners, middle and mirror images.")
@option("blob", default="", callback=check_text, metavar="NAME", help="The blob that tells.")
@click.option("--as", "kind", type=click.Choice(KINDS), help="What the blob is.")
@option("out", type=FOLDER, metavar="FOLDER", help="Write the images with what was found in them.")
@option("csv", type=OUT_FILE, metavar="FILE", help="Write a table, a line for each finding.")
@option("json", type=OUT_FILE, metavar="FILE", help="Write all findings.")
@net_state_options
@shape_option
@import_option
@python_option
@threads_option
def command(
    net: Path,
    weights: Path,
    images: tuple[Path, ...],
    labels: Path | None,
    top: int,
    threshold: float,
    settings: Settings,
    ten_crop: bool,
    blob: str,
    kind: Kind | None,
    out: Path | None,
    csv: Path | None,
    json: Path | None,
    level: int,
    stage: str,
    shape: dict[str, Shape],
    allow_python: bool,
) -> None:
    for file in filter(None, (csv, json)):
        check_folder_of(file)
    paths = find_images(images)
    settings = found_beside(settings, net)
    names = read_labels(labels) if labels else Labels()
    load = partial(
        load_net,
        net,
        "TEST",
        level=level,
        stages=split_list(stage),
        shapes=shape,
        allow_python=allow_python,
        inference=True,
    )
    with together(lambda: "") as ranks:
        seed = shared_seed(ranks)
        made = load(keep=[blob] if blob else [], seed=seed)
        output = find_output(made, blob, kind)
        if not set(output.blobs) <= set(made.blobs):  # blobs in between
            made = load(keep=output.blobs, seed=seed)
        missing = made.copy_from(weights)
        reading = Reading(names, top, threshold)
        predictor = Predictor(made, settings, reading, output=output, ten_crop=ten_crop)
        if is_first(ranks):
            _warn_of_missing(missing, weights)
            _tell_preprocessing(predictor, settings)
        _check_agreement(ranks, predictor, paths)
        found, failed = _run(predictor, paths, out, ranks)
    if not is_first(ranks):
        return
    if csv:
        _write(csv, csv_of(found))
    if json:
        _write(json, _as_json(found))
    if labels is None and predictor.output.kind not in ("points", "map"):
        click.echo("next: name the classes with --labels FILE")
    elif out is None and predictor.output.kind != "classes":
        click.echo(f"next: {command_line('blobnet', 'predict', net, weights, *images)} --out found")
    if failed:
        raise BlobnetError(f"{failed} of {len(paths)} images could not be read: see above")


def _check_agreement(ranks: Ranks | None, predictor: Predictor, paths: Sequence[Path]) -> None:
    """Raise DistributedError where ranks do not look at the same images in the same way."""
    if ranks is not None:
        wanted = {
            "how images are prepared": repr(predictor.preprocessing),
            "the images": "\n".join(map(str, paths)),
        }
        check_agreement(ranks, of_net(predictor.net) | wanted)


class _Looked(NamedTuple):
    """What was found in an image, and the picture of it, if that is wanted."""

    prediction: Prediction
    picture: bytes


def _run(
    predictor: Predictor, paths: Sequence[Path], out: Path | None, ranks: Ranks | None
) -> tuple[_Found, int]:
    """What is found, told and written image by image, and how many could not be read.

    Ranks look at images in turns; the first one tells and writes, the others return nothing.
    """
    found: _Found = []
    failed, taken = 0, set[Path]()
    if out:
        out.mkdir(parents=True, exist_ok=True)
    options = {"is_drawn": out is not None, "is_only": len(paths) == 1}
    own = (_look(predictor, path, **options) for path in hand(paths, ranks))
    with count_progress("predicting") as show:
        results = zip(paths, in_turns(own, len(paths), ranks), strict=is_first(ranks))
        for done, (path, looked) in enumerate(results, 1):
            if isinstance(looked, BlobnetError):
                failed += 1
                click.echo(f"{looked}", err=True)
                continue
            found.append((path, looked.prediction))
            for line in lines_of(path, looked.prediction, predictor.output.kind):
                click.echo(line)
            if out:
                file = _free_name(out, path, taken)
                write_drawing(looked.picture, file)
                click.echo(f"  wrote {shown(file)}")
            show(done, len(paths))
    return found, failed


def _look(
    predictor: Predictor, path: Path, *, is_drawn: bool, is_only: bool
) -> _Looked | BlobnetError:
    """What is in an image, or why it cannot be read; which is raised where there is no other."""
    gray = predictor.preprocessing.channels == "GRAY"
    try:
        image = read_image(path, gray=gray)
        prediction = predictor(image, shown(path))
    except BlobnetError as error:
        if is_only:
            raise
        return error
    if not is_drawn:
        return _Looked(prediction, b"")
    return _Looked(prediction, picture_of(read_image(path) if gray else image, prediction))


def _free_name(out: Path, path: Path, drawn: set[Path]) -> Path:
    """Where to draw: what others have put there stays, and images of one name stay apart."""
    names = chain([path.stem], (f"{path.stem}_{number}" for number in count(2)))
    files = (out / f"{name}.png" for name in names)
    file = next(
        each for each in files if each not in drawn and (is_ours(each) or not each.exists())
    )
    drawn.add(file)
    return file


def _tell_preprocessing(predictor: Predictor, settings: Settings) -> None:
    told = f"images as {settings.origin} say" + ("s" if settings.origin.startswith("layer") else "")
    click.echo(wrapped(f"{told}: {', '.join(predictor.preprocessing.steps())}"), err=True)


def _warn_of_missing(missing: Sequence[str], weights: Path) -> None:
    if missing:
        _log.warning(
            "%s has no weights for %s: what follows is for their first values",
            shown(weights),
            ", ".join(missing),
        )


def _as_json(found: _Found) -> str:
    rows = [{"image": str(path), **prediction.as_dict()} for path, prediction in found]
    return json_format.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")
    click.echo(f"wrote {shown(path)}")
