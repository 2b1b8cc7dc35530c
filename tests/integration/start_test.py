"""The start of the shipped programs: settings from Kubernetes, files and people, and the errors that stop it."""

import os
import pathlib
import resource
import signal
import subprocess
import sys

import pytest

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "support"))

from line import environment  # noqa: E402
from stack import Stack  # noqa: E402

KEY = "k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"


@pytest.fixture(name="stack")
def a_stack():
    with Stack("start") as stack:
        yield stack


def settings(stack, **own):
    given = {"database.url": f"sqlite://{stack.directory / 'x.db'}", "keys.file": stack.directory / "keys", "keys.create": "true",
             "grpc.port": 0, "admin.port": 0, "kafka.servers": "127.0.0.1:1"}
    return environment("auth", given | {key.replace("__", "."): value for key, value in own.items()})


def refusal(stack, *arguments, **own):
    """The output of a start that ends with the code for wrong settings."""
    done = subprocess.run([stack.binary("cdiscount-auth"), *map(str, arguments)], capture_output=True, text=True, timeout=20,
                          check=False, env=settings(stack, **own))
    assert done.returncode == 2, done.stderr
    return done.stderr


def test_a_key_file_is_taken_as_kubernetes_mounts_it(stack):
    mount = stack.directory / "mounted"
    (mount / "..2026_11_25").mkdir(parents=True)
    (mount / "..data").symlink_to("..2026_11_25")
    (mount / "keys").symlink_to("..data/keys")
    (mount / "..data" / "keys").write_text(KEY)
    (mount / "..data" / "keys").chmod(0o440)

    service = stack.service("auth", stack.binary("cdiscount-auth"), env=settings(stack, keys__file=mount / "keys", keys__create="false"))

    assert service.running


@pytest.mark.parametrize("mode", [0o444, 0o460, 0o644])
def test_a_key_file_that_others_may_read_or_a_group_write_stops_the_start(stack, mode):
    keys = stack.directory / "open.keys"
    keys.write_text(KEY)
    keys.chmod(mode)

    assert f"has mode {mode:04o}" in refusal(stack, keys__file=keys)


def test_a_config_that_is_no_settings_file_stops_the_start(stack):
    utf16 = stack.directory / "utf16.yaml"
    utf16.write_text("grpc.port: 1\n", encoding="utf-16")

    assert "is a folder" in refusal(stack, "--config", stack.directory)
    assert "is not UTF-8" in refusal(stack, "--config", utf16)
    assert "does not exist" in refusal(stack, "--config", stack.directory / "none.yaml")


def test_a_line_break_at_the_end_of_a_setting_is_no_part_of_it(stack):
    service = stack.service("auth", stack.binary("cdiscount-auth"),
                            env=settings(stack, database__url=f"sqlite://{stack.directory / 'x.db'}\n"))

    assert service.running
    assert sorted(path.name for path in stack.directory.glob("x.db*"))[0] == "x.db"


@pytest.mark.parametrize("own, named", [
    ({"kafka__servers": "kafka.example:9092"}, "kafka.allow_plaintext"),
    ({"marketplace__api_url": "http://api.example/seller/v2"}, "marketplace.allow_plaintext"),
    ({"marketplace__token_url": "http://api.example/token"}, "marketplace.allow_plaintext"),
])
def test_plain_text_to_another_machine_stops_the_start(stack, own, named):
    assert named in refusal(stack, **own)


def test_no_part_of_a_secret_is_in_what_is_said(stack):
    said = refusal(stack, kafka__properties="sasl.password=hunt;er2@x")
    said += refusal(stack, kafka__properties__sasl__password="'hunt;er2@x'")
    said += refusal(stack, kafka__properties__sasl__pasword="hunt;er2@x")

    assert "sasl.pasword" in said
    assert "hunt" not in said and "er2" not in said


def test_a_crash_leaves_no_core_dump(stack):
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    try:
        service = stack.service("auth", stack.binary("cdiscount-auth"), env=settings(stack))
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
    limits = pathlib.Path(f"/proc/{service.pid}/limits").read_text()

    os.kill(service.pid, signal.SIGABRT)
    _, status = os.waitpid(service.pid, 0)

    assert [line.split()[4] for line in limits.splitlines() if line.startswith("Max core file size")] == ["0"]
    assert os.WIFSIGNALED(status) and not os.WCOREDUMP(status)
    assert not list(stack.directory.glob("core*"))
