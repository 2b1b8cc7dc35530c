"""The table "Who may call" of services/README.md says what the rows beside each registration say."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


def rows_of(source):
    """Method -> roles, of the rows {"GetOrder", {kOperator, kFulfillment}} in a source file."""
    text = source.read_text(encoding="utf-8")
    roles = dict(re.findall(r'constexpr const char\* (k\w+) = "([\w-]+)";', text))
    return {method: {roles[r.strip()] for r in named.split(",")} for method, named in re.findall(r'\{"(\w+)", \{([^{}"]+)\}(?:, /\*audit=\*/true)?\}', text)}


def table():
    """Method -> roles, of the table."""
    text = (ROOT / "services" / "README.md").read_text(encoding="utf-8")
    return {method: set(roles.split(", ")) for method, roles in re.findall(r"^\| `cdiscount\.[\w.]+/(\w+)` \| ([\w, -]+) \|$", text, re.M)}


def test_the_table_names_each_call_with_its_callers():
    rows = {}
    for source in [*(ROOT / "services").glob("*/api/*_api.cpp"), *(ROOT / "libs").glob("*/*_api.cpp")]:
        rows |= rows_of(source)

    assert len(rows) > 10 and table() == rows
