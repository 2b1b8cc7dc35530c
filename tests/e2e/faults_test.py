"""What may go wrong at the marketplace: after each of it the topic still says what the ledger says."""

import pytest

from settled import assert_agrees

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
    {"kind": "unknown_enum", "count": 3},
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
