"""The demo's processes, and what it watches: the events topic, with the time each event took."""

import dataclasses
import os
import subprocess
import textwrap
import time

from ledger_judge import EVENTS_TOPIC, announced, judge_topic, kept_state, order_event_class
from line import SERVICES, Line
from stack import StackError
from stacklib.process import wait_until
from topic_reader import Record, TopicReader
import view

SELLER = 98979
CLIENT_ID = "demo-client"
OTHER_CLIENT_ID = "demo-client-two"
POLL_SECONDS = 3  # a faster one would spend the marketplace's call quota: 600 calls in 15 minutes
SETTINGS = {"order-ingest": {"polling.period": f"{POLL_SECONDS}s", "polling.idle_period": f"{POLL_SECONDS}s"}}
PATIENCE = 60     # seconds that anything may take


@dataclasses.dataclass
class Arrival:
    """An event, and how long after it was visible at the marketplace the reader had it (seconds, None = not known)."""
    record: Record
    event: object
    latency: float | None


class Stage:
    def __init__(self, stack, demo_file, say):
        self.began = time.monotonic()
        self.latencies = []
        self._stack = stack
        self._file = demo_file
        self._say = say
        self._OrderEvent = order_event_class()
        self._arrivals = []
        self._topic_reader = None

    # --- Processes

    def start(self):
        """Starts one after the other, and yields name, place and seconds of each."""
        yield self._timed("Kafka", self._start_kafka)
        yield self._timed("simulator", self._start_simulator)
        for service in (entry["name"] for entry in SERVICES):
            yield self._timed(service, lambda: self._places(self.line.start(service, SETTINGS.get(service))))
        self._file.write({**self.line.ctl_environment(), "SIMULATOR_CONTROL_URL": self.marketplace.url})

    @staticmethod
    def _timed(name, start):
        began = time.monotonic()
        where = start()
        return name, where, time.monotonic() - began

    def _start_kafka(self):
        self.kafka = self._stack.kafka()
        return self.kafka.bootstrap

    def _start_simulator(self):
        self.line = Line(self._stack, self.kafka)
        self.marketplace = self.line.marketplace
        self.marketplace.add_seller(SELLER)
        self.secret = self.marketplace.add_client(CLIENT_ID, [SELLER])["client_secret"]
        self.marketplace.add_client(OTHER_CLIENT_ID, [])
        return self.line.marketplace_url

    @staticmethod
    def _places(service):
        return f"gRPC 127.0.0.1:{service.port('grpc')}, http://127.0.0.1:{service.port('admin')}/metrics"

    @property
    def logs(self):
        return self._stack.run.logs

    def must_run(self):
        for service in (*self.line.running.values(), self.line.simulator):
            if not service.running:
                raise StackError(f"{service.name} ended unasked. Its last lines:\n{service.process.tail()}")

    # --- The command line tool, as a person would use it: it finds the demo by itself. A check has no file beside the binary.

    def ctl(self, *words, secret=None):
        """Shows and runs one cdiscountctl command. Returns its exit code and what it printed."""
        self._say(f"   $ cdiscountctl {' '.join(words)}" + ("   <<< the secret" if secret else ""))
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CDISCOUNT_")}  # nothing but the demo's file
        if not self._file.beside_the_binary:
            environment |= self.line.ctl_environment()
        done = subprocess.run([self.line.ctl_path, *words], input=secret, stdin=None if secret else subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                              cwd=self._file.folder, env=environment, timeout=PATIENCE, check=False)
        for line in done.stdout.splitlines():
            indent = "     " + line[:len(line) - len(line.lstrip())]
            self._say(textwrap.fill(line.strip(), 116, initial_indent=indent, subsequent_indent=indent, break_long_words=False))
        return done.returncode, done.stdout

    # --- The topic

    def _reader(self):
        if self._topic_reader is None:
            reader = TopicReader(self.kafka.bootstrap, EVENTS_TOPIC, timeout=PATIENCE)
            wait_until(reader.exists, PATIENCE, f"the topic {EVENTS_TOPIC} is there")
            self._topic_reader = reader
        return self._topic_reader

    def poll(self, seconds):
        """The records that arrived within `seconds`, with their latency."""
        records = self._reader().poll(seconds)
        now = time.time()
        visible = {}
        if records:
            for version in self.marketplace.versions(SELLER):
                visible[version["order_id"], kept_state(version)] = view.instant(version["visible_at"])
        fresh = []
        for record in records:
            seen = announced(record)
            at = visible.get((seen.order_id, seen.state))
            latency = None if at is None else now - at
            fresh.append(Arrival(record, record.decode(self._OrderEvent), latency))
            if latency is not None:
                self.latencies.append(latency)
        self._arrivals += fresh
        return fresh

    def await_version(self, version):
        """The event of a version of the marketplace's ledger."""
        wanted = (version["order_id"], kept_state(version))
        def find():
            self.must_run()
            for arrival in self._arrivals:
                seen = announced(arrival.record)
                if (seen.order_id, seen.state) == wanted:
                    return arrival
            self.poll(0.2)
            return None
        return wait_until(find, PATIENCE, lambda: (
            f"the event of order {version['order_id']}, {version['status']}. Last lines of order-ingest:\n"
            f"{self.line.ingest.process.tail(15)}"))

    def judge(self):
        """The ledger against everything on the topic, read anew from its beginning."""
        with TopicReader(self.kafka.bootstrap, EVENTS_TOPIC, timeout=PATIENCE) as reader:
            records = reader.read_all()
        return judge_topic(self.marketplace, records, SELLER)
