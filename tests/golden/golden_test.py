#!/usr/bin/python3 -B
"""The names that operators rely on: the settings (docs/settings.md) and the metrics (docs/metrics.md) of each service.

A difference fails the test. `tests/golden/golden_test.py --accept` writes the documents anew; the difference is then a line of
the review, and usually a line of the CHANGELOG.
"""

import os
import pathlib
import re
import subprocess
import sys
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from line import SERVICES, environment  # noqa: E402
from stack import Stack  # noqa: E402

NAMES = [service["name"] for service in SERVICES]

SETTINGS_HEAD = """# Settings

Written by the programs themselves (`--print-settings-manual`). A YAML file by `--config`, overridden by the environment: `polling.period`
of order-ingest is `CDISCOUNT_ORDER_INGEST__POLLING__PERIOD`. An unknown key or a wrong value stops the start and is named.

Blanks and line breaks at the ends of a value are taken off; quotes around it and characters that cannot be seen inside it are refused.
A secret is written itself or as `file:/path`, the file that holds it. An entry of a map is a key of its own:
`kafka.properties.sasl.password` of auth is `CDISCOUNT_AUTH__KAFKA__PROPERTIES__SASL__PASSWORD`.
"""

METRICS_HEAD = """# Metrics

Names, kinds and labels as the services give them on `/metrics`. Durations are in seconds.
"""


def settings_manual(stack):
    parts = [SETTINGS_HEAD]
    for service in NAMES:
        done = subprocess.run([stack.binary(f"cdiscount-{service}"), "--print-settings-manual"], capture_output=True, text=True,
                              timeout=30, check=True)
        parts.append(done.stdout.strip() + "\n")
    return "\n".join(parts)


def metrics_manual(stack):
    parts = [METRICS_HEAD]
    for service in NAMES:
        folder = stack.directory / service
        folder.mkdir()
        env = environment(service, {"database.url": f"sqlite://{folder / 'test.db'}", "keys.file": folder / "keys",
                                    "keys.create": "true", "grpc.port": 0, "admin.port": 0, "kafka.servers": "127.0.0.1:1"})
        running = stack.service(service, stack.binary(f"cdiscount-{service}"), env=env)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{running.port('admin')}/metrics", timeout=10) as answer:
            parts.append(metrics_table(service, answer.read().decode()))
        running.kill()
    return "\n".join(parts)


def metrics_table(service, text):
    helps = dict(re.findall(r"^# HELP (\S+) (.*)$", text, re.M))
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
    lines = [f"## {service}", "", "| name | kind | labels | what |", "|---|---|---|---|"]
    for name in sorted(kinds):
        sample = re.search(rf"^{name}(?:_bucket|_count|_sum)?(?:\{{(.*?)\}})? ", text, re.M)
        labels = [label for label in re.findall(r'(\w+)="', sample.group(1) or "") if label != "le"] if sample else []
        lines.append(f"| `{name}` | {kinds[name]} | {', '.join(labels)} | {helps.get(name, '')} |")
    return "\n".join(lines) + "\n"


DOCUMENTS = {"settings.md": settings_manual, "metrics.md": metrics_manual}


def check(name):
    with Stack("golden") as stack:
        now = DOCUMENTS[name](stack)
    assert now == (ROOT / "docs" / name).read_text(encoding="utf-8"), (
        f"docs/{name} is not what the programs say. To accept: tests/golden/golden_test.py --accept")


def test_the_settings_are_those_of_the_manual():
    check("settings.md")


def test_the_metrics_are_those_of_the_manual():
    check("metrics.md")


if __name__ == "__main__":
    if sys.argv[1:] != ["--accept"]:
        sys.exit(__doc__)
    os.chdir(ROOT)
    with Stack("golden") as made:
        for document, write in DOCUMENTS.items():
            (ROOT / "docs" / document).write_text(write(made), encoding="utf-8")
            print(f"docs/{document}")
