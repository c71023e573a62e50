"""The lessons: code prints what they say, numbers are printed, formulas are TeX."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

from tests.models.readme_code import run_blocks
from tests.own_layers import registers_as_before

ROOT = Path(__file__).resolve().parents[1]
LESSONS = ROOT / "docs" / "lessons"
ENGLISH = sorted(LESSONS.glob("[0-9]*.md"))
PAGES = [*ENGLISH, *sorted(LESSONS.glob("zh/[0-9]*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
DISPLAYED = re.compile(r"^\$\$\n(.*?)^\$\$$", re.M | re.S)
INLINE = re.compile(r"\$([^$\n]+)\$")
NUMBER = re.compile(r"\d+\.\d+(?:e[+-]\d+)?")


def name_of(page):
    return page.relative_to(LESSONS).as_posix()


def blocks(page, kind):
    """The blocks of a page that are marked so."""
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [text for marked, text in found if marked == kind]


def prose(page):
    return BLOCK.sub("", page.read_text(encoding="utf-8"))


def gen_lessons(root, *options):
    """The exit code, and what is printed."""
    command = [sys.executable, str(root / "scripts" / "gen_lessons"), *options]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    return result.returncode, result.stdout + result.stderr


# --- what a lesson says ---------------------------------------------------------------------------


@pytest.mark.parametrize("page", ENGLISH, ids=name_of)
def test_a_lesson_prints_what_its_page_says(page, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # it needs no file, and leaves none
    with registers_as_before(), np.printoptions(precision=8, suppress=False):
        run_blocks(page)  # which may set others, for itself alone
    assert capsys.readouterr().out.splitlines() == "".join(blocks(page, "text")).splitlines()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_number_in_the_prose_is_in_the_code_or_printed(page):
    program = "".join(blocks(page, "python") + blocks(page, "text"))
    known = [Decimal(number) for number in NUMBER.findall(program)]
    assert [
        number
        for number in NUMBER.findall(prose(page))
        if not any(is_rounded(Decimal(number), other) for other in known)
    ] == []


def is_rounded(number, other):
    """Whether a number is the other one, or has fewer of its digits."""
    last = Decimal(1).scaleb(number.as_tuple().exponent)
    return abs(number - other) <= last / 2


def test_numbers_that_are_not_printed_would_be_found():
    assert is_rounded(Decimal("0.138"), Decimal("0.138498562"))
    assert is_rounded(Decimal("2.3e-16"), Decimal("2.31e-16"))
    assert not is_rounded(Decimal("0.139"), Decimal("0.138498562"))
    assert not is_rounded(Decimal("2.4e-16"), Decimal("2.31e-16"))


# --- formulas -------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_formula_is_tex(page):
    parser = MathTextParser("path")
    text = prose(page)
    formulas = DISPLAYED.findall(text) + INLINE.findall(DISPLAYED.sub("", text))
    assert formulas
    for formula in formulas:
        parser.parse(f"${' '.join(formula.split())}$")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_formulas_stand_where_github_and_notebooks_see_them(page):
    """A space before the first dollar, no letter behind the last; no escape that Markdown eats."""
    text = DISPLAYED.sub("", prose(page))
    for formula in INLINE.finditer(text):
        before, behind = text[: formula.start()][-1:], text[formula.end() :][:1]
        assert before.isspace(), formula[0]
        assert not behind.isalnum(), formula[0] + behind
        assert formula[1] == formula[1].strip()
    formulas = DISPLAYED.findall(prose(page)) + INLINE.findall(text)
    assert [formula for formula in formulas if re.search(r"\\[^A-Za-z]|[})]_|[*<>]", formula)] == []
    assert prose(page).count("$") == 4 * len(DISPLAYED.findall(prose(page))) + 2 * len(
        INLINE.findall(text)
    )


# --- languages and notebooks ----------------------------------------------------------------------


@pytest.mark.parametrize("page", ENGLISH, ids=name_of)
def test_a_lesson_is_there_in_chinese_with_the_same_sections(page):
    chinese = LESSONS / "zh" / page.name
    count = [len(re.findall(r"^##? ", prose(path), re.M)) for path in (page, chinese)]
    assert count[0] == count[1]
    assert len(re.findall(r"[\u4e00-\u9fff]", prose(chinese))) > 500
    assert not re.search(r"[\u4e00-\u9fff]", prose(page).replace("中文", ""))


CHINESE = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"


@pytest.mark.parametrize("page", [ROOT / "README.zh.md", *sorted(LESSONS.glob("zh/*.md"))], ids=str)
def test_no_line_breaks_between_two_chinese_characters(page):
    """A browser makes a space of it, where none belongs."""
    assert re.findall(rf"{CHINESE}\n{CHINESE}", prose(page)) == []


def test_both_tables_of_lessons_have_all_of_them():
    for table in (LESSONS / "README.md", LESSONS / "zh" / "README.md"):
        text = table.read_text(encoding="utf-8")
        for page in ENGLISH:
            assert f"({page.name})" in text
            assert f"({page.stem}.ipynb)" in text


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_notebook_holds_what_its_page_does(page):
    notebook = json.loads(page.with_suffix(".ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    printed = [text for cell in code for output in cell["outputs"] for text in output["text"]]
    assert ["".join(cell["source"]) + "\n" for cell in code] == blocks(page, "python")
    assert "".join(printed) == "".join(blocks(page, "text"))
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])


# --- scripts/gen_lessons --------------------------------------------------------------------------


def test_pages_and_notebooks_are_current():
    assert gen_lessons(ROOT, "--check") == (0, "")


@pytest.fixture
def clone(tmp_path):
    """One lesson, as small as can be, and the script."""
    (tmp_path / "scripts").mkdir()
    for readme in ("README.md", "README.zh.md"):
        (tmp_path / readme).write_text("```python\nprint(3)\n```\n")
    shutil.copy(ROOT / "scripts" / "gen_lessons", tmp_path / "scripts")
    folder = tmp_path / "docs" / "lessons"
    (folder / "zh").mkdir(parents=True)
    (folder / "1-sum.md").write_text("# A sum\n\n```python\nprint(1 + 1)\n```\n\nRight.\n")
    (folder / "zh" / "1-sum.md").write_text("# 和\n\n```python\n```\n\n对。\n", encoding="utf-8")
    return tmp_path


def test_code_runs_and_goes_into_both_pages_and_notebooks(clone):
    folder = clone / "docs" / "lessons"
    assert gen_lessons(clone, "--run") == (0, "")
    block = "```python\nprint(1 + 1)\n```\n\n```text\n2\n```\n"
    assert (folder / "1-sum.md").read_text() == f"# A sum\n\n{block}\nRight.\n"
    chinese = (folder / "zh" / "1-sum.md").read_text(encoding="utf-8")
    assert chinese == f"# 和\n\n{block}\n对。\n"
    assert gen_lessons(clone, "--check") == (0, "")
    assert gen_lessons(clone, "--run", "--check") == (0, "")


def test_what_is_out_of_date_is_named_and_left_alone(clone):
    folder = clone / "docs" / "lessons"
    gen_lessons(clone, "--run")
    text = (folder / "1-sum.md").read_text().replace("1 + 1", "1 + 2")
    (folder / "1-sum.md").write_text(text)
    code, says = gen_lessons(clone, "--check")
    assert code == 1
    assert says.splitlines() == [
        f"docs/lessons/{file} does not match docs/lessons/1-sum.md: run scripts/gen_lessons"
        for file in ("1-sum.ipynb", "zh/1-sum.md", "zh/1-sum.ipynb")
    ]
    assert "1 + 2" not in (folder / "zh" / "1-sum.md").read_text(encoding="utf-8")
    code, says = gen_lessons(clone, "--run", "--check")  # what it prints is another number, too
    assert "docs/lessons/1-sum.md does not match" in says


def test_the_chinese_readme_has_the_code_of_the_other(clone):
    gen_lessons(clone)
    (clone / "README.md").write_text("Three:\n\n```python\nprint(4)\n```\n")
    (clone / "README.zh.md").write_text("三。\n\n```python\n```\n", encoding="utf-8")
    code, says = gen_lessons(clone, "--check")
    assert code == 1
    assert says == "README.zh.md does not match README.md: run scripts/gen_lessons\n"
    assert gen_lessons(clone) == (0, "")
    chinese = (clone / "README.zh.md").read_text(encoding="utf-8")
    assert chinese == "三。\n\n```python\nprint(4)\n```\n"


def test_blocks_without_a_place_in_chinese_are_told(clone):
    (clone / "docs" / "lessons" / "zh" / "1-sum.md").write_text("# 和\n", encoding="utf-8")
    code, says = gen_lessons(clone)
    assert code == 1
    assert says == "1-sum.md has 0 blocks of Python in Chinese, 1 in English\n"
