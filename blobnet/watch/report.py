"""A training as one file to send: the page with all that it shows in it, and no server."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.viz.logs.run import LoggedRun
from blobnet.viz.names import visible
from blobnet.watch.curves import Curve
from blobnet.watch.numbers import FEW
from blobnet.watch.page_files import page_files
from blobnet.watch.session import Session

MOST_LAYERS = 80
"""So many layers can be looked at in a report; of a longer net the first and the last ones."""

_STATE = re.compile(r"_iter_(\d{1,15})\.solverstate(\.h5)?$")
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|const|let) (\w+))", re.MULTILINE)
_ORDER = (
    *("words.js", "api.js", "arrays.js", "image.js", "controls.js", "net.js", "layer.js"),
    *("weight.js", "course.js", "scores.js", "main.js"),
)


def newest_state(prefix: str) -> Path | None:
    """The .solverstate of a snapshot_prefix with the most iterations; None where there is none."""
    stem = Path(prefix)
    if not stem.parent.is_dir():
        return None
    found = {
        int(match[1]): path
        for path in stem.parent.iterdir()
        if path.name.startswith(stem.name)
        and (match := _STATE.fullmatch(path.name[len(stem.name) :]))
    }
    return found[max(found)] if found else None


def solver_report(session: Session, run: LoggedRun | None = None) -> dict[str, Any]:
    """What a report shows of a session that has looked at the net: every layer, some weights.

    run  the course of the training, out of its log
    """
    view = session.view(scores=True)
    if run is not None:
        view["curves"] = logged_curves(run)
    layers = [layer["id"] for layer in session.graph["layers"]]
    if len(layers) > MOST_LAYERS:
        layers = [*layers[: MOST_LAYERS // 2], *layers[-MOST_LAYERS // 2 :]]
    shown = {}
    for layer in layers:
        told = {"layer": session.view(layer)["layer"], "filters": session.filters(layer)}
        places = _places(session, layer)
        told["weights"] = {
            f"{index},{place}": session.weight_view(layer, index, place) for index, place in places
        }
        shown[layer] = told
    return {"net": session.graph, "view": view, "layers": shown}


def log_report(run: LoggedRun) -> dict[str, Any]:
    """What a report shows of a log alone: the curves."""
    return {"name": visible(run.name), "curves": logged_curves(run), "iterations": run.last}


def _places(session: Session, layer: int) -> list[tuple[int, int]]:
    """The weights whose chain rule is told: all where they are few, else that of most gradient."""
    wired = session.solver.net.wired[layer]
    places: list[tuple[int, int]] = []
    for index in range(len(wired.layer.blobs_)):
        gradient = session.gradient(layer, index)
        if gradient is not None and gradient.size:
            largest = int(np.abs(np.nan_to_num(gradient)).argmax())
            few = range(gradient.size) if gradient.size <= FEW // 4 else [largest]
            places += [(index, place) for place in few]
    return places


def logged_curves(run: LoggedRun) -> dict[str, Any]:
    """The curves of a log as those of `Curves.told`."""
    loss, scores = Curve(), {}
    for series in run.series:
        curve = Curve()
        points = zip(series.iterations, series.values, strict=True)
        for iteration, value in points:
            curve.add(iteration, value)
        if series.kind == "loss":
            loss = curve
        elif series.kind == "test":
            scores[visible(series.name, 40)] = curve
    told = {name: curve.told() for name, curve in scores.items()}
    return {"loss": loss.told(), "left": None, "scores": told}


def write_report(report: dict[str, Any], title: str) -> str:
    """The text of the file."""
    files = {name: data.decode("utf-8") for name, data in page_files().items()}
    page = files["index.html"]
    data = json.dumps(report, allow_nan=False).replace("<", "\\u003c")
    parts = {
        r"<title>.*?</title>": f"<title>{escape(visible(title))}</title>",
        r"<link rel=\"stylesheet\".*?>": f"<style>\n{files['style.css']}</style>",
        r"<script type=\"module\".*?</script>": (
            f'<script type="application/json" id="report">{data}</script>\n'
            f'<script type="module">\n{_one_script(files)}</script>'
        ),
    }
    for pattern, text in parts.items():
        page = re.sub(pattern, lambda _, text=text: text, page, count=1)  # type: ignore[misc]
    return page


def _one_script(files: dict[str, str]) -> str:
    """All modules in one: each a function that gives what it exports."""
    modules = ["const modules = {};"]
    for name in _ORDER:
        code = _IMPORT.sub(r'const \1 = modules["\2"];', files[name])
        exported = ", ".join(match[2] for match in _EXPORT.finditer(code))
        code = _EXPORT.sub(r"\1", code).replace("</script", "<\\/script")
        modules.append(f'modules["{name}"] = (() => {{\n{code}\nreturn {{ {exported} }};\n}})();')
    return "\n".join(modules) + "\n"
