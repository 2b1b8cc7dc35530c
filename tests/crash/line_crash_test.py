"""The whole line under random blows, judged by the marketplace's ledger and a stranger's consumer.

On PostgreSQL: four lanes, three replicas of order-ingest and two of auth on one server; on SQLite one of each. While orders
arise and change, a blow is struck every second or two: a replica is killed, or frozen past its leases and woken, the database
is restarted or unreachable, Kafka is killed, auth and the marketplace are away and back. Then everything comes back, and the
ledger must agree with the topics: nothing lost, nothing twice, order per order, sequences without gaps.

CDISCOUNT_SEED repeats a run; CDISCOUNT_KILLS is the number of blows.
"""

import os
import pathlib
import random
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "e2e")]

from ledger_judge import EVENTS_TOPIC  # noqa: E402
from line import Line  # noqa: E402
from settled import assert_agrees, wait_for  # noqa: E402
from stack import Stack  # noqa: E402
from topic_reader import TopicReader  # noqa: E402

ENGINE = os.environ.get("CDISCOUNT_ENGINE", "sqlite")
KILLS = int(os.environ.get("CDISCOUNT_KILLS", "200" if os.environ.get("CDISCOUNT_LONG") else "25"))
SELLERS = (81001, 81002, 81003)
# Leases as short as they may be, so that a frozen process loses them; the relay's lasts 15 s.
SETTINGS = {"polling.period": "1s", "polling.idle_period": "1s", "polling.longest_wait": "2s",
            "polling.lease": "10s", "marketplace.timeout": "8s"}
PAST_THE_LEASES = (11.0, 20.0)  # seconds: longer than an account's lease, and with luck than a lane's


class Theatre:
    """The replicas, and the blows that are struck at them. A blow returns what it did, for the record."""

    def __init__(self, stack, chance):
        self.chance = chance
        self.line = Line(stack, stack.kafka(), engine=ENGINE)
        # Off: three sellers polled every second after each of the blows would spend it, and the rest would be waiting.
        # That it is obeyed is shown by e2e.faults.
        self.line.marketplace.configure(calls_per_window=0)
        replicas = (2, 3) if ENGINE == "postgresql" else (1, 1)
        self.auths = [self.line.start("auth", name=f"auth-{i}") for i in range(replicas[0])]
        self.ingests = [self.line.start("order-ingest", SETTINGS, f"order-ingest-{i}", auth=self.auths[i % replicas[0]])
                        for i in range(replicas[1])]
        self.frozen = {}  # replica -> when it is woken

    def wake(self):
        for replica, until in list(self.frozen.items()):
            if time.monotonic() >= until:
                replica.resume()
                del self.frozen[replica]

    def wake_all(self):
        """Each when its time has come: not before its leases have ended."""
        while self.frozen:
            self.wake()
            time.sleep(0.1)

    def _one_of(self, replicas):
        standing = [r for r in replicas if r not in self.frozen]
        return self.chance.choice(standing) if standing else None

    def kill(self, replicas):
        replica = self._one_of(replicas)
        if replica is None:
            return "none: all are frozen"
        replica.kill()
        time.sleep(self.chance.uniform(0, 0.5))
        replica.start()
        return f"{replica.name} killed"

    def freeze(self, replicas):
        replica = self._one_of(replicas)
        if replica is None:
            return "none: all are frozen"
        seconds = self.chance.uniform(*PAST_THE_LEASES)
        replica.pause()
        self.frozen[replica] = time.monotonic() + seconds
        return f"{replica.name} frozen for {seconds:.1f} s"

    def away(self, name, pause, resume, least, most):
        seconds = self.chance.uniform(least, most)
        pause()
        time.sleep(seconds)
        resume()
        return f"{name} away for {seconds:.1f} s"

    def auth_away(self):
        seconds = self.chance.uniform(1, 4)
        for auth in self.auths:
            if auth not in self.frozen:
                auth.kill()
        time.sleep(seconds)
        for auth in self.auths:
            if auth not in self.frozen:
                auth.start()
        return f"auth away for {seconds:.1f} s"

    def blow(self):
        line = self.line
        blows = [(10, lambda: self.kill(self.ingests)), (3, lambda: self.kill(self.auths)),
                 (4, lambda: self.freeze(self.ingests)), (1, lambda: self.freeze(self.auths)), (1, self.auth_away),
                 (2, lambda: self.away("the marketplace", line.simulator.pause, line.simulator.resume, 1, 9)),
                 (1, lambda: self.away("Kafka", line.kafka.kill, line.kafka.start, 0.5, 3))]
        if line.postgres:
            blows += [(2, lambda: self.away("PostgreSQL (killed)", line.postgres.kill, line.postgres.start, 0.2, 2)),
                      (1, lambda: self.away("PostgreSQL (stopped)", line.postgres.stop, line.postgres.start, 0.2, 2)),
                      (2, lambda: self.away("PostgreSQL (unreachable)", line.postgres.pause, line.postgres.resume, 1, 6))]
        return self.chance.choices([b for _, b in blows], [w for w, _ in blows])[0]()


@pytest.fixture
def theatre():
    seed = int(os.environ.get("CDISCOUNT_SEED", time.time_ns() % 1_000_000))
    print(f"\nCDISCOUNT_SEED={seed} CDISCOUNT_KILLS={KILLS} CDISCOUNT_ENGINE={ENGINE}", flush=True)
    with Stack(f"line-crash-{ENGINE}") as stack:
        yield Theatre(stack, random.Random(seed))


def test_whatever_is_struck_when_the_topics_agree_with_the_ledger(theatre):
    line = theatre.line
    for seller in SELLERS:
        line.marketplace.add_seller(seller)
    client = line.marketplace.add_client("crash-client", SELLERS)
    for seller in SELLERS:
        line.connect(f"shop {seller}", seller, client["client_id"], client["client_secret"])
        line.marketplace.create_orders(seller, 40)
    with TopicReader(line.kafka.bootstrap, EVENTS_TOPIC) as reader:
        wait_for(lambda: reader.exists() and reader.read_all(), 60, "the line is at work before the first blow")

    line.marketplace.generate(orders_per_s=3, changes_per_s=9, sellers=SELLERS, seed=theatre.chance.randrange(10**6))
    began = time.monotonic()
    for number in range(KILLS):
        time.sleep(theatre.chance.uniform(0.3, 2.0))
        theatre.wake()
        print(f"{time.monotonic() - began:6.1f} s  {number + 1:3d}  {theatre.blow()}", flush=True)
    line.marketplace.stop_generating()
    theatre.wake_all()
    for replica in theatre.auths + theatre.ingests:
        assert replica.running, f"{replica.name} ended unasked:\n{replica.process.tail()}"

    for seller in SELLERS:
        verdict, _ = assert_agrees(line, seller, seconds=150)
        assert verdict.versions_announced > 60
