"""A private PostgreSQL server with throw-away data."""

import os
import pathlib
import pwd
import shutil
import signal
import subprocess

from .errors import StackError
from .janitor import start_time
from .ports import release_port, take_port
from .process import Process, wait_until


def _programs():
    """The newest installed server's programs. They are not on PATH in Debian."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    if not found:
        raise StackError("PostgreSQL's server is not installed (/usr/lib/postgresql/*/bin/postgres): run ./dev setup")
    return found[-1].parent


def _unprivileged_user():
    """PostgreSQL will not run as root. None when we are not root ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise StackError("PostgreSQL does not run as root, and neither the user postgres nor nobody exists: run ./dev setup")


class Postgres:
    """Trusts everybody on 127.0.0.1 and on its socket; does not sync, so a power cut may cost it its data (a SIGKILL does
    not). Stays on its port and keeps its data over `kill` and `start`."""

    def __init__(self, run, settings=None):
        self._run = run
        self._directory = run.directory / "postgres"
        self._directory.mkdir()
        self._settings = settings or {}
        self._user = _unprivileged_user()
        if self._user:
            shutil.chown(self._directory, self._user)
        self._programs = _programs()
        self._process = None
        self.port = None

    @property
    def url(self):
        return f"postgresql://cdiscount@127.0.0.1:{self.port}/cdiscount"

    def url_of(self, database):
        return f"postgresql://cdiscount@127.0.0.1:{self.port}/{database}"

    @property
    def directory(self):
        return self._directory

    @property
    def process(self):
        return self._process

    def start(self):
        """Returns when the server takes connections."""
        first = self._process is None
        if first:
            self._initialise()
        for attempt in range(3):
            if first:
                self._prepare()
            self._process.start()
            try:
                self._process.wait_ready(self._answers, 60, f"PostgreSQL answers on port {self.port}")
                break
            except StackError as e:
                self._process.kill()
                if not (first and attempt < 2 and "Address already in use" in str(e)):
                    raise
                release_port(self.port)
        if first:
            self.create_database("cdiscount")
        return self

    def create_database(self, name):
        self._run_program("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "cdiscount", name)

    def query(self, sql, database="cdiscount"):
        """The rows of an answer, each a tuple of texts."""
        done = subprocess.run([self._programs / "psql", "-X", "-A", "-t", "-F", "\t", "-c", sql,
                               self.url.rsplit("/", 1)[0] + "/" + database],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False)
        if done.returncode != 0:
            raise StackError(f"psql failed with code {done.returncode}: {done.stderr}")
        return [tuple(line.split("\t")) for line in done.stdout.splitlines()]

    def _run_program(self, program, *arguments):
        done = subprocess.run([self._programs / program, *map(str, arguments)], user=self._user, group=self._user,
                              extra_groups=[] if self._user else None, cwd="/", stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace", env={**os.environ, "LC_ALL": "C.UTF-8"},
                              check=False)
        if done.returncode != 0:
            raise StackError(f"{program} failed with code {done.returncode}:\n{done.stdout}{done.stderr}")

    def _initialise(self):
        self._run_program("initdb", "-D", self._directory / "data", "-U", "cdiscount", "-A", "trust", "-E", "UTF8",
                          "--locale=C.UTF-8", "--no-sync", "--no-instructions")

    def _prepare(self):
        self.port = take_port()
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self._directory,
            "fsync": "off", "full_page_writes": "off", "max_connections": 100, "shared_buffers": "32MB",
            "autovacuum_naptime": "10s", "log_min_messages": "warning", **self._settings}
        argv = [self._programs / "postgres", "-D", self._directory / "data"]
        for key, value in settings.items():
            argv += ["-c", f"{key}={value}"]
        # SIGQUIT ends it at once, and it still gives its shared memory back.
        self._process = Process(self._run, "postgres", argv, user=self._user, gentle_signal=signal.SIGQUIT)

    def _answers(self):
        done = subprocess.run([self._programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-t", "1"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return done.returncode == 0

    def kill(self):
        """SIGKILL to the server and all its sessions. `start` brings it back with its data."""
        pid = self._process.pid
        try:
            children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        except OSError:
            children = []
        self._process.kill()
        for child in children:  # each in a session of its own; while one lives, the server does not start again
            try:
                os.kill(int(child), signal.SIGKILL)
            except ProcessLookupError:
                pass
        wait_until(lambda: not any(start_time(int(c)) for c in children), 10, "PostgreSQL's sessions end")

    def stop(self):
        """An orderly end (fast shutdown). `start` brings it back with its data."""
        self._process.stop(signal.SIGINT, patience=30)

    def pause(self):
        self._process.pause()

    def resume(self):
        self._process.resume()
