from __future__ import annotations

from blobnet.cli.wrapping import wrapped


def test_lines_are_broken_at_spaces():
    text = " ".join(f"word{number}" for number in range(40))
    lines = wrapped(text, "- ", "    ").splitlines()
    assert max(map(len, lines)) < 80
    assert lines[0].startswith("- word0 ")
    assert all(line.startswith("    word") for line in lines[1:])
    assert " ".join(line.strip("- ") for line in lines) == text


def test_a_path_stays_in_one_piece():
    path = "some-folder/" * 10 + "net.prototxt"
    assert wrapped(f"read {path}") == f"read\n  {path}"
