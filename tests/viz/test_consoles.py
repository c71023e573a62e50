"""Tables in a terminal: names are broken where they have joints."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from blobnet.viz.consoles import at_joints, print_table


@pytest.mark.parametrize(
    ("name", "width", "lines"),
    [
        ("hidden_sigmoid", 12, ["hidden_", "sigmoid"]),
        ("hidden_sigmoid", 14, ["hidden_sigmoid"]),
        ("inception_3a/3x3_reduce", 16, ["inception_3a/", "3x3_reduce"]),
        ("a.b-c_d", 4, ["a.b-", "c_d"]),
        ("sigmoid", 3, ["sigmoid"]),  # which has no joint
        ("", 3, [""]),
    ],
)
def test_names_are_broken_behind_their_joints(name, width, lines):
    assert at_joints(name, width).split("\n") == lines


@pytest.mark.parametrize(("width", "shown"), [(30, "res_2a_b1"), (12, "res_2a_|b1")])
def test_only_where_there_is_no_room(width, shown):
    file = io.StringIO()
    table = Table(box=None, padding=0, show_header=False)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    table.add_row(Text("res_2a_b1"), "12345")
    print_table(Console(file=file, width=width), table)
    names = [
        line[: width - 5].removesuffix("12345").strip() for line in file.getvalue().splitlines()
    ]
    assert "|".join(names) == shown
