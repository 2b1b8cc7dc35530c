"""The files that clang-tidy looks at: everything that may have become bad, and nothing unseen counts as good."""

import pathlib

import tidy

# libs/a.hpp is looked at through a.cpp, deep.hpp (which a.hpp includes) through the nearest source that reaches it.
FILES = {
    ".clang-tidy": "Checks: x\n",
    "libs/a/a.hpp": '#include "a/deep.hpp"\n',
    "libs/a/a.cpp": '#include "a/a.hpp"\n',
    "libs/a/deep.hpp": "#include <vector>\n",
    "libs/b/b.hpp": '  #  include "a/deep.hpp"\n',
    "libs/b/b_test.cpp": '#include "b/b.hpp"\n',
    "services/x/settings.hpp": "",
    "services/y/main.cpp": '#include "settings.hpp"\n',
    "services/y/settings.hpp": '#include "a/a.hpp"\n',
}
SOURCES = ["libs/a/a.cpp", "libs/b/b_test.cpp", "services/y/main.cpp"]


def tree(folder):
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "tools/dev").mkdir(parents=True)
    return folder


def changed_by(folder, name, text):
    before = tidy.digests(folder, SOURCES)
    (folder / name).write_text(text)
    after = tidy.digests(folder, SOURCES)
    return [s for s in SOURCES if before[s] != after[s]]


def test_a_source_is_looked_at_again_when_it_changes_and_a_header_is_looked_at_through_one_source(tmp_path):
    tree(tmp_path)
    assert changed_by(tmp_path, "libs/b/b_test.cpp", FILES["libs/b/b_test.cpp"] + "int x;\n") == ["libs/b/b_test.cpp"]
    assert changed_by(tmp_path, "libs/b/b.hpp", FILES["libs/b/b.hpp"] + "int x;\n") == ["libs/b/b_test.cpp"]
    assert changed_by(tmp_path, "libs/a/a.hpp", FILES["libs/a/a.hpp"] + "int x;\n") == ["libs/a/a.cpp"]
    assert changed_by(tmp_path, "libs/a/deep.hpp", "int x;\n") == ["libs/a/a.cpp"]
    assert changed_by(tmp_path, "services/y/settings.hpp", FILES["services/y/settings.hpp"] + "int x;\n") == ["services/y/main.cpp"]
    assert changed_by(tmp_path, "services/x/settings.hpp", "int x;\n") == []


def test_other_checks_are_a_reason_to_look_at_every_source(tmp_path):
    assert changed_by(tree(tmp_path), ".clang-tidy", "Checks: y\n") == SOURCES


def test_the_digest_depends_on_contents_and_not_on_the_place(tmp_path):
    assert tidy.digests(tree(tmp_path / "here"), SOURCES) == tidy.digests(tree(tmp_path / "there"), SOURCES[::-1])


def run(folder, text, **options):
    """tidy.run with a shell script for clang-tidy, that gets the source as its last argument."""
    tool = folder / "tool"
    tool.write_text(f"#!/bin/sh\nfor last; do :; done\n{text}\n")
    tool.chmod(0o755)
    return tidy.run(folder, {s: pathlib.Path("build") for s in SOURCES}, 2, options.pop("seconds", 30), command=(str(tool),), **options)


def record_of(folder):
    return [line.split()[1] for line in (folder / tidy.RECORD).read_text().splitlines()]


PICKY = 'grep -q bad "$last" && exit 1; echo "$last" >> seen'


def seen(folder):
    names = (folder / "seen").read_text().split() if (folder / "seen").exists() else []
    (folder / "seen").unlink(missing_ok=True)
    return sorted(names)


def test_a_finding_fails_and_what_was_clean_is_recorded_and_not_looked_at_again(tmp_path, capsys):
    tree(tmp_path)
    (tmp_path / "libs/a/a.cpp").write_text("bad\n")

    assert run(tmp_path, PICKY, record=True) == 1
    assert "With findings: libs/a/a.cpp" in capsys.readouterr().out
    assert record_of(tmp_path) == ["libs/b/b_test.cpp", "services/y/main.cpp"]
    seen(tmp_path)

    (tmp_path / "build/tidy-clean").unlink()  # another clone
    (tmp_path / "libs/a/a.cpp").write_text("good\n")
    assert run(tmp_path, PICKY) == 0
    assert seen(tmp_path) == ["libs/a/a.cpp"]
    assert "1 clean sources are not in tools/dev/tidy-clean" in capsys.readouterr().out


def test_what_was_clean_without_being_recorded_is_remembered_in_the_build_folder(tmp_path):
    assert run(tree(tmp_path), PICKY) == 0
    assert seen(tmp_path) == SOURCES

    assert run(tmp_path, PICKY, record=True) == 0
    assert seen(tmp_path) == []
    assert record_of(tmp_path) == SOURCES


def test_the_record_of_a_merge_says_what_both_sides_said(tmp_path):
    assert run(tree(tmp_path), PICKY, record=True) == 0
    record = tmp_path / tidy.RECORD
    record.write_text("<<<<<<< ours\n" + record.read_text() + "=======\n" + "0" * 24 + " libs/a/a.cpp\n>>>>>>> theirs\n")
    (tmp_path / "build/tidy-clean").unlink()
    seen(tmp_path)

    assert run(tmp_path, PICKY, record=True) == 0
    assert seen(tmp_path) == []
    assert record_of(tmp_path) == SOURCES


def test_every_source_is_looked_at_on_demand_and_a_new_finding_leaves_the_record(tmp_path):
    assert run(tree(tmp_path), PICKY, record=True) == 0

    assert run(tmp_path, 'echo "$last" | grep -qv b_test', everything=True, record=True) == 1
    assert record_of(tmp_path) == ["libs/a/a.cpp", "services/y/main.cpp"]


def test_a_run_can_be_narrowed_to_folders_without_forgetting_the_others(tmp_path):
    assert run(tree(tmp_path), PICKY, record=True) == 0
    for source in SOURCES:
        (tmp_path / source).write_text(FILES[source] + "int x;\n")
    seen(tmp_path)

    assert run(tmp_path, PICKY, below=["libs/a", "services"]) == 0
    assert seen(tmp_path) == ["libs/a/a.cpp", "services/y/main.cpp"]


def test_time_running_out_is_a_failure_that_names_what_was_not_seen(tmp_path, capsys):
    assert run(tree(tmp_path), "exec sleep 20", seconds=0.3) == 1
    assert " ".join(SOURCES) in capsys.readouterr().out
