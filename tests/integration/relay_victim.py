"""A service in small that is made to be killed (outbox_relay_victim.cpp), and the judge of what it published.

The judge is not ours: Debian's confluent_kafka, read_committed. The victim's database says which records should be there.
"""

import collections
import os
import pathlib
import random
import subprocess
import sys
import time

from confluent_kafka import KafkaException

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from topic_reader import TopicReader, duplicate_ids, read_topic, sequence_faults  # noqa: E402

TOPIC = "cdiscount.victim.events.v1"
COPY = "cdiscount.victim.states.v1"
PROGRAM = pathlib.Path(os.environ["CDISCOUNT_BUILD_DIR"]) / "tests" / "integration" / "outbox_relay_victim"


def kills(by_default):
    """How many a test makes; CDISCOUNT_KILLS=200 makes it a long one."""
    return int(os.environ.get("CDISCOUNT_KILLS", by_default))


def seeded_chance():
    seed = int(os.environ.get("CDISCOUNT_SEED", time.time_ns() % 1_000_000))
    print(f"\nCDISCOUNT_SEED={seed}")
    return random.Random(seed)


class Victim:
    """One database and one namespace, and the lives of the processes on it."""

    def __init__(self, stack, kafka, name, url=None, env=None):
        self._stack, self._kafka, self.name = stack, kafka, name
        self._url = url or f"sqlite://{stack.directory}/{name}.db"
        self._env = env or {}

    def start(self, orders=100):
        return self._stack.process(f"{self.name}-life", [PROGRAM, "run", self._url, self._kafka.bootstrap, self.name, orders],
                                   env=self._env)

    def run_drain(self, url=None):
        return subprocess.run([PROGRAM, "drain", url or self._url, self._kafka.bootstrap, self.name],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, check=False)

    def drain(self):
        """Publishes what is left, and gives the last version of each order."""
        done = self.run_drain()
        assert done.returncode == 0, done.stderr[-3000:]
        return {order: int(version) for order, version in (line.split() for line in done.stdout.splitlines())}

    @property
    def topic(self):
        return f"{self.name}.{TOPIC}"


def count_records(kafka, topic):
    """How many there are now; 0 also while the topic is being made, or its broker is coming up."""
    try:
        with TopicReader(kafka.bootstrap, topic) as reader:
            return len(reader.read_all()) if reader.exists() else 0
    except KafkaException:
        return 0


def published_records(kafka, victim):
    """The records of the topic. Its copy has to hold the same ones, in the same order: nothing of it is compacted so soon."""
    records, copies = (sorted(read_topic(kafka.bootstrap, f"{victim.name}.{topic}"), key=lambda r: (r.partition, r.offset))
                       for topic in (TOPIC, COPY))
    assert [(r.partition, r.key, r.value, r.headers) for r in copies] == [(r.partition, r.key, r.value, r.headers) for r in records]
    return records


def wait_for_more(kafka, victim, life, than=0):
    """Until the topic holds more records than that while the life goes on; gives their number."""
    deadline = time.monotonic() + 60
    while True:
        count = count_records(kafka, victim.topic)
        if count > than:
            return count
        assert life.running and time.monotonic() < deadline, life.tail()
        time.sleep(0.1)


def faults(records, expected):
    """The faults, in sentences: lost, doubled, out of order, gaps."""
    found = sequence_faults(records) + [f"{i} is there twice" for i in duplicate_ids(records)]
    versions = collections.defaultdict(list)
    for record in records:
        versions[record.key].append(int(record.headers["ce_id"].rsplit("-", 1)[1]))
    for key in sorted(expected.keys() | versions.keys()):
        want = list(range(1, expected.get(key, 0) + 1))
        if versions[key] != want:
            found.append(f"{key}: {versions[key]} instead of 1 to {expected.get(key, 0)}")
    return found
