from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from blobnet import ProtoError, SolverError, parse_net
from blobnet.proto import TRAIN, FillerParameter, NetParameter, PoolingParameter
from blobnet.proto.own_messages import add_message
from blobnet.serialization import prototxt
from blobnet.serialization.prototxt import (
    parse_layer,
    read_net,
    read_solver,
    read_text,
    write_text,
)
from tests.own_layers import protoc_class, registers_as_before

NET = """# a comment
name: "small"
layer {
  name: "conv"  type: 'Convolution'
  convolution_param { num_output: 3, kernel_size: 5 }
}
"""


@pytest.fixture
def file(tmp_path):
    """A function that writes a prototxt and returns its path."""

    def write(content: str | bytes, name: str = "net.prototxt"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def fails(function, argument) -> str:
    with pytest.raises(ProtoError) as caught:
        function(argument)
    return str(caught.value)


# --- what can be read -----------------------------------------------------------------------------


def test_a_net_is_read_from_text_or_file(file):
    for net in (parse_net(NET), read_net(file(NET)), read_net(str(file(NET)))):
        assert net.name == "small"
        assert net.layer[0].convolution_param.kernel_size == [5]


def test_the_log_names_the_file_of_an_old_definition(file, caplog):
    caplog.set_level(logging.INFO, logger="blobnet.netdef.upgrade")
    read_net(file('layers { name: "r" type: RELU }'))
    read_solver(file("solver_type: ADAM", "solver.prototxt"))
    attempts = [text for text in caplog.messages if text.startswith("Attempting")]
    assert [Path(text.rpartition(": ")[2]).name for text in attempts] == [
        "net.prototxt",
        "solver.prototxt",
    ]


def test_an_old_net_comes_out_in_todays_form(file):
    old = 'layers { name: "r" type: RELU bottom: "a" top: "a" }'
    for net in (parse_net(old), read_net(file(old))):
        assert not net.layers
        assert net.layer[0].type == "ReLU"


def test_a_solver_is_read_in_todays_form(file):
    solver = read_solver(file("base_lr: 0.5 solver_type: ADAM"))
    assert (solver.base_lr, solver.type) == (0.5, "Adam")


def test_one_layer_is_read_without_its_braces():
    layer = parse_layer('type: "Pooling" pooling_param { pool: AVE } phase: TRAIN')
    assert layer.pooling_param.pool == PoolingParameter.AVE
    assert layer.phase == TRAIN


def test_windows_line_ends_are_read(file):
    assert read_net(file(NET.replace("\n", "\r\n"))) == parse_net(NET)


def test_names_and_comments_may_be_in_any_script(file):
    net = read_net(file('# 数据\nname: "ネット" layer { name: "é" }'))
    assert (net.name, net.layer[0].name) == ("ネット", "é")


def test_an_empty_file_is_an_empty_net(file):
    assert read_net(file("")) == NetParameter()


# --- what is wrong, and where ---------------------------------------------------------------------


def test_an_unknown_field_is_told_with_file_line_message_name_and_nearest(file):
    path = file(NET.replace("kernel_size", "kernel_sise").replace("num_output: 3,", "\n"))
    text = fails(read_net, path)
    assert text.startswith(f'{path}:6: ConvolutionParameter has no field named "kernel_sise"\n')
    assert "got:      kernel_sise: 5" in text
    assert "did you mean kernel_size" in text


def test_in_a_text_without_a_file_the_line_counts_too():
    text = fails(parse_net, 'name: "a"\n\nlayr { }')
    assert text.startswith("<text>:3: NetParameter has no field")
    assert "got:      layr { }" in text


@pytest.mark.parametrize(
    ("wrong", "message", "nearest"),
    [
        ("layr { }", "NetParameter", "layer"),
        ("layer { botom: 'x' }", "LayerParameter", "bottom"),
        ("layer { include { fase: TRAIN } }", "NetStateRule", "phase"),
        ("layer { param { lrmult: 1 } }", "ParamSpec", "lr_mult"),
        ("layers { layer { kernel_size: 1 } }", "V0LayerParameter", "kernelsize"),
    ],
)
def test_the_nearest_name_is_of_the_same_message(wrong, message, nearest):
    text = fails(parse_net, wrong)
    assert f"<text>:1: {message} has no field named" in text
    assert f"did you mean {nearest}" in text


@pytest.mark.parametrize("name", ["roi_polling_of_someone", "xyzzy"])
def test_a_field_of_a_fork_is_told_to_be_one_near_name_or_not(name):
    text = fails(parse_net, f"layer {{ {name} {{ }} }}")
    assert f'LayerParameter has no field named "{name}"' in text
    assert "only a fork of Caffe knows" in text
    assert "expected:" not in text, "a list of all fields would help nobody"


def test_an_unknown_value_is_told_with_the_nearest():
    text = fails(parse_net, "layer {\n  pooling_param { pool: MAXX }\n}")
    assert text.startswith('<text>:2: PoolMethod has no value named "MAXX"\n')
    assert "did you mean MAX?" in text
    assert "expected:" not in text


def test_a_value_like_no_other_lists_what_there_is():
    text = fails(parse_net, "layer { pooling_param { pool: XYZZY } }")
    assert "one of MAX, AVE, STOCHASTIC" in text


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ('name: "a"\nname: "b"', "<text>:2:"),
        ("layer {", "Expected"),
        ("layer { } }", "<text>:1:"),
        ('name: "a', "<text>:1:"),
        ("layer {\n inner_product_param { num_output: -3 } }", "<text>:2:.*-3"),
        ("layer { inner_product_param { num_output: many } }", "many"),
        ("force_backward: maybe", "maybe"),
        ("name", "<text>:1:"),
    ],
)
def test_any_other_mistake_is_told_with_its_line(wrong, reason):
    with pytest.raises(ProtoError, match=reason) as caught:
        parse_net(wrong)
    assert "blobnet." not in str(caught.value), "names of ours tell the reader nothing"
    assert caught.value.__cause__ is not None


def test_a_long_line_is_quoted_in_part():
    assert len(fails(parse_net, "x: " + "1" * 10_000)) < 1_000


# --- files that cannot be a prototxt --------------------------------------------------------------


def test_a_missing_file_is_told_with_the_folder_that_paths_start_from(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = fails(read_net, "none.prototxt")
    assert text.startswith("none.prototxt: cannot be read")
    assert "No such file" in text
    assert str(tmp_path) in text


def test_a_folder_is_no_prototxt(tmp_path):
    assert "a folder" in fails(read_net, tmp_path)


def test_weights_given_as_a_prototxt_are_told_where_they_belong(file):
    weights = NetParameter(name="w")
    weights.layer.add().blobs.add().data.extend([-1.7, 3.3] * 10)
    text = fails(read_net, file(weights.SerializeToString(), "w.caffemodel"))
    assert "w.caffemodel: not a definition" in text
    assert "--weights" in text


def test_a_file_too_large_for_a_prototxt_is_not_even_read(file, monkeypatch):
    monkeypatch.setattr(prototxt, "MAX_BYTES", 10)
    assert "too large" in fails(read_net, file(NET))


def test_a_solver_given_as_a_net_is_told_by_its_first_field(file):
    assert 'has no field named "base_lr"' in fails(read_net, file("base_lr: 0.5"))


def test_what_is_wrong_with_all_of_a_definition_names_its_file(file):
    assert fails(read_net, file('layer { name: "a" } layers { name: "b" }')).startswith(
        f"{file('')}: Refusing to upgrade"
    )
    with pytest.raises(SolverError, match=r"net.prototxt: .*type"):
        read_solver(file('type: "Adam" solver_type: SGD'))


# --- messages of layer types that are no part of the schema ---------------------------------------

OWN = """name: "own"
layer {
  name: "a"  type: "Mine"  # with mine_param { }
  mine_param {
    alpha: 2
    mode: MAX
    weight_filler { type: "gaussian" std: 2 }
  }
}
"""


def test_a_message_of_ones_own_is_read_in_nets_solvers_and_layers(mine, file):
    nets = [
        parse_net(OWN),
        read_net(file(OWN)),
        read_solver(file(f"net_param {{ {OWN} }}")).net_param,
    ]
    layers = [net.layer[0] for net in nets]
    layers.append(parse_layer("mine_param < alpha: 2 mode: MAX weight_filler { std: 2 } >"))
    for layer in layers:
        param = layer.Extensions[mine.own_field_.extension]
        assert (param.alpha, param.mode, param.weight_filler.std) == (2, param.MAX, 2)
        assert param.size == 3
        assert isinstance(param.weight_filler, FillerParameter)


@pytest.mark.parametrize(
    ("old", "new", "what", "fix"),
    [
        ("alpha:", "alhpa:", ':5: MineParameter has no field named "alhpa"', "did you mean alpha"),
        ("MAX", "MAXX", ':6: Mode has no value named "MAXX"', "did you mean MAX?"),
        ("MAX", "XYZZY", ':6: Mode has no value named "XYZZY"', "one of SUM, MAX"),
        (
            "mine_param {\n",
            "mine_parm {\n",
            "LayerParameter has no field",
            "did you mean mine_param",
        ),
        ("std:", "stdd:", ':7: FillerParameter has no field named "stdd"', "did you mean std"),
        ("alpha: 2", "alpha: 'x'", ":5: ", "'x'"),
        ("alpha: 2", "size: 1.5", ":5: ", "1.5"),
        ("alpha: 2", "alpha: 2 alpha: 3", ':5: Message type "MineParameter"', "alpha"),
        ('"own"', '"own" mine_param { }', ":1: NetParameter has no field", "mine_param"),
        ("mode: MAX", "mode: MAX }", ":7: LayerParameter", 'no field named "weight_filler"'),
    ],
)
def test_mistakes_in_it_are_told_like_those_in_any_other(old, new, what, fix, mine, file):
    path = file(OWN.replace(old, new))
    text = fails(read_net, path)
    assert text.startswith(f"{path}:")
    assert what in text
    assert fix in text
    assert "blobnet." not in text.replace(str(path), "")


def test_without_its_type_such_a_message_is_told_how_to_declare():
    text = fails(parse_net, OWN)
    assert text.startswith('<text>:4: LayerParameter has no field named "mine_param"')
    assert "register_layer(..., param=...)" in text


def test_a_required_field_that_is_missing_is_named(mine):
    cls = protoc_class(
        "NeedsParameter",
        """
        name: "prototxt_needs.proto" package: "prototxt"
        message_type { name: "NeedsParameter"
          field { name: "size" number: 1 type: TYPE_INT32 label: LABEL_REQUIRED } }
        """,
    )
    with registers_as_before():
        add_message("PrototxtNeeds", cls, name="needs_param")
        parse_layer("needs_param { size: 1 }")
        parse_layer("")
        text = fails(parse_net, "layer { } layer { needs_param { } }")
        assert text.startswith("<text>: required fields are missing\n")
        assert "layer[1].needs_param.size" in text


def test_protobufs_own_text_of_it_is_read(mine):
    net = parse_net(OWN)
    text = re.sub(r"^  mine_param", "  [blobnet.user.mine_param]", str(net), flags=re.M)
    assert "  [blobnet.user.mine_param] {" in text
    assert parse_net(text) == parse_net(str(net)) == net
    wrong = text.replace("alpha", "alhpa")
    assert 'MineParameter has no field named "alhpa"' in fails(parse_net, wrong)


def test_it_is_written_under_its_plain_name(mine, tmp_path):
    net = parse_net(OWN)
    write_text(tmp_path / "out.prototxt", net)
    written = (tmp_path / "out.prototxt").read_text()
    assert "\n  mine_param {\n    alpha: 2" in written
    assert "[" not in written
    assert read_net(tmp_path / "out.prototxt") == net


# --- writing --------------------------------------------------------------------------------------


def test_what_is_written_is_read(tmp_path):
    net = parse_net(NET + 'layer { name: "ネ\\n\\"t" }')
    write_text(tmp_path / "out.prototxt", net)
    assert read_text(tmp_path / "out.prototxt", NetParameter()) == net


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "out.prototxt"
    write_text(path, parse_net(NET))

    def fail(message):
        raise ValueError("no text")

    monkeypatch.setattr(prototxt.text_format, "MessageToString", fail)
    with pytest.raises(ValueError, match="no text"):
        write_text(path, NetParameter())
    assert read_net(path) == parse_net(NET)
    assert [each.name for each in tmp_path.iterdir()] == ["out.prototxt"]
