"""Completion of typed words by `cdiscountctl completion bash`, in a real bash."""

import os
import pathlib
import subprocess

import pytest

BIN = pathlib.Path(os.environ["CDISCOUNT_BUILD_DIR"]) / "bin"


def complete(*words):
    """The candidates for the last word."""
    script = ("source <(cdiscountctl completion bash); COMP_WORDS=(cdiscountctl \"$@\"); COMP_CWORD=$#; "
              "_cdiscountctl; printf '%s\\n' \"${COMPREPLY[@]}\"")
    done = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, timeout=30, check=True,
                          env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"})
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize("words, candidates", [
    (["ord"], ["orders"]),
    (["orders", "unreadable", ""], ["list", "show"]),
    (["orders", "list", "--sta"], ["--status"]),
    (["orders", "list", "--status", "SHIP"], ["SHIPPED"]),
    (["dlt", ""], ["list", "show", "replay", "discard"]),
    (["dlt", "list", "--service", "or"], ["orders"]),
    (["account", "add", "--secret-file", ""], []),
])
def test_bash_completes_commands_flags_and_words(words, candidates):
    assert complete(*words) == candidates
