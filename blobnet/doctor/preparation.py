"""Whether images are prepared as in the training: by statistics, and by how sure the net is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from blobnet.doctor.case import Case
from blobnet.doctor.finding import LIKELY, NOTE, POSSIBLE, Finding
from blobnet.doctor.runs import (
    Recorded,
    known_settings,
    moments_kept,
    preprocessing_of,
    record,
    records,
)
from blobnet.errors import BlobnetError
from blobnet.input_files import shown
from blobnet.preprocessing import Settings
from blobnet.preprocessing.in_definitions import definition_beside, settings_in
from blobnet.types import Array

_MEAN = np.array([104, 117, 123], np.float32)[:, None, None]
_MUCH_BETTER = 3.0  # so much farther from the statistics is what is given
_FAR = 1.0  # from statistics: below, all is well
_SURE, _UNSURE = 0.8, 0.3


def examine(case: Case) -> Iterator[Finding]:
    """What is said against what the training said; then what the image itself tells."""
    if case.image_paths and not case.takes_images:
        shape = case.net.blobs[case.net.inputs[0]].shape if case.net.inputs else "no input"
        yield Finding("--image was not used: the net takes no image", f"{shape}", "", NOTE)
    yield from _said_otherwise(case)
    if not case.images or case.weights_path is None:
        return
    given = known_settings(case)
    tried = dict(_ways(case, given))
    first = next(iter(tried.values()), None)
    if first is None:
        return
    by_statistics = {way: _distance(case, recorded) for way, recorded in tried.items()}
    if any(distance is not None for distance in by_statistics.values()):
        yield from _closest(by_statistics)
    else:
        yield from _surest(tried)


def _said_otherwise(case: Case) -> Iterator[Finding]:
    """Options that differ from what the definition of the training says."""
    beside = definition_beside(case.net_path)
    found = settings_in(case.net_path) or (settings_in(beside) if beside else Settings())
    said = case.settings
    if not said or not found:
        if not said and not found and case.images:
            yield Finding(
                "nothing says how images are to be prepared",
                f"{shown(case.net_path)} has no data layer, and no definition of the training "
                "lies beside it: images go in as they are, blue green red, 0 to 255",
                "say it: --like train_val.prototxt, or --mean, --scale, --channels, --size",
                NOTE,
            )
        return
    differing = []
    if said.scale is not None and found.scale is not None and said.scale != found.scale:
        differing.append(f"scale {said.scale:g}, the training {found.scale:g}")
    if said.mean is not None and not _same_mean(said.mean, found.mean):
        differing.append(f"mean {_mean_words(said.mean)}, the training {_mean_words(found.mean)}")
    if said.channels is not None and found.channels not in (None, said.channels):
        differing.append(f"{said.channels}, the training {found.channels}")
    if differing:
        yield Finding(
            "the options prepare images in another way than the training did",
            f"{'; '.join(differing)} ({found.origin})",
            "leave the options out",
            LIKELY,
        )


def _same_mean(one: Array, other: Array | None) -> bool:
    if other is None:
        return not one.any()
    ours, theirs = (each.reshape(len(each), -1).mean(1) for each in (one, other))
    return bool((np.abs(ours - theirs) < 0.51).all())


def _mean_words(mean: Array | None) -> str:
    if mean is None:
        return "0"
    values = mean.reshape(len(mean), -1).mean(1)
    return ", ".join(f"{value:g}" for value in values)


# --- ways to prepare an image, tried --------------------------------------------------------------


def _ways(case: Case, given: Settings) -> Iterator[tuple[str, Recorded]]:
    """What is given, and what else may have been meant: in words, and what the net makes of it."""
    blob = case.net.blobs[case.net.inputs[0]] if case.net.inputs else None
    if blob is None or blob.num_axes != 4:
        return
    scale = 1.0 if given.scale is None else given.scale
    mean = given.mean
    ways: dict[str, Settings] = {}
    if blob.shape[1] == 3:
        other = "BGR" if given.channels == "RGB" else "RGB"
        ways[f"--channels {other}"] = replace(given, channels=other)  # type: ignore[arg-type]
        if mean is None or not mean.any():
            ways["--mean 104,117,123"] = replace(given, mean=_MEAN)
    if mean is not None and mean.any():
        ways["--mean 0"] = replace(given, mean=np.zeros((1, 1, 1), np.float32))
    for factor in (1.0, 1 / 255, 1 / 127.5, 0.017):
        if abs(factor / scale - 1) > 0.2:
            ways[f"--scale {factor:.6g}"] = replace(given, scale=factor)
    half = np.full((1, 1, 1), 127.5, np.float32)
    ways["--mean 127.5 --scale 0.0078125"] = replace(given, mean=half, scale=1 / 128)
    yield "as given", records(case)[0]
    for way, settings in ways.items():
        try:
            yield way, record(case, preprocessing_of(case, settings), case.images[0])
        except BlobnetError:
            continue  # a mean image that does not fit, say


def _distance(case: Case, recorded: Recorded) -> float | None:
    """How far what comes to the first statistics is from them: deviations, and octaves of size."""
    for name, mean, variance in moments_kept(case.net):
        if name in recorded.moments and case.adapted.get(name):
            seen_mean, seen_variance = recorded.moments[name]
            counted = variance > 1e-10
            if not counted.any():
                continue
            moved = np.abs(seen_mean - mean)[counted] / np.sqrt(variance[counted])
            grown = np.abs(np.log2((seen_variance[counted] + 1e-12) / variance[counted])) / 2
            return float(np.median(moved) + np.median(grown))
    return None


def _closest(distances: dict[str, float | None]) -> Iterator[Finding]:
    known = {way: each for way, each in distances.items() if each is not None}
    given = known.get("as given", 0.0)
    way = min(known, key=lambda each: known[each])
    if given > _FAR and given > _MUCH_BETTER * known[way]:
        yield Finding(
            f"images were prepared in another way for the training: {way} fits better",
            f"distance from the first batch normalization's statistics: {given:.2f} as given, "
            f"{known[way]:.2f} with {way}",
            f"run again with {way}",
            LIKELY,
        )


def _surest(tried: dict[str, Recorded]) -> Iterator[Finding]:
    """Without statistics: the way in which the net is sure, where as given it is not."""
    sure = {way: top for way, each in tried.items() if (top := _top(each.scores)) is not None}
    given = sure.get("as given")
    if given is None or given > _UNSURE:
        return
    way = max(sure, key=lambda each: sure[each])
    if sure[way] > _SURE:
        yield Finding(
            f"images may have been prepared in another way for the training: {way}",
            f"the net is sure of a class to {sure[way]:.2f} then, to {given:.2f} as given",
            f"run again with {way}, and look at images whose class is known",
            POSSIBLE,
        )


def _top(scores: Array) -> float | None:
    """The largest of probabilities; None for what are none."""
    flat = scores.reshape(-1)
    if flat.size < 3 or flat.size > 10**5 or flat.min() < 0 or abs(float(flat.sum()) - 1) > 1e-2:
        return None
    return float(flat.max())
