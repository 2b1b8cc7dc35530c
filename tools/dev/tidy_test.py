"""What clang-tidy looks at: everything that may have become bad, and nothing unseen counts as good."""

import pathlib
import subprocess

import tidy

SOURCES = {"libs/a.cpp": pathlib.Path("b"), "libs/b.cpp": pathlib.Path("b"), "libs/new.cpp": pathlib.Path("b")}
INCLUDES = {"libs/a.cpp": {"libs/a.hpp", "libs/deep.hpp", "proto/x.proto"}, "libs/b.cpp": {"libs/b.hpp"}}


def test_a_changed_header_stands_for_every_source_that_includes_it():
    assert tidy.to_look_at(SOURCES, INCLUDES, {"libs/deep.hpp"}) == ["libs/a.cpp", "libs/new.cpp"]
    assert tidy.to_look_at(SOURCES, INCLUDES, {"proto/x.proto", "README.md"}) == ["libs/a.cpp"]
    assert tidy.to_look_at(SOURCES, INCLUDES, {"libs/b.cpp"}) == ["libs/b.cpp"]
    assert tidy.to_look_at(SOURCES, INCLUDES, {"README.md"}) == []


def test_without_a_commit_to_compare_with_and_after_other_rules_every_source_is_looked_at():
    assert tidy.to_look_at(SOURCES, INCLUDES, None) == sorted(SOURCES)
    assert tidy.to_look_at(SOURCES, INCLUDES, {".clang-tidy"}) == sorted(SOURCES)


def test_reads_what_ninja_noted_and_takes_a_generated_header_for_its_contract():
    text = ("libs/a.cpp.o: #deps 4, deps mtime 1 (VALID)\n    /r/libs/a.cpp\n    ../../libs/a.hpp\n    /usr/include/x.h\n"
            "    /r/build/asan/gen/cdiscount/x.grpc.pb.h\n\n")

    assert tidy.parse_deps(pathlib.Path("/r"), pathlib.Path("/r/build/asan"), text) == {"libs/a.cpp": {"libs/a.hpp", "proto/cdiscount/x.proto"}}


def repository(folder):
    def git(*arguments):
        return subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t", *arguments], cwd=folder, check=True,
                              capture_output=True, text=True).stdout
    git("init", "-q")
    (folder / "tools/dev").mkdir(parents=True)
    (folder / "build").mkdir()
    (folder / ".gitignore").write_text("build/\n")
    for name in ("a.cpp", "b.cpp"):
        (folder / name).write_text("int x;\n")
    git("add", ".")
    git("commit", "-qm", "first")
    return git


def test_what_changed_is_told_by_git_with_what_is_not_committed(tmp_path):
    git = repository(tmp_path)
    (tmp_path / tidy.CLEAN_SINCE).write_text(git("rev-parse", "HEAD"))
    (tmp_path / "a.cpp").write_text("int y;\n")
    (tmp_path / "new.hpp").write_text("int z;\n")

    assert tidy.changed_since_clean(tmp_path) == {"a.cpp", "new.hpp", tidy.CLEAN_SINCE}


def test_the_record_may_list_sources_that_were_not_clean_then(tmp_path):
    git = repository(tmp_path)
    commit = git("rev-parse", "HEAD")
    (tmp_path / tidy.CLEAN_SINCE).write_text(commit + "a.cpp\nlibs/c.cpp\n")

    assert tidy.clean_since(tmp_path) == (commit.strip(), {"a.cpp", "libs/c.cpp"})
    assert tidy.changed_since_clean(tmp_path) == {tidy.CLEAN_SINCE}
    (tmp_path / tidy.CLEAN_SINCE).unlink()
    assert tidy.clean_since(tmp_path) == ("", set())


def test_a_commit_that_is_not_there_is_no_reason_to_trust(tmp_path):
    repository(tmp_path)
    assert tidy.changed_since_clean(tmp_path) is None

    (tmp_path / tidy.CLEAN_SINCE).write_text("0123456789" * 4 + "\n")

    assert tidy.changed_since_clean(tmp_path) is None


def tool(folder, text):
    path = folder / "tool"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return (str(path),)


def run(folder, command, seconds=30):
    sources = {"a.cpp": folder, "b.cpp": folder}
    return tidy.run(folder, sources, {}, sorted(sources), 2, seconds, command)


def test_a_finding_fails_and_what_was_good_is_not_looked_at_again(tmp_path, capsys):
    repository(tmp_path)
    picky = tool(tmp_path, 'for last; do :; done; grep -q good "$last"')
    (tmp_path / "a.cpp").write_text("good\n")

    assert run(tmp_path, picky) == 1
    assert "With findings: b.cpp" in capsys.readouterr().out
    (tmp_path / "b.cpp").write_text("good\n")
    assert run(tmp_path, picky) == 0
    assert "1 known to be good" in capsys.readouterr().out


def test_time_running_out_is_a_failure_that_names_what_was_not_seen(tmp_path, capsys):
    repository(tmp_path)

    assert run(tmp_path, tool(tmp_path, "exec sleep 20"), seconds=0.3) == 1
    assert "a.cpp b.cpp" in capsys.readouterr().out
