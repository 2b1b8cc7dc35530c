#!/usr/bin/python3 -B
"""Plays with a running demo: `./dev demo order [N]` and `./dev demo change ORDER_ID` speak to its simulator.

DemoFile is how a demo makes itself known: build/demo/demo.env, with the names that cdiscountctl looks for.
"""

import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from marketplace_control import MarketplaceControl  # noqa: E402


def started(pid):
    """When a process began, as the kernel counts it: its number alone may be another's by now."""
    return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].split()[19]


class DemoFile:
    """build/demo/demo.env under a folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.path = self.folder / "build" / "demo" / "demo.env"
        self._ours = False

    @property
    def beside_the_binary(self):
        """Whether cdiscountctl of this checkout looks here."""
        return self.folder == ROOT

    def read(self):
        """The variables of a demo that runs, or None."""
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        variables = dict(line.split("=", 1) for line in lines if "=" in line)
        try:
            running = started(int(variables["DEMO_PID"])) == variables["DEMO_STARTED"]
        except (KeyError, ValueError, OSError):
            return None
        return variables if running else None

    def refuse_a_second(self):
        running = self.read()
        if running:
            raise SystemExit(f"demo: a demo runs already in this checkout (process {running['DEMO_PID']}): "
                             "end it with Ctrl-C first, or play with that one")

    def write(self, variables):
        """For this user alone: cdiscountctl sends secrets to the addresses in it, and follows no file that others can write."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.parent.chmod(0o755)
        everything = {**variables, "DEMO_PID": os.getpid(), "DEMO_STARTED": started(os.getpid())}
        new = self.path.with_suffix(".new")
        new.touch(0o600)
        new.write_text("".join(f"{k}={v}\n" for k, v in everything.items()), encoding="utf-8")
        new.replace(self.path)
        self._ours = True

    def remove(self):
        if self._ours:
            self.path.unlink(missing_ok=True)


def suggestions(stage):
    """Commands to try next, in another terminal."""
    return [
        "",
        "The demo stays up. In another terminal, from this folder (cdiscountctl finds the demo by itself):",
        "   build/dev/bin/cdiscountctl orders list               what order-ingest knows",
        "   build/dev/bin/cdiscountctl sync show                 last poll, last error, cursor",
        "   build/dev/bin/cdiscountctl events tail --follow      the topic, decoded, as it grows",
        "   build/dev/bin/cdiscountctl account disable demo      no more calls for this account; enable brings it back",
        "   ./dev demo order 5                                   five more orders at the marketplace",
        "   ./dev demo change ORDER_ID                           the next step of an order's life",
        f"   kcat -b {stage.kafka.bootstrap} -C -t cdiscount.order.events.v1 -o beginning -e -f '%k %h\\n'",
        f"The simulator's control API is {stage.marketplace.url}/control/ (simulator/README.md); the services' logs are in",
        f"{stage.logs}.",
        "Ctrl-C ends all of it. New events:",
    ]


def main():
    demo = DemoFile(ROOT).read()
    if not demo:
        sys.exit("demo: no demo runs in this checkout: start ./dev demo in another terminal first")
    marketplace = MarketplaceControl(demo["SIMULATOR_CONTROL_URL"])
    seller = 98979
    try:
        if sys.argv[1] == "order":
            made = marketplace.create_orders(seller, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
        else:
            made = [marketplace.change(sys.argv[2], next=True)]
    except (RuntimeError, ValueError) as e:
        sys.exit(f"demo: {e}")
    for version in made:
        print(f"order {version['order_id']} is now {version['status']}, version {version['version']} at the marketplace")
    return 0


if __name__ == "__main__":
    sys.exit(main())
