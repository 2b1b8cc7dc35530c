#!/usr/bin/python3 -B
"""clang-tidy on what changed since a commit that was clean as a whole (tools/dev/tidy-clean-since), or on every file.

    tidy.py --build build/asan --build build/release [--all] [--jobs N] [--seconds S] [--record]

The first line of tools/dev/tidy-clean-since is the commit; each further line is a source that has not been found clean yet.
Those are named and passed over, except with --all: the list only ever gets shorter, and is empty after --all --record.

A changed header stands for every .cpp that includes it, as ninja noted when it compiled them; a changed .clang-tidy for
every file. When the commit is not there (a shallow clone, an archive), every file is looked at. A file that was found good
is not looked at again until it or a header of it changes. Time running out is a failure, and so is a finding. --record
writes HEAD into tools/dev/tidy-clean-since after a clean run over a clean working tree.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLEAN_SINCE = "tools/dev/tidy-clean-since"
FOR_ALL = {".clang-tidy", "tools/dev/tidy.py"}  # a change of these is a change for every file


def compiled_sources(root, builds):
    """Each .cpp of the project that a build compiles, with the first build that does: {path in the project: build}."""
    found = {}
    for build in builds:
        for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
            path = pathlib.Path(entry["directory"], entry["file"])
            if path.is_relative_to(root) and not path.is_relative_to(root / "build"):
                found.setdefault(str(path.relative_to(root)), build)
    return found


def parse_deps(root, build, text):
    """From `ninja -t deps`: {source: project files that it includes}. A generated header counts as its .proto. With
    CCACHE_BASEDIR the compiler names files from the build folder on."""
    includes, current = {}, None
    for line in text.splitlines():
        if not line.startswith(" "):
            current = None
            continue
        path = pathlib.Path(os.path.normpath(build / line.strip()))
        if not path.is_relative_to(root):
            continue
        name = str(path.relative_to(root))
        if "/gen/" in name and name.startswith("build/"):
            name = "proto/" + name.split("/gen/", 1)[1].split(".", 1)[0] + ".proto"
        if current is None:  # the source itself comes first
            current = includes.setdefault(name, set())
        else:
            current.add(name)
    return includes


def to_look_at(sources, includes, changed):
    """Sources that changed, or include what changed. What no build has compiled yet may include anything."""
    if changed is None or changed & FOR_ALL:
        return sorted(sources)
    headers = {c for c in changed if not c.endswith(".cpp")}
    return sorted(s for s in sources
                  if s in changed or (includes[s] & headers if s in includes else any(h.endswith(".hpp") for h in headers)))


def git(root, *arguments):
    """The answer, or None when git says no (no repository, no such commit)."""
    done = subprocess.run(["git", "-c", f"safe.directory={root}", *arguments], cwd=root, capture_output=True, text=True,
                          check=False)
    return done.stdout if done.returncode == 0 else None


def clean_since(root):
    """(commit, sources that were not clean then), ("", set()) without a record."""
    try:
        commit, *open_ones = (root / CLEAN_SINCE).read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return "", set()
    return commit, set(open_ones)


def changed_since_clean(root):
    """Paths that differ from the recorded commit, untracked ones too; None when that cannot be known."""
    commit, _ = clean_since(root)
    if not commit or git(root, "cat-file", "-e", f"{commit}^{{commit}}") is None:
        return None
    differing = git(root, "diff", "--name-only", "--no-renames", commit)
    untracked = git(root, "ls-files", "--others", "--exclude-standard")
    return None if differing is None or untracked is None else set((differing + untracked).split("\n")) - {""}


def state_of(root, source, includes):
    digest = hashlib.sha256()
    for name in [".clang-tidy", source, *sorted(includes.get(source, ()))]:
        path = root / name
        digest.update(name.encode() + b"\0" + (path.read_bytes() if path.exists() else b""))
    return digest.hexdigest()[:24]


def look_at(root, source, build, deadline, command):
    """(code, what it said); code None = out of time."""
    left = deadline - time.monotonic()
    if left <= 0:
        return None, ""
    try:
        done = subprocess.run([*command, "-p", str(build), "--quiet", source], cwd=root, capture_output=True, text=True,
                              timeout=left, check=False)
    except subprocess.TimeoutExpired:
        return None, ""
    noise = ("warnings generated", "warning generated", "warnings treated", "warning treated")
    said = done.stdout + "\n".join(line for line in done.stderr.splitlines() if not any(n in line for n in noise))
    return done.returncode, said.strip()


def run(root, sources, includes, files, jobs, seconds, command=("clang-tidy-19",)):
    """0 when each file is good. Remembers in build/tidy-is-content what was."""
    memory = root / "build" / "tidy-is-content"
    memory.touch()
    good = set(memory.read_text(encoding="utf-8").splitlines())
    todo = [(f, f"{state_of(root, f, includes)} {f}") for f in files]
    todo = [(f, state) for f, state in todo if state not in good]
    began, failed, late = time.monotonic(), [], []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool, open(memory, "a", encoding="utf-8") as known:
        pending = {pool.submit(look_at, root, f, sources[f], began + seconds, command): (f, state) for f, state in todo}
        for number, one in enumerate(concurrent.futures.as_completed(pending), 1):
            (file, state), (code, said) = pending[one], one.result()
            print(f"{number}/{len(todo)} {file}", flush=True)
            if code == 0:
                known.write(state + "\n")
                known.flush()
            elif code is None:
                late.append(file)
            else:
                failed.append(file)
                print(said, flush=True)
    took = time.monotonic() - began
    print(f"clang-tidy: {len(files)} files to look at, {len(files) - len(todo)} known to be good, {len(failed)} with findings, "
          f"{len(late)} not reached; {took:.0f} s")
    if failed:
        print("With findings: " + " ".join(sorted(failed)))
    if late:
        print(f"Not looked at within {seconds:g} s, which is a failure; a second run goes on where this one stopped: "
              + " ".join(sorted(late)))
    return 1 if failed or late else 0


def record(root):
    if git(root, "status", "--porcelain").strip():
        print(f"{CLEAN_SINCE} is not written: the working tree has changes that no commit holds.")
        return
    (root / CLEAN_SINCE).write_text(git(root, "rev-parse", "HEAD"), encoding="ascii")
    print(f"{CLEAN_SINCE} names HEAD now; commit it.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", action="append", required=True, help="a build folder; the first that compiles a file counts")
    parser.add_argument("--all", action="store_true", help="every file, whatever changed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    builds = [(ROOT / b).resolve() for b in options.build]
    sources = compiled_sources(ROOT, builds)
    includes = {}
    for build in builds:
        deps = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], capture_output=True, text=True, check=True).stdout
        for source, names in parse_deps(ROOT, build, deps).items():
            includes.setdefault(source, set()).update(names)
    changed = None if options.all else changed_since_clean(ROOT)
    print(f"clang-tidy: every file ({'asked for' if options.all else 'there is no commit to compare with'})"
          if changed is None else f"clang-tidy: what changed since {clean_since(ROOT)[0][:12]}")
    files = to_look_at(sources, includes, changed)
    passed_over = set() if changed is None else clean_since(ROOT)[1] & set(sources)
    code = run(ROOT, sources, includes, [f for f in files if f not in passed_over], options.jobs, options.seconds)
    if passed_over:
        print(f"clang-tidy: {len(passed_over)} files have not been found clean yet and were passed over; ./dev lint --all "
              f"looks at them ({CLEAN_SINCE} lists them)")
    if code == 0 and options.record:
        record(ROOT)
    return code


if __name__ == "__main__":
    sys.exit(main())
