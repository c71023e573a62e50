"""What is examined: files, and what is made of them once somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path

from blobnet.doctor.logged_nets import net_in_log
from blobnet.errors import BlobnetError, NetError, explain
from blobnet.input_files import is_file
from blobnet.net import Net
from blobnet.preprocessing import Settings
from blobnet.preprocessing.image_files import read_image
from blobnet.proto import TRAIN, LayerParameter, NetParameter
from blobnet.serialization.prototxt import read_net, read_solver
from blobnet.serialization.stored import StoredWeights
from blobnet.serialization.weights import read_weights
from blobnet.solverdef.nets import training_file
from blobnet.types import Array, Shape
from blobnet.viz.nets import load_net
from blobnet.weights.layouts import adapted_to

_SIDE = 224  # of images whose size nothing states


class Case:
    """A net and what belongs to it.

    net       none: the one that the solver names, if it is there; a solver and a log can be
              examined without any
    settings  how images are prepared; nothing said: what the definition's own data layers say
    shapes    of blobs that data layers make, where they cannot be guessed
    """

    def __init__(
        self,
        net: Path | None,
        weights: Path | None = None,
        *,
        solver: Path | None = None,
        images: Sequence[Path] = (),
        log: Path | None = None,
        settings: Settings | None = None,
        shapes: dict[str, Shape] | None = None,
        allow_python: bool = False,
    ) -> None:
        self._net, self.weights_path = net, weights
        self.solver_path, self.log_path = solver, log
        self.image_paths = list(images)
        self.settings = settings or Settings()
        self._shapes, self.allow_python = shapes or {}, allow_python

    @cached_property
    def net_path(self) -> Path:
        """The net's file. Raises NetError where none is given, and the solver names none."""
        found = self._net or self._net_of_solver()
        if found is None:
            raise NetError(explain("no net is given", fix="name a deploy.prototxt"))
        return found

    @property
    def has_net(self) -> bool:
        """Whether there is a net's file to examine."""
        return (self._net or self._net_of_solver()) is not None

    def _net_of_solver(self) -> Path | None:
        """None where the solver cannot be read, has the net in itself, or its file is not there."""
        if self.solver_path is None:
            return None
        try:
            found = training_file(read_solver(self.solver_path), self.solver_path.parent)
        except BlobnetError:
            return None
        return Path(found) if found and is_file(found) else None

    @cached_property
    def definition(self) -> NetParameter:
        """The net as its file says it, or else the log, in today's form.

        Raises ProtoError, and NetError where neither does.
        """
        if not self.has_net and self.log_path and (told := net_in_log(self.log_path)):
            return told
        return read_net(self.net_path)

    @cached_property
    def net(self) -> Net:
        """The net in the phase TEST, its data replaced by inputs, with the weights that fit.

        Raises what making a net raises.
        """
        net = self._made("TEST")
        if self.weights_path is not None:
            self._fill(net)
        return net

    @cached_property
    def train_net(self) -> Net | None:
        """The net in the phase TRAIN; None where it has no loss then, or cannot be made."""
        try:
            net = self._made("TRAIN")
        except BlobnetError:
            return None
        has_loss = any(wired.layer.loss(i) for wired in net.wired for i in range(len(wired.top)))
        return net if has_loss else None

    @cached_property
    def stored(self) -> StoredWeights:
        """The weights by layer name; empty without a file. Raises WeightsError."""
        return read_weights(self.weights_path) if self.weights_path is not None else {}

    @cached_property
    def adapted(self) -> StoredWeights:
        """The same in the layouts that the net's layers have."""
        return adapted_to(self.net.wired, self.stored)

    @cached_property
    def images(self) -> list[Array]:
        """The pixels of the images; none where the net takes no images. Raises DataError."""
        if not self.takes_images:
            return []
        gray = self.net.blobs[self.net.inputs[0]].shape[1] == 1
        return [read_image(path, gray=gray) for path in self.image_paths]

    @property
    def takes_images(self) -> bool:
        """Whether the net's first input has one channel or three."""
        shape = self.net.blobs[self.net.inputs[0]].shape if self.net.inputs else ()
        return len(shape) == 4 and shape[1] in (1, 3)

    def _made(self, phase: str) -> Net:
        source = self.net_path if self.has_net else self.definition
        make = partial(load_net, source, phase, allow_python=self.allow_python)
        found = self._shapes_of_data(make) or self._guessed(phase == "TRAIN")
        return make(shapes={**found, **self._shapes})

    def _shapes_of_data(self, make: Callable[..., Net]) -> dict[str, Shape]:
        """The shapes that data layers make, with one item; none where the data is not there."""
        try:
            net = make(shapes=self._shapes)
        except BlobnetError:
            return {}
        return {
            name: (1, *net.blobs[name].shape[1:])
            for wired in net.wired
            if not wired.bottom_names and _reads_data(wired.layer.layer_param_)
            for name in wired.top_names
        }

    def _guessed(self, training: bool) -> dict[str, Shape]:
        """Shapes for the layers that read data: a batch of one, of the size that is stated."""
        found: dict[str, Shape] = {}
        for layer in self.definition.layer:
            if not layer.bottom and layer.top and _reads_data(layer):
                is_mine = TRAIN in [rule.phase for rule in layer.include] or not layer.include
                if is_mine == training or layer.top[0] not in found:
                    found[layer.top[0]] = _shape_of(layer)
        return found

    def _fill(self, net: Net) -> None:
        """Copy what fits; what does not is told by `weight_names`."""
        stored = adapted_to(net.wired, self.stored)
        for name, blobs in net.params.items():
            for index, blob in enumerate(blobs):
                one = stored.get(name, {}).get(index)
                if one is not None and one.fits(blob.shape) and not one.damage:
                    one.copy_to(blob.data)


def _reads_data(layer: LayerParameter) -> bool:
    """Whether the layer has settings for files to read."""
    return layer.HasField("transform_param") or any(
        field.name.endswith("data_param") and field.name != "dummy_data_param"
        for field, _ in layer.ListFields()
    )


def _shape_of(layer: LayerParameter) -> Shape:
    param = layer.transform_param
    side = param.crop_size or (param.resize_param[0].height if param.resize_param else 0)
    height, width = side, side
    for field, value in layer.ListFields():
        if not side and field.name.endswith("data_param"):
            height = getattr(value, "new_height", 0) or getattr(value, "crop_size", 0)
            width = getattr(value, "new_width", 0) or height
    channels = 1 if param.force_gray or len(param.mean_value) == 1 else 3
    return (1, channels, height or _SIDE, width or _SIDE)
