"""Clears up after a stack whose owner died without a word (SIGKILL, a test runner's time limit).

Runs as a process of its own in a session of its own. It reads what there is to clear from standard input, one JSON
object a line; the other end is held by the owner alone, so the end of the input is the end of the owner.

    {"process": PID, "started": START, "gentle": SIGNAL}   end this process and its group
    {"run": DIR, "logs": DIR}                              keep DIR/logs as the second DIR, then remove the first
    {"done": true}                                         the owner has cleared up itself
"""

import json
import os
import pathlib
import shutil
import signal
import sys
import time


def start_time(pid):
    """Tells a process from a later one with the same id. None when there is none (or only its ashes)."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def alive(entry):
    return start_time(entry["process"]) == entry["started"]


def send(entry, signum):
    try:
        os.killpg(entry["process"], signum)
    except OSError:
        pass


def end_all(entries, patience=5.0):
    living = [e for e in entries if alive(e)]
    for entry in living:
        send(entry, signal.SIGCONT)
        send(entry, entry["gentle"])
    deadline = time.monotonic() + patience
    while any(alive(e) for e in living) and time.monotonic() < deadline:
        time.sleep(0.02)
    for entry in entries:
        if start_time(entry["process"]) in (None, entry["started"]):  # gone: its group may still hold a child of its
            send(entry, signal.SIGKILL)
    deadline = time.monotonic() + patience
    while any(alive(e) for e in living) and time.monotonic() < deadline:
        time.sleep(0.02)


def keep_logs(run, logs):
    """Moves the run's logs to a place that outlives it. Says where, or None when there are none."""
    source = pathlib.Path(run) / "logs"
    if not source.is_dir() or not any(source.iterdir()):
        return None
    shutil.rmtree(logs, ignore_errors=True)
    pathlib.Path(logs).parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, logs)
    return logs


def main():
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)
    processes, runs = [], []
    for line in sys.stdin:
        entry = json.loads(line)
        if entry.get("done"):
            return
        (processes if "process" in entry else runs).append(entry)
    end_all(processes)
    for entry in runs:
        try:
            keep_logs(entry["run"], entry["logs"])
        finally:
            shutil.rmtree(entry["run"], ignore_errors=True)


if __name__ == "__main__":
    main()
