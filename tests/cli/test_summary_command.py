from __future__ import annotations

import re

from tests.cli.conftest import NET

DATA = """
layer { name: "data" type: "Data" top: "x" top: "y"
  data_param { source: "missing_lmdb" batch_size: 8 } }
layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
  inner_product_param { num_output: 3 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "y" top: "loss" }
"""


def test_a_net_is_listed_with_its_totals(tiny, run):
    ran = run("summary", "net.prototxt")
    assert (ran.code, ran.err) == (0, "")
    rows = [line.split() for line in ran.out.splitlines()]
    assert ["layer", "type", "top", "parameters", "adds", "memory"] in rows
    (ip,) = (row for row in rows if row[:1] == ["ip"])
    assert [ip[1], *ip[3:]] == ["InnerProduct", "15", "72", "72", "B"]
    assert 'net "tiny" in phase TRAIN: 3 layers' in ran.out
    assert "multiply-adds  72 for 6 items, 12 for each" in ran.out


def test_the_last_line_says_what_to_do_next(tiny, run):
    ran = run("summary", "net.prototxt", "--phase", "TEST", "--level", 1, "--stage", "a,b")
    last = ran.out.splitlines()[-1]
    assert last == ("next: blobnet draw net.prototxt net.svg --phase TEST --level 1 --stage a,b")
    again = run(*last.removeprefix("next: blobnet ").split())
    assert (again.code, again.err) == (0, "")
    assert (tiny / "net.svg").is_file()


def test_phase_level_and_stage_choose_layers(tiny, run):
    rule = 'include { phase: TEST min_level: 1 stage: "more" }'
    extra = f'layer {{ name: "extra" type: "Silence" bottom: "y" {rule} }}'
    (tiny / "net.prototxt").write_text(NET + extra)
    options = ["-phase=TEST", "-level", 1, "--stage=more"]
    assert "extra" in run("summary", "net.prototxt", *options).out
    assert "extra" not in run("summary", "net.prototxt", *options[1:]).out


def test_data_that_is_missing_can_be_given_by_its_shape(tiny, run):
    (tiny / "net.prototxt").write_text(DATA)
    ran = run("summary", "net.prototxt")
    assert ran.code == 1
    assert ran.err.startswith('blobnet: Data layer "data": ')
    hint = re.search(r"--shape x=8,C,H,W$", ran.err, re.MULTILINE)
    ran = run("summary", "net.prototxt", *hint.group().replace("C,H,W", "2,1,5").split())
    assert ran.code == 0
    assert "parameters     33" in ran.out
    assert ran.out.splitlines()[-1].endswith("--phase TRAIN --shape x=8,2,1,5")


def test_a_shape_that_is_none_is_wrong_usage(tiny, run):
    for words in ("x", "x=", "=4,5", "x=4,,5", "x=4;5", "x=-1,3", "x=a"):
        ran = run("summary", "net.prototxt", "--shape", words)
        assert ran.code == 2
        assert f"'{words}' is no shape; write data=64,1,28,28" in ran.err


def test_a_file_that_is_missing_is_explained(tiny, run):
    ran = run("summary", "none.prototxt")
    assert ran.code == 1
    assert ran.err.startswith("blobnet: none.prototxt: cannot be read")
