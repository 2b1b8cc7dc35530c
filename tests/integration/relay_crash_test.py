"""Kills the relay and the broker at random instants, and counts what a stranger reads (relay_victim.py). One process and
one lane, on SQLite; relay_replicas_test.py does it with several on PostgreSQL.
"""

import pathlib
import shutil
import sys
import time

import pytest

from relay_victim import Victim, count_records, faults, kills, published_records, seeded_chance, wait_for_more

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from stack import Stack  # noqa: E402
from topic_reader import Record  # noqa: E402

KILLS = kills(by_default=16)


@pytest.fixture(scope="module")
def stack():
    with Stack("relay-crash") as running:
        yield running


@pytest.fixture(scope="module")
def kafka(stack):
    return stack.kafka()


@pytest.fixture
def chance():
    return seeded_chance()


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

    records = published_records(kafka, victim)
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

    records = published_records(kafka, victim)
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

    assert faults(published_records(kafka, victim), expected) == []


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

    assert faults(published_records(kafka, victim), expected) == []


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
    assert faults(published_records(kafka, victim), expected) == []
