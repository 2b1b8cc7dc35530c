"""A whole order: simulator -> auth -> order-ingest -> Kafka, judged by an independent read_committed consumer."""

import subprocess
import time

from ledger_judge import EVENTS_TOPIC, announced, kept_state
from settled import assert_agrees
from topic_reader import TopicReader, read_topic


def test_each_order_is_announced_and_its_changes_are_the_next_versions(line, seller):
    line.marketplace.create_orders(seller, 5)
    assert_agrees(line, seller)
    order = line.marketplace.last_versions(seller)[0]["order_id"]
    line.marketplace.change(order, next=True)

    verdict, _ = assert_agrees(line, seller)

    assert verdict.orders_announced == 5
    assert verdict.versions_announced == 6


def test_while_orders_and_changes_flow_the_last_state_of_each_is_announced_once(line, seller):
    line.marketplace.generate(orders_per_s=10, changes_per_s=20, sellers=[seller], seed=7)
    time.sleep(12)  # the length of the load, not a wait for something
    line.marketplace.stop_generating()

    verdict, _ = assert_agrees(line, seller)

    assert verdict.orders_kept > 60
    assert verdict.versions_kept > 150


def test_in_step_with_the_topic_every_version_is_announced_once(line, seller):
    """The driver changes an order only when its last version is on the topic: then nothing may be passed over."""
    line.marketplace.create_orders(seller, 20)
    changes = 0
    with TopicReader(line.kafka.bootstrap, EVENTS_TOPIC) as reader:
        on_topic = {}
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline and changes < 100:
            for event in map(announced, reader.poll(1)):
                if event.key.split("/")[1] == str(seller):
                    on_topic[event.order_id] = event.state
            ready = [v["order_id"] for v in line.marketplace.last_versions(seller)
                     if on_topic.get(v["order_id"]) == kept_state(v)]
            if ready:
                made = line.marketplace.change_many([{"order_id": o, "next": True} for o in ready])
                changes += sum(1 for m in made if "error" not in m)

    verdict, _ = assert_agrees(line, seller, strict=True)

    assert changes >= 100, f"only {changes} changes in 40 s"
    assert verdict.superseded == 0


def test_an_event_has_its_headers_and_kcat_reads_them(line, seller):
    line.marketplace.create_orders(seller, 1)
    _, records = assert_agrees(line, seller)
    record = [r for r in records if r.key.split("/")[1] == str(seller)][0]
    order_id = record.key.split("/")[2]

    said = subprocess.run(["kcat", "-b", line.kafka.bootstrap, "-C", "-t", EVENTS_TOPIC, "-p", str(record.partition), "-o",
                           str(record.offset), "-c", "1", "-X", "isolation.level=read_committed", "-f", "%k|%h\\n"],
                          capture_output=True, text=True, timeout=30, check=True).stdout

    key, headers = said.strip().split("|", 1)
    headers = dict(h.split("=", 1) for h in headers.split(","))
    assert key == f"CDISFR/{seller}/{order_id}"
    assert headers["ce_specversion"] == "1.0"
    assert headers["ce_type"] == "com.cdiscount-connect.order.received.v1"
    assert headers["ce_subject"] == order_id
    assert headers["ce_source"] == f"/cdiscount-connect/{EVENTS_TOPIC}/{record.partition}"
    assert len(headers["ce_sequence"]) == 20 and headers["ce_sequence"].isdigit()
    assert len(headers["ce_id"]) == 36
    assert headers["content-type"] == "application/protobuf"
    assert headers["traceparent"].startswith("00-")


def test_the_people_are_on_their_own_topic_and_on_no_other(line, seller):
    line.marketplace.create_orders(seller, 3, status="InPreparation")
    _, records = assert_agrees(line, seller)

    people = _wait_for_recipients(line, seller, 3)

    assert len(people) == 3
    for message in people.values():
        name = message.billing_address.last_name
        assert name and message.recipients[0].delivery_address.postal_code
        for record in records:
            assert message.recipients[0].email.encode() not in record.value or not message.recipients[0].email
            assert message.recipients[0].phone.encode() not in record.value or not message.recipients[0].phone


def _wait_for_recipients(line, seller, count):
    from cdiscount.events.v1 import order_recipients_pb2
    found, deadline = {}, time.monotonic() + 30
    with TopicReader(line.kafka.bootstrap, "cdiscount.order.recipients.v1") as reader:
        while len(found) < count and time.monotonic() < deadline:
            for record in reader.poll(1):
                if record.key.split("/")[1] == str(seller) and record.value is not None:
                    found[record.key] = record.decode(order_recipients_pb2.OrderRecipients)
    return found


def test_the_state_topic_ends_with_the_last_version_of_each_order(line, seller):
    from cdiscount.events.v1 import order_event_pb2
    line.marketplace.create_orders(seller, 4)
    assert_agrees(line, seller)
    for version in line.marketplace.last_versions(seller):
        line.marketplace.change(version["order_id"], next=True)
    assert_agrees(line, seller)

    states = {r.key: r.decode(order_event_pb2.OrderState) for r in read_topic(line.kafka.bootstrap, "cdiscount.order.state.v1")
              if r.key.split("/")[1] == str(seller)}

    kept = {v["order_id"]: v for v in line.marketplace.last_versions(seller)}
    assert {s.order.order_id: s.order.status_text for s in states.values()} == {o: v["status"] for o, v in kept.items()}
    assert all(s.version == 2 for s in states.values())


def test_a_disabled_account_is_not_asked_for_any_more(line, seller):
    line.marketplace.create_orders(seller, 1)
    assert_agrees(line, seller)
    line.ctl("account", "disable", f"shop {seller}")
    _wait_until(lambda: not _sync(line, seller).get("active"))
    before = len(line.marketplace.call("GET", f"ledger/calls?seller={seller}&limit=10000")["items"])
    line.marketplace.create_orders(seller, 1)

    time.sleep(3)  # three poll periods in which nothing may be asked

    assert len(line.marketplace.call("GET", f"ledger/calls?seller={seller}&limit=10000")["items"]) == before
    line.ctl("account", "enable", f"shop {seller}")
    assert_agrees(line, seller)


def _sync(line, seller):
    return [a for a in line.ctl_json("sync", "show")["accounts"] if a["sellerId"] == str(seller)][0]


def _wait_until(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def test_people_see_the_orders_and_how_the_sync_goes(line, seller):
    line.marketplace.create_orders(seller, 2)
    assert_agrees(line, seller)

    listed = line.ctl_json("orders", "list", "--account", f"shop {seller}")["orders"]

    assert len(listed) == 2
    shown = line.ctl_json("orders", "show", listed[0]["order"]["orderId"])
    assert shown["order"]["order"]["lines"]
    sync = _sync(line, seller)
    assert sync["lastSuccessAt"] and not sync.get("lastError") and int(sync["knownOrders"]) == 2
