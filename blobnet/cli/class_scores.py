"""What `blobnet test` tells of the classes: a table, a picture, the most frequent mistakes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from blobnet.cli.options import OUT_FILE, PATH, check_folder_of, check_text, option
from blobnet.input_files import shown
from blobnet.net import Net
from blobnet.predicting import Labels, read_labels
from blobnet.reports.confusion import ClassScores, Confusion
from blobnet.serialization.files import atomic_write, check_writable
from blobnet.viz.confusion import PURPOSE, save_confusion
from blobnet.viz.curves import check_picture
from blobnet.viz.names import visible

_MISTAKES = 5  # that are told
_WIDTH = 24  # letters of a class's name

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class ClassReport:
    """What is wanted of the classes, by the options."""

    picture: Path | None = None
    table: Path | None = None
    labels: Path | None = None
    layer: str = ""
    is_told: bool = False

    def __bool__(self) -> bool:
        return bool(self.picture or self.table or self.is_told)

    def check(self) -> None:
        """Find out before the test what would go wrong behind it."""
        if (self.labels or self.layer) and not self:
            raise click.UsageError(
                "--labels and --scores-of go with --confusion, --csv, --by-class."
            )
        for file in filter(None, (self.picture, self.table)):
            check_folder_of(file)
        if self.picture:
            check_picture(self.picture, PURPOSE)
        if self.table:
            check_writable(self.table)

    @contextmanager
    def watching(self, net: Net, *, is_first: bool) -> Iterator[Confusion | None]:
        """For a block around the test: what is wanted is told and written behind it.

        is_first  whether this process does that; the others of mpiexec count for it
        """
        if not self:
            yield None
            return
        labels = read_labels(self.labels) if self.labels else Labels()
        with Confusion(net, self.layer) as confusion:
            yield confusion
        if is_first:
            self._tell(confusion, labels)

    def _tell(self, confusion: Confusion, labels: Labels) -> None:
        names = [labels[number] for number in range(len(confusion.matrix))]
        click.echo("\n".join(_lines(confusion, names)))
        if self.table:
            with atomic_write(self.table) as temporary:
                temporary.write_text(_csv(confusion, names), encoding="utf-8", newline="")
            click.echo(f"wrote {shown(self.table)}")
        if self.picture:
            accuracy = confusion.accuracy
            score = "" if accuracy is None else f": {accuracy:.4g} of them right"
            heading = f'{confusion.matrix.sum():,} items, layer "{confusion.layer}"{score}'
            save_confusion(confusion.matrix, names, self.picture, heading)
            click.echo(f"wrote {shown(self.picture)}")
        if not self.labels:
            click.echo("next: name the classes with --labels FILE")


def class_report_options(command: Command) -> Command:
    """--confusion, --csv, --by-class, --labels and --scores-of, as one `classes`."""

    @wraps(command)
    def run(*args: Any, **settings: Any) -> Any:
        report = ClassReport(
            settings.pop("confusion"),
            settings.pop("csv"),
            settings.pop("labels"),
            settings.pop("scores_of"),
            settings.pop("by_class"),
        )
        return command(*args, classes=report, **settings)

    decorated = cast(Command, run)
    for decorate in (
        click.option(
            "--scores-of",
            "-scores-of",
            default="",
            callback=check_text,
            metavar="LAYER",
            help="Which Accuracy layer.  [default: the last that counts the best score alone]",
        ),
        option("labels", type=PATH, metavar="FILE", help="A name a line, for the classes."),
        option("csv", type=OUT_FILE, metavar="FILE", help="Write the scores of each class."),
        click.option("--by-class", is_flag=True, help="Tell the scores of each class."),
        option(
            "confusion",
            type=OUT_FILE,
            metavar="OUT.png",
            help="Draw which classes are taken for which; needs an Accuracy layer.",
        ),
    ):
        decorated = decorate(decorated)
    return decorated


def _lines(confusion: Confusion, names: list[str]) -> Iterator[str]:
    yield f"{'class':<{_WIDTH}}  precision    recall        F1   support"
    for name, scores in zip(names, confusion.by_class(), strict=True):
        yield f"{visible(name, _WIDTH):<{_WIDTH}}  {_numbers(scores)}"
    yield f"{'mean over classes':<{_WIDTH}}  {_numbers(confusion.mean())}"
    if confusion.accuracy is not None:
        yield f"accuracy {confusion.accuracy:.4f} (layer {visible(confusion.layer)})"
    for true, taken, count in islice(confusion.mistakes(), _MISTAKES):
        yield f"{count:,} times {visible(names[true])} was taken for {visible(names[taken])}"


def _numbers(scores: ClassScores) -> str:
    shares = (f"{'-' if share is None else f'{share:.4f}':>9}" for share in scores[:3])
    return f"{' '.join(shares)} {scores.support:>9,}"


def _csv(confusion: Confusion, names: list[str]) -> str:
    """A line for each class; what cannot be divided is empty."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("label", "class", "precision", "recall", "f1", "support"))
    for label, (name, scores) in enumerate(zip(names, confusion.by_class(), strict=True)):
        writer.writerow((label, name, *scores))
    return file.getvalue()
