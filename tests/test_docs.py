"""What the pages for readers say is true: links, names, numbers of lines, and what code prints."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

import blobnet
from blobnet.cli import cli
from blobnet.datasets.mnist_folder import read_folder
from blobnet.datasets.to_lmdb import prepare_mnist
from blobnet.ops.jit import compiled
from tests.cli.digits import write_mnist
from tests.models.readme_code import run_blocks
from tests.own_layers import registers_as_before
from tests.test_architecture import FLOOR

ROOT = Path(blobnet.__file__).parents[1]
READING = ROOT / "docs" / "reading.md"
KERNELS = ROOT / "docs" / "kernels.md"
FROM_CAFFE = ROOT / "docs" / "from-caffe.md"
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "models/*/README.md", "benchmarks/README.md")
    for path in ROOT.glob(pattern)
)
LINK = re.compile(r"\[([^\[\]]*)\]\(([^()\s]+)\)")
NAME = re.compile(r"`([A-Za-z_]\w*(?:\.\w+)*)`")


def links(page: Path) -> list[tuple[str, str]]:
    """(text, target) of every link and picture of a page, but not those to the web."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    return [match for match in LINK.findall(text) if "://" not in match[1]]


def anchors(page: Path) -> set[str]:
    """The headings of a page, as links name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def name_in(text: str, target: str) -> str | None:
    """The function or class that a link to a Python file names; None where it names the file."""
    name = NAME.fullmatch(text)
    is_code = target.endswith(".py") and not target.endswith(text.strip("`"))
    return name[1] if name and is_code else None


def definitions(path: Path, name: str) -> list[Any]:
    """What defines `name` ("function", "Class.method") in a file; a property has two."""
    nodes: list[Any] = ast.parse(path.read_text(encoding="utf-8")).body
    *classes, last = name.split(".")
    for part in classes:
        nodes = [node for cls in nodes if getattr(cls, "name", None) == part for node in cls.body]
    return [node for node in nodes if getattr(node, "name", None) == last]


def number_of_lines(text: str, target: str, *, docstring: bool) -> int:
    """The lines of what a link of the reading names: a file, a definition, or its docstring."""
    path, name = READING.parent / target, name_in(text, target)
    if name is None:
        return len(path.read_text(encoding="utf-8").splitlines())
    nodes = definitions(path, name)
    if docstring:
        return sum(node.body[0].end_lineno - node.lineno + 1 for node in nodes)
    first = [min(n.lineno for n in (node, *node.decorator_list)) for node in nodes]
    return sum(node.end_lineno - line + 1 for node, line in zip(nodes, first, strict=True))


def table() -> dict[str, tuple[int, int]]:
    """Lines and minutes of each row of the table at the top of the reading."""
    rows = re.findall(r"^\| (.+) \| (\d+) \| (\d+) \|$", READING.read_text(encoding="utf-8"), re.M)
    return {LINK.sub(r"\1", what): (int(lines), int(minutes)) for what, lines, minutes in rows}


def stops() -> dict[str, str]:
    """The text of each stop of the reading, by its heading."""
    _, *sections = re.split(r"^## ", READING.read_text(encoding="utf-8"), flags=re.M)
    parts = [section.partition("\n") for section in sections if section[0].isdigit()]
    return {heading: text for heading, _, text in parts}


def said(page: Path) -> list[str]:
    """What a page says that its code prints."""
    return re.findall(r"^```text\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    for text, target in links(page):
        file, _, anchor = target.partition("#")
        path = page.parent / file if file else page
        assert path.exists(), f"[{text}]({target})"
        assert not anchor or anchor in anchors(path), f"[{text}]({target})"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_name_is_in_the_file_that_it_links_to(page):
    for text, target in links(page):
        name = name_in(text, target)
        assert name is None or definitions(page.parent / target, name), f"[{text}]({target})"


def test_names_are_looked_for_in_their_class():
    net = ROOT / "blobnet" / "net" / "net.py"
    assert len(definitions(net, "Net.forward")) == 1
    assert not definitions(net, "forward")
    assert not definitions(net, "Net.forwards")
    assert len(definitions(ROOT / "blobnet" / "blob.py", "Blob.data")) == 2


@pytest.mark.parametrize("stop", stops())
def test_the_lines_of_a_stop_are_as_many_as_it_says(stop):
    ((stated, what),) = re.findall(
        r"^\*\*Read\*\* (\d+) lines: (.*?)\n\n", stops()[stop], re.M | re.S
    )
    actual = sum(
        number_of_lines(text, target, docstring=bool(docstring))
        for docstring, text, target in re.findall(r"(the docstring of )?" + LINK.pattern, what)
    )
    assert abs(actual - int(stated)) <= 5, f"{actual} lines"
    assert table()[stop][0] == int(stated)


def test_the_table_adds_up_to_an_afternoon():
    *rows, together = table().items()
    assert [stop for stop, _ in rows] == list(stops())
    assert together == ("together", tuple(map(sum, zip(*(row for _, row in rows), strict=True))))
    assert 850 <= together[1][0] <= 950
    assert together[1][1] <= 4 * 60


def test_the_code_of_the_reading_prints_what_the_page_says(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    run_blocks(READING)
    assert len(said(READING)) == len(stops())
    assert capsys.readouterr().out.splitlines() == "".join(said(READING)).splitlines()


@pytest.fixture
def own_files(tmp_path, monkeypatch):
    """The current folder, with the files that the page about kernels has one write."""
    if compiled("conv.direct_kernel") is None:
        pytest.skip("numba is not at hand")
    files = re.findall(
        r"^```python (\w+)\.py\n(.*?)^```$", KERNELS.read_text(encoding="utf-8"), re.M | re.S
    )
    for name, text in files:
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("numba.config.CACHE_DIR", str(tmp_path))  # not in the folder of the page
    yield tmp_path
    for name, _ in files:
        sys.modules.pop(name, None)


def test_the_code_about_kernels_prints_what_the_page_says(own_files, capsys):
    with registers_as_before():
        run_blocks(KERNELS)
    assert capsys.readouterr().out.splitlines() == "".join(said(KERNELS)).splitlines()


def test_the_tests_of_the_kernel_to_add_succeed(own_files):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "test_hard_swish.py"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert "8 passed" in done.stdout


def test_the_map_of_rooms_has_all_of_them_and_no_others():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+) \| .+ \|$", text.partition("Beside the package:")[0], re.M)
    told = {path for row in rows for path in re.findall(r"`([^`]+)`", row)}
    loaded = (ROOT / "blobnet" / "__init__.py").read_text(encoding="utf-8")
    assert [path for path in told if not (ROOT / "blobnet" / path).exists()] == []
    assert [
        room
        for room in FLOOR
        if not {f"{room}/", f"{room}.py"} & told and f"blobnet.{room}" not in loaded
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_names_exists(page):
    named = re.findall(r"(?:^|[`&] ?)blobnet ([a-z_]+)", page.read_text(encoding="utf-8"), re.M)
    assert set(named) <= set(cli.list_commands(click.Context(cli)))


def test_the_newest_release_of_the_changelog_is_this_version():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.M)
    assert headings[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(blobnet.__version__)} - \d{{4}}-\d\d-\d\d", headings[1])


def test_the_versions_of_python_that_are_promised_are_those_with_kernels():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    promised = [int(minor) for minor in re.findall(r"Python :: 3\.(\d+)", text)]
    lowest = int(re.findall(r'requires-python = ">=3\.(\d+)"', text)[0])
    too_new = int(re.findall(r"numba.* python_version < '3\.(\d+)'", text)[0])
    assert promised == list(range(lowest, too_new))


@pytest.fixture
def model_folder(tmp_path, monkeypatch):
    """The current folder, with a LeNet-5 of small batches, few digits, the databases of them."""
    digits = write_mnist(tmp_path / "digits", test=64)
    prepare_mnist(tmp_path, read_folder(digits, "few digits"))
    model = tmp_path / "models" / "lenet5"
    shutil.copytree(ROOT / "models" / "lenet5", model)
    for file, long, short in (
        ("solver.prototxt", "test_iter: 100", "test_iter: 2"),
        ("train_test.prototxt", "batch_size: 64", "batch_size: 8"),
        ("train_test.prototxt", "batch_size: 100", "batch_size: 10"),
    ):
        text = (model / file).read_text(encoding="utf-8")
        assert long in text
        (model / file).write_text(text.replace(long, short), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BLOBNET_DATA", str(digits))


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_the_code_of_a_page_runs(page, model_folder):
    with registers_as_before():
        run_blocks(ROOT / page)


def test_the_code_of_a_move_from_caffe_prints_what_the_page_says(model_folder, tmp_path):
    """In a process of its own: `caffe` is ours there, and the page is the main module."""
    code = (
        "from pathlib import Path; from tests.models.readme_code import run_blocks; "
        f"run_blocks(Path({str(FROM_CAFFE)!r}), globals())"
    )
    path = os.pathsep.join(map(str, [ROOT, ROOT / "blobnet" / "pycaffe" / "import_path"]))
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == "".join(said(FROM_CAFFE)).splitlines()
