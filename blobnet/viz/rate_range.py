"""The loss over the learning rate as a picture. Needs the extra `plot`."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from blobnet.solver.rate_range import RateRange
from blobnet.viz import curves

PURPOSE = "drawing the loss over the learning rate"


@curves.plain_texts()
def save_rate_range(found: RateRange, path: str | PathLike[str], title: str) -> Path:
    """Draw the losses, smoothed too, with a mark at the rate where they fall fastest."""
    figure = curves.new_figure(8, 4.5)
    axes = figure.add_subplot()
    axes.set(xlabel="base_lr", ylabel="loss", xscale="log")
    curves.write_title(axes, title)
    axes.grid(alpha=0.3)
    smoothed = found.smoothed()
    axes.plot(found.rates, curves.drawable(found.losses), color=curves.SKY, lw=0.8, label="loss")
    axes.plot(found.rates, smoothed, color=curves.BLUE, label="smoothed")
    steepest = found.steepest()
    if steepest is not None:
        words = f"falls fastest at {steepest:.2g}"
        axes.axvline(steepest, color=curves.VERMILION, ls="--", lw=1, label=words)
    first, least = smoothed[0], min(found.losses)
    room = 0.1 * (first - least) + 1e-9
    axes.set_ylim(least - room, first + 4 * room)  # where it explodes it leaves the picture
    axes.xaxis.set_major_formatter(lambda rate, place: f"{rate:g}")
    axes.legend(frameon=False)
    return curves.save_figure(figure, path)
