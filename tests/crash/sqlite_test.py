"""SQLite files of running services, with other programs at them: what was answered survives SIGKILL."""

import contextlib
import pathlib
import sqlite3
import sys
import threading

import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS / "e2e")]

from ledger_judge import EVENTS_TOPIC  # noqa: E402
from line import Line  # noqa: E402
from settled import assert_agrees  # noqa: E402
from stack import Stack  # noqa: E402
from stacklib.process import wait_until  # noqa: E402
from topic_reader import TopicReader  # noqa: E402

SELLER = 71001


@pytest.fixture(scope="module")
def line(request):
    with Stack("crash-sqlite") as stack:
        made = Line(stack, stack.kafka(), ["--calls-per-window", "0"])  # no quota: a poll a second, for many lives
        made.marketplace.add_seller(SELLER)
        made.start("auth")
        yield made
        stack.failed = request.session.testsfailed > 0


def look_into(path, table):
    """Looks into a database as any program does: opens, reads, closes."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


class Onlooker(threading.Thread):
    """Looks into a live database over and over."""

    def __init__(self, path, table):
        super().__init__()
        self._path, self._table = path, table
        self.looks = 0
        self.failure = None
        self.stop = threading.Event()

    def run(self):
        while not self.stop.wait(0.05):
            try:
                look_into(self._path, self._table)
                self.looks += 1
            except sqlite3.Error as e:  # told in the main thread
                self.failure = e


def test_every_account_that_was_answered_is_there_after_a_stranger_read_the_database_and_auth_was_killed(line):
    file = line.stack.directory / "auth" / "auth.db"
    names = []
    for number in range(6):
        line.marketplace.add_seller(SELLER + 1 + number)
        client = line.marketplace.add_client(f"client-{number}", [SELLER + 1 + number])
        name = f"shop {number}"
        line.connect(name, SELLER + 1 + number, client["client_id"], client["client_secret"])
        names.append(name)
        assert look_into(file, "account") == len(names)

    line.auth.kill()
    line.auth.start()

    listed = line.ctl_json("account", "list")
    assert sorted(a["name"] for a in listed["accounts"]) == names


def test_order_ingest_under_load_with_an_onlooker_loses_and_doubles_nothing_when_it_is_killed(line):
    client = line.marketplace.add_client("client-load", [SELLER])
    line.connect("shop under load", SELLER, client["client_id"], client["client_secret"])
    line.start("order-ingest", {"polling.period": "1s", "polling.idle_period": "1s", "polling.longest_wait": "2s",
                                "polling.lag": "0ms"})
    with TopicReader(line.kafka.bootstrap, EVENTS_TOPIC) as reader:
        wait_until(reader.exists, 60, "order-ingest makes its topics")
    line.marketplace.create_orders(SELLER, 100)
    line.marketplace.generate(orders_per_s=10, changes_per_s=30, sellers=[SELLER], seed=11)
    onlooker = Onlooker(line.stack.directory / "order-ingest" / "order-ingest.db", "orders")
    onlooker.start()
    try:
        for _ in range(4):
            seen = onlooker.looks
            wait_until(lambda seen=seen: onlooker.looks >= seen + 25 or onlooker.failure, 60, "the onlooker looks 25 times")
            line.ingest.kill()
            line.ingest.start()
    finally:
        onlooker.stop.set()
        onlooker.join()
        line.marketplace.stop_generating()

    verdict, _ = assert_agrees(line, SELLER, seconds=90)

    assert onlooker.failure is None
    assert verdict.versions_announced > 100
