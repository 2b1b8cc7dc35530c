"""A comment that cites a fact of docs/marketplace.md names a section that is there."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLACES = ["libs", "services", "simulator", "cli", "tests", "bench", "tools", "docs", "CONTRIBUTING.md"]
CITED = re.compile(r"docs/marketplace\.md#([a-z0-9-]+)((?:,| and) #[a-z0-9-]+)*")


def sections():
    headings = re.findall(r"^#+ (.+)$", (ROOT / "docs/marketplace.md").read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_cited_section_is_there():
    known, cited, missing = sections(), 0, []
    for place in PLACES:
        path = ROOT / place
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            if file.suffix not in {".hpp", ".cpp", ".py", ".md", ".proto"}:
                continue
            for match in CITED.finditer(file.read_text(encoding="utf-8", errors="replace")):
                for name in re.findall(r"#([a-z0-9-]+)", match.group(0)):
                    cited += 1
                    if name not in known:
                        missing.append(f"{file.relative_to(ROOT)}: docs/marketplace.md has no section #{name}")
    assert not missing, "\n".join(missing)
    assert cited > 20, f"only {cited} citations were found: has their form changed?"
