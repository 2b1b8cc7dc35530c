"""A database that is away at the start is waited for; settings that cannot be right stop the start."""

import pathlib
import subprocess
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "support"))

from line import environment  # noqa: E402
from stack import Stack  # noqa: E402
from stacklib.process import wait_until  # noqa: E402


def settings(stack, url):
    return environment("order-ingest", {"database.url": url, "keys.file": stack.directory / "keys", "keys.create": "true",
                                        "grpc.port": 0, "admin.port": 0, "kafka.servers": "127.0.0.1:1"})


def sql(postgres, statement):
    subprocess.run(["psql", "-q", "-d", postgres.url, "-c", statement], check=True, capture_output=True, timeout=20)


def test_a_service_waits_for_its_database_and_then_serves():
    with Stack("database-away") as stack:
        postgres = stack.postgres()
        postgres.stop()
        ready = stack.directory / "ready.json"
        service = stack.process("order-ingest", [stack.binary("cdiscount-order-ingest"), "--ready-file", ready],
                                env=settings(stack, postgres.url))
        wait_until(lambda: "database_away" in service.tail(), 20, "it says that the database is away")
        assert service.running and not ready.exists()

        postgres.start()

        wait_until(ready.exists, 40, "it serves")


def test_a_wrong_password_is_called_that_and_the_start_goes_on_once_it_is_right():
    with Stack("database-password") as stack:
        postgres = stack.postgres()
        sql(postgres, "CREATE ROLE strict LOGIN SUPERUSER PASSWORD 'another'")
        rules = stack.directory / "postgres" / "data" / "pg_hba.conf"
        rules.write_text("host all strict 127.0.0.1/32 scram-sha-256\n" + rules.read_text())
        sql(postgres, "SELECT pg_reload_conf()")
        url = postgres.url.replace("cdiscount@", "strict:hunter%402@")
        ready = stack.directory / "ready.json"

        service = stack.process("order-ingest", [stack.binary("cdiscount-order-ingest"), "--ready-file", ready],
                                env=settings(stack, url))
        wait_until(lambda: "check user, password" in service.tail(), 20, "it says that the server refuses it")
        sql(postgres, "ALTER ROLE strict PASSWORD 'hunter@2'")

        wait_until(ready.exists, 40, "it serves")
        assert "hunter" not in service.log.read_text(encoding="utf-8")


@pytest.mark.parametrize("url, words", [
    ("postgresql://u:first@hunter2@127.0.0.1:1/x", "percent-encode"),
    ("postgresql://u:hunter2@10.0.0.7/x", "database.allow_plaintext"),
    ("postgresql://u:hunter2@10.0.0.7/x?sslmode=require", "sslmode=verify-full"),
])
def test_a_url_that_would_leak_its_password_stops_the_start_without_it(url, words):
    with Stack("database-leak") as stack:
        done = subprocess.run([stack.binary("cdiscount-order-ingest")], capture_output=True, text=True, timeout=20, check=False,
                              env=settings(stack, url))

    assert done.returncode == 2
    assert words in done.stderr
    assert "hunter2" not in done.stderr + done.stdout and "first" not in done.stderr + done.stdout


def test_a_url_that_cannot_be_read_stops_the_start_without_its_password():
    with Stack("database-url") as stack:
        done = subprocess.run([stack.binary("cdiscount-order-ingest")], capture_output=True, text=True, timeout=20, check=False,
                              env=settings(stack, "postgresql://u:hunter2/x@h/d"))

    assert done.returncode == 2
    assert "percent-encode" in done.stderr and "hunter2" not in done.stderr + done.stdout
