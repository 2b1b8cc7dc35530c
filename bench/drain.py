#!/usr/bin/python3 -B
"""How fast waiting orders of one seller become events, and what an order costs, beside peers. See bench/README.md.

    ./dev bench drain [--orders 20000] [--engine sqlite] [--engine postgresql] [--peer bare] [--peer full] [--peer camel]

One simulator and one broker for the whole run; each contestant has a seller, a database and topics of its own.
"""

import argparse
import json
import os
import pathlib
import ssl
import subprocess
import sys
import time
import urllib.parse
import urllib.request

from measure import CLIENT, ROOT, Readable, cpu_seconds, family_cpu_seconds, memory_mb

from ledger_judge import EVENTS_TOPIC  # noqa: E402
from line import Line  # noqa: E402
from stack import Stack, StackError  # noqa: E402

FIRST_SELLER = 200_000


class Ours:
    """auth and order-ingest on one engine, with the settings that they ship with."""

    warm = False

    def __init__(self, stack, kafka, simulator, engine):
        self.name = f"order-ingest on {engine}"
        self.line = Line(stack, kafka, engine=engine, namespace=f"bench-{engine}", simulator=simulator)
        self.line.start("auth", name=f"auth-{engine}")
        self.line.start("order-ingest", name=f"order-ingest-{engine}")
        self.topic = self.line.topic(EVENTS_TOPIC)

    def begin(self, seller, secret):
        before = self.used()
        self.line.connect("bench", seller, CLIENT, secret)
        return before

    def used(self):
        server = family_cpu_seconds(self.line.postgres.process.pid) if self.line.postgres else 0.0
        return cpu_seconds(self.line.ingest.pid), server

    def end(self):
        memory = memory_mb(self.line.ingest.pid)
        self.line.ingest.stop()
        self.line.auth.stop()
        return memory


class Peer:
    """A program of bench/peers. `warm` tells whether its second half counts alone: the JVM compiles during the first."""

    warm = False

    def __init__(self, stack, kafka, simulator, topics):
        self.stack, self.kafka, self.topic = stack, kafka, topics[0]
        self.line = Line(stack, kafka, simulator=simulator)
        self.ca = stack.certificates().ca
        self.api = f"{self.line.marketplace_url}/seller/v2"
        self.tokens = f"{self.line.marketplace_url}/auth/realms/maas/protocol/openid-connect/token"
        self.since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 7 * 86400))
        for topic in topics:
            kafka.create_topic(topic)

    def used(self):
        return cpu_seconds(self.process.pid), 0.0

    def end(self):
        memory = memory_mb(self.process.pid)
        self.process.terminate()
        self.process.wait(30)
        return memory


class Script(Peer):
    def __init__(self, stack, kafka, simulator, shape):
        super().__init__(stack, kafka, simulator, {"bare": ["bench.peer.orders"], "full": [
            "bench.peer.events", "bench.peer.state", "bench.peer.recipients"]}[shape])
        self.shape = shape
        self.name = {"bare": "Python, one topic, JSON passed through",
                     "full": "Python, three topics, protobuf, sealed recipients"}[shape]

    def begin(self, seller, secret):
        self.process = subprocess.Popen(
            ["/usr/bin/python3", "-B", str(ROOT / "bench/peers/poller.py"), self.shape, "--api-url", self.api, "--token-url",
             self.tokens, "--ca", str(self.ca), "--client-id", CLIENT, "--client-secret", secret, "--seller", str(seller),
             "--kafka", self.kafka.bootstrap, "--database", str(self.stack.directory / f"peer-{self.shape}.db"),
             "--since", self.since, "--python", str(ROOT / "build/release/python")])
        return 0.0, 0.0


class Camel(Peer):
    name = "Camel, one topic, JSON passed through, at least once (its second half)"
    warm = True
    java = pathlib.Path("/usr/lib/jvm/java-17-openjdk-amd64")

    def __init__(self, stack, kafka, simulator, _):
        super().__init__(stack, kafka, simulator, ["bench.peer.camel"])
        self.jars = ROOT / "build" / "camel"
        if not self.jars.exists():
            subprocess.run(["mvn", "-q", "-B", "-f", str(ROOT / "bench/peers/camel/pom.xml"), "dependency:copy-dependencies",
                            f"-DoutputDirectory={self.jars}"], env=os.environ | {"JAVA_HOME": str(self.java)}, check=True, timeout=600)

    def begin(self, seller, secret):
        store = self.stack.directory / "trust.p12"
        subprocess.run([self.java / "bin/keytool", "-importcert", "-noprompt", "-alias", "simulator", "-file", self.ca, "-keystore",
                        store, "-storetype", "PKCS12", "-storepass", "changeit"], check=True, capture_output=True, timeout=60)
        properties = {
            "javax.net.ssl.trustStore": store, "javax.net.ssl.trustStorePassword": "changeit",
            "camel.main.routesIncludePattern": f"file:{ROOT / 'bench/peers/camel/poller.camel.yaml'}", "bench.api": self.api,
            "bench.token": self._token(secret), "bench.seller": seller, "bench.kafka": self.kafka.bootstrap,
            "bench.seen": self.stack.directory / "camel-seen", "bench.since": self.since}
        with open(self.stack.directory / "camel.log", "wb") as log:
            self.process = subprocess.Popen([self.java / "bin/java", *(f"-D{k}={v}" for k, v in properties.items()), "-cp",
                                             f"{self.jars}/*", "org.apache.camel.main.Main"], stdout=log, stderr=log)
        return 0.0, 0.0

    def _token(self, secret):
        form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": secret})
        trusted = ssl.create_default_context(cafile=self.ca)
        with urllib.request.urlopen(self.tokens, form.encode(), timeout=30, context=trusted) as answer:
            return json.load(answer)["access_token"]


def drain(contestant, kafka, marketplace, seller, count):
    """Its name, seconds and CPU an order."""
    marketplace.add_seller(seller)
    for at in range(0, count, 5000):
        marketplace.call("POST", "burst", {"orders": min(5000, count - at), "sellers": [seller]})
    secret = marketplace.add_client(CLIENT, [seller])["client_secret"]
    reader = Readable(kafka.bootstrap, contestant.topic)
    began, before = time.monotonic(), contestant.begin(seller, secret)
    if contestant.warm:
        began = reader.wait(count // 2, 600)
        before = contestant.used()
        count -= reader.seen
    seconds = reader.wait(count, 600) - began
    ours, server = (after - first for after, first in zip(contestant.used(), before))
    memory = contestant.end()
    reader.close()
    print(f"{contestant.name}: {seconds:.1f} s, {count / seconds:,.0f} orders/s; CPU an order: {ours / count * 1e6:.0f} us"
          + (f", and {server / count * 1e6:.0f} us of the database server" if server else "") + f"; at most {memory:.0f} MB",
          flush=True)
    return contestant.name, seconds / count, ours / count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--engine", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--peer", action="append", choices=("bare", "full", "camel"))
    options = parser.parse_args()
    engines = options.engine or ([] if options.peer else ["sqlite", "postgresql"])
    peers = options.peer or ([] if options.engine else ["bare", "full", "camel"])
    with Stack("bench-drain") as stack:
        kafka, simulator = stack.kafka(), stack.simulator()
        marketplace = Line(stack, kafka, simulator=simulator).marketplace
        marketplace.configure(calls_per_window=0)
        results, seller = [], FIRST_SELLER
        for make, kind in [(Ours, e) for e in engines] + [(Camel if p == "camel" else Script, p) for p in peers]:
            results.append(drain(make(stack, kafka, simulator, kind), kafka, marketplace, seller, options.orders))
            seller += 1
        first = results[0]
        for name, seconds, cpu in results[1:]:
            print(f"{name} : {first[0]} = {seconds / first[1]:.2f} in time, {cpu / first[2]:.2f} in CPU")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except StackError as e:
        sys.exit(f"bench: {e}")
