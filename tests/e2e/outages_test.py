"""Killed, cut off, deceived: nothing lost, nothing twice, in order."""

import threading
import time

from conftest import FAST
from ledger_judge import EVENTS_TOPIC, announced, kept_state
from settled import assert_agrees
from topic_reader import TopicReader


def test_order_ingest_killed_in_the_middle_loses_and_doubles_nothing(line, seller):
    line.marketplace.create_orders(seller, 150)
    line.marketplace.generate(orders_per_s=10, changes_per_s=30, sellers=[seller], seed=3)
    for pause in (0.3, 1.1, 0.7, 1.9, 0.5, 1.3):  # into each life
        time.sleep(pause)
        line.ingest.kill()
        line.ingest.start()
    line.marketplace.stop_generating()

    verdict, _ = assert_agrees(line, seller, seconds=90)

    assert verdict.versions_announced > 150


def test_thirty_seconds_without_kafka_lose_and_double_nothing(line, seller):
    line.marketplace.create_orders(seller, 20)
    assert_agrees(line, seller)
    before = len(line.marketplace.versions(seller))
    line.kafka.kill()
    line.marketplace.generate(orders_per_s=3, changes_per_s=6, sellers=[seller], seed=5)
    time.sleep(30)
    line.marketplace.stop_generating()
    arisen = len(line.marketplace.versions(seller)) - before
    line.kafka.start()

    verdict, _ = assert_agrees(line, seller, seconds=120)

    assert arisen >= 100, f"only {arisen} versions arose while Kafka was away"
    assert verdict.orders_announced > 20


class InStep(threading.Thread):
    """Changes an order only when its last version is on the topic: then nothing may be passed over."""

    def __init__(self, line, seller):
        super().__init__()
        self.line, self.seller = line, seller
        self.changes, self.failure = 0, None
        self.stop = threading.Event()

    def run(self):
        try:
            self._drive()
        except Exception as e:  # told in the main thread
            self.failure = e

    def _drive(self):
        on_topic = {}
        with TopicReader(self.line.kafka.bootstrap, EVENTS_TOPIC, timeout=60) as reader:
            while not self.stop.is_set():
                for event in map(announced, reader.poll(1)):
                    if event.key.split("/")[1] == str(self.seller):
                        on_topic[event.order_id] = event.state
                ready = [v["order_id"] for v in self.line.marketplace.last_versions(self.seller)
                         if on_topic.get(v["order_id"]) == kept_state(v)]
                made = self.line.marketplace.change_many([{"order_id": o, "next": True} for o in ready]) if ready else []
                self.changes += sum(1 for m in made if "error" not in m)


def test_killed_and_without_kafka_in_step_every_version_is_announced_once(line, seller):
    line.marketplace.create_orders(seller, 30)
    driver = InStep(line, seller)
    driver.start()
    try:
        for _ in range(4):
            time.sleep(4)  # the life between two blows
            line.ingest.kill()
            line.ingest.start()
            time.sleep(4)
            line.kafka.kill()
            time.sleep(2)
            line.kafka.start()
    finally:
        driver.stop.set()
        driver.join()

    verdict, _ = assert_agrees(line, seller, strict=True, seconds=90)

    assert driver.failure is None
    assert driver.changes >= 50, f"only {driver.changes} changes"
    assert verdict.superseded == 0


def test_an_authority_that_is_not_trusted_is_refused(line, seller):
    line.marketplace.create_orders(seller, 1)
    assert_agrees(line, seller)
    line.ingest.stop()
    line.start_ingest(ca=line.stack.certificates().wrong_ca, settings=FAST)
    try:
        line.marketplace.create_orders(seller, 1)
        deadline = time.monotonic() + 20
        error = ""
        while "certificate" not in error and time.monotonic() < deadline:
            error = _sync(line, seller).get("lastError", "")
            time.sleep(0.2)
        assert "certificate" in error
        assert int(_sync(line, seller)["knownOrders"]) == 1
    finally:
        line.ingest.stop()
        line.start_ingest(settings=FAST)
    assert_agrees(line, seller)


def _sync(line, seller):
    return [a for a in line.ctl_json("sync", "show")["accounts"] if a["sellerId"] == str(seller)][0]


def test_an_order_that_cannot_be_read_is_kept_and_blocks_nobody(line, seller):
    versions = line.marketplace.create_orders(seller, 5)
    broken = versions[2]["order_id"]
    line.marketplace.call("POST", f"orders/{broken}/oddity", {"broken_json": True})
    deadline = time.monotonic() + 30
    while int(_sync(line, seller).get("knownOrders", 0)) < 4 and time.monotonic() < deadline:
        time.sleep(0.2)
    sync = _sync(line, seller)
    assert int(sync["knownOrders"]) == 4
    assert int(sync["unreadableOrders"]) == 1

    line.marketplace.call("POST", f"orders/{broken}/oddity", {})

    assert_agrees(line, seller, seconds=90)
    deadline = time.monotonic() + 90
    while int(_sync(line, seller).get("unreadableOrders", 0)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert int(_sync(line, seller).get("unreadableOrders", 0)) == 0
