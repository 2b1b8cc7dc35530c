"""Compares what the marketplace kept (the simulator's ledger) with what was announced (the events topic).

It knows neither the service nor its database. `judge` says in plain sentences what is wrong; an empty list means that the
promises hold: the last state of every order is there, what was announced of an order is an ordered part of what the
marketplace kept, nothing twice, all of an order in the partition that Java's partitioner gives its key, sequences and
versions without a gap; and in strict mode every version once.
"""

import collections
import dataclasses
import datetime
import pathlib
import os
import sys

from topic_reader import duplicate_ids, sequence_faults

EVENTS_TOPIC = "cdiscount.order.events.v1"
STATES_TOPIC = "cdiscount.order.state.v1"
RECIPIENTS_TOPIC = "cdiscount.order.recipients.v1"


def order_event_class():
    """The generated Python class of the events topic's messages, from the build folder."""
    build = os.environ.get("CDISCOUNT_BUILD_DIR") or pathlib.Path(__file__).resolve().parents[2] / "build" / "dev"
    generated = str(pathlib.Path(build).resolve() / "python")
    if generated not in sys.path:
        sys.path.insert(0, generated)
    from cdiscount.events.v1 import order_event_pb2
    return order_event_pb2.OrderEvent


def recipients_class():
    order_event_class()
    from cdiscount.events.v1 import order_recipients_pb2
    return order_recipients_pb2.OrderRecipients


@dataclasses.dataclass(frozen=True)
class State:
    """The part of a version that can be seen at both ends."""
    updated_at: str                 # UTC, whole seconds: 2026-10-06T15:30:00
    status: str                     # the marketplace's own word
    line_statuses: tuple[str, ...]  # sorted, because the order of lines means nothing
    total_minor: int


@dataclasses.dataclass(frozen=True)
class Announced:
    """One event, as the judge sees it."""
    order_id: str
    version: int
    state: State
    partition: int
    key: str


def second_of(instant):
    """An ISO 8601 instant in UTC, cut to the second."""
    return instant[:19]


def kept_state(version):
    """Of an entry of the ledger."""
    return State(second_of(version["updated_at"]), version["status"], tuple(sorted(version["line_statuses"])),
                 version["total_minor"])


def announced(record):
    """Of a record of the events topic, or of the state topic."""
    event = record.decode(order_event_class())
    order = event.order
    updated = datetime.datetime.fromtimestamp(order.updated_at.seconds, datetime.timezone.utc)
    state = State(second_of(updated.isoformat()), order.status_text, tuple(sorted(line.status_text for line in order.lines)),
                  order.total_selling_price.minor_units)
    return Announced(order.order_id, event.version, state, record.partition, record.key)


def murmur2(data):
    """The hash of Java's Kafka client, for its default partitioner."""
    mask, m = 0xFFFFFFFF, 0x5BD1E995
    h = 0x9747B28C ^ len(data)
    whole = len(data) // 4 * 4
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i:i + 4], "little") * m & mask
        k = (k ^ k >> 24) * m & mask
        h = h * m & mask ^ k
    if len(data) > whole:
        h = (h ^ int.from_bytes(data[whole:], "little")) * m & mask
    h = (h ^ h >> 13) * m & mask
    return h ^ h >> 15


def java_partition(key, partitions):
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


@dataclasses.dataclass
class Verdict:
    orders_kept: int = 0
    versions_kept: int = 0
    orders_announced: int = 0
    versions_announced: int = 0
    superseded: int = 0          # versions that a newer one replaced before anybody asked
    faults: list[str] = dataclasses.field(default_factory=list)

    def __str__(self):
        return (f"{self.orders_kept} orders at the marketplace, {self.orders_announced} announced; {self.versions_kept} versions "
                f"kept, {self.versions_announced} announced, {self.superseded} replaced before they could be read; "
                f"{len(self.faults)} faults")


def _judge_order(order_id, kept, events, strict):
    """`kept` are the states the marketplace had, oldest first; `events` what was announced, in the order of the log."""
    faults = []
    if len({e.partition for e in events}) > 1:
        faults.append(f"order {order_id}: in partitions {sorted({e.partition for e in events})}")
    versions = [e.version for e in events]
    if versions != list(range(1, len(events) + 1)):
        faults.append(f"order {order_id}: versions {versions} are not 1, 2, 3, ...")
    place = 0
    for event in events:
        while place < len(kept) and kept[place] != event.state:
            place += 1
        if place == len(kept):
            faults.append(f"order {order_id}: version {event.version} {event.state} is not, or not in this order, among "
                          f"what the marketplace kept")
            break
        place += 1
    if not events:
        faults.append(f"order {order_id}: never announced")
    elif events[-1].state != kept[-1]:
        faults.append(f"order {order_id}: the last state {kept[-1]} was not announced, the last event says {events[-1].state}")
    if strict and len(events) != len(kept):
        faults.append(f"order {order_id}: {len(kept)} versions kept, {len(events)} announced")
    return faults


def judge(kept, events, strict=False, partitions=None):
    """`kept`: the ledger's versions that could be read by now; `events`: Announced, each partition in order."""
    at_marketplace, on_topic = collections.defaultdict(list), collections.defaultdict(list)
    for version in kept:
        at_marketplace[version["order_id"]].append(kept_state(version))
    for event in events:
        on_topic[event.order_id].append(event)
    verdict = Verdict(orders_kept=len(at_marketplace), versions_kept=len(kept), orders_announced=len(on_topic),
                      versions_announced=len(events))
    verdict.superseded = max(0, verdict.versions_kept - verdict.versions_announced)
    for order_id, states in at_marketplace.items():
        verdict.faults += _judge_order(order_id, states, on_topic.get(order_id, []), strict)
    verdict.faults += [f"order {o}: announced, and unknown to the marketplace" for o in on_topic.keys() - at_marketplace.keys()]
    for event in events if partitions else []:
        right = java_partition(event.key, partitions)
        if event.partition != right:
            verdict.faults.append(f"order {event.order_id}: key {event.key} in partition {event.partition}, not {right}")
    return verdict


def judge_compacted(topic, records, partitions, may_repeat=False):
    """Checks of every compacted topic: all of a key in its partition, and the version that is given beside each record
    grows. Where the value is read when its row is published (recipients), two rows that waited together give the newest value
    twice: `may_repeat` lets the same version follow itself with the same bytes. Gives faults and the last record of each key."""
    faults, last = [], {}
    for record, version in records:
        right = java_partition(record.key, partitions)
        if record.partition != right:
            faults.append(f"{topic}: key {record.key} in partition {record.partition}, not {right}")
        before, known = last.get(record.key, (None, None))
        if version is not None and known is not None and version <= known:
            if not (may_repeat and version == known and record.value == before.value):
                faults.append(f"{topic}: {record.key} goes from version {known} to {version}")
        last[record.key] = (record, version)
    return faults, last


def judge_states(kept, events, records, partitions=12):
    """The state topic ends with the last state of each order, under the version of its last event. Faults, in sentences."""
    last_kept = {v["order_id"]: kept_state(v) for v in kept}
    last_version = {e.order_id: e.version for e in events}
    seen = [(r, None if r.value is None else announced(r).version) for r in records]
    faults, last = judge_compacted("states", seen, partitions)
    by_order = {key.split("/")[2]: record for key, (record, _) in last.items()}
    for order_id, state in last_kept.items():
        record = by_order.pop(order_id, None)
        if record is None:
            faults.append(f"states: order {order_id} is not there")
        elif record.value is None:
            faults.append(f"states: order {order_id} was taken back by a tombstone")
        elif announced(record).state != state:
            faults.append(f"states: order {order_id} ends with {announced(record).state}, the marketplace with {state}")
        elif announced(record).version != last_version.get(order_id):
            faults.append(f"states: order {order_id} ends with version {announced(record).version}, its events with "
                          f"{last_version.get(order_id)}")
    return faults + [f"states: order {o} is unknown to the marketplace" for o in by_order]


def judge_recipients(events, records, partitions=12):
    """Each order that was announced has its people on the recipients topic, under one of its versions; no other order has."""
    last_version = {e.order_id: e.version for e in events}
    decoded = [(r, None if r.value is None else r.decode(recipients_class())) for r in records]
    faults, last = judge_compacted("recipients", [(r, m and m.version) for r, m in decoded], partitions, may_repeat=True)
    messages = {id(r): m for r, m in decoded}
    missing = set(last_version)
    for key, (record, version) in last.items():
        channel, seller, order_id = key.split("/")
        missing.discard(order_id)
        message = messages[id(record)]
        if message is None:
            faults.append(f"recipients: order {order_id} ends with a tombstone, and nothing was erased")
        elif (message.sales_channel_id, message.seller_id, message.order_id) != (channel, seller, order_id):
            faults.append(f"recipients: {key} holds those of {message.sales_channel_id}/{message.seller_id}/{message.order_id}")
        elif not 1 <= version <= last_version.get(order_id, 0):
            faults.append(f"recipients: order {order_id} has version {version}, its events {last_version.get(order_id)}")
    return faults + [f"recipients: order {o} is not there" for o in sorted(missing)]


def of_seller(records, seller):
    return [r for r in records if r.key.split("/")[1] == str(seller)]


def judge_topic(marketplace, records, seller, strict=False, partitions=12):
    """All of it at once, for one seller. Let the topic come to rest first: `kept` is asked now, `records` were read before."""
    last_readable = {v["order_id"]: v["version"] for v in marketplace.last_versions(seller)}
    kept = [v for v in marketplace.versions(seller) if v["version"] <= last_readable.get(v["order_id"], 0)]
    mine = [a for a in map(announced, records) if a.key.split("/")[1] == str(seller)]
    verdict = judge(kept, mine, strict, partitions)
    verdict.faults += sequence_faults(records)
    verdict.faults += [f"event id {i} is there twice" for i in duplicate_ids(records)]
    return verdict
