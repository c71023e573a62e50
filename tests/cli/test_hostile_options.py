"""Every command on words that make no sense: an exit code, a hint, no traceback."""

from __future__ import annotations

import pytest

HUGE = "1" + 30 * "0"
NUL = "a\0b"
MODEL = ["--model", "net.prototxt"]
WEIGHTS = ["--weights", "weights.caffemodel"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["train", "--solver", "solver.prototxt", "--level", HUGE], "in the range"),
        (["train", "--solver", "solver.prototxt", "--max_iter", HUGE], "0<=x<=2147483647"),
        (["train", "--solver", "solver.prototxt", "--max_iter", "1e3"], "'1e3'"),
        (["train", "--solver", "solver.prototxt", "--stage", "a\x1bb"], r"'a\x1bb' is no name"),
        (["train", "--solver", "solver.prototxt", "--stage", "\udcff"], r"'\udcff' is no name"),
        (["train", "--solver", "solver.prototxt", "--gpu", "banana"], "neither all nor numbers"),
        (["train", "--solver", "solver.prototxt", "--gpu", "0,"], "neither all nor numbers"),
        (["train", "--solver", "solver.prototxt", "--threads", HUGE], "1<=x<=1024"),
        (["train", "--solver", "solver.prototxt", "--tensorboard", NUL], r"'a\x00b' is no path"),
        (["train", "--solver", NUL], r"'a\x00b' is no path"),
        (["train", "--solver", "solver.prototxt", "--weights", NUL], r"'a\x00b' is no path"),
        (["train", "--solver", "solver.prototxt", "--snapshot", NUL], r"'a\x00b' is no path"),
        (["test", "--model", NUL, *WEIGHTS], r"'a\x00b' is no path"),
        (["test", *MODEL, *WEIGHTS, "--iterations", "-1"], "x>=1"),
        (["time", "--model", NUL], r"'a\x00b' is no path"),
        (["time", *MODEL, "--iterations", "-1"], "x>=1"),
        (["device_query", "--gpu", "\x1b"], r"'\x1b' is neither"),
        (["summary", NUL], r"'a\x00b' is no path"),
        (["summary", "net.prototxt", "--shape", f"x={HUGE}"], "is no shape; write"),
        (["summary", "net.prototxt", "--shape", "x=" + 5000 * "9"], "is no shape; write"),
        (["draw", "net.prototxt", "o.svg\0"], r"'o.svg\x00' is no path"),
        (["draw", "net.prototxt", "none/o.svg"], "there is no folder none to put o.svg into"),
        (["trace", "solver.prototxt", "--html", ""], "'' is no path"),
        (["trace", "solver.prototxt", "--full", "-1"], "x>=0"),
        (["plot", NUL, "o.png"], r"'a\x00b' is no path"),
        (["plot", "a.log", "\0.png"], "is no path"),
        (["plot", "a.log", "o.png", "--curves", "0"], "x>=1"),
        (["show", "net.prototxt", "w", "o.png", "--scale", "nan"], "nan is no finite number"),
        (["show", "net.prototxt", "w", "i", "o.png", "--mean", "1,inf"], "finite numbers"),
        (["show", "net.prototxt", "w", "i", "o.png", "--mean", NUL], "is no name"),
        (["show", "net.prototxt", "w", "none/o.png"], "there is no folder none"),
        (["gradients", "solver.prototxt", "\0.png"], "is no path"),
        (["gradients", "solver.prototxt", "o.png", "--every", "0"], "x>=1"),
        (["dataset", "csv", NUL, "out"], r"'a\x00b' is no path"),
        (["dataset", "csv", "a.csv", "out", "--shape", f"{HUGE},1"], "is no shape such as"),
        (["dataset", "mnist", NUL], r"'a\x00b' is no path"),
        (["demo", "lenet5", "--out", NUL], r"'a\x00b' is no path"),
        (["\0"], r"no command '\x00'"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_a_value_that_makes_no_sense_is_wrong_usage(words, hint, weights, run):
    ran = run(*words)
    assert ran.code == 2
    assert hint in ran.err
    assert ran.err.startswith("Usage: blobnet")


@pytest.mark.parametrize(
    "words",
    [
        ["summary"],
        ["draw", "FILE", "o.svg"],
        ["time", "--model"],
        ["train", "--solver"],
        ["trace"],
        ["gradients", "FILE", "o.png"],
        ["test", *WEIGHTS, "--model"],
        ["test", *MODEL, "--weights"],
        ["show", "net.prototxt", "FILE", "o.png"],
        ["show", "net.prototxt", "weights.caffemodel", "FILE", "o.png"],
        ["plot", "FILE", "o.png"],
        ["dataset", "csv", "FILE", "out"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    "content",
    [
        None,
        b"\0" * 100,
        bytes(range(256)) * 20,
        b"layer {" * 300,
        b'"\x1b]0;x\x07',
        "\u202e畳".encode("utf-16"),
    ],
    ids=["missing", "zeros", "bytes", "deep", "escapes", "utf-16"],
)
def test_a_file_that_makes_no_sense_is_an_error(words, content, weights, run):
    file = weights.with_name("file\x1b")
    if content is not None:
        file.write_bytes(content)
    line = [str(file) if word == "FILE" else word for word in words]
    ran = run(*(line if "FILE" in words else [*words, str(file)]))
    assert ran.code == 1
    assert ran.err.strip()
    assert all(letter.isprintable() or letter in "\n\t" for letter in ran.out + ran.err)


def test_an_empty_option_is_as_good_as_none(tiny, run):
    """Scripts pass `--snapshot="$STATE"`."""
    ran = run("train", "--solver", "solver.prototxt", "--snapshot", "", "--weights", "")
    assert ran.code == 0
    assert "Optimization Done." in ran.log


@pytest.mark.parametrize("gpu", ["0", "all", "0,1", "-1"])
def test_what_caffe_takes_for_a_gpu_is_taken(gpu, tiny, run):
    assert run("train", "--solver", "solver.prototxt", f"--gpu={gpu}").code == 0
