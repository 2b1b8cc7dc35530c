#!/usr/bin/python3 -B
"""Checks that includes point inward: main -> adapters -> app -> domain -> libs/core, and libs only to the libs before them.

    check_layers.py [ROOT]

reads every #include of a file of this repository under libs/, services/, simulator/, cli/, tests/ and bench/. A breach
prints `path:line: may not include name/` and the rule that says so; the exit code is then 1.
"""

import pathlib
import re
import sys

LIBS = ["core", "telemetry", "crypto", "http", "store", "kafka", "work", "outbox", "rpc", "marketplace", "service"]
LIBS_WITH_PROTO = {"rpc", "marketplace"}
LEVELS = {"domain", "app", "adapters", "fakes"}
ROOMS = ["world", "api", "control"]  # of the simulator, from the inside out
PLACES = ["libs", "services", "simulator", "cli", "tests", "bench"]
SUFFIXES = {".hpp", ".h", ".cpp", ".cc", ".ipp"}

RULES = {
    "libs": "libs/<lib>/ may include itself and the libs before it in: " + ", ".join(LIBS)
            + "; rpc and marketplace also proto, and so the tests of the libs behind rpc",
    "domain": "services/X/domain/ may include domain and libs/core",
    "app": "services/X/app/ may include app, domain and libs/core",
    "adapters": "services/X/adapters/ may include its own level, app, domain, every lib and generated proto headers",
    "fakes": "services/X/fakes/ may include app, domain and libs/core",
    "wiring": "main.cpp, settings and metrics may include anything of service X and of libs/",
    "simulator in tests": "*_test.cpp and testing/ of libs/ and services/ may include the simulator's library; no other file may",
    "rooms": "simulator/: world/ includes world/; api/ also api/; control/ also control/",
    "beside": "simulator/ and cli/ may include themselves, libs/ and generated proto headers, never a service",
    "tests": "tests/ and bench/ may include anything but a service's main.cpp",
    "fakes only in tests": "only *_test.cpp files may include fakes/ or testing/, besides those folders themselves",
}

_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Include:
    """What an #include names: `kind` is lib, level, root (of a service), simulator, cli, tests, bench or proto."""

    def __init__(self, kind, name, service=None, test_only=False):
        self.kind, self.name, self.service, self.test_only = kind, name, service, test_only


def classify(parts):
    """Of a file of the repository, given by the parts of its path."""
    test_only = "testing" in parts[:-1] or "fakes" in parts[:-1]
    if parts[0] == "libs" and len(parts) > 2:
        return Include("lib", parts[1], test_only=test_only)
    if parts[0] == "services" and len(parts) > 2:
        level = parts[2] if len(parts) > 3 and parts[2] in LEVELS else None
        return Include("level" if level else "root", level or parts[-1], service=parts[1], test_only=test_only)
    if parts[0] == "simulator" and len(parts) > 2:
        return Include("simulator", parts[1], test_only=test_only)
    return Include(parts[0], parts[0])


def resolve(root, source, kind, name):
    """What the include names, or None for a library from outside."""
    if re.match(r"cdiscount/.*\.pb\.h$", name):
        return Include("proto", "proto")
    relative = source.relative_to(root).parts
    places = [root / "libs", root]
    if kind == '"':
        places.insert(0, source.parent)
        if relative[0] == "services":
            places.insert(1, root / "services" / relative[1])
        else:
            places.insert(1, root / relative[0])
    for place in places:
        path = (place / name).resolve()
        if path.is_file() and path.is_relative_to(root):
            parts = path.relative_to(root).parts
            return classify(parts) if parts[0] in PLACES else None
    return None


def breach(relative, include):
    """The rule that the include breaks, or None."""
    parts, is_test = relative.parts, relative.stem.endswith("_test")
    place = parts[0]
    if place in ("tests", "bench"):
        return RULES["tests"] if include.kind == "root" and include.name == "main.cpp" else None
    if include.test_only and not (is_test or "testing" in parts or "fakes" in parts):
        return RULES["fakes only in tests"]
    if include.kind == "simulator" and place in ("libs", "services"):
        return None if is_test or "testing" in parts else RULES["simulator in tests"]
    if place == "libs":
        lib = parts[1]
        if lib not in LIBS:
            return RULES["libs"]
        if include.kind == "proto":
            calls = is_test and LIBS.index(lib) > LIBS.index("rpc")
            return None if lib in LIBS_WITH_PROTO or calls else RULES["libs"]
        fine = include.kind == "lib" and include.name in LIBS[:LIBS.index(lib) + 1]
        return None if fine else RULES["libs"]
    if place == "simulator" and include.kind == "simulator" and parts[1] in ROOMS and include.name != "testing":
        return None if include.name in ROOMS[:ROOMS.index(parts[1]) + 1] or is_test else RULES["rooms"]
    if place in ("simulator", "cli"):
        return None if include.kind in ("lib", "proto", place) else RULES["beside"]

    service = parts[1]
    level = parts[2] if len(parts) > 3 else "wiring"
    rule = RULES.get(level, RULES["wiring"])
    if include.kind in ("level", "root") and include.service != service:
        return rule
    if include.kind == "level" and include.name == "fakes":
        return None  # who may, was asked above
    inward = {"domain": {"domain"}, "app": {"app", "domain"}, "fakes": {"app", "domain"},
              "adapters": {"adapters", "app", "domain"}}.get(level)
    if inward is None:  # the files that wire it up
        return None if include.kind in ("level", "root", "lib") else rule
    if include.kind == "level":
        return None if include.name in inward else rule
    if level == "adapters":
        return None if include.kind in ("lib", "proto") else rule
    return None if include.kind == "lib" and include.name == "core" else rule


def breaches(root):
    found = []
    for place in PLACES:
        for source in sorted((root / place).rglob("*")):
            relative = source.relative_to(root)
            if source.suffix not in SUFFIXES or "build" in relative.parts:
                continue
            for number, line in enumerate(source.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                match = _INCLUDE.match(line)
                include = match and resolve(root, source, *match.groups())
                rule = include and breach(relative, include)
                if rule:
                    name = include.name if include.kind != "root" else f"services/{include.service}"
                    found.append(f"{relative}:{number}: may not include {name}/\n    {rule}")
    return found


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    found = breaches(root)
    print("\n".join(found) if found else "Every include points inward.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
