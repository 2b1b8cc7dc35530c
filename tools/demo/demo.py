#!/usr/bin/python3 -B
"""./dev demo: an order goes from the marketplace (a simulator) to Kafka, before your eyes.

    demo.py            shows it and stays up to be played with; Ctrl-C ends it and leaves nothing behind
    demo.py --check    shows it and ends; the exit code says whether everything held
"""

import argparse
import pathlib
import signal
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tools" / "demo")]

from play import DemoFile, suggestions  # noqa: E402
from stack import Stack, StackError  # noqa: E402
from stage import CLIENT_ID, OTHER_CLIENT_ID, POLL_SECONDS, SELLER, Stage  # noqa: E402
import view  # noqa: E402


class Failed(Exception):
    """Something that the demo shows did not hold. The text says what, and what was expected."""


def say(text=""):
    print(text, flush=True)


def title(text):
    say(f"\n== {text}")


def connect(stage):
    title(f"A seller is connected: an account for seller {SELLER}, with the client id and secret the marketplace gave out")
    code, output = stage.ctl("account", "add", "--name", "demo", "--seller", str(SELLER), "--client-id", CLIENT_ID,
                             "--secret-stdin", secret=stage.secret)
    if code != 0:
        raise Failed(f"cdiscountctl account add ended with {code}")
    code, output = stage.ctl("account", "verify", "demo")
    if code != 0:
        raise Failed(f"cdiscountctl account verify ended with {code}, although the secret is right")


def wrong_secret(stage):
    title("A wrong secret gets a plain answer")
    stage.marketplace.add_seller(SELLER + 1)
    code, _ = stage.ctl("account", "add", "--name", "mistyped", "--seller", str(SELLER + 1), "--client-id",
                        OTHER_CLIENT_ID, "--secret-stdin", secret="not-the-secret")
    if code != 0:
        raise Failed(f"cdiscountctl account add ended with {code}: a wrong secret is found when the connection is verified")
    code, output = stage.ctl("account", "verify", "mistyped")
    if code != 1 or "secret" not in output.lower():
        raise Failed(f"cdiscountctl account verify ended with {code} and does not speak of the secret")
    stage.ctl("account", "disable", "mistyped")


def show(stage, arrival):
    for line in view.in_full(arrival.record, arrival.event):
        say("   " + line)
    say(f"   visible at the marketplace -> read by a consumer: {arrival.latency:.2f} s\n")


def orders_become_events(stage):
    title(f"Three orders appear at the marketplace; order-ingest asks every {POLL_SECONDS} s")
    made = stage.marketplace.create_orders(SELLER, 3, status="InPreparation", lines=2)
    for version in made:
        say(f"   at the marketplace: order {version['order_id']}, {version['status']}")
    say()
    for version in made:
        arrival = stage.await_version(version)
        if arrival.event.version != 1:
            raise Failed(f"the first event of order {version['order_id']} has version {arrival.event.version}")
        missing = [h for h in ("ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "ce_sequence", "content-type")
                   if h not in arrival.record.headers]
        if missing:
            raise Failed(f"the event of order {version['order_id']} lacks the headers {missing}")
        show(stage, arrival)
    return made


def a_change_becomes_the_next_version(stage, made):
    title("One of them is shipped: the same order, the next version, in the same partition")
    changed = stage.marketplace.change(made[0]["order_id"], status="Shipped")
    say(f"   at the marketplace: order {changed['order_id']}, {made[0]['status']} -> {changed['status']}\n")
    arrival = stage.await_version(changed)
    if arrival.event.version != 2:
        raise Failed(f"the event of the change has version {arrival.event.version}, not 2")
    if view.type_word(arrival.event) != "SHIPPED":
        raise Failed(f"the event of the change is {view.type_word(arrival.event)}, not SHIPPED")
    show(stage, arrival)


def the_counts_agree(stage):
    title("The marketplace's ledger against the topic, read by an independent read_committed consumer")
    verdict = stage.judge()
    say(f"   orders    {verdict.orders_kept:>5} at the marketplace   {verdict.orders_announced:>5} on the topic")
    say(f"   versions  {verdict.versions_kept:>5} at the marketplace   {verdict.versions_announced:>5} on the topic   "
        f"{verdict.superseded} replaced between two polls")
    say(f"   faults    {len(verdict.faults):>5}  (missing, doubled, out of order, gaps in the sequence, wrong partition)")
    latencies = sorted(stage.latencies)
    say(f"   latency   {', '.join(f'{x:.2f}' for x in latencies)} s per event (poll period {POLL_SECONDS} s)")
    if verdict.faults:
        raise Failed("the ledger and the topic differ:\n" + "\n".join("  " + f for f in verdict.faults))


def story(stage):
    title("Starting; each part is ready when it answers")
    for name, where, seconds in stage.start():
        say(f"   {name:<14} {where:<52} {seconds:4.1f} s")
    connect(stage)
    wrong_secret(stage)
    made = orders_become_events(stage)
    a_change_becomes_the_next_version(stage, made)
    the_counts_agree(stage)
    say(f"\nAll of it held, {time.monotonic() - stage.began:.0f} s after the start.")


def stay_up(stage):
    for line in suggestions(stage):
        say(line)
    while True:
        stage.must_run()
        for arrival in stage.poll(1.0):
            latency = f"   {arrival.latency:.2f} s" if arrival.latency is not None else ""
            say(f"   {view.one_line(arrival.record, arrival.event)}{latency}")


def end_in_order(signum, frame):
    raise SystemExit(128 + signum)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="end by itself; the exit code says whether it held")
    options = parser.parse_args()
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, end_in_order)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also when the parent process ignores it
    file = None
    try:
        with Stack("demo") as stack:
            # A check does not touch the file of a demo that is in use.
            file = DemoFile(stack.directory if options.check else ROOT)
            file.refuse_a_second()
            stage = Stage(stack, file, say)
            story(stage)
            if not options.check:
                stay_up(stage)
        return 0
    except (Failed, StackError, TimeoutError) as e:
        print(f"\ndemo: {e}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\nEnded; nothing is left behind.")
        return 130 if options.check else 0
    finally:
        if file:
            file.remove()


if __name__ == "__main__":
    sys.exit(main())
