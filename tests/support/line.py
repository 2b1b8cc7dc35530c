"""The line of services that an order takes, for the demo and the end-to-end tests:

    simulator -> auth (accounts, tokens) -> order-ingest -> Kafka

Each service is started by its own name and settings, and can be killed and started again alone.
"""

import json
import subprocess

from marketplace_control import MarketplaceControl
from stacklib.errors import StackError


def environment(service, settings):
    """Settings as environment variables: polling.period of order-ingest is CDISCOUNT_ORDER_INGEST__POLLING__PERIOD."""
    prefix = "CDISCOUNT_" + service.upper().replace("-", "_") + "__"
    return {prefix + key.upper().replace(".", "__"): str(value) for key, value in settings.items()}


class Line:
    """`kafka` may be one that is not started yet: only its address is used."""

    def __init__(self, stack, kafka, simulator_arguments=()):
        self.stack = stack
        self.kafka = kafka
        self.simulator = stack.simulator(simulator_arguments)
        self.marketplace = MarketplaceControl(f"http://127.0.0.1:{self.simulator.port('control')}")
        self.auth = None
        self.ingest = None
        self.ctl_path = stack.binary("cdiscountctl")

    @property
    def marketplace_url(self):
        return f"https://127.0.0.1:{self.simulator.port('api')}"

    def _common(self, name, ca):
        folder = self.stack.directory / name
        folder.mkdir(exist_ok=True)
        return {"database.url": f"sqlite://{folder / (name + '.db')}", "keys.file": folder / "keys", "keys.create": "true",
                "kafka.servers": self.kafka.bootstrap, "grpc.port": 0, "admin.port": 0,
                "marketplace.api_url": f"{self.marketplace_url}/seller/v2",
                "marketplace.token_url": f"{self.marketplace_url}/auth/realms/maas/protocol/openid-connect/token",
                "marketplace.ca": ca or self.stack.certificates().ca}

    def start_auth(self, ca=None, **settings):
        env = environment("auth", self._common("auth", ca) | settings)
        self.auth = self.stack.service("auth", self.stack.binary("cdiscount-auth"), env=env)
        return self.auth

    def start_ingest(self, ca=None, settings=None):
        own = {"auth.address": f"127.0.0.1:{self.auth.port('grpc')}"}
        env = environment("order-ingest", self._common("order-ingest", ca) | own | (settings or {}))
        self.ingest = self.stack.service("order-ingest", self.stack.binary("cdiscount-order-ingest"), env=env)
        return self.ingest

    def ctl_environment(self):
        """What `cdiscountctl` needs to find this line."""
        found = {"CDISCOUNT_KAFKA": self.kafka.bootstrap}
        if self.auth:
            found["CDISCOUNT_AUTH_ADDRESS"] = f"127.0.0.1:{self.auth.port('grpc')}"
        if self.ingest:
            found["CDISCOUNT_ORDERS_ADDRESS"] = f"127.0.0.1:{self.ingest.port('grpc')}"
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
