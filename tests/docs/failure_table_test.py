"""The tables of ARCHITECTURE.md name the tests that show what they say: each name must be that of a test that there is.

In the column "shown by" a name stands in backticks: a CTest (`e2e.outages`), a suite (`ShiftingPagesTest`), a test of a suite
(`RelayStopsTest.NotAtAllWhenAZombieIsFenced`), either of them cut short (`PollLeasesTest.AFormerOwner...`,
`PageWalk...`, `...EndsTheSweep`, `RelayStopsTest.*`), a Python test function, or a test file without its ending.
"""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLACES = ("libs", "services", "simulator", "cli", "tests", "tools")


def files(pattern):
    return [p for place in PLACES for p in (ROOT / place).rglob(pattern)]


def known_names():
    """Full names of everything that may be named."""
    names = set()
    for path in files("*_test.cpp") + files("*_test.hpp") + files("*conformance*.?pp"):
        text = path.read_text(encoding="utf-8")
        names.add(path.stem)
        for suite, test in re.findall(r"^\s*(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\)", text, re.M):
            names |= {suite, f"{suite}.{test}"}
    for path in files("*_test.py"):
        names.add(path.stem)
        names |= set(re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M))
    for path in [*files("CMakeLists.txt"), ROOT / "cmake" / "Cdiscount.cmake"]:
        text = path.read_text(encoding="utf-8")
        for name, label in re.findall(r"cdiscount_add_python_test\(\s*(\w+)\s+(\w+)", text):
            names |= {f"{label}.{name}", f"{label}.{name}_postgresql", name}
        for name in re.findall(r"cdiscount_add_integration_test\(\s*(\w+)", text):
            names |= {f"integration.{name}", name}
        names |= set(re.findall(r"add_test\(NAME ([\w.]+)", text))
    return names


def is_known(name, names):
    if name.startswith("...") and len(name) > 3:
        return any(n.endswith(name.lstrip(".")) for n in names)
    if name.endswith(("...", "*")):
        start = name.rstrip(".*")
        return bool(start) and any(n.startswith(start) for n in names)
    return name in names


def shown_by():
    """(line number, name) of every name in a column that is called "shown by". "the same" stands for the row above."""
    found, column, above = [], None, []
    for number, text in enumerate((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines(), 1):
        cells = [c.strip() for c in re.split(r"(?<!\\)\|", text)]
        if not text.startswith("|"):
            column = None
        elif "shown by" in cells:
            column = cells.index("shown by")
        elif column is not None and column < len(cells):
            names = re.findall(r"`([^`]+)`", cells[column])
            if cells[column].startswith("the same"):
                names += above
            found += [(number, name) for name in names]
            above = names
    return found


def test_every_test_that_the_architecture_names_exists():
    names = known_names()

    unknown = [f"ARCHITECTURE.md:{number}: there is no test `{name}`" for number, name in shown_by()
               if not is_known(name, names)]

    assert unknown == []


def test_every_row_of_the_tables_names_a_test():
    rows = [text for text in (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()
            if text.startswith("|") and not set(text) <= set("|- ")]
    lines = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()
    named = {lines[number - 1] for number, _ in shown_by()}

    heads = {"| what | what happens | shown by |", "| | promise | shown by |"}
    assert [r for r in rows if r not in named and r not in heads] == []


@pytest.mark.parametrize("name, known", [("A.B", True), ("A.Bx", False), ("A.*", True), ("A...", True), ("C.*", False),
                                         ("e2e.line", True), ("...", False), ("...line", True), ("...C", False)])
def test_a_name_is_known_when_it_or_what_it_was_cut_from_is_there(name, known):
    assert is_known(name, {"A", "A.B", "e2e.line"}) is known
