"""merge and merge_files: the same numbers from fewer layers."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.errors import NetError, WeightsError
from blobnet.merging.files import NetForm, check_out, merge_files, plain_definition
from blobnet.merging.merge import merge
from blobnet.proto import NetParameter

GAUSSIAN = 'weight_filler { type: "gaussian" std: 1 } bias_filler { type: "gaussian" std: 1 }'
INPUT = """
    layer { name: "data" type: "Input" top: "data"
      input_param { shape { dim: 2 dim: 4 dim: 7 dim: 6 } } }
"""


def conv(options="", kind="Convolution", name="conv", rest=""):
    return f"""
        layer {{ name: "{name}" type: "{kind}" bottom: "data" top: "{name}" {rest}
          convolution_param {{ num_output: 6 kernel_size: 3 {GAUSSIAN} {options} }} }}
    """


def behind(kind, bottom="conv", top="bn", name="", rest=""):
    return (
        f'layer {{ name: "{name or top}" type: "{kind}" bottom: "{bottom}" top: "{top}" {rest} }}\n'
    )


BN = behind("BatchNorm")
SCALE = behind("Scale", "bn", "bn", "scale", "scale_param { bias_term: true }")
RELU = behind("ReLU", "bn", "relu")


def healthy(net, rng):
    """Weights that matter, and statistics that can be."""
    for blob in net.learnable_params:
        blob.data[...] = rng.uniform(0.5, 2, blob.shape) * rng.choice([1, -1], blob.shape)
    for layer in net.layers:
        for blob in layer.blobs_[1:3] if layer.type == "BatchNorm" else ():
            np.abs(blob.data, out=blob.data)
        for blob in layer.blobs_[3:4] if layer.type == "BN" else ():
            np.abs(blob.data, out=blob.data)
    return net


@pytest.fixture
def merged(tmp_path, rng):
    """Writes a net of layers, merges it, checks both; returns what was written and both nets."""

    def run(layers, head=INPUT, **options):
        (tmp_path / "net.prototxt").write_text(head + layers)
        net = healthy(blobnet.Net(tmp_path / "net.prototxt", "TEST", seed=1), rng)
        net.save(tmp_path / "net.caffemodel")
        form = NetForm(**options)
        files = (tmp_path / "net.prototxt", tmp_path / "net.caffemodel")
        made = merge_files(*files, tmp_path / "out", form)
        if not made.files:
            return made, net, net
        new = blobnet.Net(made.files[0], "TEST", weights=made.files[1])
        inputs = {name: rng.normal(size=net.blobs[name].shape) for name in net.inputs}
        expected = net.forward(**inputs)
        for name, values in new.forward(**inputs).items():
            size = np.abs(expected[name]).max()
            np.testing.assert_allclose(values, expected[name], atol=1e-5 * size, err_msg=name)
        return made, net, new

    return run


def types(net):
    return [layer.type for layer in net.layers if layer.type not in ("Input", "Split")]


def test_the_weights_are_those_computed_by_hand(tmp_path):
    (tmp_path / "net.prototxt").write_text("""
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 1 } } }
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
          inner_product_param { num_output: 1 } }
        layer { name: "bn" type: "BatchNorm" bottom: "ip" top: "bn" batch_norm_param { eps: 0 } }
        layer { name: "scale" type: "Scale" bottom: "bn" top: "y" scale_param { bias_term: true } }
    """)
    net = blobnet.Net(tmp_path / "net.prototxt", "TEST")
    values = {"ip": [2, 1], "bn": [6, 32, 2], "scale": [10, 5]}  # mean 3, variance 16
    for name, numbers in values.items():
        for blob, number in zip(net.params[name], numbers, strict=True):
            blob.data[...] = number
    net.save(tmp_path / "net.caffemodel")
    files = (tmp_path / "net.prototxt", tmp_path / "net.caffemodel", tmp_path / "out")
    made = merge_files(*files)
    new = blobnet.Net(made.files[0], "TEST", weights=made.files[1])
    weight, bias = (float(blob.data.ravel()[0]) for blob in new.params["ip"])
    assert (weight, bias) == (2 * 10 / 4, (1 - 3) * 10 / 4 + 5)


@pytest.mark.parametrize("bias", ["", "bias_term: false"])
@pytest.mark.parametrize(
    "first",
    [
        conv(),
        conv("group: 2 stride: 2 pad: 1"),
        conv(kind="Deconvolution"),
        conv("group: 2 stride: 2", kind="Deconvolution"),
        conv("group: 2", kind="DepthwiseConvolution"),
        conv(kind="ConvolutionDepthwise"),
    ],
    ids=["conv", "groups", "deconv", "deconv groups", "depthwise", "dw"],
)
def test_what_convolves_takes_in_what_is_behind_it(merged, first, bias):
    first = first.replace("kernel_size", f"{bias} kernel_size")
    made, _, new = merged(first + BN + SCALE + RELU)
    assert types(new)[1:] == ["ReLU"]
    assert [(each.into, each.layers) for each in made.merged.merges] == [("conv", ["bn", "scale"])]
    assert len(new.params["conv"]) == 2
    assert new.outputs == ["relu"]
    assert made.merged.left == []


@pytest.mark.parametrize("options", ["", "transpose: true", "bias_term: false"])
def test_an_inner_product_does_too(merged, options):
    layers = f"""
        layer {{ name: "conv" type: "InnerProduct" bottom: "data" top: "conv"
          inner_product_param {{ num_output: 6 {GAUSSIAN} {options} }} }}
    """
    _, _, new = merged(layers + BN + SCALE)
    assert types(new) == ["InnerProduct"]


@pytest.mark.parametrize(
    ("followers", "stay"),
    [
        (behind("BN"), []),
        (behind("Bias"), []),
        (behind("Power", rest="power_param { scale: 3 shift: -2 }"), []),
        (behind("Power", rest="power_param { power: 2 }"), ["Power"]),
        (behind("BatchNorm", "conv", "conv", "bn") + behind("Scale", "conv", "conv", "s"), []),
        (behind("Dropout", "conv", "conv", "drop"), ["Dropout"]),
        (behind("Dropout", "conv", "conv", "drop") + BN, []),
        (behind("BatchNorm", rest="batch_norm_param { use_global_stats: false }"), ["BatchNorm"]),
        (RELU.replace('"bn"', '"conv"') + behind("Scale", "relu"), ["ReLU", "Scale"]),
        (behind("Scale", rest="scale_param { axis: 0 num_axes: 2 }"), ["Scale"]),
        (behind("Scale", rest="loss_weight: 1"), ["Scale"]),
    ],
)
def test_what_is_affine_channel_by_channel_is_taken_in(merged, followers, stay):
    made, _, new = merged(conv() + followers)
    assert types(new) == ["Convolution", *stay]
    assert bool(made.files) == (not stay)


def test_a_blob_that_others_read_keeps_its_values(merged):
    made, _, new = merged(conv() + BN + behind("ReLU", "conv", "other"))
    assert types(new) == ["Convolution", "BatchNorm", "ReLU"]
    assert made.files == ()
    assert made.merged.left[0] == ("bn", "others read what it reads, too")


def test_two_layers_with_nothing_before_them_become_one_scale(merged):
    made, _, new = merged(conv() + BN + SCALE + behind("ReLU", "conv", "other") + RELU)
    assert types(new) == ["Convolution", "Scale", "ReLU", "ReLU"]
    (only,) = made.merged.merges
    assert (only.into, only.layers) == ("scale", ["bn"])
    assert made.merged.left == []
    assert [blob.shape for blob in new.params["scale"]] == [(6,), (6,)]


FRONT = behind("BatchNorm", "data", "bn") + SCALE


def on(bottom, layer):
    return layer.replace('bottom: "data"', f'bottom: "{bottom}"')


@pytest.mark.parametrize(
    "taker",
    [
        conv(),
        conv("bias_term: false"),
        conv("group: 2 stride: 2 dilation: 2"),
        conv("group: 2", kind="DepthwiseConvolution"),
        f"""layer {{ name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
          inner_product_param {{ num_output: 5 {GAUSSIAN} }} }}""",
        f"""layer {{ name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
          inner_product_param {{ num_output: 5 transpose: true bias_term: false {GAUSSIAN} }} }}""",
    ],
)
def test_what_stands_in_front_is_taken_in(merged, taker):
    made, _, new = merged(FRONT + on("bn", taker))
    assert len(types(new)) == 1
    assert made.merged.merges[0].layers == ["bn", "scale"]


def test_both_sides_at_once(merged):
    last = behind("BatchNorm", "conv", "bn2") + behind("ReLU", "bn2", "relu")
    made, _, new = merged(FRONT + on("bn", conv()) + last)
    assert types(new) == ["Convolution", "ReLU"]
    assert made.merged.merges[0].layers == ["bn", "scale", "bn2"]


def test_zeros_around_an_image_are_not_shifted(merged):
    made, _, new = merged(FRONT + on("bn", conv("pad: 1")))
    assert types(new) == ["Scale", "Convolution"]
    assert made.merged.merges[0].into == "scale"
    made, _, _ = merged(behind("BatchNorm", "data", "bn") + on("bn", conv("pad: 1")))
    assert made.files == ()
    assert made.merged.left == [("bn", '"conv" behind it puts zeros around what it reads')]


def test_a_factor_alone_is_taken_in_whatever_the_padding(merged):
    factor = behind("Scale", "data", "scale", rest="scale_param { bias_term: false }")
    _, _, new = merged(factor + on("scale", conv("pad: 1")))
    assert types(new) == ["Convolution"]


def test_a_rectifier_between_keeps_them_apart(merged):
    _, _, new = merged(FRONT + behind("ReLU", "bn", "bn", "relu") + on("bn", conv()))
    assert types(new) == ["Scale", "ReLU", "Convolution"]


def test_in_place_in_front(merged):
    layers = behind("ReLU", "data", "a") + behind("BatchNorm", "a", "a", "bn") + on("a", conv())
    _, _, new = merged(layers)
    assert types(new) == ["ReLU", "Convolution"]


def test_shared_weights_in_front_stay(merged):
    shared = 'param { name: "m" } param { name: "v" } param { name: "f" }'
    layers = behind("BatchNorm", "data", "bn", rest=shared) + on("bn", conv())
    layers += behind("BatchNorm", "data", "twin", rest=shared)
    made, _, new = merged(layers)
    assert types(new).count("BatchNorm") == 2
    assert made.files == ()


def test_two_that_read_one_blob_are_folded_each(merged):
    layers = "".join(
        conv(name=f"conv{i}") + behind("BatchNorm", f"conv{i}", f"bn{i}") for i in (1, 2)
    )
    _, _, new = merged(
        layers + 'layer { name: "s" type: "Eltwise" bottom: "bn1" bottom: "bn2" top: "s" }'
    )
    assert types(new) == ["Convolution", "Convolution", "Eltwise"]


def test_shared_weights_stay(merged):
    shared = 'param { name: "w" } param { name: "b" }'
    layers = conv(rest=shared) + BN + conv(name="twin", rest=shared)
    made, _, new = merged(layers)
    assert "BatchNorm" in types(new)
    assert made.merged.left == [("bn", '"conv" shares its weights with "twin"')]


def test_a_net_for_training_becomes_that_for_tests(merged):
    layers = (
        conv()
        + BN
        + behind("Dropout", "bn", "bn", "drop", "include { phase: TRAIN }")
        + behind("Scale", "bn", "bn", "scale", "include { phase: TEST }")
        + behind("Silence", "bn", "gone", "quiet", 'include { stage: "never" }').replace(
            'top: "gone"', ""
        )
    )
    made, _, new = merged(layers)
    assert types(new) == ["Convolution"]
    assert "include" not in made.files[0].read_text()
    assert "state" not in made.files[0].read_text()


DATA = """
    layer { name: "d" type: "Data" top: "data" top: "label" include { phase: TEST }
      data_param { source: "nowhere" batch_size: 2 backend: LMDB } }
"""


def test_layers_that_read_data_stay_where_the_shape_is_told(tmp_path, rng):
    loss = 'layer { name: "l" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "l" }'
    ip = """layer { name: "ip" type: "InnerProduct" bottom: "bn" top: "ip"
              inner_product_param { num_output: 3 } }"""
    (tmp_path / "net.prototxt").write_text(DATA + conv() + BN + ip + loss)
    form = NetForm(shapes={"data": (2, 4, 7, 6)})
    net = healthy(form.load(tmp_path / "net.prototxt", 1), rng)
    net.save(tmp_path / "net.caffemodel")
    files = (tmp_path / "net.prototxt", tmp_path / "net.caffemodel", tmp_path / "out")
    made = merge_files(*files, form)
    new = blobnet.serialization.prototxt.read_net(made.files[0])
    assert [layer.type for layer in new.layer] == [
        "Data",
        "Convolution",
        "InnerProduct",
        "SoftmaxWithLoss",
    ]
    assert new.layer[0].data_param.source == "nowhere"
    assert made.differences.keys() == {"l"}


def test_what_caffe_wrote_with_its_splits_is_merged_too(tmp_path, rng):
    (tmp_path / "net.prototxt").write_text(INPUT + conv() + BN + behind("ReLU", "bn", "a"))
    net = healthy(blobnet.Net(tmp_path / "net.prototxt", "TEST"), rng)
    twice = net.to_proto()
    made = merge(net, twice)
    assert [layer.type for layer in made.definition.layer] == ["Input", "Convolution", "ReLU"]


def jumping(tmp_path, rng):
    (tmp_path / "net.prototxt").write_text(INPUT + conv() + BN + behind("Threshold", "bn", "hard"))
    net = healthy(blobnet.Net(tmp_path / "net.prototxt", "TEST"), rng)
    other = healthy(blobnet.Net(tmp_path / "net.prototxt", "TEST"), rng)
    for target, source in zip(other.learnable_params, net.learnable_params, strict=True):
        target.data[...] = source.data
    x = rng.normal(size=(2, 4, 7, 6))
    net.forward(data=x)
    other.forward(data=x)
    other.blobs["hard"].data[0, 0, 0, 0] = 1 - net.blobs["hard"].data[0, 0, 0, 0]
    return net, other


def test_a_jump_is_told_with_its_layer(tmp_path, rng):
    from blobnet.merging.check import compare_outputs

    net, other = jumping(tmp_path, rng)
    (found,) = compare_outputs(net, other, 1e-4, {"conv", "bn"}).values()
    assert found.jump == ("hard", 0.0)
    assert found.difference.relative == 1
    with pytest.raises(NetError, match="output 'hard'"):
        compare_outputs(net, other, 1e-4, {"hard"})
    other.blobs["hard"].reshape((1, 2))
    (found,) = compare_outputs(net, other, 1e-4, {"conv", "bn"}).values()
    assert (found.jump, found.difference.relative) == (("hard", 0.0), np.inf)
    with pytest.raises(NetError, match=r"got: +shape \(1, 2\) instead of"):
        compare_outputs(net, other, 1e-4, {"hard"})
    other.blobs["bn"].data[...] += 1
    with pytest.raises(NetError, match="output 'hard'"):
        compare_outputs(net, other, 1e-4, {"conv", "bn"})


def test_outputs_that_differ_are_named_and_nothing_is_written(tmp_path, rng, monkeypatch):
    from blobnet.layers.vision.convolution import Convolution

    right = Convolution.folded
    monkeypatch.setattr(Convolution, "folded", lambda *a: (right(*a)[0] * 1.001, right(*a)[1]))
    (tmp_path / "net.prototxt").write_text(INPUT + conv() + BN)
    net = healthy(blobnet.Net(tmp_path / "net.prototxt", "TEST"), rng)
    net.save(tmp_path / "net.caffemodel")
    files = (tmp_path / "net.prototxt", tmp_path / "net.caffemodel", tmp_path / "out")
    with pytest.raises(NetError, match=r"output 'bn'; nothing is written[^$]*at most 0.0001"):
        merge_files(*files)
    assert {path.name for path in tmp_path.iterdir()} == {"net.prototxt", "net.caffemodel"}
    assert merge_files(*files, tolerance=0.1).differences["bn"].difference.relative > 1e-4


def test_weights_must_be_all_there(tmp_path):
    (tmp_path / "net.prototxt").write_text(INPUT + conv() + BN)
    (tmp_path / "net.caffemodel").write_bytes(
        NetParameter(layer=[{"name": "x"}]).SerializeToString()
    )
    files = (tmp_path / "net.prototxt", tmp_path / "net.caffemodel", tmp_path / "out")
    with pytest.raises(WeightsError, match="weights are missing"):
        merge_files(*files)


def test_the_definition_is_that_of_the_stage(tmp_path):
    (tmp_path / "net.prototxt").write_text(
        INPUT
        + conv(rest='include { stage: "a" }')
        + conv(name="other", rest='include { stage: "b" }')
    )
    made = plain_definition(tmp_path / "net.prototxt", NetForm(stages=("b",)))
    assert [layer.name for layer in made.layer] == ["data", "other"]


def test_results_never_replace_what_they_are_made_of(tmp_path):
    source = tmp_path / "net.prototxt"
    source.touch()
    with pytest.raises(NetError, match="would replace"):
        check_out(tmp_path / "net", [source])
    with pytest.raises(NetError, match="would replace"):
        check_out(source, [source])
    assert check_out(tmp_path / "new.caffemodel", [source]) == tmp_path / "new"
