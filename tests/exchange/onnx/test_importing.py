from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest

import blobnet
from blobnet.errors import BlobnetError, NetError
from blobnet.exchange.onnx.export import export_onnx
from blobnet.exchange.onnx.importing import import_onnx
from tests.exchange.onnx.models import model, node, onnx, saved

RELU = model([node("Relu", ["x"], ["y"])], (2, 3))


def conv(shape=("N", 3, 8, 8)):
    weight = np.random.default_rng(1).normal(size=(4, 3, 3, 3)).astype(np.float32)
    return model([node("Conv", ["x", "w"], ["y"])], shape, {"w": weight})


def test_names_of_values_and_nodes_are_kept(tmp_path):
    imported = import_onnx(saved(conv(), tmp_path))
    assert [layer.name for layer in imported.definition.layer] == ["x", "the_Conv"]
    assert list(imported.net.blobs) == ["x", "y"]
    assert imported.net.params["the_Conv"][0].shape == (4, 3, 3, 3)


def test_an_open_batch_is_one_and_other_open_axes_must_be_said(tmp_path):
    assert import_onnx(saved(conv(), tmp_path)).net.blobs["x"].shape == (1, 3, 8, 8)
    path = saved(conv(("N", 3, "H", "W")), tmp_path)
    with pytest.raises(NetError, match=r"--shape x=1,3,\?,\?"):
        import_onnx(path)
    assert import_onnx(path, shapes={"x": (2, 3, 5, 6)}).net.blobs["y"].shape == (2, 4, 3, 4)
    with pytest.raises(NetError, match="another shape"):
        import_onnx(path, shapes={"x": (2, 4, 5, 6)})
    with pytest.raises(NetError, match="'z'"):
        import_onnx(path, shapes={"x": (2, 3, 5, 6), "z": (1,)})


def test_what_export_writes_comes_back(tmp_path):
    text = """
    layer { name: "data" type: "Input" top: "data" input_param { shape { dim: [2, 3, 9, 8] } } }
    layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param {
      num_output: 4 kernel_size: 3 weight_filler { type: "gaussian" std: 0.3 } } }
    layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
    layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool"
      pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 } }
    layer { name: "norm" type: "LRN" bottom: "pool" top: "norm" lrn_param { local_size: 3 } }
    layer { name: "ip" type: "InnerProduct" bottom: "norm" top: "ip" inner_product_param {
      num_output: 5 weight_filler { type: "gaussian" std: 0.3 } } }
    layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
    """
    net = blobnet.Net(blobnet.parse_net(text), "TEST", seed=1)
    export_onnx(net, tmp_path / "net.onnx")
    back = import_onnx(tmp_path / "net.onnx", shapes={"data": (2, 3, 9, 8)}).net
    x = np.random.default_rng(2).normal(size=(2, 3, 9, 8))
    expected, made = net.forward(data=x)["prob"], back.forward(data=x)["prob"]
    np.testing.assert_allclose(made, expected, rtol=1e-5)


def test_a_node_that_is_read_wrong_is_named(tmp_path, monkeypatch):
    from blobnet.exchange.onnx import reader_register

    readers = dict(reader_register.readers())
    readers["Relu"] = lambda node: node.layer("AbsVal", [node.blob()], last=True)
    monkeypatch.setattr(reader_register, "_READERS", readers)
    made = model([node("Neg", ["x"], ["n"]), node("Relu", ["n"], ["r"]),
                  node("Sigmoid", ["r"], ["y"])], (2, 3))  # fmt: skip
    path = saved(made, tmp_path)
    with pytest.raises(NetError, match=r"first in blob 'r', which AbsVal layer \"the_Relu\" makes"):
        import_onnx(path)
    assert import_onnx(path, check=False).differences == []


def test_all_operators_that_are_not_read_are_named_at_once(tmp_path):
    made = model(
        [node("Erf", ["x"], ["a"]), node("Erf", ["a"], ["b"]), node("Det", ["b"], ["y"])], (3, 3)
    )
    with pytest.raises(NetError, match=r"Det \(once, .*\n +Erf \(2 times, "):
        import_onnx(saved(made, tmp_path))


# --- files that mean harm, or are broken ----------------------------------------------------------


def broken(**changes):
    """A model whose one constant is changed."""
    made = conv()
    tensor = made.graph.initializer[0]
    for key, value in changes.items():
        if key == "dims":
            del tensor.dims[:]
            tensor.dims.extend(value)
        else:
            setattr(tensor, key, value)
    return made


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (broken(dims=[2**40, 2**40]), "does not have the values"),
        (broken(dims=[-1, 3, 3, 3]), "has no shape"),
        (broken(raw_data=b"abc"), "does not have the values"),
        (broken(data_type=8), "a type that is not read"),
        (broken(data_type=999), "a type that is not read"),
        (conv((1, 3, 2**30, 2**30)), "cannot have this shape"),
        (conv((1, 3, 2**15, 2**15)), "too much memory"),
        (model([node("Relu", ["x"], ["y"])], (2, 3), outputs=("z",)), "an output does not depend"),
        (model([node("Relu", ["nothing"], ["y"])], (2, 3)), "input 0 must be computed"),
        (model([node("Relu", [], ["y"])], (2, 3)), "input 0 must be computed"),
        (model([node("Concat", ["x"], ["y"])], (2, 3)), "make no sense"),
        (model([node("Relu", ["x"], ["y"])], (2, 3), opset=5), "too old"),
        (
            model([node("ConstantOfShape", ["c"], ["z"]), node("Add", ["x", "z"], ["y"])], (2, 3),
                  {"c": np.array([2**30, 2**10], np.int64)}),
            "too much memory",
        ),
        (
            model([node("Expand", ["c", "d"], ["z"]), node("Add", ["x", "z"], ["y"])], (2, 3),
                  {"c": np.float32(1), "d": np.array([2**35], np.int64)}),
            "too much memory",
        ),
        (
            model([node("Tile", ["x", "c"], ["y"])], (2, 3), {"c": np.array([1, 2**30])}),
            "too much memory",
        ),
    ],
)  # fmt: skip
def test_a_model_that_makes_no_sense_is_an_error_with_a_reason(made, reason, tmp_path):
    with pytest.raises(NetError, match=reason):
        import_onnx(saved(made, tmp_path), check=False)


def test_a_file_that_is_no_model_is_refused(tmp_path):
    path = tmp_path / "model.onnx"
    for content in (b"", b"no model", b"\xff" * 100, RELU.SerializeToString()[:-3]):
        path.write_bytes(content)
        with pytest.raises(BlobnetError, match=r"model\.onnx"):
            import_onnx(path)
    with pytest.raises(BlobnetError, match="nowhere"):
        import_onnx(tmp_path / "nowhere.onnx")


def test_a_cut_or_changed_model_never_ends_in_another_kind_of_error(tmp_path):
    whole = conv((1, 3, 8, 8)).SerializeToString()
    rng = np.random.default_rng(0)
    path = tmp_path / "model.onnx"
    for _ in range(150):
        data = bytearray(whole)
        for at in rng.integers(0, len(data), 3):
            data[at] = rng.integers(0, 256)
        path.write_bytes(bytes(data[: rng.integers(1, len(data) + 1)]))
        with suppress(BlobnetError):
            import_onnx(path, check=False)


def external(location: str, **more: str):
    """A model whose constant lies in another file."""
    made = broken(raw_data=b"", data_location=1)
    tensor = made.graph.initializer[0]
    for key, value in {"location": location, **more}.items():
        tensor.external_data.add(key=key, value=value)
    return made


def test_values_beside_the_model_are_read(tmp_path):
    values = conv().graph.initializer[0].raw_data
    (tmp_path / "weights.bin").write_bytes(b"1234" + values)
    made = external("weights.bin", offset="4", length=str(len(values)))
    imported = import_onnx(saved(made, tmp_path))  # checked: ONNX Runtime has them, too
    assert imported.differences[0].relative < 1e-5
    net = imported.net
    np.testing.assert_array_equal(
        net.params["the_Conv"][0].data.reshape(-1), np.frombuffer(values, np.float32)
    )


def test_files_outside_of_the_models_folder_are_not_opened(tmp_path):
    values = conv().graph.initializer[0].raw_data
    (tmp_path / "secret").write_bytes(values)
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "secret")
    for place in ("../secret", str(tmp_path / "secret"), "link", ""):
        with pytest.raises(NetError, match="outside of the model's folder"):
            import_onnx(saved(external(place), folder), check=False)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"offset": "-4"}, "no place"),
        ({"offset": "a"}, "no place"),
        ({"offset": "400"}, "does not have the values"),
        ({"length": "7"}, "does not have the values"),
    ],
)
def test_places_within_a_file_are_checked(more, reason, tmp_path):
    (tmp_path / "weights.bin").write_bytes(bytes(500))
    with pytest.raises(NetError, match=reason):
        import_onnx(saved(external("weights.bin", **more), tmp_path), check=False)


def test_holes_in_a_file_are_no_values(tmp_path, monkeypatch):
    monkeypatch.setenv("BLOBNET_MAX_BYTES", "1M")
    with open(tmp_path / "weights.bin", "wb") as file:
        file.truncate(2**30)
    made = external("weights.bin")
    made.graph.initializer[0].dims[0] = 2**30 // 108
    with pytest.raises(NetError, match="too much memory"):
        import_onnx(saved(made, tmp_path), check=False)


def test_subgraphs_are_not_run(tmp_path):
    inner = onnx.helper.make_graph([node("Relu", ["x"], ["z"])], "inner", [], [])
    made = model([node("If", ["x"], ["y"], then_branch=inner, else_branch=inner)], (2, 3))
    with pytest.raises(NetError, match=r"If \(once, "):
        import_onnx(saved(made, tmp_path))


def test_inputs_may_be_whole_numbers_that_name_rows(tmp_path):
    made = model([node("Gather", ["table", "x"], ["y"])], (2, 3), {"table": TABLE})
    made.graph.input[0].type.tensor_type.elem_type = 7  # int64
    imported = import_onnx(saved(made, tmp_path))
    assert [layer.type for layer in imported.definition.layer] == ["Input", "Embed"]
    assert imported.differences[0].largest == 0
    rows = imported.net.forward(x=[[0, 4, 2], [1, 1, 3]])["y"]
    np.testing.assert_array_equal(rows, TABLE[[[0, 4, 2], [1, 1, 3]]])


def test_whole_numbers_become_floats_by_a_cast_alone(tmp_path):
    made = model([node("Relu", ["x"], ["y"])], (2, 3))
    made.graph.input[0].type.tensor_type.elem_type = 6  # int32
    with pytest.raises(NetError, match="made of whole numbers"):
        import_onnx(saved(made, tmp_path), check=False)
    made = model([node("Cast", ["x"], ["f"], to=1), node("Relu", ["f"], ["y"])], (2, 3))
    made.graph.input[0].type.tensor_type.elem_type = 6
    assert import_onnx(saved(made, tmp_path), check=False).outputs == {"y": "y"}


TABLE = np.random.default_rng(3).normal(size=(5, 4)).astype(np.float32)
