from __future__ import annotations

import json

import pytest

from tests.doctor.cases import NET, healthy_net, write, write_picture


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a net and its weights."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, healthy_net())
    return tmp_path


def test_a_healthy_net(folder, run):
    ran = run("doctor", "deploy.prototxt", "net.caffemodel")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "nothing wrong was found"
    assert "good to know:" in lines
    assert "- deploy.prototxt has Caffe's own layer types" in lines
    assert lines[-1] == "next: more is seen with --image, --solver, --log"


def test_faults_are_ranked_with_evidence_and_what_to_try(folder, run):
    (folder / "deploy.prototxt").write_text(NET.replace('"ip"', '"fc"'))
    (folder / "solver.prototxt").write_text('base_lr: 1 lr_policy: "poly" power: 1')
    words = ("deploy.prototxt", "net.caffemodel", "--solver", "solver.prototxt", "--json", "f.json")
    ran = run("doctor", *words)
    assert ran.code == 1
    assert ran.out.splitlines()[:6] == [
        '1. lr_policy "poly" without max_iter: the rate is divided by 0 (certain)',
        "   seen: max_iter: 0",
        "   try:  state max_iter: the iteration at which the rate comes to 0",
        "2. a layer gets no weights: it was renamed (very likely)",
        "   seen: fc is not in the file; by shapes 'fc' may be 'ip' of the file",
        "   try:  give the net's layers the names that the file has",
    ]
    read = json.loads((folder / "f.json").read_text())
    assert read[0]["likelihood"] == 1
    assert [each["what"] for each in read][1].startswith("a layer gets no weights")


def test_a_picture_and_how_it_is_prepared(folder, run):
    write_picture(folder / "cat.png")
    words = ("deploy.prototxt", "net.caffemodel", "--image", "cat.png", "--scale", "0.00392157")
    ran = run("doctor", *words)
    assert ran.code == 1
    assert "--scale 1 fits better" in ran.out


def test_what_cannot_be_read_is_a_finding(folder, run):
    ran = run("doctor", "gone.prototxt")
    assert ran.code == 1
    assert "gone.prototxt" in ran.out
    assert "Traceback" not in ran.out + ran.err


def test_a_solver_alone_and_nothing_at_all(folder, run):
    settings = 'net: "deploy.prototxt" base_lr: 1 lr_policy: "poly" power: 1 max_iter: 9'
    (folder / "solver.prototxt").write_text(settings)
    ran = run("doctor", "--solver", "solver.prototxt")
    assert ran.code == 0
    assert "- deploy.prototxt has Caffe's own layer types" in ran.out
    assert ran.out.endswith("next: more is seen with WEIGHTS, --image, --log\n")
    ran = run("doctor")
    assert ran.code == 2
    assert "name a net, a --solver or a --log" in ran.err


def test_findings_fit_into_80_columns(folder, run):
    text = NET.replace('"ip"', '"a_layer_with_quite_a_long_name_of_its_own"')
    (folder / "deploy.prototxt").write_text(text)
    ran = run("doctor", "deploy.prototxt", "net.caffemodel")
    lines = ran.out.splitlines()
    assert max(map(len, lines)) < 80
    at = next(k for k, line in enumerate(lines) if line.startswith("   seen: a_layer_with"))
    assert lines[at + 1].startswith("         ")
