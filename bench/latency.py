#!/usr/bin/python3 -B
"""How long from visible at the marketplace to readable on the events topic. See bench/README.md.

    ./dev bench latency [--accounts 3000] [--period 15] [--seconds 120] [--engine sqlite]
"""

import argparse
import concurrent.futures
import datetime
import statistics
import sys
import time

from measure import CLIENT, cpu_seconds

from ledger_judge import EVENTS_TOPIC, announced, kept_state  # noqa: E402
from line import Line  # noqa: E402
from stack import Stack, StackError  # noqa: E402
from stacklib.process import wait_until  # noqa: E402
from topic_reader import TopicReader  # noqa: E402

FIRST_SELLER = 100_000


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def seconds_of(instant):
    return datetime.datetime.fromisoformat(instant.replace("Z", "+00:00")).timestamp()


def connect_all(line, accounts):
    """One account per seller. The sellers share a client id, whose quota is off: this measures the line, not the quota."""
    sellers = range(FIRST_SELLER, FIRST_SELLER + accounts)
    for seller in sellers:
        line.marketplace.add_seller(seller)
    secret = line.marketplace.add_client(CLIENT, list(sellers))["client_secret"]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda s: line.connect(f"shop {s}", s, CLIENT, secret), sellers))
    return list(sellers)


def follow(reader, seconds):
    """(order id, state) -> when a reader had it, seconds since 1970."""
    seen = {}
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        records = reader.poll(0.2)
        now = time.time()
        for event in map(announced, records):
            seen.setdefault((event.order_id, event.state), now)
    return seen


def latencies(line, seen, since):
    """Of every version that was announced, ms; and how many versions arose."""
    found, arisen = [], 0
    for version in line.marketplace.versions():
        visible = seconds_of(version["visible_at"])
        if visible < since:
            continue
        arisen += 1
        at = seen.get((version["order_id"], kept_state(version)))
        if at is not None:
            found.append((at - visible) * 1000)
    return found, arisen


def say(what, values, arisen, period_ms):
    if not values:
        print(f"{what}: nothing was announced of {arisen} versions")
        return
    p99 = percentile(values, 0.99)
    print(f"{what}: {len(values)} of {arisen} versions announced (the others were replaced before a poll); "
          f"p50 {statistics.median(values):.0f} ms, p99 {p99:.0f} ms, worst {max(values):.0f} ms; "
          f"aim p99 <= {period_ms + 250:.0f} ms: {'met' if p99 <= period_ms + 250 else 'MISSED'}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=3000)
    parser.add_argument("--period", type=float, default=15, help="polling.period and polling.idle_period, seconds")
    parser.add_argument("--seconds", type=float, default=120, help="the length of the load")
    parser.add_argument("--orders-per-s", type=float, default=5)
    parser.add_argument("--changes-per-s", type=float, default=10)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    with Stack("bench-latency") as stack:
        line = Line(stack, stack.kafka(), engine=options.engine)
        line.marketplace.configure(calls_per_window=0)
        line.start("auth")
        period = f"{int(options.period * 1000)}ms"
        line.start("order-ingest", {"polling.period": period, "polling.idle_period": period, "polling.parallel": 64})
        began = time.monotonic()
        sellers = connect_all(line, options.accounts)
        print(f"{len(sellers)} accounts connected in {time.monotonic() - began:.0f} s", flush=True)
        with TopicReader(line.kafka.bootstrap, EVENTS_TOPIC, timeout=60) as reader:
            wait_until(reader.exists, 60, "the topic is there")
            follow(reader, 2 * options.period)  # every account has been polled twice
            since = time.time()
            line.marketplace.generate(orders_per_s=options.orders_per_s, changes_per_s=options.changes_per_s, sellers=sellers,
                                      seed=1)
            seen = follow(reader, options.seconds)
            line.marketplace.stop_generating()
            seen |= follow(reader, 2 * options.period + 2)
            say(f"{options.accounts} accounts, a poll every {options.period:g} s, {options.orders_per_s:g} orders/s and "
                f"{options.changes_per_s:g} changes/s for {options.seconds:g} s", *latencies(line, seen, since),
                options.period * 1000)
            since = time.time()
            order = line.marketplace.create_orders(sellers[0], 1)[0]["order_id"]
            line.marketplace.call("POST", f"orders/{order}/busy", {"every_ms": 1000})
            seen = follow(reader, max(40, 4 * options.period))
            line.marketplace.call("POST", f"orders/{order}/busy", {"every_ms": 0})
            seen |= follow(reader, 2 * options.period + 2)
            say("An order that changes every second", *latencies(line, seen, since), options.period * 1000)
            print(f"CPU of order-ingest: {cpu_seconds(line.ingest.pid):.0f} s of {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StackError as e:
        sys.exit(f"bench: {e}")
