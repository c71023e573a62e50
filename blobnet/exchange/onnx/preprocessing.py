"""How images were prepared for the training, as texts for a model's metadata."""

from __future__ import annotations

from blobnet.netdef import upgrade_net
from blobnet.proto import TEST, LayerParameter, NetParameter


def preprocessing(definition: NetParameter) -> dict[str, str]:
    """What the transform_param of a data layer says; nothing where no layer has one.

    Of several layers, the one for TEST counts. Channels are blue, green, red, as Caffe reads them;
    mean and scale are those of pixels from 0 to 255.
    """
    layers = [layer for layer in upgrade_net(definition).layer if layer.HasField("transform_param")]
    if not layers:
        return {}
    param = sorted(layers, key=_is_for_testing)[-1].transform_param
    found = {"channel_order": "BGR", "scale": f"{param.scale:.9g}"}
    if param.mean_value:
        found["mean_value"] = ",".join(f"{value:.9g}" for value in param.mean_value)
    if param.mean_file:
        found["mean_file"] = param.mean_file
    if param.crop_size:
        found["crop_size"] = str(param.crop_size)
    if param.force_gray:
        found["channel_order"] = "gray"
    return {f"preprocessing.{key}": text for key, text in found.items()}


def _is_for_testing(layer: LayerParameter) -> bool:
    return any(rule.phase == TEST for rule in layer.include if rule.HasField("phase"))
