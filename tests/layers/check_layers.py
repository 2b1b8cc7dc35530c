#!/usr/bin/python3 -B
"""Checks that includes point inward: main -> api -> app -> rows -> domain -> libs, and libs only to the libs before them.

    check_layers.py [ROOT]

reads every #include of a file of this repository under libs/, services/, simulator/, cli/, tests/ and bench/. A breach
prints `path:line: may not include name/` and the rule that says so; the exit code is then 1.
"""

import pathlib
import re
import sys

LIBS = ["core", "settings", "telemetry", "crypto", "http", "store", "kafka", "work", "outbox", "inbox", "rpc", "inbox_api",
        "marketplace", "accounts", "service"]
LIBS_WITH_CALLS = {"rpc", "inbox_api", "accounts"}  # these include the services of proto, *.grpc.pb.h
LIBS_WITH_MESSAGES = LIBS_WITH_CALLS | {"marketplace"}
# A folder of a service -> the folders and the libs that its files may include.
FOLDERS = {"domain": {"domain"}, "rows": {"rows", "domain"}, "app": {"app", "rows", "domain"},
           "api": {"api", "app", "rows", "domain"}}
FOLDER_LIBS = {"domain": {"core"}, "rows": {"core", "crypto", "store", "work", "outbox"},
               "app": set(LIBS) - {"service"}, "api": set(LIBS)}
LEVELS = set(FOLDERS) | {"testing"}
ROOMS = ["world", "api", "control"]  # of the simulator, from the inside out
PLACES = ["libs", "services", "simulator", "cli", "tests", "bench"]
SUFFIXES = {".hpp", ".h", ".cpp", ".cc", ".ipp"}

RULES = {
    "libs": "libs/<lib>/ may include itself and the libs before it in: " + ", ".join(LIBS)
            + "; rpc, inbox_api and accounts also proto, marketplace its messages (*.pb.h, never *.grpc.pb.h), the tests of the libs behind rpc proto",
    "domain": "services/X/domain/ may include domain, libs/core and generated messages (*.pb.h)",
    "rows": "services/X/rows/ may include rows, domain, libs/{core,crypto,store,work,outbox} and generated messages",
    "app": "services/X/app/ may include app, rows, domain, the service's metrics.hpp, every lib but service, and generated messages",
    "api": "services/X/api/ may include api, app, rows, domain, the service's metrics.hpp, every lib and all generated headers",
    "testing": "services/X/testing/ may include everything of its service but main.cpp, libs/, the simulator and generated headers",
    "folders": "a service has the folders domain, rows, app, api and testing",
    "metrics": "metrics.* of a service may include domain, every lib but service, and generated messages",
    "wiring": "main.cpp and settings may include anything of service X and of libs/",
    "simulator in tests": "*_test.cpp and testing/ of libs/ and services/ may include the simulator's library; no other file may",
    "rooms": "simulator/: world/ includes world/; api/ also api/; control/ also control/",
    "beside": "simulator/ and cli/ may include themselves, libs/ and generated proto headers, never a service",
    "tests": "tests/ and bench/ may include anything but a service's main.cpp",
    "testing only in tests": "only *_test.cpp files may include testing/, besides those folders themselves",
}

_INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Include:
    """The target of an #include: `kind` is lib, level, root (of a service), simulator, cli, tests, bench, proto or grpc."""

    def __init__(self, kind, name, service=None, test_only=False):
        self.kind, self.name, self.service, self.test_only = kind, name, service, test_only


def classify(parts):
    """Of a file of the repository, given by the parts of its path."""
    test_only = "testing" in parts[:-1]
    if parts[0] == "libs" and len(parts) > 2:
        return Include("lib", parts[1], test_only=test_only)
    if parts[0] == "services" and len(parts) > 2:
        level = parts[2] if len(parts) > 3 and parts[2] in LEVELS else None
        return Include("level" if level else "root", level or parts[-1], service=parts[1], test_only=test_only)
    if parts[0] == "simulator" and len(parts) > 2:
        return Include("simulator", parts[1], test_only=test_only)
    return Include(parts[0], parts[0])


def resolve(root, source, kind, name):
    """The target of the include, or None for a library from outside."""
    if re.match(r"cdiscount/.*\.pb\.h$", name):
        return Include("grpc", "services of proto") if name.endswith(".grpc.pb.h") else Include("proto", "proto")
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
    if include.test_only and not (is_test or "testing" in parts):
        return RULES["testing only in tests"]
    if include.kind == "simulator" and place in ("libs", "services"):
        return None if is_test or "testing" in parts else RULES["simulator in tests"]
    if place == "libs":
        lib = parts[1]
        if lib not in LIBS:
            return RULES["libs"]
        calls = lib in LIBS_WITH_CALLS or is_test and LIBS.index(lib) > LIBS.index("rpc")
        if include.kind in ("proto", "grpc"):
            return None if calls or include.kind == "proto" and lib in LIBS_WITH_MESSAGES else RULES["libs"]
        fine = include.kind == "lib" and include.name in LIBS[:LIBS.index(lib) + 1]
        return None if fine else RULES["libs"]
    if place == "simulator" and include.kind == "simulator" and parts[1] in ROOMS and include.name != "testing":
        return None if include.name in ROOMS[:ROOMS.index(parts[1]) + 1] or is_test else RULES["rooms"]
    if place in ("simulator", "cli"):
        return None if include.kind in ("lib", "proto", "grpc", place) else RULES["beside"]

    return breach_of_service(parts, include)


def breach_of_service(parts, include):
    service = parts[1]
    place = parts[2] if len(parts) > 3 else "metrics" if parts[2].startswith("metrics") else "wiring"
    if place not in RULES:
        return RULES["folders"]
    rule = RULES[place]
    if include.kind in ("level", "root") and include.service != service:
        return rule
    if include.test_only and include.kind == "level":
        return None  # who may, was asked before
    if place == "testing":
        return rule if include.name == "main.cpp" else None
    if include.kind == "root" and include.name == "metrics.hpp" and place in ("app", "api"):
        return None
    if place == "wiring":
        return None if include.kind in ("level", "root", "lib") else rule
    if place == "metrics":
        own = include.kind == "root" and include.name == "metrics.hpp"
        fine = own or include.kind == "proto" or (include.kind == "level" and include.name == "domain") or (
            include.kind == "lib" and include.name != "service")
        return None if fine else rule
    if include.kind == "level":
        return None if include.name in FOLDERS[place] else rule
    if include.kind == "lib":
        return None if include.name in FOLDER_LIBS[place] else rule
    if include.kind == "grpc":
        return None if place == "api" else rule
    return None if include.kind == "proto" else rule


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
