"""Pages that shift, repeat or are not sorted, with the overlap off: what one poll passes over, no later one finds.

The orders lie further back than the overlap, and are there before the account is connected: only its first walk meets them.
"""

import pytest

from settled import assert_agrees, wait_for

SETTINGS = {"polling.overlap": "10s", "polling.short_overlap": "1s", "polling.deep_every": "1h"}
HOUR = 3_600_000  # ms


def order_book(line, seller, how):
    """Orders for more than two pages, a few hours back: 230 with a stamp of its own each, or 200 with one for all, whose last
    page is full."""
    if how == "one stamp":
        line.marketplace.call("POST", "clock", {"freeze": True})
        try:
            line.marketplace.create_orders(seller, 200, late_by_ms=2 * HOUR)
        finally:
            line.marketplace.call("POST", "clock", {"freeze": False})
    else:
        for i in range(230):
            line.marketplace.create_orders(seller, 1, late_by_ms=HOUR + i * 60_000)


@pytest.mark.parametrize("fault, how", [
    ({"kind": "unsorted_page", "count": 6}, "stamps"),
    ({"kind": "ignore_sort", "count": 40}, "stamps"),
    ({"kind": "page_shift", "count": 3}, "stamps"),
    ({"kind": "page_shift", "count": 3}, "one stamp"),
    ({"kind": "same_order_on_two_pages", "count": 4}, "one stamp"),
    ({"kind": "page_size_cap", "size": 50, "forever": True}, "stamps"),
    ({"kind": "page_size_cap", "size": 50, "forever": True}, "one stamp"),
    ({"kind": "clamped_index", "forever": True}, "one stamp"),
], ids=lambda v: v if isinstance(v, str) else v["kind"])
def test_one_walk_finds_every_order(line, new_seller, fault, how):
    seller, connect = new_seller()
    order_book(line, seller, how)
    injected = line.marketplace.inject(route="orders.list", seller=seller, **fault)

    connect()

    assert_agrees(line, seller, seconds=60)
    fired = {f["id"]: f["fired"] for f in line.marketplace.call("GET", "faults")["items"]}
    assert fired[injected["id"]] > 0, "the fault never struck"
    wait_for(lambda: line.sync(seller).get("lastSuccessAt"), 30, "a poll ends well")


@pytest.mark.parametrize("kind", ["unsorted_page", "ignore_sort"])
def test_pages_without_order_are_swept_and_counted(line, new_seller, kind):
    seller, connect = new_seller()
    order_book(line, seller, "stamps")
    before = line.metric(line.ingest, "order_ingest_sweeps_total")
    line.marketplace.inject(kind, route="orders.list", seller=seller, count=40)

    connect()

    assert_agrees(line, seller, seconds=60)
    wait_for(lambda: line.metric(line.ingest, "order_ingest_sweeps_total") > before, 30, "the sweep is counted")
