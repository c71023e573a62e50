"""`blobnet caffe_tools`: launchers with Caffe's names, where its build puts them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from blobnet.cli.options import FOLDER
from blobnet.cli.tools._launchers import (
    MARK,
    executable,
    for_cmd,
    for_import,
    for_python,
    for_sh,
)
from blobnet.input_files import shown
from blobnet.serialization.files import atomic_write

_BINARIES = (
    *("caffe", "convert_imageset", "convert_box_data", "compute_image_mean", "extract_features"),
    *("convert_annoset", "get_image_size"),  # of SSD
    *("upgrade_net_proto_text", "upgrade_net_proto_binary", "upgrade_solver_proto_text"),
)
_EXAMPLES = (
    ("mnist", "convert_mnist_data"),
    ("siamese", "convert_mnist_siamese_data"),
    ("cifar10", "convert_cifar_data"),
)
_SCRIPTS = ("classify", "detect", "draw_net")
_OF_CAFFE = ("classify", "detect")  # whose defaults are files in Caffe's folder
_EXTRA = (
    *("parse_log", "plot_training_log", "extract_seconds"),
    *("resize_and_crop_images", "summarize"),
)


@click.command(
    help="""Write launchers that have the names and places of Caffe's programs below DIR:
    build/tools/caffe, build/examples/mnist/convert_mnist_data.bin, python/classify.py,
    tools/extra/parse_log.py and all others, so that a project's scripts run as they are; and
    python/caffe, which Python finds in place of a Caffe that is not built.

    They run this Python; move neither it nor blobnet away.
    """,
    epilog="Example: blobnet caffe_tools ~/caffe",
)
@click.argument("folder", type=FOLDER, metavar="DIR")
@click.option("--install", is_flag=True, help="And those of build/install and of distribute.")
@click.option("--overwrite", is_flag=True, help="Replace files that are no launchers of ours.")
def command(folder: Path, install: bool, overwrite: bool) -> None:
    files = dict(launchers(folder, install=install, windows=os.name == "nt"))
    foreign = [path for path in files if os.path.lexists(path) and not _is_ours(path)]
    kept = [] if overwrite else foreign
    for path in kept:
        del files[path]
    for path, text in files.items():
        _write(path, text)
    click.echo(f"{len(files)} launchers in {shown(folder)}, such as build/tools/caffe")
    if kept:
        click.echo("kept, as they are files of other origin (--overwrite replaces them):")
        click.echo("\n".join(f"  {shown(path)}" for path in kept))


def launchers(folder: Path, *, install: bool, windows: bool) -> Iterator[tuple[Path, str]]:
    """Every launcher's path and text."""
    for place, tool in _places(install):
        path = folder / place
        root = folder.absolute() if tool in _OF_CAFFE else None
        text = for_python if ".py" in path.suffixes else for_sh
        yield path, text(tool, caffe_root=root)
        if windows:
            yield path.with_name(f"{path.name}.cmd"), for_cmd(tool, caffe_root=root)
    for place in _python_folders(install):
        yield folder / place / "caffe/__init__.py", for_import()


def _python_folders(install: bool) -> list[str]:
    return ["python", *(["build/install/python", "distribute/python"] if install else [])]


def _places(install: bool) -> Iterator[tuple[str, str]]:
    """Where Caffe has a program, and which command of ours is it."""
    binaries = ["build/tools", *(["build/install/bin", "distribute/bin"] if install else [])]
    for ending in ("", ".bin"):
        for name in _BINARIES:
            yield from ((f"{place}/{name}{ending}", name) for place in binaries)
        for example, name in _EXAMPLES:
            yield f"build/examples/{example}/{name}{ending}", name
            yield from ((f"{place}/{name}{ending}", name) for place in binaries[1:])
    for name in _SCRIPTS:
        yield from ((f"{place}/{name}.py", name) for place in _python_folders(install))
    for name in _EXTRA:
        yield f"tools/extra/{name}.py", name
    yield "scripts/create_annoset.py", "create_annoset"  # of SSD
    yield "tools/extra/plot_training_log.py.example", "plot_training_log"
    yield "tools/extra/parse_log.sh", "parse_log.sh"


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return MARK.encode() in file.read(1000)
    except OSError:
        return False


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        executable(temporary)
