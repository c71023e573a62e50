"""What a net is asked to run on: noted, once each, and of no effect. The CPU computes."""

from __future__ import annotations

from typing import Any

import numpy as np

from blobnet.dnn import constants
from blobnet.dnn.overloads import whole
from blobnet.loggers import named_logger

_log = named_logger("blobnet.dnn")

_OURS = {
    "DNN_BACKEND": (constants.DNN_BACKEND_DEFAULT, constants.DNN_BACKEND_OPENCV),
    "DNN_TARGET": (constants.DNN_TARGET_CPU,),
}


def getAvailableTargets(be: int) -> Any:
    """int32 (1,), DNN_TARGET_CPU, for the backends that this one stands for; () for others."""
    if whole(be, "be") in _OURS["DNN_BACKEND"]:
        return np.array([constants.DNN_TARGET_CPU], np.int32)
    return ()


class Preferences:
    """The calls by which a script chooses a device or an algorithm."""

    def __init__(self) -> None:
        self._noted: set[str] = set()

    def setPreferableBackend(self, backendId: int) -> None:
        """Noted in the log: the results are those of DNN_BACKEND_OPENCV."""
        self._note("DNN_BACKEND", backendId)

    def setPreferableTarget(self, targetId: int) -> None:
        """Noted in the log: the results are those of DNN_TARGET_CPU, in float32."""
        self._note("DNN_TARGET", targetId)

    def enableFusion(self, fusion: bool) -> None:
        """Noted in the log: layers are merged where nobody can see it."""
        self._note_once(f"enableFusion({bool(fusion)}): layers are merged where that is faster")

    def enableWinograd(self, useWinograd: bool) -> None:
        """Noted in the log: convolutions choose their algorithm by their shapes."""
        self._note_once(f"enableWinograd({bool(useWinograd)}): shapes choose the algorithm")

    def _note(self, kind: str, asked_for: int) -> None:
        name = "backendId" if kind == "DNN_BACKEND" else "targetId"
        number = whole(asked_for, name)
        if number not in _OURS[kind]:
            names = [
                name
                for name, value in vars(constants).items()
                if name.startswith(kind) and value == number
            ]
            asked = names[0] if names else f"{kind} {number}"
            self._note_once(f"{asked} is asked for: the CPU computes, in float32")

    def _note_once(self, text: str) -> None:
        if text not in self._noted:
            self._noted.add(text)
            _log.info("%s", text)
