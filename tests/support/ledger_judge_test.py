"""A judge that cannot find fault proves nothing, so each fault is put before it once."""

import dataclasses

import pytest

from ledger_judge import (Announced, State, java_partition, judge, judge_recipients, judge_states, kept_state,
                          order_event_class, recipients_class)
from topic_reader import Record


def kept(order_id, version, status, second, total=1000):
    return {"order_id": order_id, "version": version, "updated_at": f"2026-10-06T15:30:{second:02}.000000Z", "status": status,
            "line_statuses": [status], "total_minor": total}


KEPT = [kept("A", 1, "WaitingAcceptance", 1), kept("A", 2, "Accepted", 2), kept("A", 3, "InPreparation", 3),
        kept("B", 1, "InPreparation", 4)]


def event(of, version, partition=None):
    key = f"CDISFR/98979/{of['order_id']}"
    return Announced(of["order_id"], version, kept_state(of), java_partition(key, 12) if partition is None else partition, key)


ALL = [event(KEPT[0], 1), event(KEPT[1], 2), event(KEPT[2], 3), event(KEPT[3], 1)]


def test_every_version_once_is_right_in_strict_mode_too():
    assert judge(KEPT, ALL, strict=True, partitions=12).faults == []


def test_a_version_that_was_replaced_between_two_polls_is_right_but_not_in_strict_mode():
    events = [event(KEPT[0], 1), event(KEPT[2], 2), event(KEPT[3], 1)]

    lenient, strict = judge(KEPT, events), judge(KEPT, events, strict=True)

    assert lenient.faults == [] and lenient.superseded == 1
    assert strict.faults == ["order A: 3 versions kept, 2 announced"]


@pytest.mark.parametrize("events, fault", [
    ([ALL[3]], "order A: never announced"),
    ([ALL[0], ALL[1], ALL[3]], "the last state"),
    ([ALL[0], event(KEPT[2], 2), event(KEPT[2], 3), ALL[3]], "not, or not in this order"),
    ([event(KEPT[1], 1), event(KEPT[0], 2), event(KEPT[2], 3), ALL[3]], "not, or not in this order"),
    ([ALL[0], event(KEPT[1], 3), event(KEPT[2], 4), ALL[3]], "versions [1, 3, 4] are not"),
    ([ALL[0], ALL[1], ALL[2], event(KEPT[3], 1, partition=99)], "in partition 99, not"),
    ([ALL[0], event(KEPT[1], 2, partition=99), ALL[2], ALL[3]], "order A: in partitions"),
    ([*ALL, event(kept("C", 1, "Shipped", 9), 1)], "order C: announced, and unknown to the marketplace"),
    ([*ALL[:3], dataclasses.replace(ALL[3], state=State("2026-10-06T15:30:04", "InPreparation", ("InPreparation",), 999))],
     "not, or not in this order"),
])
def test_a_fault_is_named(events, fault):
    faults = judge(KEPT, events, partitions=12).faults

    assert any(fault in f for f in faults), faults


# Vectors of Kafka's own UtilsTest (Java), as unsigned numbers.
@pytest.mark.parametrize("text, signed", [("21", -973932308), ("foobar", -790332482), ("a-little-bit-long-string", -985981536),
                                          ("a-little-bit-longer-string", -1486304829),
                                          ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971), ("abc", 479470107)])
def test_the_partition_is_javas(text, signed):
    assert java_partition(text, 2**31) == signed & 0x7FFFFFFF


def on_topic(key, value, partition=None):
    return Record("t", java_partition(key, 12) if partition is None else partition, 0, key, {}, value, 0)


def state(of, version, **where):
    message = order_event_class()(version=version)
    message.order.order_id = of["order_id"]
    message.order.status_text = of["status"]
    message.order.updated_at.FromJsonString(of["updated_at"][:19] + "Z")
    message.order.total_selling_price.minor_units = of["total_minor"]
    for text in of["line_statuses"]:
        message.order.lines.add(status_text=text)
    return on_topic(f"CDISFR/98979/{of['order_id']}", message.SerializeToString(), **where)


STATES = [state(KEPT[0], 1), state(KEPT[2], 3), state(KEPT[3], 1)]


def test_the_state_topic_is_right_when_it_ends_with_the_last_version_of_each_order():
    assert judge_states(KEPT, ALL, STATES) == []


@pytest.mark.parametrize("records, fault", [
    (STATES[:2], "order B is not there"),
    ([STATES[0], STATES[2]], "order A ends with"),
    ([*STATES[:1], state(KEPT[2], 2), STATES[2]], "ends with version 2, its events with 3"),
    ([STATES[1], STATES[0], STATES[2]], "goes from version 3 to 1"),
    ([*STATES, on_topic("CDISFR/98979/B", None)], "taken back by a tombstone"),
    ([*STATES, state(kept("C", 1, "Shipped", 9), 1)], "order C is unknown"),
    ([*STATES[:2], state(KEPT[3], 1, partition=99)], "in partition 99"),
])
def test_a_fault_of_the_state_topic_is_named(records, fault):
    faults = judge_states(KEPT, ALL, records)

    assert any(fault in f for f in faults), faults


def people(order_id, version, holds=None):
    message = recipients_class()(sales_channel_id="CDISFR", seller_id="98979", order_id=holds or order_id, version=version)
    return on_topic(f"CDISFR/98979/{order_id}", message.SerializeToString())


@pytest.mark.parametrize("records, fault", [
    ([people("A", 1)], "order B is not there"),
    ([people("A", 1), people("B", 1), on_topic("CDISFR/98979/B", None)], "ends with a tombstone"),
    ([people("A", 1), people("B", 1, holds="A")], "holds those of CDISFR/98979/A"),
    ([people("A", 4), people("B", 1)], "order A has version 4, its events 3"),
    ([people("A", 2), people("A", 1), people("B", 1)], "goes from version 2 to 1"),
    ([people("A", 1), people("B", 1), people("C", 1)], "order C has version 1, its events None"),
])
def test_a_fault_of_the_recipients_topic_is_named(records, fault):
    assert judge_recipients(ALL, [people("A", 1), people("A", 3), people("A", 3), people("B", 1)]) == []

    faults = judge_recipients(ALL, records)

    assert any(fault in f for f in faults), faults
