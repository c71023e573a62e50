"""What a file's names hold reaches neither the terminal nor a page nor a picture as it is."""

from __future__ import annotations

from pathlib import Path
from xml.dom import minidom

import pytest

import blobnet
from tests.cli.hostile import FORGED, NAME, SHOWN, control_characters, net_of, quoted

SOLVER = """net: "net.prototxt" base_lr: 0.01 lr_policy: "fixed" max_iter: 4 random_seed: 3
debug_info: true display: 2 test_iter: 2 test_interval: 2 snapshot_prefix: "run" """
TRAINED = "run_iter_4.caffemodel"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A folder with the net, its solver and what a training of it has left."""
    made = tmp_path_factory.mktemp("hostile")
    (made / "net.prototxt").write_text(net_of(NAME))
    (made / "solver.prototxt").write_text(SOLVER)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        blobnet.get_solver("solver.prototxt").solve()
    return made


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (["summary", "net.prototxt"], "out"),
        (["time", "--model", "net.prototxt", "--iterations", "1"], "err"),
        (["train", "--solver", "solver.prototxt"], "err"),
        (["test", "--model", "net.prototxt", "--weights", TRAINED, "--iterations", "1"], "err"),
        (["trace", "solver.prototxt"], "out"),
        (["gradients", "solver.prototxt", "g.png", "--iterations", "2"], "out"),
        (["draw", "net.prototxt", "net.png"], ""),
        (["show", "net.prototxt", TRAINED, "filters.png"], ""),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_a_command_shows_names_without_what_works_on_a_terminal(
    words, where, folder, run, monkeypatch
):
    monkeypatch.chdir(folder)
    ran = run(*words)
    assert ran.code == 0, ran.err
    assert control_characters(ran.out + ran.err) == set()
    assert not any(line.startswith(FORGED[:8]) for line in (ran.out + ran.err).splitlines())
    for stream in where.split():  # tables fold long names: blanks and line ends are left out
        assert "".join(SHOWN.split()) in "".join(getattr(ran, stream).split())


@pytest.mark.parametrize(
    "definition",
    [
        f'layer {{ name: "a" type: {quoted(NAME)} top: "b" }}',
        f'layer {{ name: {quoted(NAME)} type: "nix" top: "b" }}',
        f'layer {{ name: {quoted(NAME)} type: "ReLU" bottom: {quoted(NAME)} top: "b" }}',
        f'layer {{ name: {quoted(NAME)} type: "Input" top: "b" top: "b" input_param {{ }} }}',
        f'layer {{ name: {quoted(NAME)} type: "Data" top: "b" data_param {{ source: "nix" }} }}',
        f'layer {{ name: "a" type: "Python" top: "b" python_param {{ module: {quoted(NAME)} }} }}',
        "layer { \x1b]0;x\x07: 1 }",
        'layer { name: "a" \x1b[31m }',
        'layer { name: "a\x9b\u202e',
    ],
)
def test_an_error_quotes_them_so_too(definition, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("bad.prototxt").write_text(definition, encoding="utf-8")
    ran = run("summary", "bad.prototxt")
    assert ran.code == 1
    assert ran.err.startswith("blobnet: ")
    assert control_characters(ran.out + ran.err) == set()
    _, *more = ran.err.rstrip("\n").split("\n")
    assert all(line.startswith("  ") for line in more)


@pytest.mark.parametrize(
    "words", [["\x07\x9b"], ["summary", "\x07"], ["train", "--\x07"], ["plot", "\x07", "o.png"]]
)
def test_so_are_the_words_of_the_command(words, run):
    ran = run(*words)
    assert ran.code in (1, 2)
    assert r"\x07" in ran.err
    assert control_characters(ran.err) == set()


def test_an_svg_is_xml_and_shows_them(folder, run, monkeypatch):
    monkeypatch.chdir(folder)
    assert run("draw", "net.prototxt", "net.svg").code == 0
    texts = minidom.parse("net.svg").getElementsByTagName("text")
    words = [text.firstChild.data for text in texts if text.firstChild]
    assert any(word.startswith(r"c$\frac{a$ [/] [r") for word in words)
    assert control_characters("".join(words)) == set()


def test_a_page_shows_them_and_runs_nothing(folder, run, monkeypatch):
    monkeypatch.chdir(folder)
    name = "<script>alert(1)</script><!-- " + NAME
    Path("page.prototxt").write_text(net_of(name))
    Path("page_solver.prototxt").write_text(SOLVER.replace('"net.', '"page.'))
    assert run("trace", "page_solver.prototxt", "--html", "step.html").code == 0
    page = Path("step.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<!-- " not in page
    assert control_characters(page) == set()


def test_a_log_is_plotted_whatever_its_names_and_numbers(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tests = "".join(
        f"Iteration {i}, Testing net (#0)\n    Test net output #0: $\\frac{{a$ \x1b]0;\x07 = {i}\n"
        for i in (1, 2)
    )
    Path("_$\\frac{a$.log").write_text(f"Iteration 1, loss = 1\n{tests}")
    ran = run("plot", "_$\\frac{a$.log", "out.png")
    assert ran.code == 0, ran.err
    assert ran.err == ""
    assert "\\x1b]0;\\x07 2" in ran.out
    assert control_characters(ran.out) == set()
