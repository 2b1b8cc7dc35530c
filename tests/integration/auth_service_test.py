"""auth as it ships: against the simulator over HTTPS and a real Kafka.

An account is connected, verified and announced; one token serves everybody, also after a restart; and everything that can
be wrong with a connection is said in plain words.
"""

import json
import os
import pathlib
import subprocess
import sys
import urllib.request

import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ["CDISCOUNT_BUILD_DIR"])
sys.path.insert(0, str(TESTS / "support"))
sys.path.insert(0, str(BUILD / "python"))

from cdiscount.events.v1 import account_event_pb2  # noqa: E402
from line import environment  # noqa: E402
from marketplace_control import MarketplaceControl  # noqa: E402
from stack import Stack  # noqa: E402
from stacklib.process import wait_until  # noqa: E402
from topic_reader import TopicReader, duplicate_ids  # noqa: E402

CALLER = BUILD / "tests" / "integration" / "auth_caller"
TOPIC = "cdiscount.accounts.v1"
STATES = account_event_pb2.AccountState


@pytest.fixture(scope="module")
def stack():
    with Stack("auth-service") as running:
        yield running


@pytest.fixture(scope="module")
def kafka(stack):
    return stack.shared_kafka()


@pytest.fixture(scope="module")
def simulator(stack):
    return stack.simulator()


@pytest.fixture(scope="module")
def marketplace(simulator):
    control = MarketplaceControl(f"http://127.0.0.1:{simulator.port('control')}")
    for seller in (98979, 98980):
        control.add_seller(seller, shop_name=f"Shop {seller}")
    return control


class Auth:
    """The service, with a database and a Kafka namespace of its own."""

    def __init__(self, stack, kafka, simulator, name, **settings):
        self.stack, self.kafka, self.name = stack, kafka, name
        folder = stack.directory / name
        folder.mkdir()
        url = f"https://127.0.0.1:{simulator.port('api')}"
        env = environment("auth", {
            "database.url": f"sqlite://{folder / 'auth.db'}", "keys.file": folder / "keys", "keys.create": "true",
            "kafka.servers": kafka.bootstrap, "kafka.namespace": name, "grpc.port": 0, "admin.port": 0,
            "marketplace.api_url": f"{url}/seller/v2", "marketplace.ca": stack.certificates().ca,
            "marketplace.token_url": f"{url}/auth/realms/maas/protocol/openid-connect/token", **settings})
        self.service = stack.service(name, stack.binary("cdiscount-auth"), env=env)
        self.folder = folder

    def call_many(self, method, times, proof=None, **request):
        """`proof`: what auth_caller shows of itself; by default the token, which the service made where it runs."""
        shown = {"TOKEN_FILE": str(self.stack.directory / "auth.token")} if proof is None else proof
        done = subprocess.run([CALLER, f"127.0.0.1:{self.service.port('grpc')}", method, json.dumps(request), str(times)],
                              capture_output=True, text=True, timeout=90, check=True, env=shown)
        return json.loads(done.stdout)

    def call(self, method, **request):
        """The answer; fails when it is an error."""
        outcome = self.call_many(method, 1, **request)[0]
        assert "answer" in outcome, outcome
        return outcome["answer"]

    def error(self, method, proof=None, **request):
        outcome = self.call_many(method, 1, proof, **request)[0]
        assert "error" in outcome, outcome
        return outcome["error"]

    def connect(self, name, seller, client_id, secret):
        return self.call("CreateAccount", name=name, seller_id=str(seller),
                         octopia={"client_id": client_id, "client_secret": secret})["account"]

    def announced(self, least):
        """The events of the accounts topic, as a stranger reads them, once there are `least`."""
        records = []
        with TopicReader(self.kafka.bootstrap, f"{self.name}.{TOPIC}") as reader:
            wait_until(reader.exists, 60, f"{TOPIC} is made")
            wait_until(lambda: records.extend(reader.read_all()) or len(records) >= least, 60, f"{least} events on {TOPIC}")
        return records

    def admin(self, path):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.service.port('admin')}/{path}", timeout=10) as answer:
            return answer.read().decode()

    def log(self):
        return pathlib.Path(self.service.log).read_text(encoding="utf-8")


def token_requests(marketplace, client_id):
    return [c for c in marketplace.list("ledger/calls")
            if c["path"].endswith("/token") and c["client_id"] == client_id]


def test_an_account_is_connected_verified_and_announced(stack, kafka, simulator, marketplace):
    secret = marketplace.add_client("first-client-1", [98979])["client_secret"]
    auth = Auth(stack, kafka, simulator, "auth-first")

    account = auth.connect("Boutique Claire", 98979, "first-client-1", secret)
    verified = auth.call("VerifyConnection", account="Boutique Claire")
    token = auth.call("GetAccessToken", account_id=account["account_id"])
    auth.call("DisableAccount", account="Boutique Claire")
    refused = auth.error("GetAccessToken", account_id=account["account_id"])
    auth.call("EnableAccount", account="Boutique Claire")

    assert verified["outcome"] == "CONNECTION_OUTCOME_CONNECTED", verified
    assert verified["shop_name"] == "Shop 98979"
    assert "may act for seller 98979" in verified["explanation"]
    assert token["seller_id"] == "98979" and token["sales_channel_id"] == "CDISFR"
    assert refused["code"] == "conflict" and "is disabled" in refused["message"]

    records = auth.announced(3)
    events = [r.decode(account_event_pb2.AccountEvent) for r in records]
    assert [(e.version, STATES.Name(e.state)) for e in events] == [
        (1, "ACCOUNT_STATE_ENABLED"), (2, "ACCOUNT_STATE_DISABLED"), (3, "ACCOUNT_STATE_ENABLED")]
    assert {r.key for r in records} == {account["account_id"]}
    assert len({r.partition for r in records}) == 1
    assert not duplicate_ids(records)
    assert events[0].seller_id == "98979" and events[0].generation == 1
    for record in records:
        assert record.headers["ce_type"] == "com.cdiscount-connect.account.changed.v1"
        assert record.headers["ce_subject"] == account["account_id"]
        assert record.headers["traceparent"].startswith("00-")

    everything = auth.log() + (auth.folder / "auth.db").read_bytes().decode("latin-1")
    assert secret not in everything and token["access_token"] not in everything
    assert "auth_tokens_given_total" in auth.admin("metrics")
    assert '"ready":true' in auth.admin("readyz")


def test_one_token_serves_everybody_also_after_a_restart(stack, kafka, simulator, marketplace):
    secret = marketplace.add_client("shared-client-1", [98979, 98980])["client_secret"]
    auth = Auth(stack, kafka, simulator, "auth-shared")
    first = auth.connect("One", 98979, "shared-client-1", secret)
    second = auth.connect("Two", 98980, "shared-client-1", secret)
    marketplace.inject("slow", route="token", ms=500, client_id="shared-client-1")

    answers = auth.call_many("GetAccessToken", 50, account_id=first["account_id"])
    token = auth.call("GetAccessToken", account_id=second["account_id"])

    assert {a["answer"]["access_token"] for a in answers} == {token["access_token"]}
    assert len(token_requests(marketplace, "shared-client-1")) == 1

    auth.service.kill()
    auth.service.start()
    again = auth.call("GetAccessToken", account_id=first["account_id"])
    assert again["access_token"] == token["access_token"]
    assert len(token_requests(marketplace, "shared-client-1")) == 1


def test_a_wrong_secret_is_said_marked_and_not_tried_again(stack, kafka, simulator, marketplace):
    secret = marketplace.add_client("wrong-client-1", [98979])["client_secret"]
    auth = Auth(stack, kafka, simulator, "auth-wrong")
    account = auth.connect("Wrong", 98979, "wrong-client-1", "not-the-secret")

    first = auth.call("VerifyConnection", account="Wrong")
    second = auth.call("VerifyConnection", account="Wrong")
    no_token = auth.error("GetAccessToken", account_id=account["account_id"])
    shown = auth.call("GetAccount", account="Wrong")["account"]
    tries = len(token_requests(marketplace, "wrong-client-1"))
    auth.call("ReplaceCredentials", account="Wrong", octopia={"client_id": "wrong-client-1", "client_secret": secret})
    third = auth.call("VerifyConnection", account="Wrong")

    for answer in (first, second):
        assert answer["outcome"] == "CONNECTION_OUTCOME_WRONG_SECRET"
        assert "wrong-client-1" in answer["explanation"]
    assert "API Credentials Management" in first["explanation"]
    assert tries == 1
    assert no_token["code"] == "conflict" and "new credentials" in no_token["message"]
    assert shown["state"] == "ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS" and shown["attention"]
    assert third["outcome"] == "CONNECTION_OUTCOME_CONNECTED"
    events = [r.decode(account_event_pb2.AccountEvent) for r in auth.announced(3)]
    assert [(STATES.Name(e.state), e.generation) for e in events] == [
        ("ACCOUNT_STATE_ENABLED", 1), ("ACCOUNT_STATE_NEEDS_NEW_CREDENTIALS", 1), ("ACCOUNT_STATE_ENABLED", 2)]


def test_the_rest_of_what_can_be_wrong_is_told_apart_and_marks_nothing(stack, kafka, simulator, marketplace):
    secret = marketplace.add_client("apart-client-1", [98979])["client_secret"]
    marketplace.add_seller(98990, seller_sub_state="Holidays")
    marketplace.add_seller(98991)
    marketplace.call("POST", "clients/apart-client-1/link", {"seller_id": 98990})
    auth = Auth(stack, kafka, simulator, "auth-apart")
    for name, seller in (("good", 98979), ("holiday", 98990), ("not linked", 98991), ("unknown", 77777)):
        auth.connect(name, seller, "apart-client-1", secret)

    def outcome(name):
        return auth.call("VerifyConnection", account=name)

    assert outcome("good")["outcome"] == "CONNECTION_OUTCOME_CONNECTED"
    holiday = outcome("holiday")
    assert holiday["outcome"] == "CONNECTION_OUTCOME_SELLER_NOT_ACTIVE" and "on holiday" in holiday["explanation"]
    not_linked = outcome("not linked")
    assert not_linked["outcome"] == "CONNECTION_OUTCOME_NOT_LINKED" and "98991" in not_linked["explanation"]
    assert outcome("unknown")["outcome"] == "CONNECTION_OUTCOME_UNKNOWN_SELLER"

    marketplace.inject("quota403", route="sellers.get", seconds=695)
    quota = outcome("good")
    assert quota["outcome"] == "CONNECTION_OUTCOME_QUOTA_SPENT"
    assert 690 <= int(quota["retry_after_seconds"]) <= 695
    marketplace.inject("401_once", route="sellers.get")
    assert outcome("good")["outcome"] == "CONNECTION_OUTCOME_CONNECTED"  # one renewal, one replay
    marketplace.inject("502html", route="sellers.get")
    assert outcome("good")["outcome"] == "CONNECTION_OUTCOME_UNREACHABLE"

    states = {a["state"] for a in auth.call("ListAccounts")["accounts"]}
    assert states == {"ACCOUNT_STATE_ENABLED"}


def test_a_stranger_s_certificate_is_refused_in_plain_words(stack, kafka, simulator, marketplace):
    secret = marketplace.add_client("stranger-client-1", [98979])["client_secret"]
    auth = Auth(stack, kafka, simulator, "auth-stranger", **{"marketplace.ca": stack.certificates().wrong_ca})
    auth.connect("Stranger", 98979, "stranger-client-1", secret)

    answer = auth.call("VerifyConnection", account="Stranger")

    assert answer["outcome"] == "CONNECTION_OUTCOME_UNREACHABLE"
    assert "certificate" in answer["explanation"].lower(), answer
    assert not token_requests(marketplace, "stranger-client-1")
    assert auth.call("GetAccount", account="Stranger")["account"]["state"] == "ACCOUNT_STATE_ENABLED"


def test_a_stranger_on_the_same_machine_gets_nothing(stack, kafka, simulator, marketplace):
    secret = marketplace.add_client("local-client-1", [98979])["client_secret"]
    auth = Auth(stack, kafka, simulator, "auth-local", **{"grpc.token_file": stack.directory / "auth.token"})
    account = auth.connect("Local", 98979, "local-client-1", secret)
    wrong = stack.directory / "wrong.token"
    wrong.write_text("0" * 64)

    for proof in ({}, {"TOKEN_FILE": str(wrong)}):
        for method, request in (("GetAccessToken", {"account_id": account["account_id"]}), ("ListAccounts", {}),
                                ("ReplaceCredentials", {"account": "Local", "octopia": {"client_id": "thief-client-1",
                                                                                        "client_secret": "theirs"}})):
            refused = auth.error(method, proof, **request)
            assert refused["code"] == "unauthenticated", refused
            assert str(stack.directory / "auth.token") in refused["message"], "it says what to do"

    assert (stack.directory / "auth.token").stat().st_mode & 0o7777 == 0o600
    assert auth.call("GetAccount", account="Local")["account"]["client_id"] == "local-client-1"
    assert '"event":"rpc_refused"' in auth.log()
    assert (stack.directory / "auth.token").read_text().strip() not in auth.log()


def test_a_stranger_s_certificate_of_the_right_authority_gets_nothing(stack, kafka, simulator, marketplace):
    secret = marketplace.add_client("mutual-client-1", [98979])["client_secret"]
    tls = stack.certificates()

    def proof(stem, name, names=None):
        certificate, key = tls.issue(stem, name, names)
        return {"TLS_CERT": str(certificate), "TLS_KEY": str(key), "TLS_CA": str(tls.ca)}

    auth = Auth(stack, kafka, simulator, "auth-mutual", **{
        "grpc.tls.certificate": tls.certificate, "grpc.tls.key": tls.key, "grpc.tls.peer_ca": tls.ca,
        "grpc.callers": "claire.shop.example=operator"})
    operator, ingest, stranger = proof("operator", "operator"), proof("ingest", "order-ingest"), proof("stranger", "printer")
    mapped = proof("mapped", "laptop", "DNS:claire.shop.example")
    made = auth.call_many("CreateAccount", 1, operator, name="Mutual", seller_id="98979",
                          octopia={"client_id": "mutual-client-1", "client_secret": secret})[0]["answer"]["account"]
    thief = {"account": "Mutual", "octopia": {"client_id": "thief-client-1", "client_secret": "theirs"}}

    token = auth.call_many("GetAccessToken", 1, ingest, account_id=made["account_id"])[0]
    seen = auth.call_many("GetAccount", 1, mapped, account="Mutual")[0]
    for who, method, request in ((stranger, "GetAccessToken", {"account_id": made["account_id"]}),
                                 (stranger, "ReplaceCredentials", thief), (stranger, "ListAccounts", {}),
                                 (operator, "GetAccessToken", {"account_id": made["account_id"]}),
                                 (ingest, "ReplaceCredentials", thief)):
        refused = auth.error(method, who, **request)
        assert refused["code"] == "permission_denied", refused
        assert method in refused["message"], refused
    assert "printer" in auth.error("ListAccounts", stranger)["message"]

    assert token["answer"]["access_token"]
    assert seen["answer"]["account"]["client_id"] == "mutual-client-1"
    audit = [json.loads(line) for line in auth.log().splitlines() if '"audit":true' in line]
    assert [(a["event"], a["caller"]) for a in audit] == [("account_created", "operator"), ("token_given", "order-ingest")]
    assert all(a["account_id"] == made["account_id"] for a in audit)


def test_a_broken_rule_is_named_with_its_field(stack, kafka, simulator):
    auth = Auth(stack, kafka, simulator, "auth-rules")

    error = auth.error("CreateAccount", name="", seller_id="abc",
                       octopia={"client_id": "claire@shop.fr", "client_secret": ""})

    assert error["code"] == "invalid_argument" and error["field"] == "name"
    for words in ("name is empty", "seller_id holds", "octopia.client_id is an e-mail", "octopia.client_secret is empty"):
        assert words in error["message"]
