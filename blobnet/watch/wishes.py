"""What a page may ask for, out of its words: numbers in their ranges, known actions only."""

from __future__ import annotations

import math
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any

from blobnet.errors import BlobnetError, explain, nearest_or_all
from blobnet.watch.player import Player

_LARGEST = 2**40


def view_wishes(query: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """`since`, and the arguments of `Session.view`, of a query. Raises BlobnetError."""
    wishes: dict[str, Any] = {"item": _whole(query.get("item", "0"), "item")}
    if "layer" in query:
        wishes["layer"] = _whole(query["layer"], "layer")
    if "weight" in query:
        index, _, place = query["weight"].partition(".")
        wishes["weight"] = _whole(index, "weight"), _whole(place, "weight")
    wishes |= {name: query.get(name) == "1" for name in ("filters", "scores")}
    if "known" in query:
        wishes["known"] = _whole(query["known"], "known")
    return _whole(query.get("since", "0"), "since"), wishes


def action(player: Player, asked: Any) -> Callable[[], Any]:
    """What the training's thread is to do for {"do": name, ...}. Raises BlobnetError."""
    if not isinstance(asked, dict):
        raise BlobnetError(explain("no action", expected='{"do": "step"}', got=asked))
    name = asked.get("do")
    actions: dict[str, Callable[[], Callable[[], Any]]] = {
        "play": lambda: player.play,
        "pause": lambda: player.pause,
        "step": lambda: _bound(player.step, _whole(asked.get("iterations", 1), "iterations", 1)),
        "slow": lambda: _bound(player.slow, _number(asked, "seconds")),
        "back": lambda: _bound(_back(player), _whole(asked.get("iteration"), "iteration")),
        "rate": lambda: _bound(player.session.set_rate, _number(asked, "rate")),
        "weight": lambda: _bound(
            player.session.set_weight,
            _text(asked, "layer"),
            _whole(asked.get("index"), "index"),
            _whole(asked.get("place"), "place"),
            _number(asked, "value"),
        ),
        "value": lambda: _bound(
            player.session.set_value,
            _text(asked, "blob"),
            _whole(asked.get("place"), "place"),
            _number(asked, "value"),
        ),
        "image": lambda: _bound(
            player.session.set_image,
            _text(asked, "blob"),
            _whole(asked.get("item", 0), "item"),
            _bytes(asked, "pixels"),
        ),
        "test": lambda: player.session.test,
    }
    if not isinstance(name, str) or name not in actions:
        fix = nearest_or_all(str(name), actions)
        raise BlobnetError(explain("no such action", got=name, fix=fix))
    return actions[name]()


def _bound(function: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    return lambda: function(*arguments)


def _back(player: Player) -> Callable[[int], int]:
    """Going back stands still first: what follows is to be looked at."""

    def go(iteration: int) -> int:
        player.hold()
        return player.session.back(iteration)

    return go


def _whole(value: Any, name: str, least: int = 0) -> int:
    try:
        number = int(value) if isinstance(value, (int, str)) else -1
    except ValueError:
        number = -1
    if not least <= number <= _LARGEST or isinstance(value, bool):
        raise BlobnetError(explain(f"{name} is no number", expected=f"{least} or more", got=value))
    return number


def _number(asked: dict[str, Any], name: str) -> float:
    value = asked.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1e300:
        raise BlobnetError(explain(f"{name} is no number", expected="a finite one", got=value))
    if not math.isfinite(value):
        raise BlobnetError(explain(f"{name} is not finite", got=value))
    return float(value)


def _bytes(asked: dict[str, Any], name: str) -> bytes:
    try:
        return b64decode(_text(asked, name), validate=True)
    except ValueError as error:
        raise BlobnetError(f"{name} is no base64: {error}") from error


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str):
        raise BlobnetError(explain(f"{name} is no name", got=value))
    return value
