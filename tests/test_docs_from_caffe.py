"""The tables of names and of tools in `docs/from-caffe.md` and `docs/commands.md` are true."""

from __future__ import annotations

import ast
import importlib
import re
import shlex
from pathlib import Path

import click
import pytest

import blobnet
import blobnet.pycaffe as caffe
from blobnet.cli import _COMMANDS, _TOOLS, cli
from blobnet.cli.glog import take_flags
from blobnet.cli.options import settle_switches
from blobnet.cli.tools.caffe_tools import launchers

ROOT = Path(blobnet.__file__).parents[1]
FROM_CAFFE = ROOT / "docs" / "from-caffe.md"
COMMANDS = ROOT / "docs" / "commands.md"
NET = """
    layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 2 } } }
    layer { name: "python" type: "Python" bottom: "data" top: "python"
      python_param { module: "tests.test_docs_from_caffe" layer: "Nothing" } }
"""


class Nothing(caffe.Layer):
    """A layer that shows which names one has."""

    def setup(self, bottom, top):
        pass

    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].data.shape)

    def forward(self, bottom, top):
        pass

    def backward(self, top, propagate_down, bottom):
        pass


def rows(page: Path, head: str) -> list[list[str]]:
    """The cells of a table, of which `head` is the first line."""
    text = page.read_text(encoding="utf-8")
    assert text.count(f"\n{head}\n") == 1, head
    lines = text.partition(f"\n{head}\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def by_first(head: str) -> dict[str, list[str]]:
    return {names(first)[0]: names(second) for first, second in rows(FROM_CAFFE, head)}


def test_the_names_of_the_module_are_these():
    source = Path(caffe.__file__).read_text(encoding="utf-8")
    statements = [node for node in ast.parse(source).body if isinstance(node, ast.ImportFrom)]
    real = [alias.asname for statement in statements for alias in statement.names]
    told = [name for first, _ in rows(FROM_CAFFE, "| name | here |") for name in names(first)]
    assert len(real) > 30
    assert sorted(told) == sorted(map(str, real))


def test_the_modules_have_the_names_that_are_told():
    modules = {}
    for name, told in by_first("| module | here |").items():
        modules[name] = importlib.import_module(f"blobnet.py{name}")
        assert [each for each in told if not hasattr(modules[name], each)] == [], name
    assert {*by_first("| module | here |")["caffe.io"]} == {*modules["caffe.io"].__all__}


def test_every_module_of_pycaffes_is_told():
    pycaffes = {"_caffe", "classifier", "coord_map", "detector", "draw", "io", "net_spec"}
    told = {name.removeprefix("caffe.") for name in by_first("| module | here |")}
    assert told == {*pycaffes, "pycaffe", "proto.caffe_pb2"}


@pytest.fixture
def objects(tmp_path):
    """One of each, by the name in the table."""
    (tmp_path / "net.prototxt").write_text(NET)
    solver = tmp_path / "solver.prototxt"
    solver.write_text(
        f'net_param {{ {NET} }} base_lr: 0 lr_policy: "fixed" snapshot_after_train: false'
    )
    net = caffe.Net(str(tmp_path / "net.prototxt"), caffe.TEST)
    return {
        "Net": net,
        "Solver": caffe.get_solver(str(solver)),
        "Blob": net.blobs["data"],
        "Layer": net.layers[1],
        "Transformer": caffe.io.Transformer({"data": (1, 2)}),
    }


def test_objects_have_the_names_that_are_told(objects):
    table = by_first("| of a | names |")
    assert [*table] == [*objects]
    assert len(table["Net"]) == 37
    for kind, told in table.items():
        assert [name for name in told if not hasattr(objects[kind], name)] == [], kind


def test_the_tools_are_all_told():
    told = [names(row[1])[0] for row in rows(FROM_CAFFE, "| Caffe's | here | what differs |")]
    tools = [name.removeprefix("blobnet ") for name in told if name != "caffe"]
    assert sorted(tools) == sorted(_TOOLS)
    listed = [names(row[0])[0] for row in rows(COMMANDS, "| command | arguments | writes |")]
    assert sorted(listed) == sorted(_TOOLS)


def test_the_places_of_launchers_are_those_of_the_table():
    table = rows(FROM_CAFFE, "| Caffe's | here | what differs |")
    told = {place for row in table for place in names(row[0])}
    assert told <= {path.as_posix() for path, _ in launchers(Path(), install=False, windows=False)}
    assert len(told) == len(_TOOLS)  # caffe_tools has no place, and caffe is no tool


@pytest.mark.parametrize("name", _TOOLS)
def test_the_arguments_of_a_tool_are_as_told(name):
    """In the table's order; every flag that it names is one of the command's."""
    table = {names(row[0])[0]: row[1] for row in rows(COMMANDS, "| command | arguments | writes |")}
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    flags = {flag for param in command.params for flag in param.opts}
    assert set(re.findall(r"(?<![\w-])--?[a-z_]+(?:-[a-z_]+)*", table[name])) <= flags
    arguments = [param for param in command.params if isinstance(param, click.Argument)]
    metavars = [(each.metavar or str(each.name).upper()).strip("[]") for each in arguments]
    told = table[name].replace("\\|", "|")
    places = [told.rfind(metavar) for metavar in metavars]
    assert -1 not in places
    assert places == sorted(places)


def lines(page: Path) -> list[list[str]]:
    """The words of each call of ours in the shell's blocks of a page."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
    calls = "".join(blocks).replace("\\\n", " ").splitlines()
    words = [shlex.split(call, comments=True) for call in calls]
    return [call for call in words if call and Path(call[0]).name in ("blobnet", "caffe")]


@pytest.mark.parametrize("page", [FROM_CAFFE, COMMANDS], ids=lambda page: page.name)
def test_the_commands_of_the_page_are_understood(page):
    assert len(lines(page)) > 4
    for _, *words in lines(page):
        _, (name, *rest) = take_flags(words)
        assert name in {*_COMMANDS, *_TOOLS}
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        command.make_context(name, settle_switches(command, rest))
