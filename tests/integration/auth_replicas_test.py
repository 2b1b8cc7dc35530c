"""Two replicas of auth on one PostgreSQL: one request for a token at a time, whichever replica is killed or frozen."""

import concurrent.futures
import pathlib
import sys
import time

import pytest

from auth_service_test import Auth, token_requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from marketplace_control import MarketplaceControl  # noqa: E402
from stack import Stack  # noqa: E402
from stacklib.process import wait_until  # noqa: E402

# One request, and the time for which who asks has the sole right to.
REQUEST = 2
CLAIM = REQUEST + 15


@pytest.fixture(scope="module")
def stack():
    with Stack("auth-replicas") as running:
        yield running


@pytest.fixture(scope="module")
def simulator(stack):
    return stack.simulator()


@pytest.fixture(scope="module")
def marketplace(simulator):
    control = MarketplaceControl(f"http://127.0.0.1:{simulator.port('control')}")
    control.add_seller(98979)
    return control


@pytest.fixture(scope="module")
def replicas(stack, simulator):
    keys = stack.directory / "keys"
    shared = {"database.url": stack.postgres().url, "keys.file": keys, "kafka.namespace": "auth-replicas",
              "marketplace.timeout": f"{REQUEST}s"}
    kafka = stack.kafka()
    return [Auth(stack, kafka, simulator, f"auth-{n}", **shared) for n in ("one", "two")]


def tokens(answers):
    return {a["answer"]["access_token"] for a in answers if "answer" in a}


def connect(auth, marketplace, client_id, seller):
    marketplace.add_seller(seller)
    secret = marketplace.add_client(client_id, [seller])["client_secret"]
    return auth.connect(client_id, seller, client_id, secret)["account_id"]


def test_both_ask_once_however_many_callers_they_have(replicas, marketplace):
    account = connect(replicas[0], marketplace, "crowd-client-1", 98981)
    marketplace.inject("slow", route="token", ms=700, client_id="crowd-client-1")

    with concurrent.futures.ThreadPoolExecutor() as pool:
        asked = [pool.submit(auth.call_many, "GetAccessToken", 25, account_id=account) for auth in replicas]
        answers = [answer for call in asked for answer in call.result()]

    assert len(answers) == 50 and len(tokens(answers)) == 1, answers
    assert len(token_requests(marketplace, "crowd-client-1")) == 1


@pytest.mark.parametrize("deed", ["killed", "frozen"])
def test_who_is_lost_while_it_asks_delays_the_other_for_its_claim_only(replicas, marketplace, deed):
    one, two = replicas
    client = f"{deed}-client-1"
    account = connect(one, marketplace, client, 98982 if deed == "killed" else 98983)
    marketplace.inject("slow", route="token", ms=1200, client_id=client)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        lost = pool.submit(one.call_many, "GetAccessToken", 1, account_id=account)
        wait_until(lambda: token_requests(marketplace, client), 10, "the first replica asks")
        (one.service.kill if deed == "killed" else one.service.pause)()
        began = time.monotonic()

        served = []
        wait_until(lambda: served.extend(tokens(two.call_many("GetAccessToken", 5, account_id=account))) or served,
                   CLAIM + 15, "the other replica gives a token")
        took = time.monotonic() - began
        requests_before = len(token_requests(marketplace, client))

        (one.service.start if deed == "killed" else one.service.resume)()
        outcome = lost.result()

    assert CLAIM - 3 <= took <= CLAIM + 10, "it neither asked beside the other nor waited for longer"
    assert requests_before == 2
    assert len(set(served)) == 1
    if deed == "frozen":
        assert tokens(outcome) <= set(served), "who woke gives an older token"
    # Both give the token that was stored last, and no further one was asked for.
    for auth in replicas:
        assert tokens(auth.call_many("GetAccessToken", 3, account_id=account)) == set(served)
    assert len(token_requests(marketplace, client)) == 2
