"""Killed, cut off, deceived: nothing lost, nothing twice, in order."""

import threading
import time

import pytest

from conftest import ENGINE
from ledger_judge import EVENTS_TOPIC, announced, kept_state
from settled import assert_agrees, wait_for
from topic_reader import TopicReader

OWN_KAFKA = True  # it is killed
SETTINGS = {"polling.lease": "10s", "marketplace.timeout": "8s"}  # a life that is killed leaves its lease on PostgreSQL


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


def watch(line, seller, seconds):
    """Once a second for so long: the age of the oldest row that waits for Kafka, and where the account's cursor stands."""
    ages, cursors = [], []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ages.append(line.metric(line.ingest, "outbox_oldest_age_seconds"))
        cursors.append(line.sync(seller)["cursor"])
        time.sleep(1)
    return ages, cursors


def longest_silence(line, seller, since, until):
    """Seconds between two calls for the seller's orders, at most."""
    at = [since, *(c["at"] for c in line.calls(seller, since=since) if c["at"] < until), until]
    return max((later - earlier).total_seconds() for earlier, later in zip(at, at[1:]))


def test_thirty_seconds_without_kafka_lose_and_double_nothing(line, seller):
    line.marketplace.create_orders(seller, 20)
    assert_agrees(line, seller)
    before = len(line.marketplace.versions(seller))
    line.kafka.kill()
    gone_at = line.marketplace_now()
    line.marketplace.generate(orders_per_s=3, changes_per_s=6, sellers=[seller], seed=5)
    ages, cursors = watch(line, seller, 30)
    line.marketplace.stop_generating()
    arisen = len(line.marketplace.versions(seller)) - before
    orders = len(line.marketplace.last_versions(seller))
    wait_for(lambda: int(line.sync(seller)["knownOrders"]) == orders, 20, "every order is kept while Kafka is away")
    silence = longest_silence(line, seller, gone_at, line.marketplace_now())
    line.kafka.start()

    verdict, _ = assert_agrees(line, seller, seconds=120)

    assert arisen >= 100, f"only {arisen} versions arose while Kafka was away"
    assert verdict.orders_announced > 20
    assert silence < 10, f"the marketplace was not asked for {silence:.0f} s while Kafka was away"
    grown = ages[ages.index(min(ages)):]  # the gauge is measured every few seconds: the first values may be from before
    assert grown[-1] > 20 and grown == sorted(grown), f"the age of the oldest row did not grow: {ages}"
    assert len(grown) > len(ages) / 2, f"the age of the oldest row fell while Kafka was away: {ages}"
    assert len(set(cursors)) > 5 and cursors == sorted(cursors), f"the poller stood still: {cursors}"
    wait_for(lambda: line.metric(line.ingest, "outbox_oldest_age_seconds") == 0, 30, "nothing waits any more")


def test_polling_goes_on_while_auth_is_away_and_new_accounts_come_when_it_is_back(line, seller, new_seller):
    line.marketplace.create_orders(seller, 5)
    assert_agrees(line, seller)
    line.auth.kill()
    gone_at = line.marketplace_now()
    line.marketplace.create_orders(seller, 5)

    verdict, _ = assert_agrees(line, seller)  # with the token that order-ingest holds
    time.sleep(5)  # the length of the outage
    silence = longest_silence(line, seller, gone_at, line.marketplace_now())
    line.auth.start()

    assert verdict.orders_announced == 10
    assert silence < 10, f"the marketplace was not asked for {silence:.0f} s while auth was away"
    another, connect = new_seller()
    line.marketplace.create_orders(another, 3)
    connect()
    assert_agrees(line, another)


def test_a_marketplace_that_is_away_is_shown_and_polled_again_when_it_is_back(line, seller):
    line.marketplace.create_orders(seller, 5)
    assert_agrees(line, seller)
    good_until = line.sync(seller)["lastSuccessAt"]
    line.marketplace.inject("cut_connection", forever=True)  # for every call of everybody, tokens too
    line.marketplace.create_orders(seller, 5)

    wait_for(lambda: int(line.sync(seller).get("failuresInARow", 0)) >= 2, 30, "polling fails and goes on")
    sync = line.sync(seller)
    line.marketplace.clear_faults()

    assert sync["lastError"]
    assert_agrees(line, seller)
    wait_for(lambda: not line.sync(seller).get("lastError"), 30, "the error is gone")
    assert line.sync(seller)["lastSuccessAt"] > good_until


@pytest.mark.skipif(ENGINE != "postgresql", reason="SQLite has no server that could be away")
@pytest.mark.parametrize("how", ["restarted", "killed", "unreachable"])
def test_a_database_that_goes_away_under_load_loses_and_doubles_nothing(line, seller, how):
    line.marketplace.create_orders(seller, 20)
    assert_agrees(line, seller)
    line.marketplace.generate(orders_per_s=3, changes_per_s=6, sellers=[seller], seed=11)
    for _ in range(2):
        time.sleep(2)  # the load before the blow
        if how == "unreachable":
            line.postgres.pause()
            time.sleep(6)
            line.postgres.resume()
        else:
            line.postgres.stop() if how == "restarted" else line.postgres.kill()
            time.sleep(1)
            line.postgres.start()
    time.sleep(2)
    line.marketplace.stop_generating()

    verdict, _ = assert_agrees(line, seller, seconds=120)

    assert verdict.orders_announced > 20
    assert line.ingest.running and line.auth.running
    wait_for(lambda: not line.sync(seller).get("lastError"), 60, "the error is gone")


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
        with TopicReader(self.line.kafka.bootstrap, self.line.topic(EVENTS_TOPIC), timeout=60) as reader:
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
    line.start("order-ingest", line.ingest_settings, ca=line.stack.certificates().wrong_ca)
    try:
        line.marketplace.create_orders(seller, 1)
        wait_for(lambda: "certificate" in line.sync(seller).get("lastError", ""), 20, "the certificate is refused in words")
        assert int(line.sync(seller)["knownOrders"]) == 1
    finally:
        line.ingest.stop()
        line.start("order-ingest", line.ingest_settings)
    assert_agrees(line, seller)


def test_an_order_that_cannot_be_read_is_kept_and_blocks_no_other(line, seller):
    line.ingest.pause()  # it shall not read the order before it is broken
    versions = line.marketplace.create_orders(seller, 5)
    broken = versions[2]["order_id"]
    line.marketplace.call("POST", f"orders/{broken}/oddity", {"broken_json": True})
    line.ingest.resume()
    wait_for(lambda: int(line.sync(seller).get("knownOrders", 0)) >= 4, 30, "the others are kept")
    sync = wait_for(lambda: (s := line.sync(seller)).get("unreadableOrders") and s, 30, "it is set aside")
    assert int(sync["knownOrders"]) == 4
    assert int(sync["unreadableOrders"]) == 1

    line.marketplace.call("POST", f"orders/{broken}/oddity", {})

    assert_agrees(line, seller, seconds=90)
    wait_for(lambda: int(line.sync(seller).get("unreadableOrders", 0)) == 0, 90, "it is read and no longer set aside")
