"""Waits for the topic to say what the marketplace says, and asks the judge."""

import time

from ledger_judge import EVENTS_TOPIC, announced, judge_topic, kept_state
from topic_reader import TopicReader, read_topic


def last_announced(records, seller):
    last = {}
    for event in map(announced, records):
        if event.key.split("/")[1] == str(seller):
            last[event.order_id] = event
    return last


def wait_until_settled(line, seller, seconds=60):
    """Until the last state of every order of the seller is on the topic. Gives all records of the topic; what is missing
    at the end is the judge's to say."""
    deadline = time.monotonic() + seconds
    with TopicReader(line.kafka.bootstrap, EVENTS_TOPIC) as reader:
        records = reader.read_all()
        while time.monotonic() < deadline:
            kept = {v["order_id"]: kept_state(v) for v in line.marketplace.last_versions(seller)}
            if {o: e.state for o, e in last_announced(records, seller).items()} == kept:
                break
            records += reader.poll(0.5)
    return read_topic(line.kafka.bootstrap, EVENTS_TOPIC)


def assert_agrees(line, seller, strict=False, seconds=60):
    records = wait_until_settled(line, seller, seconds)
    verdict = judge_topic(line.marketplace, records, seller, strict)
    print(verdict)
    assert not verdict.faults, "\n".join(verdict.faults[:20])
    return verdict, records
