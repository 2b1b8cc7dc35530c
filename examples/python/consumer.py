#!/usr/bin/python3
"""Prints each order event once: consumer.py BOOTSTRAP [HOW_MANY]. Stands in the group "my-wms": started again, it goes on."""
import sys

from confluent_kafka import Consumer

from cdiscount.events.v1.order_event_pb2 import OrderEvent, OrderEventType

consumer = Consumer({"bootstrap.servers": sys.argv[1], "group.id": "my-wms", "auto.offset.reset": "earliest",
                     "isolation.level": "read_committed",  # each event once: what was aborted is never seen
                     "enable.auto.commit": False})
consumer.subscribe(["cdiscount.order.events.v1"])
left = int(sys.argv[2]) if len(sys.argv) > 2 else -1
while left:
    message = consumer.poll(1.0)
    if message is None or message.error():
        continue
    event = OrderEvent.FromString(message.value())
    order = event.order
    print(OrderEventType.Name(event.type), order.order_id, f"v{event.version}", order.status_text,
          *(f"{line.quantity}x{line.sku}" for line in order.lines), flush=True)
    consumer.commit(message, asynchronous=False)  # after the effect: a crash shows the event again, with the same ce_id
    left -= 1
