"""A real Apache Kafka of one node (KRaft) with throw-away data."""

import pathlib
import signal
import socket

from .errors import StackError
from .ports import release_port, take_port
from .process import Process
from .run import REPOSITORY

_CLUSTER_ID = "Q2Rpc2NvdW50LWNvbm5lYw"  # any 16 bytes in base64; fixed, so that a restart finds its own data

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{broker},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{broker}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
# An undeclared topic is a mistake, here as in production.
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
controlled.shutdown.enable=false
# A broker that comes back is let in when its former life has been silent for this long.
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
# Small machine, small data.
num.network.threads=2
num.io.threads=2
log.cleaner.dedupe.buffer.size=4194304
log.index.size.max.bytes=1048576
{extra}
"""

_LOG4J = """\
rootLogger.level=INFO
rootLogger.appenderRef.out.ref=out
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %m (%c{1})%n
"""


def libraries():
    """The folder of Kafka's jars that `./dev setup` fetched."""
    folder = REPOSITORY / "build" / "tools" / "kafka"
    if not any(folder.glob("kafka-clients-*.jar")):
        raise StackError(f"Kafka's jars are not in {folder}: run ./dev setup")
    return folder


def _java():
    """Debian's Java 17, whatever else is the default."""
    return next(map(str, pathlib.Path("/usr/lib/jvm").glob("java-17-openjdk-*/bin/java")), "java")


class SharedKafka:
    """Another stack's broker: an address, and nothing to kill it with."""

    def __init__(self, bootstrap):
        self.bootstrap = bootstrap


class Kafka:
    """Has its address from the beginning. Stays on its port and keeps its data over `kill` and `start`, until the run
    ends."""

    def __init__(self, run, settings=None):
        self._run = run
        self._directory = run.directory / "kafka"
        self._directory.mkdir()
        self._settings = settings or {}
        self._process = None
        self.port, self._controller_port = take_port(), take_port()

    @property
    def bootstrap(self):
        return f"127.0.0.1:{self.port}"

    @property
    def process(self):
        return self._process

    def start(self):
        """Returns when the broker answers a metadata request."""
        first = self._process is None
        for attempt in range(3):
            if first:
                self._prepare()
            self._process.start()
            try:
                self._process.wait_ready(self._answers, 60, f"Kafka answers on {self.bootstrap}")
                return self
            except StackError as e:
                self._process.kill()
                if not (first and attempt < 2 and "Address already in use" in str(e)):
                    raise
                release_port(self.port)
                release_port(self._controller_port)
                self.port, self._controller_port = take_port(), take_port()

    def _prepare(self):
        properties = self._directory / "server.properties"
        properties.write_text(_PROPERTIES.format(
            broker=self.port, controller=self._controller_port, data=self._directory / "data",
            extra="\n".join(f"{k}={v}" for k, v in self._settings.items())), encoding="utf-8")
        log4j = self._directory / "log4j2.properties"
        log4j.write_text(_LOG4J, encoding="utf-8")
        java = [_java(), "-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
                "-Djava.net.preferIPv4Stack=true", f"-Dlog4j2.configurationFile={log4j}",
                "-cp", f"{libraries()}/*"]
        data = self._directory / "data"
        if not (data / "meta.properties").exists():
            formatting = Process(self._run, "kafka-format",
                                 [*java, "kafka.tools.StorageTool", "format", "-t", _CLUSTER_ID, "-c", properties])
            if formatting.start().wait(60) != 0:
                raise StackError(f"Kafka's data folder cannot be formatted:\n{formatting.tail()}")
        # SIGKILL: its data is thrown away, and an orderly end takes seconds.
        self._process = Process(self._run, "kafka", [*java, "kafka.Kafka", properties], gentle_signal=signal.SIGKILL)

    def _answers(self):
        """A metadata request that names a broker: it has left its fence, so topics can be created."""
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", self.port)) != 0:
                return False
        from confluent_kafka import KafkaException
        try:
            return bool(self.admin().list_topics(timeout=2).brokers)
        except KafkaException:
            return False

    def admin(self):
        """A new admin client. confluent_kafka is Debian's, so this needs /usr/bin/python3."""
        from confluent_kafka.admin import AdminClient
        return AdminClient({"bootstrap.servers": self.bootstrap, "reconnect.backoff.max.ms": 200,
                            "log_level": 0})

    def create_topic(self, name, partitions=12, config=None):
        from confluent_kafka.admin import NewTopic
        topic = NewTopic(name, num_partitions=partitions, replication_factor=1, config=config or {})
        admin = self.admin()  # a client that goes out of scope takes its answers with it
        admin.create_topics([topic])[name].result(timeout=15)

    def kill(self):
        """SIGKILL. `start` brings it back with its data."""
        self._process.kill()

    def stop(self):
        """An orderly end: what a rolling update does. `start` brings it back with its data."""
        self._process.stop(signal.SIGTERM, patience=30)

    def pause(self):
        self._process.pause()

    def resume(self):
        self._process.resume()
