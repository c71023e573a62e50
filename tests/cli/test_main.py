"""What all commands share: help, exit codes, errors without a traceback, and a quick start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import blobnet
from blobnet import BlobnetError
from blobnet.cli import cli
from tests.cli.conftest import NET, SOLVER
from tests.cli.digits import write_mnist

COMMANDS = [
    "train",
    "test",
    "time",
    "device_query",
    "summary",
    "draw",
    "trace",
    "watch",
    "report",
    "plot",
    "show",
    "predict",
    "doctor",
    "gradients",
    "find_lr",
    "compare",
    "merge",
    "upgrade",
    "demo",
    "dataset",
]
WAYS = [
    *([name] for name in COMMANDS),
    ["demo", "lenet5"],
    ["dataset", "mnist"],
    ["dataset", "csv"],
    ["dataset", "images"],
]
ROOT = str(Path(blobnet.__file__).parents[1])
HEAVY = [
    *("matplotlib", "rich", "h5py", "lmdb", "pooch", "requests", "PIL", "tensorboardX"),
    *("starlette", "uvicorn"),
]


def python(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": ROOT},
        text=True,
        timeout=60,
        **options,
    )


# --- help -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["--help", "-help", "-h"])
def test_help_names_every_command(spelling, run):
    ran = run(spelling)
    assert ran.code == 0
    assert ran.err == ""
    for name in COMMANDS:
        assert f"\n  {name} " in ran.out


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_every_command_explains_itself_with_an_example(way, run):
    ran = run(*way, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"Usage: blobnet {' '.join(way)} ")
    assert f"Example: blobnet {' '.join(way)}" in ran.out
    assert "..." not in ran.out.split("\n", 1)[1]  # no sentence is cut off
    assert "INTEGER RANGE" not in ran.out


@pytest.mark.parametrize("spelling", ["--version", "-version"])
def test_the_version_is_told(spelling, run):
    ran = run(spelling)
    assert ran.code == 0
    assert blobnet.__version__ in ran.out


# --- wrong usage ----------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [[], ["demo"], ["dataset"]], ids=" ".join)
def test_without_a_command_there_is_help(way, run):
    ran = run(*way)
    assert ran.code == 2
    assert "Commands:" in ran.err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["trian"], "no command 'trian'; did you mean train"),
        (["xyz"], "no command 'xyz'; see blobnet --help"),
        (["demo", "lenet"], "no command 'lenet'; did you mean lenet5 or resnet?"),
        (["demo", "nope"], "there are by_hand, lenet5, resnet"),
        (["train"], "--solver"),
        (["train", "--slover", "x"], "--solver"),
        (["test", "--model", "x"], "--weights"),
        (["test", "--model", "x", "--weights", "y", "--iterations", "0"], "x>=1"),
        (["time"], "--model"),
        (["time", "--model", "x", "--phase", "LEARN"], "'TRAIN', 'TEST'"),
        (["train", "--solver", "x", "--max_iter", "-1"], "0<=x<=2147483647"),
        (["train", "--solver", "x", "--sigint_effect", "halt"], "'stop', 'snapshot', 'none'"),
        (["train", "--solver", "x", "more"], "unexpected extra argument (more)"),
        (["dataset", "mnist"], "OUT"),
        (["demo", "lenet5", "--iterations", "0"], "x>=1"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_wrong_usage_is_2_with_a_hint(words, hint, run):
    ran = run(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("Usage: blobnet")
    assert hint in ran.err


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (
            BlobnetError("a layer\n  fix:      mend it"),
            1,
            "blobnet: a layer\n  fix:      mend it\n",
        ),
        (MemoryError(), 1, "blobnet: out of memory; try a smaller batch_size\n"),
        (
            PermissionError(13, "Permission denied", "a.log"),
            1,
            "blobnet: a.log: Permission denied\n",
        ),
        (OSError(28, "No space left on device"), 1, "blobnet: No space left on device\n"),
        (OSError("odd"), 1, "blobnet: odd\n"),
        (KeyboardInterrupt(), 130, "blobnet: interrupted\n"),
        (click.Abort(), 130, "blobnet: interrupted\n"),
    ],
)
def test_an_error_is_explained_on_stderr(error, code, message, run, monkeypatch):
    def fail(**settings):
        raise error

    monkeypatch.setattr(cli, "main", fail)
    ran = run("train")
    assert (ran.code, ran.out, ran.err) == (code, "", message)


def test_a_mistake_of_ours_keeps_its_traceback(run, monkeypatch):
    monkeypatch.setattr(cli, "main", lambda **settings: {}["missing"])
    with pytest.raises(KeyError):
        run("train")


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX")
def test_a_reader_who_leaves_is_no_disaster():
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = python("-m", "blobnet", "--help", stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert (ran.returncode, ran.stderr) == (1, "")


def test_the_process_ends_with_the_exit_code():
    ran = python("-m", "blobnet", "train", "--solver", "no such file", capture_output=True)
    assert ran.returncode == 1
    assert ran.stderr.startswith("blobnet: no such file: cannot be read")
    assert "Traceback" not in ran.stderr


# --- a quick start --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    ["import blobnet", "import blobnet.cli; blobnet.cli.main(['--help'])"],
    ids=["import", "help"],
)
def test_what_is_heavy_is_imported_where_it_is_used(program):
    watch = f"import sys; print('loaded:', [m for m in {HEAVY} if m in sys.modules])"
    ran = python("-c", f"{program}\n{watch}", capture_output=True)
    assert ran.stdout.endswith("loaded: []\n"), ran.stderr


def test_a_command_is_imported_when_it_is_asked_for():
    watch = (
        "print([m for m in sys.modules if m.startswith('blobnet.cli.') and m.endswith('_command')])"
    )
    program = "import sys, blobnet.cli; blobnet.cli.main(['--help'])"
    assert python("-c", f"{program}\n{watch}", capture_output=True).stdout.endswith("\n[]\n")
    program = "import sys, blobnet.cli; blobnet.cli.main(['time', '--help'])"
    ran = python("-c", f"{program}\n{watch}", capture_output=True)
    assert "blobnet.cli.time_command" in ran.stdout
    assert "blobnet.cli.train_command" not in ran.stdout


# --- a working folder that is no more -------------------------------------------------------------


@pytest.fixture
def gone(tmp_path, monkeypatch):
    """The current folder, which somebody has removed; files lie in the one that is returned."""
    if os.name != "posix":
        pytest.skip("elsewhere the current folder cannot be removed")
    (tmp_path / "net.prototxt").write_text(NET)
    solver = SOLVER.replace('"net.prototxt"', f'"{tmp_path}/net.prototxt"')
    (tmp_path / "relative.prototxt").write_text(solver + "snapshot: 2")
    absolute = solver.replace('"tiny"', f'"{tmp_path}/tiny"')
    (tmp_path / "absolute.prototxt").write_text(absolute + "snapshot: 2")
    python = 'layer { name: "p" type: "Python" top: "x" python_param { module: "nix_da" } }'
    (tmp_path / "python.prototxt").write_text(python)
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ["train", "--solver", "{}/relative.prototxt"],
        ["train", "--solver", "x.prototxt"],
        ["summary", "x.prototxt"],
        ["dataset", "mnist", "--data", "{}/mnist", "x"],
    ],
)
def test_a_working_folder_that_is_gone_is_said(gone, run, words):
    write_mnist(gone / "mnist")
    ran = run(*(word.format(gone) for word in words))
    assert ran.code == 1
    assert "the current folder" in ran.err
    assert "does not exist any more" in ran.err


def test_paths_from_the_root_need_no_working_folder(gone, run):
    assert run("train", "--solver", gone / "absolute.prototxt").code == 0
    assert (gone / "tiny_iter_4.solverstate").is_file()
    ran = run("dataset", "mnist", "--data", write_mnist(gone / "mnist"), gone / "out")
    assert (ran.code, ran.err) == (0, "")


def test_nor_is_a_module_looked_for_there(gone, run):
    ran = run("summary", "--allow-python", gone / "python.prototxt")
    assert ran.code == 1
    assert "nix_da" in ran.err
