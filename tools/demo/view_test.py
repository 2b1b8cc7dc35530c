"""Texts of strangers, as the demo shows them."""

import types

import pytest

import view

HOSTILE = "R\x1b[31m\u009b2J\x7f\u202e\nforged\t\u200b\U000e0041 caf\u00e9 \\ \U0001f600"
SHOWN = "R\\u001b[31m\\u009b2J\\u007f\\u202e\\nforged\\t\\u200b\\udb40\\udc41 caf\u00e9 \\ \U0001f600"


def test_what_cannot_be_seen_is_escaped_and_the_rest_is_not():
    assert view.visible(HOSTILE) == SHOWN


@pytest.mark.parametrize("show", [view.one_line, lambda record, event: "|".join(view.in_full(record, event))])
def test_an_event_steers_no_terminal(show):
    amount = types.SimpleNamespace(minor_units=1990, currency=HOSTILE)
    line = types.SimpleNamespace(quantity=1, sku=HOSTILE, title=HOSTILE, selling_price=types.SimpleNamespace(unit_price=amount))
    order = types.SimpleNamespace(order_id=HOSTILE, status_text=HOSTILE, lines=[line], total_selling_price=amount)
    value = types.SimpleNamespace(name="ORDER_EVENT_TYPE_RECEIVED")
    kind = types.SimpleNamespace(enum_type=types.SimpleNamespace(values_by_number={1: value}))
    event = types.SimpleNamespace(order=order, version=1, type=1, DESCRIPTOR=types.SimpleNamespace(fields_by_name={"type": kind}))
    record = types.SimpleNamespace(topic=HOSTILE, partition=0, offset=0, key=HOSTILE, headers={"ce_id": HOSTILE, HOSTILE: "x"}, value=b"x")

    shown = show(record, event)

    assert SHOWN in shown
    assert view.visible(shown) == shown
