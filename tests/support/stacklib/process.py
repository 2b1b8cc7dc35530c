"""A child process that cannot outlive its parent, with a log of its own."""

import contextlib
import ctypes
import os
import signal
import subprocess
import threading
import time

from .errors import StackError

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def wait_until(condition, seconds, what, step=0.02):
    """Asks until `condition()` gives something true, and returns that. Fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise StackError(f"waited {seconds:g} s in vain for: {what() if callable(what) else what}")
        time.sleep(step)


class Process:
    """`start`, `stop` (asks, then insists), `kill` (SIGKILL), `pause`, `resume`; `start` again after either end.

    Two things see to it that nothing is left behind: the kernel sends `gentle_signal` when the parent dies, and the
    run's janitor looks after it. The first is tied to the thread that starts the process, so that has to be the main one.
    """

    def __init__(self, run, name, argv, env=None, cwd=None, user=None, gentle_signal=signal.SIGTERM, patience=10.0,
                 inherit_output=False):
        self.name = name
        self.argv = [str(a) for a in argv]
        self.log = run.logs / f"{name}.log"
        self._run = run
        self._env = {**os.environ, **{k: str(v) for k, v in (env or {}).items()}}
        self._cwd = cwd or run.directory
        self._user = user
        self._gentle_signal = gentle_signal
        self._patience = patience
        self._inherit_output = inherit_output
        self._child = None

    def start(self):
        if self.running:
            raise StackError(f"{self.name} runs already")
        if threading.current_thread() is not threading.main_thread():
            raise StackError(f"{self.name} must be started from the main thread: it would die with the thread that starts it")
        parent = os.getpid()

        def die_with_parent():  # in the child, after it has changed its user
            _libc.prctl(_PR_SET_PDEATHSIG, int(self._gentle_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

        with contextlib.ExitStack() as files:
            log = None if self._inherit_output else files.enter_context(open(self.log, "ab"))
            try:
                self._child = subprocess.Popen(
                    self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log and subprocess.STDOUT, cwd=self._cwd,
                    env=self._env, user=self._user, group=self._user, extra_groups=[] if self._user else None,
                    start_new_session=True, preexec_fn=die_with_parent)
            except OSError as e:
                raise StackError(f"{self.name} cannot be started: {' '.join(self.argv)}: {e}") from e
        self._run.add(self, self._gentle_signal)
        return self

    @property
    def pid(self):
        return self._child.pid if self._child else None

    @property
    def running(self):
        return self._child is not None and self._child.poll() is None

    @property
    def returncode(self):
        return self._child.poll() if self._child else None

    def tail(self, lines=40):
        try:
            text = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join("    " + line for line in text[-lines:])

    def wait_ready(self, condition, seconds, what):
        """As `wait_until`, but gives up at once when the process has ended, and shows the end of its log."""
        def check():
            if not self.running:
                raise StackError(f"{self.name} ended with code {self.returncode} before {what}. "
                                 f"Its last lines:\n{self.tail()}")
            return condition()
        return wait_until(check, seconds, lambda: f"{what}. Last lines of {self.name}:\n{self.tail()}")

    def _signal_group(self, signum):
        try:
            os.killpg(self._child.pid, signum)
        except ProcessLookupError:
            pass

    def kill(self):
        """SIGKILL, as a power cut would. Returns when it is gone."""
        if self._child is not None:
            self._signal_group(signal.SIGKILL)
            self._child.wait()

    def stop(self, signum=None, patience=None):
        """Asks it to end (with its gentle signal, or another) and returns its exit code; insists when it takes too long."""
        if self._child is None:
            return None
        if self.running:
            self._child.send_signal(signal.SIGCONT)
            self._child.send_signal(signum or self._gentle_signal)
            try:
                self._child.wait(patience or self._patience)
            except subprocess.TimeoutExpired:
                pass
        self.kill()
        return self._child.returncode

    def wait(self, seconds=None):
        """The exit code, once it has ended by itself."""
        try:
            return self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise StackError(f"{self.name} still runs after {seconds:g} s. Its last lines:\n{self.tail()}") from None

    def pause(self):
        """SIGSTOP to the whole group: it answers no request, and its connections stay open."""
        self._signal_group(signal.SIGSTOP)

    def resume(self):
        self._signal_group(signal.SIGCONT)
