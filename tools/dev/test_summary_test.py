"""The count at the end of ./dev test is what everybody believes, so it is held to its word."""

from test_summary import read_all, report

JUNIT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="Linux-c++" tests="9" failures="1" disabled="0" skipped="1">{}</testsuite>"""
PASSED = '<testcase name="core.Good" classname="core.Good" time="0.1" status="run"><system-out>fine</system-out></testcase>'
FAILED = ('<testcase name="core.Bad" classname="core.Bad" time="6.2" status="fail"><failure message="Failed"/>'
          '<system-out>expected 1, was 2</system-out></testcase>')
NOT_BUILT = ('<testcase name="core_test_NOT_BUILT" classname="x" time="0" status="notrun">'
             '<skipped message="Unable to find executable"/></testcase>')
SKIPPED = ('<testcase name="core.Later" classname="x" time="0" status="notrun">'
           '<skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/></testcase>')


def summary(folder, checks="", **runs):
    for name, cases in runs.items():
        (folder / f"{name}.xml").write_text(cases if "<testcase" not in cases else JUNIT.format(cases), encoding="utf-8")
    if checks:
        (folder / "checks.tsv").write_text(checks, encoding="utf-8")
    return report(read_all(folder))


def test_counts_all_runs_and_checks_together(tmp_path):
    lines, well = summary(tmp_path, dev=PASSED + PASSED, asan=PASSED, checks="clang-format\tpassed\n")

    assert well
    assert lines[-1] == "4 passed, 0 failed"


def test_shows_the_output_of_a_failed_test_and_names_it_again_before_the_count(tmp_path):
    lines, well = summary(tmp_path, dev=PASSED + FAILED)

    assert not well
    assert "expected 1, was 2" in lines
    assert lines[-3:] == ["Failed:", "  core.Bad (dev)", "1 passed, 1 failed"]


def test_adds_up_the_minutes_of_each_group(tmp_path):
    case = '<testcase name="{}" classname="x" time="{}" status="run"></testcase>'

    lines, _ = summary(tmp_path, release=case.format("e2e.line", 100) + case.format("e2e.faults", 44) + case.format("core.A", 1))

    assert "Minutes of tests by group, added up: e2e 2.4" in lines


def test_a_test_that_was_not_built_has_failed(tmp_path):
    lines, well = summary(tmp_path, dev=PASSED + NOT_BUILT)

    assert not well
    assert lines[-1] == "1 passed, 1 failed"


def test_a_skipped_test_is_counted_apart(tmp_path):
    lines, well = summary(tmp_path, dev=PASSED + SKIPPED)

    assert well
    assert lines[-1] == "1 passed, 0 failed, 1 skipped"


def test_a_failed_check_fails_the_whole(tmp_path):
    lines, well = summary(tmp_path, dev=PASSED, checks="build asan\tfailed\n")

    assert not well
    assert lines[-1] == "1 passed, 1 failed"


def test_no_test_at_all_is_a_failure(tmp_path):
    assert summary(tmp_path) == (["No test ran.", "0 passed, 0 failed"], False)


def test_only_skipped_tests_are_a_failure(tmp_path):
    lines, well = summary(tmp_path, dev=SKIPPED)

    assert not well
    assert lines[-1] == "0 passed, 0 failed, 1 skipped"


def test_a_result_that_breaks_off_is_a_failure(tmp_path):
    lines, well = summary(tmp_path, dev="<testsuite><testca")

    assert not well
    assert lines[-1] == "0 passed, 1 failed"
