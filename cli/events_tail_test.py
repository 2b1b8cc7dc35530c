"""`cdiscountctl events tail` on a real Kafka: what it shows, in which order, and when it ends."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ["CDISCOUNT_BUILD_DIR"])
sys.path[:0] = [str(ROOT / "tests" / "support"), str(BUILD / "python")]

from cdiscount.events.v1 import order_event_pb2  # noqa: E402
from stack import Stack  # noqa: E402

TOPIC = "cdiscount.order.events.v1"
PARTITIONS = 3


def event(order_id, version):
    return order_event_pb2.OrderEvent(type=order_event_pb2.ORDER_EVENT_TYPE_CHANGED, version=version,
                                      order={"order_id": order_id}).SerializeToString()


class Cluster:
    """A Kafka, and a topic under a namespace for each test."""

    def __init__(self, kafka, binary):
        self.bootstrap, self.binary = kafka.bootstrap, binary
        self._admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
        self._transactions = 0

    def create(self, namespace):
        topic = f"{namespace}.{TOPIC}"
        self._admin.create_topics([NewTopic(topic, PARTITIONS, 1)])[topic].result(30)

    def produce(self, namespace, records, commit=True):
        """(partition, order id, version) in one transaction, stamped one second apart."""
        self._transactions += 1
        producer = Producer({"bootstrap.servers": self.bootstrap, "transactional.id": f"{namespace}-{self._transactions}"})
        producer.init_transactions(30)
        producer.begin_transaction()
        for partition, order_id, version in records:
            producer.produce(f"{namespace}.{TOPIC}", key=f"CDISFR/98979/{order_id}", value=event(order_id, version),
                             partition=partition, timestamp=1_790_000_000_000 + version * 1000,
                             headers={"ce_id": f"{order_id}-{version}"})
        producer.flush(30)
        (producer.commit_transaction if commit else producer.abort_transaction)(30)

    def command(self, namespace, *words):
        return [str(self.binary), "events", "tail", "--kafka", self.bootstrap, "--kafka-namespace", namespace, *words]

    def tail(self, namespace, *words):
        """Its exit code, and the events it shows as "order-version"."""
        done = subprocess.run(self.command(namespace, "--json", *words), capture_output=True, text=True, timeout=60)
        return done.returncode, [names(line) for line in done.stdout.splitlines()], done.stderr


def names(line):
    shown = json.loads(line)
    assert shown["headers"]["ce_id"] == f"{shown['value']['order']['orderId']}-{shown['value']['version']}"
    return shown["headers"]["ce_id"]


@pytest.fixture(scope="module")
def cluster():
    with Stack("events-tail") as stack:
        yield Cluster(stack.kafka(), stack.binary("cdiscountctl"))


def test_shows_the_newest_events_of_all_partitions_oldest_first(cluster):
    cluster.create("newest")
    cluster.produce("newest", [(0, "A", 1), (1, "B", 2), (2, "C", 3)])
    cluster.produce("newest", [(2, "C", 90)], commit=False)
    cluster.produce("newest", [(0, "A", 4), (1, "B", 5)])

    assert cluster.tail("newest", "--last", "3") == (0, ["C-3", "A-4", "B-5"], "")
    assert cluster.tail("newest") == (0, ["A-1", "B-2", "C-3", "A-4", "B-5"], "")


def test_shows_everything_from_the_beginning_and_ends_after_as_many_as_asked_for(cluster):
    cluster.create("all")
    cluster.produce("all", [(0, "A", version) for version in range(1, 31)])
    cluster.produce("all", [(1, "B", version) for version in range(1, 31)])

    code, shown, problems = cluster.tail("all", "--from-beginning")
    assert (code, problems) == (0, "")
    for order in "AB":
        assert [name for name in shown if name[0] == order] == [f"{order}-{version}" for version in range(1, 31)]

    code, shown, problems = cluster.tail("all", "--from-beginning", "--max", "7")
    assert (code, len(shown), problems) == (0, 7, "")


def test_shows_the_events_of_a_span_of_time(cluster):
    cluster.create("span")
    cluster.produce("span", [(0, "A", 1), (1, "B", 2), (2, "C", 3), (0, "A", 4)])

    code, shown, problems = cluster.tail("span", "--since", "2026-09-21T14:13:22Z", "--until", "2026-09-21T16:13:24+02:00")

    assert (code, sorted(shown), problems) == (0, ["B-2", "C-3"], "")


def test_waits_for_the_next_event(cluster):
    cluster.create("next")
    cluster.produce("next", [(0, "A", 1)])
    waiting = subprocess.Popen(cluster.command("next", "--json", "--last", "1", "--follow", "--max", "2"),
                               stdout=subprocess.PIPE, text=True)
    try:
        assert names(waiting.stdout.readline()) == "A-1"  # it is there, so what comes now is new to it
        cluster.produce("next", [(2, "C", 1)])
        assert names(waiting.stdout.readline()) == "C-1"
        assert waiting.wait(30) == 0
    finally:
        waiting.kill()
        waiting.wait()
        waiting.stdout.close()


def test_shows_people_place_headers_and_value(cluster):
    cluster.create("people")
    cluster.produce("people", [(1, "A", 1)])

    shown = subprocess.run(cluster.command("people"), capture_output=True, text=True, timeout=60,
                           env={**os.environ, "TZ": "UTC"}).stdout

    assert f"people.{TOPIC}  partition 1  offset 0  2026-09-21T14:13:21Z\n" in shown
    assert "  key             CDISFR/98979/A\n" in shown
    assert "  ce_id           A-1\n" in shown
    assert "CHANGED, version 1 of order A" in shown


def test_says_that_a_topic_is_not_there(cluster):
    code, shown, problem = cluster.tail("nowhere")

    assert (code, shown) == (1, [])
    assert f"there is no topic nowhere.{TOPIC}" in json.loads(problem)["error"]["message"]
