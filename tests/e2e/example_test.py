"""The consumer that the documentation shows does what it says."""

import os
import pathlib
import subprocess

from settled import assert_agrees

OWN_KAFKA = True  # the example knows no namespace
CONSUMER = pathlib.Path(__file__).resolve().parents[2] / "examples" / "python" / "consumer.py"


def test_the_example_prints_each_event_once_and_goes_on_where_it_stood(line, seller):
    line.marketplace.create_orders(seller, 3)
    assert_agrees(line, seller)
    generated = pathlib.Path(os.environ["CDISCOUNT_BUILD_DIR"]) / "python"

    def consume(how_many):
        done = subprocess.run(["/usr/bin/python3", "-B", CONSUMER, line.kafka.bootstrap, str(how_many)], timeout=60, text=True,
                              capture_output=True, check=True, env={**os.environ, "PYTHONPATH": str(generated)})
        return done.stdout.splitlines()

    first, second = consume(2), consume(1)

    orders = {v["order_id"] for v in line.marketplace.last_versions(seller)}
    assert {text.split()[1] for text in first + second} == orders
    assert all(text.split()[0] == "ORDER_EVENT_TYPE_RECEIVED" and text.split()[2] == "v1" for text in first + second)


def test_the_example_is_as_short_as_the_documentation_says():
    lines = [text for text in CONSUMER.read_text(encoding="utf-8").splitlines()
             if text.strip() and not text.startswith(("#", '"""', "import", "from"))]

    assert len(lines) <= 20
