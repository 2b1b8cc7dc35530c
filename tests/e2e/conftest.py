"""One line of services per test file, on the engine that CDISCOUNT_ENGINE names; each test takes a seller of its own.

The marketplace's call quota (600 calls in 15 minutes for a client id, docs/marketplace.md#quota) is on. A test that is to spend
more is marked `without_quota` and says why.

A module may set SETTINGS (of order-ingest, over FAST) and OWN_KAFKA = True when it kills its broker.
"""

import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "e2e")]

from ledger_judge import EVENTS_TOPIC  # noqa: E402
from line import Line  # noqa: E402
from stack import Stack  # noqa: E402
from stacklib.process import wait_until  # noqa: E402
from topic_reader import TopicReader  # noqa: E402

ENGINE = os.environ.get("CDISCOUNT_ENGINE", "sqlite")
CALLS_PER_WINDOW = 600

# Quick for tests: a poll a second. The lag stays what it is: it must hold no order back.
FAST = {"polling.period": "1s", "polling.idle_period": "1s", "polling.longest_wait": "2s"}


def pytest_configure(config):
    config.addinivalue_line("markers", "without_quota(reason): the test needs more calls than the marketplace allows")


@pytest.fixture(scope="module")
def line(request):
    name = pathlib.Path(request.module.__file__).stem.removesuffix("_test") + "-" + ENGINE
    own_kafka = getattr(request.module, "OWN_KAFKA", False)
    with Stack(name) as stack:
        made = Line(stack, stack.kafka() if own_kafka else stack.shared_kafka(), engine=ENGINE,
                    namespace="" if own_kafka else name)
        made.start("auth")
        made.ingest_settings = FAST | getattr(request.module, "SETTINGS", {})
        made.start("order-ingest", made.ingest_settings)
        with TopicReader(made.kafka.bootstrap, made.topic(EVENTS_TOPIC)) as reader:
            wait_until(reader.exists, 60, "order-ingest makes its topics")
        failed_before = request.session.testsfailed
        yield made
        stack.failed = request.session.testsfailed > failed_before


_next_seller = [70000]


@pytest.fixture
def new_seller(line, request):
    """Makes sellers with a client id of their own; gives a function that connects one. At the end of the test they are
    disabled, so that order-ingest polls for them no more."""
    unlimited = request.node.get_closest_marker("without_quota") is not None
    line.marketplace.configure(calls_per_window=0 if unlimited else CALLS_PER_WINDOW)
    made = []

    def make():
        _next_seller[0] += 1
        number = _next_seller[0]
        line.marketplace.add_seller(number)
        client = line.marketplace.add_client(f"client-{number}", [number])

        def connect():
            line.connect(f"shop {number}", number, client["client_id"], client["client_secret"])
            made.append(number)
        return number, connect

    yield make
    line.marketplace.clear_faults()
    for number in made:
        line.ctl("account", "disable", f"shop {number}", check=False)


@pytest.fixture
def seller(new_seller):
    """A seller of the test's own, connected."""
    number, connect = new_seller()
    connect()
    return number
