"""The line of services that an order takes, for the demo and the end-to-end tests:

    simulator -> auth (accounts, tokens) -> order-ingest -> Kafka

Each service is started by its own name and settings, and can be killed and started again alone.
"""

import datetime
import json
import pathlib
import re
import subprocess
import urllib.request

from marketplace_control import MarketplaceControl
from stacklib.errors import StackError
from stacklib.ports import take_port

SERVICES = json.loads((pathlib.Path(__file__).resolve().parents[2] / "services/services.json").read_text(encoding="utf-8"))


def environment(service, settings):
    """Settings as environment variables: polling.period of order-ingest is CDISCOUNT_ORDER_INGEST__POLLING__PERIOD."""
    prefix = "CDISCOUNT_" + service.upper().replace("-", "_") + "__"
    return {prefix + key.upper().replace(".", "__"): str(value) for key, value in settings.items()}


class Line:
    """`kafka` may be one that is not started yet: only its address is used. On PostgreSQL each service has a database of
    its own on one server (`postgres`), and several replicas of a service may share it."""

    def __init__(self, stack, kafka, simulator_arguments=(), engine="sqlite", namespace="", simulator=None):
        self.stack = stack
        self.kafka = kafka
        self.engine = engine
        self.namespace = namespace
        self.postgres = stack.postgres() if engine == "postgresql" else None
        self.simulator = simulator or stack.simulator(simulator_arguments)
        self.marketplace = MarketplaceControl(f"http://127.0.0.1:{self.simulator.port('control')}")
        self.running = {}  # service -> the last one started
        self.ctl_path = stack.binary("cdiscountctl")

    @property
    def auth(self):
        return self.running.get("auth")

    @property
    def ingest(self):
        return self.running.get("order-ingest")

    @property
    def marketplace_url(self):
        return f"https://127.0.0.1:{self.simulator.port('api')}"

    def topic(self, name):
        """A topic's name on the broker."""
        return f"{self.namespace}.{name}" if self.namespace else name

    def folder(self, service):
        """Where a service keeps its key file and, on SQLite, its database."""
        folder = self.stack.directory / (f"{self.namespace}-{service}" if self.namespace else service)
        if not folder.exists():
            folder.mkdir()
            if self.postgres:
                self.postgres.create_database(service)
        return folder

    def database_url(self, service):
        folder = self.folder(service)
        return self.postgres.url_of(service) if self.postgres else f"sqlite://{folder / (service + '.db')}"

    def _common(self, name, ca):
        return {"database.url": self.database_url(name), "keys.file": self.folder(name) / "keys", "keys.create": "true",
                "kafka.servers": self.kafka.bootstrap, "kafka.namespace": self.namespace, "grpc.port": 0, "admin.port": 0,
                "marketplace.api_url": f"{self.marketplace_url}/seller/v2",
                "marketplace.token_url": f"{self.marketplace_url}/auth/realms/maas/protocol/openid-connect/token",
                "marketplace.ca": ca or self.stack.certificates().ca}

    def start(self, service, settings=None, name=None, ca=None, auth=None):
        """The last one started is the one that `ctl` and the next services talk to. auth is on a port that stays, so that
        who calls it finds it again after a restart."""
        own = {"grpc.port": take_port()} if service == "auth" else {"auth.address": f"127.0.0.1:{(auth or self.auth).port('grpc')}"}
        env = environment(service, self._common(service, ca) | own | (settings or {}))
        self.running[service] = self.stack.service(name or service, self.stack.binary(f"cdiscount-{service}"), env=env)
        return self.running[service]

    # --- Looked at

    def metrics(self, service):
        """The whole text of a service's /metrics."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{service.port('admin')}/metrics", timeout=10) as answer:
            return answer.read().decode()

    def metric(self, service, name):
        """The sum over all labels; 0 when it is not there."""
        return sum(float(v) for v in re.findall(rf"^{name}(?:{{.*?}})? (\S+)$", self.metrics(service), re.M))

    def sync(self, seller):
        """The account of a seller in `sync show`; {} while order-ingest does not know it."""
        return next((a for a in self.ctl_json("sync", "show")["accounts"] if a["sellerId"] == str(seller)), {})

    def calls(self, seller=None, route=None, since=None):
        """The marketplace's calls that it was told, oldest first; `route` is the end of their path, `since` a datetime."""
        items = self.marketplace.list("ledger/calls", seller)
        for item in items:
            item["at"] = datetime.datetime.fromisoformat(item["at"].replace("Z", "+00:00"))
        return [c for c in items if (route is None or c["path"].endswith(route)) and (since is None or c["at"] > since)]

    def kafka_topics(self):
        """Names of this line's topics on the broker."""
        from confluent_kafka.admin import AdminClient
        names = AdminClient({"bootstrap.servers": self.kafka.bootstrap}).list_topics(timeout=15).topics
        return sorted(n for n in names if not self.namespace or n.startswith(self.namespace + "."))

    def database_files(self):
        """Every file that a database of this line has written."""
        folders = [self.postgres.directory] if self.postgres else [self.folder(service["name"]) for service in SERVICES]
        return [p for folder in folders for p in folder.rglob("*") if p.is_file() and not p.is_symlink()]

    def marketplace_now(self):
        """The instant by the clock that stamps `calls`."""
        return datetime.datetime.fromisoformat(self.marketplace.call("GET", "clock")["now"].replace("Z", "+00:00"))

    def ctl_environment(self):
        """The variables that lead `cdiscountctl` to this line. Services run in the stack's folder, and make their tokens there."""
        found = {"CDISCOUNT_KAFKA": self.kafka.bootstrap}
        for service in SERVICES:
            if service["name"] in self.running:
                prefix = f"CDISCOUNT_{service['cli'].upper()}"
                found[f"{prefix}_ADDRESS"] = f"127.0.0.1:{self.running[service['name']].port('grpc')}"
                found[f"{prefix}_TOKEN_FILE"] = str(self.stack.directory / f"{service['name']}.token")
        return found

    def ctl(self, *arguments, stdin=None, check=True):
        """Runs cdiscountctl as a person would. Raises StackError with its own words when it fails and `check` is set."""
        done = subprocess.run([self.ctl_path, *map(str, arguments)], input=stdin, env=self.ctl_environment(), text=True,
                              capture_output=True, timeout=60)
        if check and done.returncode != 0:
            raise StackError(f"cdiscountctl {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def ctl_json(self, *arguments, stdin=None):
        return json.loads(self.ctl(*arguments, "--json", stdin=stdin).stdout)

    def connect(self, name, seller, client_id, secret):
        """An account for a seller, made with cdiscountctl; the secret goes through standard input."""
        return self.ctl_json("account", "add", "--name", name, "--seller", seller, "--client-id", client_id, "--secret-stdin",
                             stdin=secret)
