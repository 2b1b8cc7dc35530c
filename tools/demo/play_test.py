"""How a demo makes itself known, and stops being known."""

import os
import subprocess

import pytest

from play import DemoFile, started

VARIABLES = {"CDISCOUNT_KAFKA": "127.0.0.1:1", "SIMULATOR_CONTROL_URL": "http://127.0.0.1:2"}


def test_a_demo_that_runs_is_found_and_a_second_one_is_refused(tmp_path):
    DemoFile(tmp_path).write(VARIABLES)

    found = DemoFile(tmp_path).read()

    assert found == {**VARIABLES, "DEMO_PID": str(os.getpid()), "DEMO_STARTED": started(os.getpid())}
    file = tmp_path / "build" / "demo" / "demo.env"
    assert file.stat().st_mode & 0o777 == 0o600 and file.parent.stat().st_mode & 0o022 == 0
    with pytest.raises(SystemExit, match=f"runs already .*process {os.getpid()}"):
        DemoFile(tmp_path).refuse_a_second()


def test_the_file_of_a_demo_that_was_killed_counts_for_nothing(tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    DemoFile(tmp_path).write(VARIABLES)
    file = tmp_path / "build" / "demo" / "demo.env"
    file.write_text(file.read_text().replace(str(os.getpid()), str(gone.pid)))

    assert DemoFile(tmp_path).read() is None
    DemoFile(tmp_path).refuse_a_second()


def test_another_process_with_the_number_of_a_demo_is_not_that_demo(tmp_path):
    DemoFile(tmp_path).write(VARIABLES)
    file = tmp_path / "build" / "demo" / "demo.env"
    file.write_text(file.read_text().replace(started(os.getpid()), "1"))

    assert DemoFile(tmp_path).read() is None


def test_a_demo_removes_its_own_file_and_no_other(tmp_path):
    ours, other = DemoFile(tmp_path), DemoFile(tmp_path)
    ours.write(VARIABLES)

    other.remove()
    assert DemoFile(tmp_path).read()

    ours.remove()
    assert DemoFile(tmp_path).read() is None
