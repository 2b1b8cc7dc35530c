"""Reads a topic as a stranger would: an independent `read_committed` consumer, by Debian's confluent_kafka.

It joins no group and stores no offset. It returns everything that was committed when it was called.
"""

import dataclasses
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition


# Errors of a broker that is down, coming back, or about to lead: librdkafka goes on by itself, and so do we.
_PASSING = {KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._TIMED_OUT, KafkaError.LEADER_NOT_AVAILABLE,
            KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.BROKER_NOT_AVAILABLE,
            KafkaError.UNKNOWN_LEADER_EPOCH, KafkaError.FENCED_LEADER_EPOCH}


@dataclasses.dataclass(frozen=True)
class Record:
    topic: str
    partition: int
    offset: int
    key: str | None
    headers: dict[str, str]
    value: bytes | None       # None is a tombstone
    timestamp_ms: int         # the producer's, milliseconds since 1970 UTC

    def sequence(self):
        return int(self.headers["ce_sequence"])

    def decode(self, message_class):
        """The value as a protobuf message, e.g. `record.decode(order_events_pb2.OrderEvent)`."""
        message = message_class()
        message.ParseFromString(self.value)
        return message


def _text(data):
    return data.decode("utf-8", errors="replace") if isinstance(data, bytes) else data


def _record(message):
    return Record(topic=message.topic(), partition=message.partition(), offset=message.offset(),
                  key=_text(message.key()), headers={k: _text(v) for k, v in message.headers() or []},
                  value=message.value(), timestamp_ms=message.timestamp()[1])


class TopicReader:
    """Follows one topic from its beginning. `read_all` catches up with what is committed now; `poll` waits for more.

    Records of one partition come in their order. Not for use by several threads.
    """

    def __init__(self, bootstrap, topic, timeout=30.0):
        self.topic = topic
        self._timeout = timeout
        self._next = {}
        self._consumer = Consumer({
            "bootstrap.servers": bootstrap, "group.id": "independent-reader", "isolation.level": "read_committed",
            "enable.auto.commit": False, "enable.auto.offset.store": False, "auto.offset.reset": "error",
            "enable.partition.eof": True, "reconnect.backoff.max.ms": 500, "fetch.wait.max.ms": 50,
            "topic.metadata.refresh.interval.ms": 5000, "log_level": 0})

    def close(self):
        self._consumer.close()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def exists(self):
        """Whether the topic is there. An error of the broker counts as no."""
        try:
            topic = self._consumer.list_topics(self.topic, timeout=5).topics.get(self.topic)
        except KafkaException:
            return False
        return topic is not None and topic.error is None and bool(topic.partitions)

    def _assign(self):
        """Stands at the beginning of every partition. A topic that was just made has no leaders for a moment."""
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                topic = self._consumer.list_topics(self.topic, timeout=self._timeout).topics[self.topic]
                if topic.error is not None:
                    raise KafkaException(topic.error)
                self._next = {p: self._consumer.get_watermark_offsets(TopicPartition(self.topic, p), timeout=self._timeout)[0]
                              for p in sorted(topic.partitions)}
                break
            except KafkaException as e:
                if e.args[0].code() not in _PASSING or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self._consumer.assign([TopicPartition(self.topic, p, o) for p, o in self._next.items()])

    def _take(self, message, records):
        """Notes one answer of the consumer. True when it says that its partition is read to the end."""
        error = message.error()
        if error is None:
            self._next[message.partition()] = message.offset() + 1
            records.append(_record(message))
            return False
        if error.code() == KafkaError._PARTITION_EOF:
            return True
        if error.code() in _PASSING:
            return False
        raise KafkaException(error)

    def read_all(self):
        """Every record that was committed when this was called and was not returned before. An open transaction does not
        hold it up: its records are not committed yet. Raises TimeoutError when the broker stays away."""
        if not self._next:
            self._assign()
        records, ended = [], set()
        # A seek to the place where it stands makes librdkafka say again where the end is.
        for partition, offset in self._next.items():
            self._consumer.seek(TopicPartition(self.topic, partition, offset))
        deadline = time.monotonic() + self._timeout
        while len(ended) < len(self._next):
            if time.monotonic() > deadline:
                missing = sorted(set(self._next) - ended)
                raise TimeoutError(f"{self.topic}: partitions {missing} were not read to their end in {self._timeout:g} s")
            message = self._consumer.poll(0.2)
            if message is not None and self._take(message, records):
                ended.add(message.partition())
        return records

    def poll(self, seconds):
        """The records that arrive within `seconds`; returns as soon as there is one."""
        if not self._next:
            self._assign()
        records = []
        deadline = time.monotonic() + seconds
        while not records and time.monotonic() < deadline:
            for message in self._consumer.consume(num_messages=500, timeout=max(0.0, min(0.1, deadline - time.monotonic()))):
                self._take(message, records)
        return records


def read_topic(bootstrap, topic, timeout=30.0):
    """All committed records of a topic, each partition in order."""
    with TopicReader(bootstrap, topic, timeout) as reader:
        return reader.read_all()


def sequence_faults(records):
    """Plain sentences, one per stream (topic and partition) whose `ce_sequence` does not run 1, 2, 3, ... without a gap."""
    faults, expected = [], {}
    for record in records:
        stream = (record.topic, record.partition)
        want = expected.get(stream, 1)
        if record.sequence() != want:
            faults.append(f"{record.topic}/{record.partition} at offset {record.offset}: "
                          f"sequence {record.sequence()} instead of {want}")
        expected[stream] = record.sequence() + 1
    return faults


def duplicate_ids(records):
    """Each `ce_id` that is there more than once."""
    seen, doubled = set(), []
    for record in records:
        identity = (record.topic, record.headers["ce_id"])
        if identity in seen:
            doubled.append(record.headers["ce_id"])
        seen.add(identity)
    return doubled
