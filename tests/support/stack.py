#!/usr/bin/python3 -B
"""Starts what a test or the demo needs, and leaves nothing behind.

    stack.py run [--kafka] [--postgres] [--simulator] -- COMMAND ...

runs the command with the addresses in its environment and returns its exit code:

    --kafka       KAFKA_BOOTSTRAP; of the broker that an outer `run --shared-kafka` started, if there is one
    --shared-kafka  starts a broker for every `--kafka` and `shared_kafka()` below: they keep to names of their own
    --postgres    POSTGRES_URL
    --simulator   SIMULATOR_URL, SIMULATOR_CONTROL_URL, SIMULATOR_CA (to be trusted), SIMULATOR_WRONG_CA (not to be)

In Python, `Stack` does the same and gives each part a handle (kill, start again, pause):

    with Stack("my-test") as stack:
        kafka = stack.kafka()
        auth = stack.service("auth", stack.binary("auth"), ["--config", ...])

Everything lives in one directory under the system's place for temporary files. After a failure the logs are moved to
build/logs/stack/ (or CDISCOUNT_STACK_LOGS) and named; else nothing stays. When the owner dies, even by SIGKILL, its processes die and the directory
goes. Processes are started from the main thread. Needs Debian's Python, /usr/bin/python3.
"""

import argparse
import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from stacklib.certs import Certificates  # noqa: E402
from stacklib.errors import StackError  # noqa: E402
from stacklib.kafka import Kafka, SharedKafka  # noqa: E402
from stacklib.postgres import Postgres  # noqa: E402
from stacklib.process import Process  # noqa: E402
from stacklib.run import REPOSITORY, Run  # noqa: E402
from stacklib.service import Service  # noqa: E402

_SHARED = "CDISCOUNT_SHARED_KAFKA"


class Stack:
    """A context manager: at its end every process is gone. When it ends by an exception, the logs stay."""

    def __init__(self, name="stack"):
        self.run = Run(name)
        self.failed = False
        self._certificates = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        interrupted = kind is not None and issubclass(kind, (KeyboardInterrupt, SystemExit))
        self.close(failed=self.failed or (kind is not None and not interrupted))

    def close(self, failed=False):
        self.run.end(keep_logs=failed)
        if self.run.kept_logs:
            print(f"stack: the logs of all processes are in {self.run.kept_logs}", file=sys.stderr, flush=True)

    @property
    def directory(self):
        return self.run.directory

    def binary(self, name):
        """The path of one of our programs in the build folder (CDISCOUNT_BUILD_DIR, else build/dev)."""
        build = pathlib.Path(os.environ.get("CDISCOUNT_BUILD_DIR") or REPOSITORY / "build" / "dev")
        path = build.resolve() / "bin" / name
        if not path.exists():
            raise StackError(f"{path} is not built: run ./dev build")
        return path

    def certificates(self):
        if self._certificates is None:
            self._certificates = Certificates(self.directory / "tls")
        return self._certificates

    def kafka(self, settings=None, start=True):
        """With start=False it has an address where no broker answers, until its `start` is called."""
        kafka = Kafka(self.run, settings)
        return kafka.start() if start else kafka

    def shared_kafka(self):
        """A broker that others use too: topics of one's own (kafka.namespace), and no `kill`. Starts one if none is shared."""
        shared = os.environ.get(_SHARED)
        return SharedKafka(shared) if shared else self.kafka()

    def postgres(self, settings=None):
        return Postgres(self.run, settings).start()

    def process(self, name, argv, **options):
        """Any program without a ready file; see Process."""
        return Process(self.run, name, argv, **options).start()

    def service(self, name, binary, arguments=(), env=None, **options):
        """One of our programs, ready to serve."""
        return Service(self.run, name, binary, arguments, env, **options).start()

    def simulator(self, arguments=()):
        """The marketplace over HTTPS (port "api", with a certificate of `certificates().ca`) and its control API in the
        clear (port "control")."""
        tls = self.certificates()
        return self.service("simulator", self.binary("cdiscount-simulator"),
                            ["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0",
                             "--tls-cert", tls.certificate, "--tls-key", tls.key, *arguments])


def _run(options):
    with Stack(options.name or pathlib.Path(options.command[0]).name) as stack:
        environment = {}
        if options.kafka:
            environment["KAFKA_BOOTSTRAP"] = stack.shared_kafka().bootstrap
        if options.shared_kafka:
            environment[_SHARED] = stack.kafka().bootstrap
        if options.postgres:
            environment["POSTGRES_URL"] = stack.postgres().url
        if options.simulator:
            simulator = stack.simulator()
            environment["SIMULATOR_URL"] = f"https://127.0.0.1:{simulator.port('api')}"
            environment["SIMULATOR_CONTROL_URL"] = f"http://127.0.0.1:{simulator.port('control')}"
            environment["SIMULATOR_CA"] = str(stack.certificates().ca)
            environment["SIMULATOR_WRONG_CA"] = str(stack.certificates().wrong_ca)
        command = Process(stack.run, "command", options.command, env=environment, cwd=os.getcwd(), inherit_output=True)
        code = command.start().wait()
        stack.failed = code != 0
        return code if code >= 0 else 128 - code


def _end_in_order(signum, frame):
    raise SystemExit(128 + signum)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    run = verbs.add_parser("run", help="run a command with what it needs")
    run.add_argument("--kafka", action="store_true")
    run.add_argument("--shared-kafka", action="store_true")
    run.add_argument("--postgres", action="store_true")
    run.add_argument("--simulator", action="store_true")
    run.add_argument("--name", help="names the logs that are kept after a failure (default: the command's name)")
    run.add_argument("command", nargs="+")
    options = parser.parse_args()
    for signum in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(signum, _end_in_order)
    try:
        return _run(options)
    except StackError as e:
        print(f"stack: {e}", file=sys.stderr)
        return 70


if __name__ == "__main__":
    sys.exit(main())
