"""What benches share: the CPU and memory of processes, a marketplace with waiting orders, records that are readable."""

import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support")]
os.environ.setdefault("CDISCOUNT_BUILD_DIR", str(ROOT / "build" / "release"))

CLIENT = "bench-client"
_TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of a process, and of its children that have ended."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(int(f) for f in fields[11:15]) / _TICK


def children(pid):
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(entry.read_text(encoding="ascii").rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.parent.name))
        except (OSError, IndexError):
            continue
    return found


def family_cpu_seconds(pid):
    """Of a process and its children: PostgreSQL has one for each connection."""
    total = cpu_seconds(pid)
    for child in children(pid):
        try:
            total += cpu_seconds(child)
        except OSError:
            continue
    return total


def memory_mb(pid, what="VmHWM"):
    """The most that was resident (VmHWM), or what is now (VmRSS)."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition(f"{what}:")[2].split()[0]) / 1024


class Readable:
    """Counts the records of a topic that a `read_committed` consumer can have, as they become readable."""

    def __init__(self, bootstrap, topic):
        from confluent_kafka import Consumer
        self._topic = topic
        self._consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "bench-reader", "isolation.level": "read_committed",
                                   "enable.auto.commit": False, "auto.offset.reset": "earliest"})
        self._assigned = False
        self.seen = 0  # in the last call of `wait`

    def wait(self, count, seconds):
        """When the last of `count` records came, by the steady clock."""
        deadline = time.monotonic() + seconds
        self.seen = 0
        while self.seen < count:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.seen} of {count} records of {self._topic} after {seconds} s")
            if not self._assigned and not self._assign():
                time.sleep(0.02)
                continue
            self.seen += sum(1 for m in self._consumer.consume(1000, 0.1) if not m.error())
        return time.monotonic()

    def _assign(self):
        from confluent_kafka import OFFSET_BEGINNING, TopicPartition
        topic = self._consumer.list_topics(self._topic, timeout=10).topics[self._topic]
        if topic.error is not None or not topic.partitions:
            return False
        self._consumer.assign([TopicPartition(self._topic, p, OFFSET_BEGINNING) for p in topic.partitions])
        self._assigned = True
        return True

    def close(self):
        self._consumer.close()
