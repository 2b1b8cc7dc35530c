"""Faults of the marketplace: after each of them the topic still says what the ledger says."""

import datetime
import time

import pytest

from conftest import CALLS_PER_WINDOW
from ledger_judge import order_event_class
from settled import assert_agrees, wait_for, wait_until_settled

FAULTS = [
    {"kind": "429", "seconds": 1, "count": 2},
    {"kind": "quota403", "seconds": 2, "count": 2},
    {"kind": "500", "count": 3},
    {"kind": "502html", "count": 3},
    {"kind": "empty_body", "count": 2},
    {"kind": "slow", "ms": 1500, "count": 2},
    {"kind": "cut_connection", "count": 3},
    {"kind": "cut_middle", "count": 3},
    {"kind": "401_once"},
    {"kind": "unsorted_page", "count": 6},
    {"kind": "ignore_sort", "count": 20},
    {"kind": "page_shift", "count": 3},
    {"kind": "late_order", "ms": 400_000},
    {"kind": "same_order_on_two_pages", "count": 4},
    {"kind": "malformed_json", "count": 2},
    {"kind": "malformed_json", "item": 3, "count": 4},
    {"kind": "unknown_fields", "count": 3},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f["kind"] + ("_item" if "item" in f else ""))
def test_the_topic_agrees_with_the_ledger_after(line, seller, fault):
    line.marketplace.create_orders(seller, 130)  # more than a page
    injected = line.marketplace.inject(route="orders.list", seller=seller, **fault)

    for version in line.marketplace.last_versions(seller)[::10]:
        line.marketplace.change(version["order_id"], next=True)

    assert_agrees(line, seller, seconds=60)
    fired = {f["id"]: f["fired"] for f in line.marketplace.call("GET", "faults")["items"]}
    assert fired[injected["id"]] > 0, "the fault never struck"


@pytest.mark.parametrize("kind, status", [("429", 429), ("quota403", 403)])
def test_a_wait_that_was_told_has_no_call_in_it(line, seller, kind, status):
    line.marketplace.create_orders(seller, 1)
    assert_agrees(line, seller)
    began = line.marketplace_now()
    line.marketplace.inject(kind, route="orders.*", seller=seller, seconds=6)

    refused = wait_for(lambda: [c for c in line.calls(seller, since=began) if c["status"] == status], 20, "the fault strikes")
    told_until = refused[0]["at"] + datetime.timedelta(seconds=6)
    line.marketplace.create_orders(seller, 1)
    wait_for(lambda: line.sync(seller).get("lastError"), 4, "the wait is shown")
    assert_agrees(line, seller)

    calls = line.calls(seller, since=refused[0]["at"])
    assert [c["at"] for c in calls if c["at"] < told_until] == []
    assert calls, "it went on afterwards"
    assert not line.sync(seller).get("lastError")


def test_a_spent_call_quota_is_not_tried_again_and_again(line, seller):
    line.marketplace.create_orders(seller, 1)
    assert_agrees(line, seller)
    began = line.marketplace_now()
    line.marketplace.configure(calls_per_window=8, call_window_s=40)
    try:
        wait_for(lambda: [c for c in line.calls(seller, since=began) if c["status"] == 403], 60, "the quota is spent")
        line.marketplace.create_orders(seller, 1)
        time.sleep(12)  # the window has more than that left, and nothing may be asked again and again
        refused = [c for c in line.calls(seller, since=began) if c["status"] == 403]
    finally:
        line.marketplace.configure(calls_per_window=CALLS_PER_WINDOW, call_window_s=900)

    assert len(refused) <= 2, f"{len(refused)} calls after the quota was spent"
    assert_agrees(line, seller)


def test_an_unknown_word_is_announced_as_such_and_put_right_by_the_next_answer(line, seller):
    line.marketplace.inject("unknown_enum", route="orders.list", seller=seller, count=1)
    order = line.marketplace.create_orders(seller, 1)[0]["order_id"]

    records = wait_until_settled(line, seller)

    events = [r.decode(order_event_class()) for r in records if r.key.endswith(f"/{seller}/{order}")]
    kept = line.marketplace.last_versions(seller)[0]
    assert events[0].order.status == 1  # ORDER_STATUS_UNKNOWN
    assert events[0].order.status_text not in ("", kept["status"])
    assert events[-1].order.status_text == kept["status"]
    assert [e.version for e in events] == [1, 2]
