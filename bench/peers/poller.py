#!/usr/bin/python3 -B
"""What a careful seller writes: polls the orders of one seller and announces each version once, on Kafka.

    poller.py bare ...   one topic, the marketplace's JSON passed through
    poller.py full ...   three topics (events, state, recipients), protobuf, recipients sealed in the database

Both keep orders, cursor and outbox in one SQLite file, one transaction a page (WAL, synchronous=FULL), and publish the
outbox in Kafka transactions that carry the progress as offsets, so that a crash at any instant loses and doubles
nothing. It has no leases, no retries, no metrics and checks
nothing that the marketplace says: this is the least that gives the same guarantee while all goes well.
"""

import argparse
import hashlib
import http.client
import json
import sqlite3
import ssl
import sys
import time
import urllib.parse
import uuid

from confluent_kafka import Consumer, Producer, TopicPartition

PAGE = 100
SCHEMA = """
CREATE TABLE cursor (id INTEGER PRIMARY KEY CHECK (id = 1), at TEXT NOT NULL);
CREATE TABLE orders (id TEXT PRIMARY KEY, updated_at TEXT NOT NULL, hash BLOB NOT NULL, version INTEGER NOT NULL);
CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, key TEXT NOT NULL, type TEXT NOT NULL, value BLOB);
"""


class Marketplace:
    def __init__(self, options):
        self.options = options
        self.context = ssl.create_default_context(cafile=options.ca)
        self.api = self._connect(options.api_url)
        self.token = self._token()

    def _connect(self, url):
        parts = urllib.parse.urlsplit(url)
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=30, context=self.context)

    def _token(self):
        connection = self._connect(self.options.token_url)
        form = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": self.options.client_id,
                                       "client_secret": self.options.client_secret})
        connection.request("POST", urllib.parse.urlsplit(self.options.token_url).path, form,
                           {"Content-Type": "application/x-www-form-urlencoded"})
        return json.load(connection.getresponse())["access_token"]

    def page(self, since, index):
        query = urllib.parse.urlencode({"updatedAtMin": since, "sort": "asc:updatedAt", "pageSize": PAGE, "pageIndex": index})
        self.api.request("GET", f"{urllib.parse.urlsplit(self.options.api_url).path}/orders?{query}", headers={
            "Authorization": f"Bearer {self.token}", "SellerId": self.options.seller, "Accept": "application/json"})
        answer = self.api.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"GET /orders: {answer.status} {body[:200]!r}")
        return json.loads(body)["items"]


class Bare:
    """One topic with the marketplace's own JSON."""

    topics = ["bench.peer.orders"]

    def content(self, shown):
        """The bytes that tell whether it changed: all but the time of the change."""
        rest = {k: v for k, v in shown.items() if k != "updatedAt"}
        return json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()

    def rows(self, shown, version, kind):
        """Topic and value of what is kept in the outbox."""
        yield self.topics[0], json.dumps({"type": kind, "version": version, "order": shown}, separators=(",", ":")).encode()

    def value(self, topic, key, kept):
        """Of a record, from the row."""
        return kept


class Poller:
    def __init__(self, options, shape):
        self.options, self.shape = options, shape
        self.database = sqlite3.connect(options.database, isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.executescript(SCHEMA)
        self.database.execute("INSERT INTO cursor VALUES (1, ?)", (options.since,))
        self.producer = Producer({"bootstrap.servers": options.kafka, "transactional.id": f"bench.peer.{options.name}",
                                  "linger.ms": 5, "partitioner": "murmur2_random"})
        self.group = Consumer({"bootstrap.servers": options.kafka, "group.id": f"bench.peer.{options.name}"})
        self.producer.init_transactions(30)
        self.progress = 0
        self.marketplace = Marketplace(options)

    def save(self, orders):
        """One page, one transaction."""
        run = self.database.execute
        run("BEGIN IMMEDIATE")
        for order in orders:
            key, at = order["orderId"], order["updatedAt"]
            digest = hashlib.sha256(self.shape.content(order)).digest()
            stored = run("SELECT updated_at, hash, version FROM orders WHERE id = ?", (key,)).fetchone()
            if stored and (stored[0] > at or stored[1] == digest):
                continue
            version = stored[2] + 1 if stored else 1
            run("INSERT INTO orders VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, "
                "hash = excluded.hash, version = excluded.version", (key, at, digest, version))
            kind = "OrderReceived" if version == 1 else "OrderChanged"
            for topic, value in self.shape.rows(order, version, kind):
                run("INSERT INTO outbox (topic, key, type, value) VALUES (?, ?, ?, ?)", (topic, key, kind, value))
        if orders:
            run("UPDATE cursor SET at = ?", (orders[-1]["updatedAt"],))
        run("COMMIT")

    def publish(self):
        while True:
            rows = self.database.execute("SELECT id, topic, key, type, value FROM outbox WHERE id > ? ORDER BY id LIMIT 500",
                                         (self.progress,)).fetchall()
            if not rows:
                return
            self.producer.begin_transaction()
            for number, topic, key, kind, value in rows:
                self.producer.produce(topic, self.shape.value(topic, key, value), key, headers={
                    "ce_specversion": "1.0", "ce_id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{key}/{number}")), "ce_type": kind,
                    "ce_source": "/bench/peer", "ce_subject": key, "ce_time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())})
            self.producer.poll(0)
            self.producer.send_offsets_to_transaction([TopicPartition(self.shape.topics[0], 0, rows[-1][0])],
                                                      self.group.consumer_group_metadata(), 30)
            self.producer.commit_transaction(30)
            self.progress = rows[-1][0]
            # Published rows go, but for the last, which says where the numbers stand.
            self.database.execute("DELETE FROM outbox WHERE id < ?", (self.progress,))

    def poll(self):
        """From the cursor on, page after page: by the last time seen, and by index inside a run of equal times."""
        since, index = self.database.execute("SELECT at FROM cursor").fetchone()[0], 1
        while True:
            orders = self.marketplace.page(since, index)
            self.save(orders)
            self.publish()
            if len(orders) < PAGE:
                return
            last = orders[-1]["updatedAt"]
            since, index = (since, index + 1) if last == since else (last, 1)

    def run(self):
        while True:
            self.poll()
            time.sleep(15)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shape", choices=("bare", "full"))
    for name in ("token-url", "api-url", "ca", "client-id", "client-secret", "seller", "kafka", "database", "since"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--python", help="the folder of the generated messages, for `full`")
    options = parser.parse_args()
    options.name = options.shape
    if options.shape == "full":
        sys.path.insert(0, options.python)
        from full_shape import Full
        shape = Full()
    else:
        shape = Bare()
    Poller(options, shape).run()


if __name__ == "__main__":
    main()
