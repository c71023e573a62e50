"""Python: a layer whose work is done by a class of your own, as in pycaffe.

    # my_layers.py, in the working directory or on PYTHONPATH
    from blobnet import PythonLayer  # or `import caffe`, and caffe.Layer

    class Double(PythonLayer):
        def reshape(self, bottom, top):
            top[0].reshape(*bottom[0].shape)

        def forward(self, bottom, top):
            top[0].data[...] = 2 * bottom[0].data

        def backward(self, top, propagate_down, bottom):
            if propagate_down[0]:
                bottom[0].diff[...] = 2 * top[0].diff

    # in the prototxt
    layer {
      name: "double" type: "Python" bottom: "x" top: "y"
      python_param { module: "my_layers" layer: "Double" param_str: "any text" }
    }

Caffe: python_layer.hpp; the methods and attributes of the class are those of pycaffe.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from types import ModuleType
from typing import Any

import numpy as np

from blobnet.blob import Blob, Blobs
from blobnet.errors import LayerError, did_you_mean
from blobnet.importing import built_in, import_module, is_missing, raised_inside
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers.utility._import_advice import import_advice
from blobnet.layers.utility._python_parts import BlobVec, NamedPhase
from blobnet.loggers import named_logger
from blobnet.proto import LayerParameter
from blobnet.serialization.blob_proto import fit_stored

_log = named_logger("blobnet.layers.python")


class PythonLayer:
    """The base that a class for Python layers may have; any class with these methods will do.

    setup(bottom, top)       once: read `param_str`, check the numbers of blobs, make weights;
                             may be left out
    reshape(bottom, top)     after setup and before every forward: give the tops their shapes
    forward(bottom, top)     write every top's `data`
    backward(top, propagate_down, bottom)
                             overwrite the `diff` of bottom[i] where propagate_down[i] is true,
                             add to the `diff` of the weights; may be left out where no gradient
                             is asked for

    bottom and top are lists of Blob. When setup is called, these attributes are there:

    param_str, param_str_    the text of `python_param { param_str: "..." }`
    phase                    0 or 1, and prints as TRAIN or TEST
    layer_param              LayerParameter: the layer as the prototxt states it
    blobs                    list of Blob, the weights: `self.blobs.add_blob(64, 10)` makes one
    type                     "Python"
    rng                      numpy Generator, seeded by the net (unless the class has a `rng`)

    The top counts in the loss only if the prototxt states a `loss_weight`. A class whose runs
    depend on more than its weights may define `get_state()`, which gives it in types that JSON
    has, and `set_state(state)`: snapshots keep it.
    """

    param_str: str
    param_str_: str
    phase: NamedPhase
    blobs: BlobVec
    type: str
    rng: np.random.Generator

    def __init__(self, layer_param: LayerParameter) -> None:
        self.layer_param = layer_param

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing to set up, unless a subclass says otherwise."""


@register_layer("Python")
class Python(Layer):
    """Hosts an object of a class of your own: see PythonLayer.

    bottom[i]  as many as the class takes
    top[i]     as many as the class makes
    blobs_[i]  what the class adds by `self.blobs.add_blob(...)`

    The class is named `layer` in the module `module`, which is looked for where Python looks
    for modules, then in the working directory, then among those that blobnet brings along for
    public nets (`blobnet/python_layers`: rpn.proposal_layer ...). That object is the attribute
    `instance`; what this layer has not, `net.layers[i].some_method()`, is looked up there.
    `share_in_parallel` has no meaning here. What the class raises arrives unchanged, with its
    traceback.

    Proto: PythonParameter.  Caffe: python_layer.hpp, _caffe.cpp.
    """

    formula = (
        "Hosts an object of a class of your own, which pycaffe would run too: see PythonLayer."
    )
    gradient_formula = "what the class computes."

    runs_foreign_code = True
    has_side_effects = True

    instance: Any

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        brought_along = self.blobs_
        self.blobs_ = weights = BlobVec(self.dtype)
        param = self.layer_param_.python_param
        user_class = self._user_class()
        instance = _construct(user_class, self.layer_param_)
        instance.param_str = instance.param_str_ = param.param_str
        instance.phase = NamedPhase(self.phase)
        instance.layer_param = self.layer_param_
        instance.blobs = weights
        for name, value in (("rng", self.rng), ("type", self.type)):
            if not hasattr(instance, name):
                setattr(instance, name, value)
        self.instance = instance
        if hasattr(instance, "setup"):
            instance.setup(bottom, top)
        self._check_methods(user_class)  # by now setup has told what it finds wrong
        self._take_values(brought_along)

    def take_turns(self, turn: int, turns: int) -> str | None:
        """The instance's own `take_turns(turn, turns)`; it is missed where data begin here."""
        super().take_turns(turn, turns)
        if hasattr(self.instance, "take_turns"):
            self.instance.take_turns(turn, turns)
        elif not self.layer_param_.bottom:
            return (
                f"{self._named_class()} has no method `take_turns(turn, turns)`: it reads in every "
                "process what it would read alone, unless it deals its data out itself"
            )
        return None

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        self.instance.reshape(bottom, top)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        self.instance.forward(bottom, top)

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if hasattr(self.instance, "backward"):
            self.instance.backward(top, list(propagate_down), bottom)
        elif any(propagate_down) or any(self.param_propagate_down_):
            raise self.error(
                f"{self._named_class()} has no method `backward`",
                expected="one, since a gradient is asked for",
                fix="define backward(self, top, propagate_down, bottom), or write "
                "`propagate_down: false` for every bottom in the prototxt",
            )

    def get_state(self) -> dict[str, Any]:
        state = super().get_state()
        if self._instance_has_state():
            state["instance"] = self.instance.get_state()
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        if "instance" in state and self._instance_has_state():
            self.instance.set_state(state["instance"])

    def __getattr__(self, name: str) -> Any:
        """What this layer has not, its instance may have."""
        if "instance" not in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self.instance, name)

    # --- helpers ------------------------------------------------------------------------------

    def _instance_has_state(self) -> bool:
        return hasattr(self.instance, "get_state") and hasattr(self.instance, "set_state")

    def _take_values(self, brought_along: list[Blob]) -> None:
        """Weights that came with the definition replace the values that setup gave."""
        if not self.blobs_:
            self.blobs_.extend(brought_along)
        elif brought_along and len(brought_along) != len(self.blobs_):
            raise self.error(
                "the definition brings along another number of weights",
                expected=f"{len(self.blobs_)}, as {self._named_class()} makes",
                got=len(brought_along),
            )
        for index, (blob, values) in enumerate(zip(self.blobs_, brought_along, strict=False)):
            stored = self.layer_param_.blobs[index]
            fit_stored(values, stored, blob.shape, f"the weights given as blobs[{index}]")
            blob.data[...] = values.data

    def _named_class(self) -> str:
        param = self.layer_param_.python_param
        return f'class "{param.layer}" of module "{param.module}"'

    def _user_class(self) -> type[Any]:
        param = self.layer_param_.python_param
        if not param.module or not param.layer:
            raise self.error(
                "python_param must name a module and a class",
                expected='python_param { module: "my_layers" layer: "MyLayer" }',
                got=f'module: "{param.module}" layer: "{param.layer}"',
            )
        module = self._user_module(param.module)
        user_class = getattr(module, param.layer, None)
        if not isinstance(user_class, type):
            known = [name for name, value in vars(module).items() if isinstance(value, type)]
            raise self.error(
                f"there is no {self._named_class()}",
                expected=f'a class "{param.layer}" in {_file_of(module)}',
                got=", ".join(sorted(known)) or "no class at all",
                fix=did_you_mean(param.layer, known) or "`layer:` in the prototxt is its name",
            )
        self._check_user_class(user_class)
        return user_class

    def _check_user_class(self, user_class: type[Any]) -> None:
        if issubclass(user_class, Layer):
            raise self.error(
                f"{self._named_class()} is a blobnet.Layer, which needs no Python layer",
                fix=f'import {self.layer_param_.python_param.module}, put @blobnet.register_layer("'
                f'{user_class.__name__}") above the class, and use it in the prototxt as '
                f'type: "{user_class.__name__}"',
            )

    def _check_methods(self, user_class: type[Any]) -> None:
        missing = [name for name in ("reshape", "forward") if not hasattr(user_class, name)]
        if missing:
            raise self.error(
                f"{self._named_class()} has no method `{'` and no `'.join(missing)}`",
                expected="reshape(self, bottom, top) and forward(self, bottom, top)",
                fix=f"define `{'` and `'.join(missing)}` in {user_class.__name__}; what they "
                "must do is told by help(blobnet.PythonLayer)",
            )

    def _user_module(self, name: str) -> ModuleType:
        try:
            return import_module(name)
        except SyntaxError as error:
            where = f"{error.filename}, line {error.lineno}"
            raise self._no_import(error, f"{error.msg} ({where})") from error
        except (Exception, SystemExit) as error:
            if is_missing(error, name) and (own := built_in(name)):
                _log.info('%s layer "%s": blobnet\'s own %s', self.type, self.name, name)
                return import_module(own)
            if raised_inside(error):
                raise
            raise self._no_import(error, f"{type(error).__name__}: {error}") from error

    def _no_import(self, error: Exception | SystemExit, got: str) -> LayerError:
        return self.error(
            f"cannot import the module of {self._named_class()}",
            got=got,
            fix=import_advice(error, self.layer_param_.python_param.module),
        )


def _construct(user_class: type[Any], layer_param: LayerParameter) -> Any:
    """An object of the class, made as pycaffe does from the LayerParameter if it takes one."""
    try:
        inspect.signature(user_class).bind(layer_param)
    except (TypeError, ValueError):
        return user_class()
    return user_class(layer_param)


def _file_of(module: ModuleType) -> str:
    return getattr(module, "__file__", None) or f"module {module.__name__}"
