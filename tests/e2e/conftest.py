"""One Kafka, one simulator and one pair of services per test file: each test takes a seller of its own."""

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

# Quick for tests: a poll a second, and no call quota, which would stop that.
FAST = {"polling.period": "1s", "polling.idle_period": "1s", "polling.longest_wait": "2s", "polling.lag": "0ms"}


@pytest.fixture(scope="module")
def line(request):
    with Stack(pathlib.Path(request.module.__file__).stem) as stack:
        made = Line(stack, stack.kafka(), ["--calls-per-window", "0"])
        made.start_auth()
        made.start_ingest(settings=FAST)
        with TopicReader(made.kafka.bootstrap, EVENTS_TOPIC) as reader:
            wait_until(reader.exists, 60, "order-ingest makes its topics")
        yield made
        stack.failed = request.session.testsfailed > 0


_next_seller = [70000]


@pytest.fixture
def seller(line):
    """A seller of the test's own, connected."""
    _next_seller[0] += 1
    number = _next_seller[0]
    line.marketplace.add_seller(number)
    client = line.marketplace.add_client(f"client-{number}", [number])
    line.connect(f"shop {number}", number, client["client_id"], client["client_secret"])
    return number
