"""One of our own programs: ready when its ready file is there, which names its ports."""

import json

from .errors import StackError
from .process import Process


class Service:
    """The program is given `--ready-file`; it writes {"pid": 1, "ports": {"grpc": 1234, "admin": 1235}} there once it
    serves. `start` after `kill` or `stop` starts the same command again; its ports may be others then."""

    def __init__(self, run, name, binary, arguments=(), env=None, patience=20.0):
        self.name = name
        self._ready_file = run.directory / f"{name}.ready.json"
        argv = [binary, *arguments, "--ready-file", self._ready_file]
        self._process = Process(run, name, argv, env=env, patience=patience)
        self.ports = {}

    @property
    def process(self):
        return self._process

    @property
    def pid(self):
        return self._process.pid

    @property
    def running(self):
        return self._process.running

    @property
    def log(self):
        return self._process.log

    def port(self, name):
        try:
            return self.ports[name]
        except KeyError:
            raise StackError(f"{self.name} names no port {name!r} in its ready file, only {sorted(self.ports)}") from None

    def start(self, seconds=60):
        self._ready_file.unlink(missing_ok=True)
        self._process.start()
        ready = self._process.wait_ready(self._read_ready_file, seconds, f"{self.name} writes {self._ready_file.name}")
        self.ports = ready["ports"]
        return self

    def _read_ready_file(self):
        try:
            return json.loads(self._ready_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as e:
            raise StackError(f"{self.name} wrote a ready file that is not JSON ({e}); it must be renamed into place") from e

    def kill(self):
        self._process.kill()

    def stop(self):
        return self._process.stop()

    def pause(self):
        self._process.pause()

    def resume(self):
        self._process.resume()
