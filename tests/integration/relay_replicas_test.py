"""Four lanes on PostgreSQL and one to three relays: killed, frozen past their leases and woken at random instants; the
database and the broker away, killed and frozen under them. The judge is relay_victim.py's.
"""

import pathlib
import sys
import time

import pytest

from relay_victim import Victim, count_records, faults, kills, published_records, seeded_chance, wait_for_more

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from stack import Stack  # noqa: E402
from stacklib.process import wait_until  # noqa: E402

KILLS = kills(by_default=25)
LEASE = 3.0
# Few changes: the test is about who publishes them.
CALM = {"VICTIM_LEASE_MS": int(LEASE * 1000), "VICTIM_REST_MS": 150}


@pytest.fixture(scope="module")
def stack():
    with Stack("relay-replicas") as running:
        yield running


@pytest.fixture(scope="module")
def kafka(stack):
    return stack.kafka()


@pytest.fixture(scope="module")
def postgres(stack):
    return stack.postgres()


@pytest.fixture
def chance():
    return seeded_chance()


def on_postgres(stack, kafka, postgres, name, env):
    postgres.create_database(name)
    return Victim(stack, kafka, name, url=postgres.url.rsplit("/", 1)[0] + "/" + name, env=env)


def owners(postgres, victim):
    """Of each lane its owner and the number of take-overs so far."""
    return postgres.query("SELECT lane, lease_owner, lease_token FROM outbox_lease ORDER BY lane", database=victim.name)


def takeovers(postgres, victim):
    return sum(int(token) for _, _, token in owners(postgres, victim))


def end_and_judge(victim, lives, kafka):
    for life in lives:
        if life.running:
            life.kill()
    expected = victim.drain()
    records = published_records(kafka, victim)
    assert faults(records, expected) == []
    assert len(records) == sum(expected.values()) > 100
    return records


def one_of(chance, lives):
    """Mostly the oldest, which is likely to own the lanes."""
    return lives[0] if chance.random() < 0.6 else chance.choice(lives)


def test_nothing_is_lost_or_doubled_when_replicas_are_killed_frozen_and_woken(stack, kafka, postgres, chance):
    victim = on_postgres(stack, kafka, postgres, "replicas", CALM)
    lives = [victim.start()]
    wait_for_more(kafka, victim, lives[0])
    frozen = {}  # life -> when it wakes
    woken_late = 0
    for _ in range(KILLS):
        deed = chance.choice(["kill", "kill", "freeze", "freeze", "start"])
        awake = [life for life in lives if life not in frozen]
        if deed == "freeze" and awake:
            life = one_of(chance, awake)
            life.pause()
            # Half of them sleep longer than their leases last: others take their lanes meanwhile.
            frozen[life] = time.monotonic() + chance.choice([chance.uniform(0.1, 1), LEASE + chance.uniform(0.2, 2)])
        elif deed == "kill":
            life = one_of(chance, lives)
            frozen.pop(life, None)
            life.kill()
            lives.remove(life)
        while len(lives) < (1 if deed == "kill" else 3):
            lives.append(victim.start())
            if deed == "start":
                break
        time.sleep(chance.uniform(0.2, 1.4))
        for life in [life for life, wakes in frozen.items() if wakes <= time.monotonic()]:
            life.resume()
            del frozen[life]
            woken_late += 1
        assert all(life.running for life in lives), [life.tail() for life in lives]
    for life in frozen:
        life.resume()
    wait_for_more(kafka, victim, lives[0], than=count_records(kafka, victim.topic))

    taken = takeovers(postgres, victim)
    records = end_and_judge(victim, lives, kafka)

    print(f"{KILLS} deeds, {woken_late} woken late, {taken} take-overs of 4 lanes, {len(records)} records")
    assert taken > KILLS / 4, "the lanes hardly changed hands"


def test_the_relays_go_on_when_the_database_was_killed_stopped_or_unreachable(stack, kafka, postgres, chance):
    victim = on_postgres(stack, kafka, postgres, "restarted", CALM)
    lives = [victim.start(), victim.start()]
    wait_for_more(kafka, victim, lives[0])
    for leave, come_back in [(postgres.kill, postgres.start), (postgres.pause, postgres.resume),
                             (postgres.stop, postgres.start)]:
        time.sleep(chance.uniform(0.2, 1.5))
        leave()
        time.sleep(chance.uniform(1, LEASE + 2))
        come_back()
        wait_for_more(kafka, victim, lives[0], than=count_records(kafka, victim.topic))
        assert all(life.running for life in lives), [life.tail() for life in lives]

    records = end_and_judge(victim, lives, kafka)

    print(f"{len(records)} records over three outages of the database")


def test_a_lane_stays_with_its_owner_while_a_slow_broker_holds_up_its_commit(stack, kafka, postgres):
    victim = on_postgres(stack, kafka, postgres, "slow", {**CALM, "VICTIM_LEASE_MS": 15_000})
    lives = [victim.start(), victim.start()]
    wait_for_more(kafka, victim, lives[0])
    wait_until(lambda: all(owner for _, owner, _ in owners(postgres, victim)), 20, "each lane has an owner")
    wait_for_more(kafka, victim, lives[0], than=count_records(kafka, victim.topic))
    before = owners(postgres, victim)

    # Longer than the lease, and less than a transaction's patience.
    kafka.pause()
    time.sleep(19)
    after = owners(postgres, victim)
    kafka.resume()

    assert after == before
    end_and_judge(victim, lives, kafka)
