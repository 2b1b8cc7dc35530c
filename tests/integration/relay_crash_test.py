"""Kills the relay and the broker at random instants, and counts what a stranger reads.

The judge is not ours: Debian's confluent_kafka, read_committed. What should be there is asked of the victim's database.
"""

import collections
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

import pytest
from confluent_kafka import KafkaException

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from stack import Stack  # noqa: E402
from topic_reader import Record, TopicReader, duplicate_ids, read_topic, sequence_faults  # noqa: E402

TOPIC = "cdiscount.victim.events.v1"
VICTIM = pathlib.Path(os.environ["CDISCOUNT_BUILD_DIR"]) / "tests" / "integration" / "outbox_relay_victim"
KILLS = int(os.environ.get("CDISCOUNT_RELAY_KILLS", "16"))


@pytest.fixture(scope="module")
def stack():
    with Stack("relay-crash") as running:
        yield running


@pytest.fixture(scope="module")
def kafka(stack):
    return stack.kafka()


@pytest.fixture
def chance():
    seed = int(os.environ.get("CDISCOUNT_SEED", time.time_ns() % 1_000_000))
    print(f"\nCDISCOUNT_SEED={seed}")
    return random.Random(seed)


class Victim:
    """One database and one namespace, and the lives of the processes on it."""

    def __init__(self, stack, kafka, name):
        self._stack, self._kafka, self.name = stack, kafka, name
        self._url = f"sqlite://{stack.directory}/{name}.db"

    def start(self, orders=100):
        return self._stack.process(f"{self.name}-life", [VICTIM, "run", self._url, self._kafka.bootstrap, self.name, orders])

    def run_drain(self, url=None):
        return subprocess.run([VICTIM, "drain", url or self._url, self._kafka.bootstrap, self.name],
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
    """What is wrong, in sentences: lost, doubled, out of order, gaps."""
    found = sequence_faults(records) + [f"{i} is there twice" for i in duplicate_ids(records)]
    versions = collections.defaultdict(list)
    for record in records:
        versions[record.key].append(int(record.headers["ce_id"].rsplit("-", 1)[1]))
    for key in sorted(expected.keys() | versions.keys()):
        want = list(range(1, expected.get(key, 0) + 1))
        if versions[key] != want:
            found.append(f"{key}: {versions[key]} instead of 1 to {expected.get(key, 0)}")
    return found


def record(sequence, key, version, partition=0):
    return Record(topic="t", partition=partition, offset=sequence, key=key, value=b"", timestamp_ms=0,
                  headers={"ce_sequence": f"{sequence:020}", "ce_id": f"{key}-{version}"})


@pytest.mark.parametrize("name, records", [
    ("lost at the end", [record(1, "A", 1)]),
    ("lost in the middle", [record(1, "A", 2)]),
    ("doubled", [record(1, "A", 1), record(2, "A", 2), record(3, "A", 2)]),
    ("out of order", [record(1, "A", 2), record(2, "A", 1)]),
    ("a gap", [record(1, "A", 1), record(3, "A", 2)]),
])
def test_the_judge_sees_what_is(name, records):
    assert faults([record(1, "A", 1), record(2, "A", 2)], {"A": 2}) == []
    assert faults(records, {"A": 2}) != [], name


def test_no_event_is_lost_or_doubled_when_the_relay_is_killed_at_random_instants(stack, kafka, chance):
    victim = Victim(stack, kafka, "killed")
    published_lives = 0
    count = 0
    for kill in range(KILLS):
        life = victim.start()
        # A life publishes from its second second on; each fourth one ends while it is still taking over.
        time.sleep(chance.uniform(0.1, 1.0) if kill % 4 == 3 else chance.uniform(1.2, 3.2))
        life.kill()
        before, count = count, count_records(kafka, victim.topic)
        published_lives += count > before

    expected = victim.drain()

    records = read_topic(kafka.bootstrap, victim.topic)
    print(f"{KILLS} kills, {published_lives} lives that published, {len(records)} records")
    assert faults(records, expected) == []
    assert len(records) == sum(expected.values()) > 1000
    assert published_lives >= KILLS / 3, "most lives were too short to be a test"


def test_the_relay_goes_on_alone_when_the_broker_is_killed_and_comes_back(stack, kafka, chance):
    victim = Victim(stack, kafka, "orphaned")
    life = victim.start()
    wait_for_more(kafka, victim, life)
    for _ in range(2):
        time.sleep(chance.uniform(0.2, 1.5))
        kafka.kill()
        time.sleep(chance.uniform(1, 4))
        kafka.start()
        wait_for_more(kafka, victim, life, than=count_records(kafka, victim.topic))
    life.kill()

    expected = victim.drain()

    records = read_topic(kafka.bootstrap, victim.topic)
    print(f"{len(records)} records over 2 kills of the broker")
    assert faults(records, expected) == []


def test_a_relay_that_is_paused_past_its_transaction_does_not_double_anything(stack, kafka, chance):
    victim = Victim(stack, kafka, "paused")
    life = victim.start()
    wait_for_more(kafka, victim, life)
    # The broker aborts an open transaction after 10 s.
    life.pause()
    time.sleep(11.5)
    life.resume()
    wait_for_more(kafka, victim, life, than=count_records(kafka, victim.topic))
    life.kill()

    expected = victim.drain()

    assert faults(read_topic(kafka.bootstrap, victim.topic), expected) == []


def test_a_relay_starts_without_kafka_and_publishes_when_it_comes(stack, kafka):
    victim = Victim(stack, kafka, "early")
    kafka.kill()
    life = victim.start()
    time.sleep(3)
    assert life.running, life.tail()

    kafka.start()

    wait_for_more(kafka, victim, life)
    life.kill()

    expected = victim.drain()

    assert faults(read_topic(kafka.bootstrap, victim.topic), expected) == []


def test_a_copy_of_a_live_database_publishes_nothing(stack, kafka):
    """Copied file by file while it is written to, as a person would: an old state, with a log that may be torn."""
    victim = Victim(stack, kafka, "copied")
    life = victim.start()
    wait_for_more(kafka, victim, life)
    for part in ("", "-wal"):
        shutil.copyfile(stack.directory / f"copied.db{part}", stack.directory / f"elsewhere.db{part}")
    published = count_records(kafka, victim.topic)
    wait_for_more(kafka, victim, life, than=published + 1000)
    life.kill()

    refused = victim.run_drain(f"sqlite://{stack.directory}/elsewhere.db")
    expected = victim.drain()

    assert refused.returncode == 1, refused.stdout[-300:]
    assert "has numbered only" in refused.stderr or "published was the event of" in refused.stderr, refused.stderr
    assert faults(read_topic(kafka.bootstrap, victim.topic), expected) == []
