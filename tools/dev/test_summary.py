#!/usr/bin/python3 -B
"""Counts what the tests said and shows what failed. Usage: test_summary.py FOLDER

The folder holds CTest's JUnit files (NAME.xml) and checks.tsv (name, tab, passed or failed). A test that could not be run
has failed; a run without a single test has failed. The last line is "N passed, N failed" (", N skipped" when there are
any), and the exit code is 0 only when nothing failed and something passed.
"""

import collections
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

LINES_OF_A_FAILURE = 80


class Outcome:
    def __init__(self, run, name, verdict, seconds=0.0, output=""):
        self.run, self.name, self.verdict, self.seconds, self.output = run, name, verdict, seconds, output


def verdict_of(case):
    """CTest calls "notrun" what skipped itself, what is disabled, and what has no executable: the last is a failure."""
    status = case.get("status")
    if status == "run":
        return "passed"
    skipped = case.find("skipped")
    reason = (skipped.get("message") or "") if skipped is not None else ""
    if status == "disabled" or (status == "notrun" and reason.startswith("SKIP_")):
        return "skipped"
    return "failed"


def read_junit(path):
    outcomes = []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        output = "\n".join(e.text or "" for e in case.iter("system-out"))
        for note in ("failure", "skipped"):
            found = case.find(note)
            if found is not None and found.get("message"):
                output += f"\n({found.get('message')})"
        outcomes.append(Outcome(path.stem, case.get("name"), verdict_of(case), float(case.get("time") or 0), output))
    return outcomes


def read_checks(path):
    outcomes = []
    for line in path.read_text(encoding="utf-8").splitlines():
        name, verdict = line.split("\t")
        outcomes.append(Outcome("check", name, verdict))
    return outcomes


def read_all(folder):
    outcomes = []
    for path in sorted(folder.glob("*.xml")):
        try:
            outcomes += read_junit(path)
        except ElementTree.ParseError as e:
            outcomes.append(Outcome(path.stem, f"{path.name} cannot be read", "failed", output=str(e)))
    checks = folder / "checks.tsv"
    return outcomes + (read_checks(checks) if checks.exists() else [])


def report(outcomes):
    """Lines for people, the count last, and whether all is well."""
    lines = []
    failed = [o for o in outcomes if o.verdict == "failed"]
    for outcome in failed:
        lines += ["", f"--- FAILED: {outcome.name} ({outcome.run}, {outcome.seconds:.1f} s)"]
        lines += outcome.output.strip("\n").splitlines()[-LINES_OF_A_FAILURE:] or ["(it said nothing)"]
    groups = collections.defaultdict(float)
    for outcome in outcomes:
        groups[outcome.name.split(".", 1)[0]] += outcome.seconds
    longest = sorted(((name, s) for name, s in groups.items() if s >= 30), key=lambda g: -g[1])
    if longest:
        lines += ["", "Minutes of tests by group, added up: " + ", ".join(f"{name} {s / 60:.1f}" for name, s in longest)]
    slowest = sorted((o for o in outcomes if o.seconds >= 5), key=lambda o: -o.seconds)[:5]
    if slowest:
        lines += ["", "Slowest: " + ", ".join(f"{o.name} {o.seconds:.0f} s" for o in slowest)]
    if failed:
        lines += ["", "Failed:"] + [f"  {o.name} ({o.run})" for o in failed]
    passed = sum(o.verdict == "passed" for o in outcomes)
    skipped = sum(o.verdict == "skipped" for o in outcomes)
    if not outcomes:
        lines.append("No test ran.")
    lines.append(f"{passed} passed, {len(failed)} failed" + (f", {skipped} skipped" if skipped else ""))
    return lines, passed > 0 and not failed


def main():
    lines, well = report(read_all(pathlib.Path(sys.argv[1])))
    print("\n".join(lines))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
