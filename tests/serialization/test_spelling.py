"""Prototxts with characters that cannot be read, or that only look as if they could."""

from __future__ import annotations

import tracemalloc

import pytest

from blobnet import ProtoError, parse_net, parse_solver
from blobnet.serialization.prototxt import read_net
from blobnet.serialization.spelling import with_one_device, without_brackets, without_long_blanks

NET = 'name: "a" # b\nlayer { name: "c" type: "ReLU" bottom: "d" top: "e" }\n'
CHINESE = "# 数据层 {{\n" + NET


def fails(text: str | bytes, tmp_path=None) -> str:
    if isinstance(text, bytes):
        (tmp_path / "n.prototxt").write_bytes(text)
    with pytest.raises(ProtoError) as caught:
        parse_net(text) if isinstance(text, str) else read_net(tmp_path / "n.prototxt")
    return str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + NET.encode(),
        CHINESE.encode("gbk"),
        CHINESE.encode("utf-16"),
        CHINESE.encode("utf-16-be"),
        ("# ソ表\n" + NET).encode("shift-jis"),  # in Shift-JIS both end with a backslash
        ("# donn\u00e9es \u00ab\n" + NET).encode("latin-1"),
        ('# "\u00e9 no string\n' + NET).encode("latin-1"),
        NET.replace("\n", "\r").encode(),  # the comment must not swallow the layer
        NET.encode() + b"\x1a",
        NET.encode() + bytes(512),
    ],
)
def test_the_net_is_read_whatever_the_editor(data, tmp_path):
    (tmp_path / "n.prototxt").write_bytes(data)
    assert read_net(tmp_path / "n.prototxt") == parse_net(NET)


def test_a_text_that_was_read_with_its_mark():
    assert parse_net("\ufeff" + NET) == parse_net(NET)


def test_bytes_are_a_text_too():
    assert parse_net(NET.encode("utf-16")) == parse_net(NET)


def test_any_space_divides_tokens():
    assert parse_net('name:\u00a0"a"\u3000force_backward: true').force_backward


@pytest.mark.parametrize(
    ("text", "words", "fix"),
    [
        ('name:\u200b"a"', "<text>:1: a zero-width space (U+200B) in column 6", "remove it"),
        ("\n name: \u201ca\u201d", "<text>:2: a left double quotation mark", 'write " instead'),
        ('layer \uff5b name: "a" }', "a fullwidth left curly bracket", "write { instead"),
        ("base_lr\uff1a 1", "a fullwidth colon (U+FF1A)", "write : instead"),
        ('name: "a"\n\ufeffname: "b"', "<text>:2: a byte order mark (U+FEFF)", "remove it"),
        ("name: \u2018a'", "left single quotation mark", "write ' instead"),
        ('layer { loss_weight: \u0663 } # "', "arabic-indic digit three", "remove it"),
        ('name: "a" \0 name: "b"', "a NUL (U+0000)", "remove it"),
        ('na\x03me: "a"', "a control character (U+0003)", "remove it"),
    ],
)
def test_what_cannot_be_read_is_named(text, words, fix):
    error = fails(text)
    assert words in error
    assert fix in error


def test_a_name_in_another_encoding_is_named_with_its_place(tmp_path):
    text = '# été\nname: "a" layer { name: "café" }\n'.encode("latin-1")
    error = fails(text, tmp_path)
    assert "n.prototxt:2: the byte 0xE9, which is not UTF-8 in column 29" in error
    assert "save the file as UTF-8" in error


@pytest.mark.parametrize(
    ("data", "kind", "fix"),
    [
        (b"\x89HDF\r\n\x1a\n\0\0", "an HDF5 file", "--weights"),
        (b"\x1f\x8b\x08\0", "a gzip archive", "unpack it"),
        (b"\x0a\x05LeNet\xa2\x06\x03\x0a\x01a", "weights (a .caffemodel)", "--weights"),
        (b"\n\n<!DOCTYPE html>\n<html>", "a web page", "fetch the file itself"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS", "git lfs pull"),
        (b"\xfe\x01\x02\x03 nothing known", "a file that is no text", "--weights"),
    ],
)
def test_what_is_no_definition_at_all(data, kind, fix, tmp_path):
    error = fails(data, tmp_path)
    assert "n.prototxt: not a definition" in error
    assert kind in error
    assert fix in error


# --- backslashes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [r"C:\Users\me\a.prototxt", r"C:\xx", r"C:\udata", "C:\\data\\"])
def test_a_windows_path_that_is_no_string_is_told_how_to_be_one(path):
    error = fails(f'\nname: "{path}"')
    assert "<text>:2: " in error
    assert r"in paths write / or \\" in error
    assert path in error  # as it was written


@pytest.mark.filterwarnings("error")
def test_an_escape_that_means_nothing_stands_for_itself():
    assert parse_net(r'name: "D:\me\Solver\N{x}\7"').name == "D:\\me\\Solver\\N{x}\a"
    assert parse_net(r'name: "\\n\\\"\x41\101"').name == '\\n\\"AA'


def test_a_run_of_backslashes_does_not_take_hours():
    assert "too many backslashes" in fails('name: "' + "\\" * 10**6 + '"')
    assert parse_net('name: "' + "\\" * 62 + '"').name == "\\" * 31


# --- what is hostile ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "layer { input_param { shape { dim: " + "9" * 10**6 + " } } }",
        "a" * 10**6 + ": 1",
        "layer { phase: " + "a" * 10**6 + " }",
        "layer {" * 10**5,
        "<" * 10**5,
        'name: "' + "a" * 10**6,
    ],
)
def test_endless_words_give_short_errors(text):
    assert len(fails(text)) < 1500


def test_a_long_line_is_quoted_where_the_mistake_is():
    error = fails('layer { name: "a" } ' * 500 + "layr { } " + 'layer { name: "b" } ' * 500)
    assert "layr { }" in error.partition("got:")[2]


@pytest.mark.parametrize("number", ["1_0", "1_", "-1_0", "0.1_5", ".5_0", "1e1_0", "0b11", "0O17"])
def test_numbers_that_only_python_reads(number):
    text = f'name: "a_1_0 0b11 1_0" # 1_0 0b1\ninput: "x/2_0"\ninput_dim: {number}\n'
    assert f"<text>:3: {number.lstrip('-')} is no number" in fails(text)


def test_names_may_look_like_such_numbers():
    net = parse_net("name: 'conv1_1 2_0 0b1' input: \"3_0/x\" input_dim: [1, 0x1F, 010, 3] # 1_0")
    assert net.name == "conv1_1 2_0 0b1"
    assert list(net.layer[0].input_param.shape[0].dim) == [1, 31, 8, 3]


def test_very_many_blanks_in_a_row_are_not_kept_in_memory():
    blanks = " \t" * 1000
    assert without_long_blanks(f'name: "a{blanks}b"{blanks}#{blanks}\n{blanks}x') == (
        f'name: "a{blanks}b" #{blanks}\n x'
    )
    net = parse_net(f"name: 'a{blanks}b'{blanks}layer {{ name: 'c' type: 'ReLU' }}")
    assert net.name == f"a{blanks}b"
    assert net.layer[0].name == "c"


def test_blanks_cost_no_more_than_other_letters():
    text = "name: 'a'" + " " * 2 * 10**6 + "x"
    tracemalloc.start()
    try:
        assert 'no field named "x"' in fails(text)
        assert tracemalloc.get_traced_memory()[1] < 20 * len(text)
    finally:
        tracemalloc.stop()


def test_zeros_are_no_definition_but_may_stand_behind_one(tmp_path):
    assert "not a definition" in (text := fails(bytes(512), tmp_path))
    assert "nothing but zeros" in text
    (tmp_path / "n.prototxt").write_bytes(NET.encode() + bytes(512))
    assert read_net(tmp_path / "n.prototxt") == parse_net(NET)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("[blobnet.user.my_param] { a: 1 }", "my_param                { a: 1 }"),
        ("[ blobnet.user.my_param ]{}", "my_param                 {}"),
        ("x: '[blobnet.user.a]' # [blobnet.user.b]", "x: '[blobnet.user.a]' # [blobnet.user.b]"),
        ("[other.user.my_param] { }", "[other.user.my_param] { }"),
    ],
)
def test_an_own_message_in_brackets_is_spelled_plainly_in_its_place(text, plain):
    assert without_brackets(text) == plain


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("device_id: 3", 3),
        ("device_id: [1, 2,\n3] base_lr: 1", 1),
        ("base_lr: 1 device_id: 2\ndevice_id: 3", 2),
        ('net: "device_id: [7, 8]" # device_id: 9\ndevice_id: [4]', 4),
    ],
)
def test_of_several_devices_the_first_is_read(text, first):
    """As TSN's solvers have them."""
    assert parse_solver(text).device_id == first
    assert with_one_device(text).count("\n") == text.count("\n")


def test_databases_behind_the_first_are_more_sources():
    """As caffe-face's nets for several GPUs have them."""
    text = """layers { name: "d" type: DATA  # source: "no" source: "no"
        image_data_param { source: "i" }
        data_param { source: "a" batch_size: 2 source: "source: b" source: 'c' } }
        layers { name: "e" type: DATA data_param < source: "d" > }"""
    first, second = parse_net(text).layer
    assert first.data_param.source == "a"
    assert list(first.data_param.more_sources) == ["source: b", "c"]
    assert first.image_data_param.source == "i"
    assert second.data_param.source == "d"
    assert not second.data_param.more_sources


def test_other_fields_are_not_repeated():
    text = 'layer { name: "d" type: "ImageData" image_data_param { source: "a" source: "b" } }'
    with pytest.raises(ProtoError, match=r'<text>:1: .*should not have multiple "source" fields'):
        parse_net(text)


def test_a_solver_is_told_the_right_line_behind_a_list_of_devices():
    with pytest.raises(ProtoError, match=r"<text>:3: SolverParameter has no field"):
        parse_solver("device_id: [0,\n 1]\nbase_lrr: 1")
