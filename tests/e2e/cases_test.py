"""Answers that stopped other people's systems: the account goes on, the quota lasts, and what is set aside is said."""

import contextlib
import sqlite3
import time

import pytest

from ledger_judge import announced, of_seller
from settled import assert_agrees, wait_for, wait_until_settled

# A lease that a slow answer outlasts; failures that wait long enough for their number to show.
SETTINGS = {"polling.lease": "10s", "marketplace.timeout": "9s", "polling.longest_wait": "15s"}
HOUR = 3_600_000  # ms
DAY = 24 * HOUR
PAGE_OF_HTML = "<html><head><title>Maintenance</title></head><body>We are back soon.</body></html>"


def set_oddity(line, order_id, **oddity):
    line.marketplace.call("POST", f"orders/{order_id}/oddity", oddity)


def known(line, seller):
    return int(line.sync(seller).get("knownOrders", 0))


def set_aside(line, seller):
    return int(line.sync(seller).get("unreadableOrders", 0))


@contextlib.contextmanager
def frozen_clock(line):
    """Everything made inside has one stamp."""
    line.marketplace.call("POST", "clock", {"freeze": True})
    try:
        yield
    finally:
        line.marketplace.call("POST", "clock", {"freeze": False})


@pytest.mark.parametrize("wrong", [{"date": "1970-01-01T00:00:00Z"}, {"ms": -2 * DAY}, {"ms": 2 * DAY}],
                         ids=["1970", "two days back", "two days ahead"])
def test_a_wrong_date_for_a_while_stops_no_account(line, seller, new_seller, wrong):
    other, connect = new_seller()
    connect()
    for number in (seller, other):
        line.marketplace.create_orders(number, 1)
        assert_agrees(line, number)
    injected = line.marketplace.inject("wrong_date", seller=seller, count=5, **wrong)
    wait_for(lambda: any(f["id"] == injected["id"] and f["remaining"] == 0
                         for f in line.marketplace.call("GET", "faults")["items"]), 90, "five answers with a wrong Date")

    for number in (seller, other):
        line.marketplace.create_orders(number, 1)
    for number in (seller, other):
        assert_agrees(line, number, seconds=40)


@pytest.mark.parametrize("fault", [
    {"kind": "empty_body", "status": 204},
    {"kind": "body", "body": PAGE_OF_HTML, "content_type": "text/html"},
    {"kind": "malformed_json"},
], ids=["204", "a page of HTML with 200", "cut in the middle"])
def test_an_answer_that_is_no_json_costs_a_handful_of_calls_and_is_shown(line, seller, fault):
    line.marketplace.create_orders(seller, 1)
    assert_agrees(line, seller)
    line.marketplace.create_orders(seller, 5)
    began = line.marketplace_now()
    line.marketplace.inject(route="orders.list", seller=seller, forever=True, **fault)

    time.sleep(30)  # the length of the disturbance
    calls = line.calls(seller, since=began)
    sync = line.sync(seller)

    assert 2 <= len(calls) <= 24, f"{len(calls)} calls in 30 s"  # four a poll at most, a back-off that doubles up to 15 s
    assert sync["lastError"] and int(sync["failuresInARow"]) >= 2
    line.marketplace.clear_faults()
    assert_agrees(line, seller, seconds=60)


def test_a_byte_order_mark_is_read_over(line, seller):
    line.marketplace.inject("bom", route="orders.*", seller=seller, forever=True)
    line.marketplace.create_orders(seller, 5)

    assert_agrees(line, seller)
    assert not line.sync(seller).get("lastError")


def test_items_of_null_are_an_empty_page(line, seller):
    line.marketplace.create_orders(seller, 1)
    assert_agrees(line, seller)
    began = line.marketplace_now()
    line.marketplace.inject("body", route="orders.list", seller=seller, forever=True, body='{"itemsPerPage":0,"items":null}')

    time.sleep(10)  # ten polls

    assert len(line.calls(seller, since=began)) <= 44
    assert not line.sync(seller).get("lastError")
    line.marketplace.clear_faults()
    line.marketplace.create_orders(seller, 3)
    assert_agrees(line, seller)


@pytest.mark.parametrize("orders", [100, 230])
def test_a_page_index_that_is_clamped_to_the_last_page_ends_the_poll(line, new_seller, orders):
    seller, connect = new_seller()
    with frozen_clock(line):
        line.marketplace.create_orders(seller, orders, late_by_ms=HOUR)
    line.marketplace.inject("clamped_index", route="orders.list", seller=seller, forever=True)

    connect()

    assert_agrees(line, seller)
    sync = wait_for(lambda: (s := line.sync(seller)).get("lastSuccessAt") and s, 30, "a poll ends well")
    assert not sync.get("lastError")
    line.marketplace.create_orders(seller, 3)
    assert_agrees(line, seller)


def test_a_short_page_is_not_taken_for_the_last(line, new_seller):
    seller, connect = new_seller()
    with frozen_clock(line):
        line.marketplace.create_orders(seller, 180, late_by_ms=HOUR)
    line.marketplace.inject("page_size_cap", route="orders.list", seller=seller, size=50, forever=True)

    connect()

    assert_agrees(line, seller)


@pytest.mark.parametrize("oddity", ["nul_in_id", "other_seller", "broken_brackets", "missing_certain"])
def test_an_order_that_cannot_be_ours_or_be_kept_is_set_aside_alone(line, new_seller, oddity):
    seller, connect = new_seller()
    odd, *good = [v["order_id"] for v in line.marketplace.create_orders(seller, 4)]
    set_oddity(line, odd, **{oddity: True})
    connect()

    wait_for(lambda: known(line, seller) == 3 and set_aside(line, seller) == 1, 60,
             "the good orders are kept and the odd one is set aside")
    began = line.marketplace_now()
    time.sleep(10)  # so many polls meet it again
    again = len(line.calls(seller, since=began))
    records = wait_until_settled(line, seller, seconds=5)

    assert {announced(r).order_id for r in of_seller(records, seller)} == set(good)
    assert again <= 60, f"{again} calls in 10 s for one order that is set aside"
    assert not line.sync(seller).get("lastError")
    set_oddity(line, odd)
    line.marketplace.change(odd, next=True)
    # An id that cannot be a key names no order: its row stays on the list until it is given up.
    left = 1 if oddity == "nul_in_id" else 0
    wait_for(lambda: known(line, seller) == 4 and set_aside(line, seller) == left, 90, "it is read and no longer set aside")
    # Its first version was never to be read, so the judge may miss it.
    assert_agrees(line, seller, seconds=90)


def test_instants_far_in_the_future_that_a_fast_clock_wrote_stop_no_account(line, seller):
    line.marketplace.create_orders(seller, 1)
    assert_agrees(line, seller)
    hour = int((time.time() + 3600) * 1e6)
    for service, statements in (
            ("order-ingest", [f"UPDATE account SET next_poll_at = {hour}, lease_owner = 'ahead', lease_until = {hour}"]),
            ("auth", [f"UPDATE client SET pause_until = {hour}, pause_code = 'unavailable', pause_reason = 'x'",
                      f"UPDATE client SET asked_until = {hour}"])):
        running = line.ingest if service == "order-ingest" else line.auth
        running.stop()
        with contextlib.closing(sqlite3.connect(line.folder(service) / f"{service}.db")) as database:
            for statement in statements:
                database.execute(statement)
            database.commit()
        running.start()
    line.marketplace.create_orders(seller, 2)

    assert_agrees(line, seller, seconds=60)


def test_a_stamp_that_steps_back_with_a_new_status_is_announced(line, seller):
    order = line.marketplace.create_orders(seller, 1, status="WaitingAcceptance")[0]["order_id"]
    assert_agrees(line, seller)

    line.marketplace.change(order, next=True, stamp_back_ms=300_000)

    assert_agrees(line, seller, seconds=90)


@pytest.mark.parametrize("count", [{"kind": "body", "body": "{}", "status": 404}, {"kind": "500"},
                                   {"kind": "body", "body": '{"count":"many"}'}], ids=["404", "500", "no number"])
def test_without_a_count_every_order_is_found(line, new_seller, count):
    seller, connect = new_seller()
    for back in range(1, 24):
        line.marketplace.create_orders(seller, 100, late_by_ms=back * HOUR)
    line.marketplace.inject(route="orders.count", seller=seller, forever=True, **count)

    connect()

    verdict, _ = assert_agrees(line, seller, seconds=120)
    assert verdict.orders_announced == 2300
    line.marketplace.create_orders(seller, 3)
    assert_agrees(line, seller)


def test_a_poll_that_saves_nothing_for_longer_than_its_lease_is_not_begun_a_second_time(line, new_seller):
    seller, connect = new_seller()
    orders = line.marketplace.create_orders(seller, 20, late_by_ms=HOUR)
    set_oddity(line, orders[7]["order_id"], broken_brackets=True)  # read around call by call, each of 3 s
    line.marketplace.inject("slow", route="orders.*", seller=seller, ms=3000, forever=True)
    connect()

    wait_for(lambda: known(line, seller) == 19, 150, "the readable orders are kept")

    at = [c["at"] for c in line.calls(seller) if "/orders" in c["path"]]
    pauses = [(later - earlier).total_seconds() for earlier, later in zip(at, at[1:])]
    assert len(at) > 4 and min(pauses) > 2.5, f"asked while an answer was awaited: {pauses}"
