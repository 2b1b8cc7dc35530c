"""The stack's own promises: it comes back with its data, and leaves nothing behind."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import pytest
from confluent_kafka import Producer

from stack import Stack, StackError
from stacklib import janitor
from stacklib.ports import take_port
from stacklib.process import Process, wait_until
from topic_reader import TopicReader, duplicate_ids, read_topic, sequence_faults

HERE = pathlib.Path(__file__).resolve().parent
STACK = [sys.executable, "-B", str(HERE / "stack.py"), "run"]


@pytest.fixture(autouse=True)
def logs_of_failures_on_purpose(monkeypatch, tmp_path):
    monkeypatch.setenv("CDISCOUNT_STACK_LOGS", str(tmp_path / "logs"))


def produce(bootstrap, topic, values, transactional_id=None, commit=True):
    settings = {"bootstrap.servers": bootstrap, "log_level": 0}
    if transactional_id:
        settings["transactional.id"] = transactional_id
    producer = Producer(settings)
    if transactional_id:
        producer.init_transactions(30)
        producer.begin_transaction()
    for value in values:
        producer.produce(topic, value=value, key="k", partition=0, headers={"ce_id": value})
    producer.flush(30)
    if transactional_id:
        producer.commit_transaction(30) if commit else producer.abort_transaction(30)


def processes_of(run_directory):
    """Ids of the processes that name the directory on their command line."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if run_directory.encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def start_stack_in_background(tmp_path, *options):
    """A stack whose command says in a file where it lives, and then waits for ever."""
    said = tmp_path / "said.json"
    script = ("import json, os, sys, time, pathlib\n"
              "pathlib.Path(sys.argv[1] + '.new').write_text(json.dumps({'pid': os.getpid(), 'kafka': "
              "os.environ.get('KAFKA_BOOTSTRAP'), 'postgres': os.environ.get('POSTGRES_URL')}))\n"
              "os.rename(sys.argv[1] + '.new', sys.argv[1])\n"
              "time.sleep(600)\n")
    before = set(pathlib.Path(os.environ.get("TMPDIR", "/tmp")).glob("cdiscount-*"))
    owner = subprocess.Popen([*STACK, *options, "--", sys.executable, "-c", script, str(said)],
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: said.exists() or owner.poll() is not None, 90, "the stack is up")
    assert owner.poll() is None, owner.stderr.read()
    told = json.loads(said.read_text())
    cwd = pathlib.Path(os.environ.get("TMPDIR", "/tmp"))
    mine = [d for d in set(cwd.glob("cdiscount-*")) - before
            if owner.pid in {parent(p) for p in processes_of(str(d))} or not options]
    return owner, told, mine


def parent(pid):
    try:
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def test_leaves_no_process_and_no_folder_when_its_owner_is_killed(tmp_path, monkeypatch):
    monkeypatch.delenv("CDISCOUNT_SHARED_KAFKA", raising=False)  # a broker of its own
    owner, told, directories = start_stack_in_background(tmp_path, "--kafka", "--postgres")
    assert len(directories) == 1
    directory = directories[0]
    living = processes_of(str(directory))
    assert len(living) >= 2  # Kafka and PostgreSQL at least

    owner.kill()
    owner.wait()

    wait_until(lambda: not processes_of(str(directory)), 15, f"the processes of {directory} end")
    wait_until(lambda: not directory.exists(), 15, f"{directory} is removed")
    wait_until(lambda: janitor.start_time(told["pid"]) is None, 5, "the command ends")
    assert [log.name for log in (tmp_path / "logs").glob("*/kafka.log")] == ["kafka.log"]  # what it was doing is kept


def test_ends_in_order_on_a_signal_and_returns_a_code_that_says_so(tmp_path):
    owner, told, directories = start_stack_in_background(tmp_path, "--postgres")

    owner.send_signal(signal.SIGTERM)

    assert owner.wait(20) == 128 + signal.SIGTERM
    assert not directories[0].exists()
    assert janitor.start_time(told["pid"]) is None


def test_returns_the_exit_code_of_its_command_and_hides_nothing_it_prints():
    done = subprocess.run([*STACK, "--", "/bin/sh", "-c", "echo out; echo err >&2; exit 7"], capture_output=True, text=True,
                          check=False)

    assert done.returncode == 7
    assert done.stdout == "out\n"
    assert done.stderr.startswith("err\n")


def test_one_broker_serves_all_that_ask_for_any_below_a_run_that_shares_it():
    show = "import os; print(os.environ['KAFKA_BOOTSTRAP'])"
    both = " && ".join(2 * [f"{sys.executable} -B {HERE / 'stack.py'} run --kafka -- {sys.executable} -c \"{show}\""])

    done = subprocess.run([*STACK, "--shared-kafka", "--", "/bin/sh", "-c", f"echo $CDISCOUNT_SHARED_KAFKA && {both}"],
                          capture_output=True, text=True, check=True)

    addresses = done.stdout.split()
    assert len(addresses) == 3 and len(set(addresses)) == 1


def test_kafka_killed_comes_back_on_its_port_with_its_data():
    with Stack("stack-test") as stack:
        kafka = stack.kafka()
        address = kafka.bootstrap
        kafka.create_topic("kept", partitions=1)
        produce(address, "kept", ["one", "two"])

        kafka.kill()
        assert not kafka.process.running
        kafka.start()
        produce(address, "kept", ["three"])

        assert kafka.bootstrap == address
        assert [r.value for r in read_topic(address, "kept")] == [b"one", b"two", b"three"]


def test_kafka_paused_does_not_answer_and_resumed_goes_on():
    with Stack("stack-test") as stack:
        kafka = stack.kafka()
        kafka.create_topic("paused", partitions=1)

        with TopicReader(kafka.bootstrap, "paused", timeout=2) as reader:
            assert reader.exists()
            kafka.pause()
            with pytest.raises(Exception):  # which one depends on where the request was when the broker froze
                read_topic(kafka.bootstrap, "paused", timeout=1)
            kafka.resume()
            produce(kafka.bootstrap, "paused", ["after"])

            records = wait_until(lambda: reader.poll(1), 20, "the record arrives")

        assert [r.value for r in records] == [b"after"]


def test_an_undeclared_topic_is_not_created():
    with Stack("stack-test") as stack:
        kafka = stack.kafka()

        with TopicReader(kafka.bootstrap, "undeclared") as reader:
            assert not reader.exists()
            assert not reader.exists()  # asking has not created it


def test_postgres_killed_comes_back_on_its_port_with_its_data():
    with Stack("stack-test") as stack:
        postgres = stack.postgres()
        address = postgres.url
        psql(address, "create table kept(n int); insert into kept values (1), (2)")

        postgres.kill()
        postgres.start()

        assert postgres.url == address
        assert psql(address, "select sum(n) from kept") == "3"


def psql(url, statement):
    return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", url, "-c", statement], check=True,
                          capture_output=True, text=True).stdout.strip()


def test_the_reader_sees_what_is_committed_and_nothing_of_an_aborted_or_open_transaction():
    with Stack("stack-test") as stack:
        kafka = stack.kafka()
        kafka.create_topic("transactions", partitions=2)
        produce(kafka.bootstrap, "transactions", ["aborted"], transactional_id="a", commit=False)
        produce(kafka.bootstrap, "transactions", ["kept"], transactional_id="a")
        reader = TopicReader(kafka.bootstrap, "transactions")
        still_open = Producer({"bootstrap.servers": kafka.bootstrap, "transactional.id": "b", "log_level": 0})
        still_open.init_transactions(30)
        still_open.begin_transaction()
        still_open.produce("transactions", value="late", key="k", partition=0)
        still_open.flush(30)

        first = reader.read_all()
        still_open.commit_transaction(30)
        second = reader.read_all()
        third = reader.read_all()
        reader.close()

        assert [r.value for r in first] == [b"kept"]
        assert [r.value for r in second] == [b"late"]
        assert third == []


class FakeRecord:
    def __init__(self, partition, sequence, identity):
        self.topic, self.partition, self.offset = "t", partition, sequence
        self.headers = {"ce_id": identity, "ce_sequence": f"{sequence:020d}"}

    def sequence(self):
        return int(self.headers["ce_sequence"])


def test_the_judge_names_a_gap_a_repeat_and_a_doubled_id():
    right = [FakeRecord(0, 1, "a"), FakeRecord(1, 1, "b"), FakeRecord(0, 2, "c")]
    gap = [FakeRecord(0, 1, "a"), FakeRecord(0, 3, "b")]
    repeat = [FakeRecord(0, 1, "a"), FakeRecord(0, 1, "a")]

    assert sequence_faults(right) == [] and duplicate_ids(right) == []
    assert sequence_faults(gap) == ["t/0 at offset 3: sequence 3 instead of 2"]
    assert sequence_faults(repeat) == ["t/0 at offset 1: sequence 1 instead of 2"]
    assert duplicate_ids(repeat) == ["a"]


def test_the_certificate_is_accepted_with_its_authority_and_refused_with_another():
    with Stack("stack-test") as stack:
        tls = stack.certificates()
        port = take_port()
        stack.process("https", ["openssl", "s_server", "-quiet", "-www", "-accept", f"127.0.0.1:{port}",
                                "-cert", tls.certificate, "-key", tls.key])

        def verdict(authority, host):
            done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-CAfile", authority,
                                   "-verify_return_error", *host], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  check=False)
            return done.returncode == 0

        wait_until(lambda: verdict(tls.ca, ["-verify_ip", "127.0.0.1"]), 10, "the server answers")
        assert verdict(tls.ca, ["-verify_hostname", "localhost"])
        assert not verdict(tls.ca, ["-verify_hostname", "elsewhere.example"])
        assert not verdict(tls.wrong_ca, ["-verify_ip", "127.0.0.1"])


READY = """
import json, os, sys, time
path = sys.argv[sys.argv.index("--ready-file") + 1]
if "--fail" in sys.argv:
    print("key 'kafka.bootstrap' is missing", flush=True)
    sys.exit(3)
with open(path + ".new", "w") as f:
    json.dump({"pid": os.getpid(), "ports": {"grpc": 4711}}, f)
os.rename(path + ".new", path)
time.sleep(600)
"""


def test_a_service_is_ready_when_its_ready_file_names_its_ports():
    with Stack("stack-test") as stack:
        service = stack.service("standin", sys.executable, ["-c", READY])
        first = service.pid

        service.kill()
        service.start()

        assert service.port("grpc") == 4711
        assert service.pid != first
        with pytest.raises(StackError, match="names no port 'admin'"):
            service.port("admin")


def test_a_service_that_ends_at_its_start_is_reported_with_its_last_words_and_its_logs_stay():
    stack = Stack("stack-test-fails")

    with pytest.raises(StackError, match="ended with code 3 before(.|\n)*'kafka.bootstrap' is missing"):
        with stack:
            stack.service("standin", sys.executable, ["-c", READY, "--fail"])

    assert not stack.directory.exists()
    kept = pathlib.Path(stack.run.kept_logs) / "standin.log"
    assert kept.read_text() == "key 'kafka.bootstrap' is missing\n"


def test_a_process_started_by_another_thread_is_refused_because_it_would_die_with_it():
    import threading
    with Stack("stack-test") as stack:
        errors = []

        def start():
            try:
                Process(stack.run, "sleep", ["/bin/sleep", "60"]).start()
            except StackError as e:
                errors.append(str(e))

        thread = threading.Thread(target=start)
        thread.start()
        thread.join()

        assert len(errors) == 1 and "main thread" in errors[0]


def test_a_port_is_given_once_and_lies_below_those_for_outgoing_connections():
    ports = [take_port() for _ in range(50)]

    assert len(set(ports)) == 50
    low = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert all(p < low for p in ports)
