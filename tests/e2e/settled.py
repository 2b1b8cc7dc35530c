"""Waits for the topic to say what the marketplace says, and asks the judge."""

import time

from ledger_judge import (EVENTS_TOPIC, RECIPIENTS_TOPIC, STATES_TOPIC, announced, judge_recipients, judge_states,
                          judge_topic, kept_state, of_seller)
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
    with TopicReader(line.kafka.bootstrap, line.topic(EVENTS_TOPIC)) as reader:
        records = reader.read_all()
        while time.monotonic() < deadline:
            kept = {v["order_id"]: kept_state(v) for v in line.marketplace.last_versions(seller)}
            if {o: e.state for o, e in last_announced(records, seller).items()} == kept:
                break
            records += reader.poll(0.5)
    return read_topic(line.kafka.bootstrap, line.topic(EVENTS_TOPIC))


def wait_for(condition, seconds, what):
    """Asks until it is true; fails with `what` (or what it gives back) after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, what() if callable(what) else f"not within {seconds} s: {what}"
        time.sleep(0.1)
    return result


def assert_compacted_topics_agree(line, seller, records, seconds=30):
    """The recipients are published after the events, and this reads them later than the events: what is still missing at the end of `seconds` is a fault."""
    kept = line.marketplace.last_versions(seller)
    events = [announced(r) for r in of_seller(records, seller)]

    def faults():
        states = of_seller(read_topic(line.kafka.bootstrap, line.topic(STATES_TOPIC)), seller)
        people = of_seller(read_topic(line.kafka.bootstrap, line.topic(RECIPIENTS_TOPIC)), seller)
        return judge_states(kept, events, states) + judge_recipients(events, people)

    deadline = time.monotonic() + seconds
    while found := faults():
        assert time.monotonic() < deadline, "\n".join(found[:20])
        time.sleep(0.2)


def assert_agrees(line, seller, strict=False, seconds=60):
    records = wait_until_settled(line, seller, seconds)
    verdict = judge_topic(line.marketplace, records, seller, strict)
    print(verdict)
    assert not verdict.faults, "\n".join(verdict.faults[:20])
    assert_compacted_topics_agree(line, seller, records)
    return verdict, records
