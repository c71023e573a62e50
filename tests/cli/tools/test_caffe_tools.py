from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from blobnet.cli import _TOOLS
from blobnet.cli.launched import launch
from blobnet.cli.tools._launchers import MARK, for_cmd, for_python, for_sh
from blobnet.cli.tools.caffe_tools import launchers

needs_sh = pytest.mark.skipif(os.name == "nt", reason="sh runs these launchers")


def test_launchers_stand_where_caffe_has_its_programs(tmp_path, run):
    ran = run("caffe_tools", tmp_path / "a b")
    assert ran.code == 0
    assert ran.out.startswith("38 launchers in ")
    for name in (
        *("build/tools/caffe", "build/tools/caffe.bin", "build/tools/extract_features.bin"),
        *("build/examples/mnist/convert_mnist_data.bin", "python/classify.py"),
        *("build/examples/siamese/convert_mnist_siamese_data.bin", "tools/extra/parse_log.sh"),
        *("build/examples/cifar10/convert_cifar_data.bin", "build/tools/compute_image_mean"),
    ):
        path = tmp_path / "a b" / name
        assert os.access(path, os.X_OK), name
        assert MARK in path.read_text()


def test_every_tool_has_a_launcher():
    texts = [text for _, text in launchers(Path("x"), install=False, windows=False)]
    for tool in set(_TOOLS) - {"caffe_tools"}:
        assert any(f"# {tool}, " in text for text in texts), tool


def test_the_places_of_an_installation_are_there_on_request(tmp_path, run):
    assert run("caffe_tools", tmp_path, "--install").code == 0
    assert (tmp_path / "build/install/bin/convert_cifar_data.bin").is_file()
    assert (tmp_path / "distribute/python/classify.py").is_file()


def test_launchers_of_ours_are_written_anew_and_files_of_others_are_not_touched(tmp_path, run):
    assert run("caffe_tools", tmp_path).code == 0
    theirs = tmp_path / "python/classify.py"
    theirs.write_text("import caffe\n")
    link = tmp_path / "build/tools/caffe"
    link.unlink()
    link.symlink_to("gone")
    (tmp_path / "build/tools/caffe.bin").write_text(f"# {MARK}, of before\n")
    ran = run("caffe_tools", tmp_path)
    assert ran.code == 0
    assert ran.out.startswith("36 launchers in ")
    kept = ran.out.split("kept, ")[1]
    assert "--overwrite" in kept
    assert [line.strip() for line in kept.splitlines()[1:]] == [str(link), str(theirs)]
    assert theirs.read_text() == "import caffe\n"
    assert link.is_symlink()
    assert "of before" not in (tmp_path / "build/tools/caffe.bin").read_text()
    assert run("caffe_tools", tmp_path, "--overwrite").code == 0
    assert MARK in theirs.read_text()
    assert MARK in link.read_text()


# --- their texts ----------------------------------------------------------------------------------


def fake_python(folder):
    """A program in the place of Python: it tells its words, and where Python would look."""
    folder.mkdir(parents=True)
    path = folder / "py thon's"
    path.write_text('#!/bin/sh\nprintf "%s\\n" "$PYTHONPATH" "$PWD" "$@"\n')
    path.chmod(0o755)
    return path


@needs_sh
@pytest.mark.parametrize("text", [for_sh, for_python], ids=["sh", "python"])
@pytest.mark.parametrize("by_python", [False, True])
@pytest.mark.parametrize("caffe_root", [None, Path("/the 'ca $f")])
def test_a_launcher_hands_its_words_on_from_any_folder(text, by_python, caffe_root, tmp_path):
    if by_python and text is for_sh:
        pytest.skip("a program of sh")
    python = fake_python(tmp_path / "a 'b' $c")
    root = tmp_path / "r o'ot"
    made = tmp_path / "made.py"
    made.write_text(text("caffe", str(python), root, caffe_root))
    made.chmod(0o755)
    (tmp_path / "else where").mkdir()
    words = ["train", "--solver=a b", "$HOME", "*"]
    ran = subprocess.run(
        [*([sys.executable] if by_python else []), str(made), *words],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path / "else where",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": "mine"},
    )
    assert ran.stdout.splitlines() == [
        f"mine{os.pathsep}{root}",
        str(tmp_path / "else where"),
        *("-m", "blobnet.cli.launched"),
        *([f"CAFFE_ROOT={caffe_root}"] if caffe_root else []),
        *("caffe", *words),
    ]


def test_a_script_with_windows_paths_is_python():
    text = for_python("classify", r"C:\Users\x\python.exe", Path("r"))
    compile(text, "classify.py", "exec")
    assert r"'C:\\Users\\x\\python.exe'" in text
    assert MARK in text


def test_windows_has_a_cmd_beside_each():
    made = dict(launchers(Path("x"), install=False, windows=True))
    assert Path("x/build/tools/caffe.cmd") in made
    assert Path("x/python/classify.py.cmd") in made
    assert len(made) == 2 * 37 + 1


def test_the_text_for_cmd():
    text = for_cmd("caffe", r"C:\100% py\python.exe", Path("root"))
    assert text.splitlines() == [
        "@echo off",
        f"rem caffe, {MARK}",
        "setlocal",
        'set "PYTHONPATH=%PYTHONPATH%;root"',
        r'"C:\100%% py\python.exe" "-m" "blobnet.cli.launched" "caffe" %*',
    ]


@needs_sh
def test_a_launcher_of_this_python_runs_blobnet(tmp_path, run):
    assert run("caffe_tools", tmp_path).code == 0
    caffe = tmp_path / "build/tools/caffe"
    ran = subprocess.run([caffe, "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("caffe version 1.0.0")


@pytest.mark.parametrize("behind", [False, True])
def test_import_caffe_finds_ours_in_the_folder_of_a_caffe_that_is_not_built(behind, tmp_path, run):
    theirs = tmp_path / "python/caffe"
    theirs.mkdir(parents=True)
    (theirs / "__init__.py").write_text("from ._caffe import Net\n")
    (theirs / "io.py").write_text("import skimage_of_2014\n")
    assert "python/caffe/__init__.py" in run("caffe_tools", tmp_path).out  # kept
    assert "_caffe" in (theirs / "__init__.py").read_text()
    assert run("caffe_tools", tmp_path, "--overwrite").code == 0
    where = "len(sys.path)" if behind else "0"
    code = f"import sys; sys.path.insert({where}, {str(theirs.parent)!r}); import caffe, caffe.io; "
    code += "print(caffe.__name__, caffe.io.__name__, caffe.Net.__module__)"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert ran.stdout.split() == ["blobnet.pycaffe", "blobnet.pycaffe.io", "blobnet.pycaffe.net"]


def test_caffe_is_the_whole_program_and_a_tool_one_command(capsys):
    assert launch("caffe", ["test"]) == 2
    assert "Usage: caffe test" in capsys.readouterr().err
    assert launch("caffe_tools", ["--help"]) == 0
    assert "Usage: blobnet caffe_tools" in capsys.readouterr().out


def test_scripts_with_files_of_caffe_as_defaults_are_told_where_they_stand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = dict(launchers(Path("the caffe"), install=False, windows=True))
    told = f"CAFFE_ROOT={tmp_path / 'the caffe'}"
    ours = {path.name for path, text in made.items() if told in text.replace("\\\\", "\\")}
    assert ours == {"classify.py", "classify.py.cmd", "detect.py", "detect.py.cmd"}


@pytest.mark.parametrize(
    ("of_user", "looked_in"), [(None, "here"), ("", "here"), ("there", "there")]
)
def test_a_launcher_says_where_to_look_unless_the_user_does(
    of_user, looked_in, monkeypatch, capsys
):
    monkeypatch.setenv("CAFFE_ROOT", "of monkeypatch, which puts back what was there")
    if of_user is None:
        monkeypatch.delenv("CAFFE_ROOT")
    else:
        monkeypatch.setenv("CAFFE_ROOT", of_user)
    assert launch("CAFFE_ROOT=here", ["classify", "in.png", "out.npy"]) == 1
    error = capsys.readouterr().err
    assert "is not given" in error
    assert os.path.join(looked_in, "") in error
