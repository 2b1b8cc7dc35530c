#!/usr/bin/python3 -B
"""clang-tidy on every source that has not been found clean as it is now.

    tidy.py --build build/asan --build build/release [--all] [--record] [--jobs N] [--seconds S] [--nice N] [PATH...]

tools/dev/tidy-clean holds a line "<digest> <source>" for each source that was found clean. A source is looked at when its
digest is not there: after a change of the source itself, of a header that it stands for, of .clang-tidy, or of this file's
VERSION. The digest is made of contents alone, so the record needs no history and is the same on every machine and for every
build folder. --all looks at every source whatever is recorded; PATHs (folders or files) narrow a run to what is below them.

Each header is looked at through one source: the .cpp of its name, else the test of its name, else the nearest that includes
it. A header's change can also spoil a source that includes it (an argument that need not be moved any more); that is seen
when that source changes, or with --all, which the long test run asks for.

A clean source that is not recorded yet is remembered in build/tidy-clean, so a run that ran out of time goes on where it
stopped; --record writes what is known to be clean into tools/dev/tidy-clean. Both may hold more than one line for a source,
and lines that are none are passed over, so a merge of two records needs no care. Time running out is a failure, and so is a
finding.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORD = "tools/dev/tidy-clean"
MEMORY = "build/tidy-clean"
VERSION = "clang-tidy-19"  # the program that is run; another one finds other things
PLACES = ("libs", "services", "simulator", "cli", "tests", "bench")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.MULTILINE)
LINE = re.compile(r"[0-9a-f]{24} \S+")


def compiled_sources(root, builds):
    """Each .cpp of the project that a build compiles, with the first build that does: {path in the project: build}."""
    found = {}
    for build in builds:
        for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
            path = pathlib.Path(entry["directory"], entry["file"])
            if path.is_relative_to(root) and not path.is_relative_to(root / "build"):
                found.setdefault(str(path.relative_to(root)), build)
    return found


def direct_includes(root, files, headers):
    """{file: headers of the project that it names}. Of two headers that a name may mean, the nearer one is meant."""
    by_name = collections.defaultdict(list)
    for header in sorted(headers):
        by_name[header.rsplit("/", 1)[-1]].append(header)
    found = {}
    for file in files:
        names = INCLUDE.findall((root / file).read_text(encoding="utf-8", errors="replace"))
        found[file] = set()
        for name in names:
            fitting = [h for h in by_name[name.rsplit("/", 1)[-1]] if f"/{h}".endswith(f"/{name}")]
            if fitting:
                found[file].add(max(fitting, key=lambda h: len(os.path.commonprefix([h, file]))))
    return found


def headers_stood_for(sources, includes):
    """{source: the headers that are looked at through it}."""
    def reach(file, seen):
        for header in includes.get(file, set()) - seen:
            seen.add(header)
            reach(header, seen)
        return seen
    reached = {source: reach(source, set()) for source in sorted(sources)}
    stands_for = {source: set() for source in sources}
    for header in {h for headers in reached.values() for h in headers}:
        stem = header.rsplit(".", 1)[0]
        own = [s for s in (f"{stem}.cpp", f"{stem}_test.cpp") if header in reached.get(s, ())]
        including = own or [s for s, headers in reached.items() if header in headers]
        stands_for[max(including, key=lambda s: len(os.path.commonprefix([s, header])))].add(header)
    return stands_for


def digests(root, sources):
    headers = {str(h.relative_to(root)) for place in PLACES for h in (root / place).rglob("*.hpp")}
    stands_for = headers_stood_for(sources, direct_includes(root, [*sources, *headers], headers))
    found = {}
    for source in sources:
        digest = hashlib.sha256(VERSION.encode())
        for name in [".clang-tidy", source, *sorted(stands_for[source])]:
            content = (root / name).read_bytes()
            digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
        found[source] = digest.hexdigest()[:24]
    return found


def lines_of(path):
    return set(filter(LINE.fullmatch, path.read_text(encoding="utf-8").splitlines())) if path.exists() else set()


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


def run(root, sources, jobs, seconds, everything=False, record=False, below=(), command=(VERSION,)):
    """0 when each source of {source: build folder} that is below one of the paths is good."""
    memory = root / MEMORY
    recorded = lines_of(root / RECORD)
    known = recorded | lines_of(memory)
    lines = {s: f"{digest} {s}" for s, digest in digests(root, sources).items()}
    asked = sorted(s for s in sources if not below or any(pathlib.Path(s).is_relative_to(p) for p in below))
    todo = [s for s in asked if everything or lines[s] not in known]
    began, failed, late = time.monotonic(), [], []
    memory.parent.mkdir(exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool, open(memory, "a", encoding="utf-8") as remembered:
        pending = {pool.submit(look_at, root, s, sources[s], began + seconds, command): s for s in todo}
        for number, one in enumerate(concurrent.futures.as_completed(pending), 1):
            source, (code, said) = pending[one], one.result()
            print(f"{number}/{len(todo)} {source}", flush=True)
            if code == 0:
                known.add(lines[source])
                print(lines[source], file=remembered, flush=True)
            elif code is None:
                late.append(source)
            else:
                failed.append(source)
                known.discard(lines[source])
                print(said, flush=True)
    print(f"clang-tidy: {len(asked)} sources, {len(asked) - len(todo)} known to be clean, {len(todo)} to look at, "
          f"{len(failed)} with findings, {len(late)} not reached; {time.monotonic() - began:.0f} s")
    if failed:
        print("With findings: " + " ".join(sorted(failed)))
    if late:
        print(f"Not looked at within {seconds:g} s, which is a failure; a second run goes on where this one stopped: "
              + " ".join(sorted(late)))
    clean = {line for line in lines.values() if line in known}
    if record:
        (root / RECORD).write_text("".join(f"{line}\n" for line in sorted(clean, key=lambda line: line.split()[1])), encoding="utf-8")
        print(f"clang-tidy: {RECORD} names {len(clean)} of {len(lines)} sources now; commit it")
    elif clean - recorded:
        print(f"clang-tidy: {len(clean - recorded)} clean sources are not in {RECORD}; ./dev lint --record writes them there")
    return 1 if failed or late else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", action="append", required=True, help="a build folder; the first that compiles a file counts")
    parser.add_argument("--all", action="store_true", help="every source, whatever is recorded")
    parser.add_argument("--record", action="store_true", help=f"write what is clean into {RECORD}")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--nice", type=int, default=5)
    parser.add_argument("below", nargs="*", metavar="PATH")
    options = parser.parse_args()
    os.nice(options.nice)
    sources = compiled_sources(ROOT, [(ROOT / b).resolve() for b in options.build])
    return run(ROOT, sources, options.jobs, options.seconds, options.all, options.record, options.below)


if __name__ == "__main__":
    sys.exit(main())
