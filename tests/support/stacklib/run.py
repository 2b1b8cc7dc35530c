"""One run of a stack: its directory, its logs, its processes, and the janitor that outlives it."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from . import janitor

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]


class Run:
    """Owns a directory under the system's place for temporary files; `end()` ends every process and removes it."""

    def __init__(self, name):
        self.name = name
        # Short, because a PostgreSQL socket's path has to fit into 107 characters; open, because it runs as another user.
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cdiscount-"))
        self.directory.chmod(0o755)
        self.logs = self.directory / "logs"
        self.logs.mkdir()
        self.kept_logs = None
        logs = pathlib.Path(os.environ.get("CDISCOUNT_STACK_LOGS") or REPOSITORY / "build" / "logs" / "stack")
        self._after = logs / f"{name}-{os.getpid()}-{self.directory.name[-4:]}"
        self._processes = []
        self._janitor = subprocess.Popen(
            [sys.executable, "-B", janitor.__file__],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, cwd="/", text=True)
        self._tell({"run": str(self.directory), "logs": str(self._after)})

    def _tell(self, entry):
        self._janitor.stdin.write(json.dumps(entry) + "\n")
        self._janitor.stdin.flush()

    def add(self, process, gentle_signal):
        """Called by a process as soon as it has an id."""
        self._processes.append(process)
        self._tell({"process": process.pid, "started": janitor.start_time(process.pid), "gentle": int(gentle_signal)})

    def end(self, keep_logs):
        """Ends all processes, the youngest first. Afterwards `kept_logs` names the logs' folder, if they were kept."""
        try:
            for process in reversed(self._processes):
                process.stop()
        finally:
            if keep_logs:
                self.kept_logs = janitor.keep_logs(self.directory, self._after)
            shutil.rmtree(self.directory, ignore_errors=True)
            self._tell({"done": True})
            self._janitor.stdin.close()
            self._janitor.wait()
