"""How the demo shows an event."""

import datetime
import unicodedata

HEADERS = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "ce_sequence", "content-type", "traceparent")


def visible(text):
    """A text of the marketplace for a terminal: what cannot be seen there (ESC, C1, bidirectional controls, line breaks) as
    "\\u001b", as cdiscountctl shows it."""
    return "".join(map(_visible, text))


def _visible(character):
    if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return character
    if character in "\n\r\t":
        return repr(character)[1:-1]
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join("\\u" + units[at:at + 4] for at in range(0, len(units), 4))


def instant(text):
    """An ISO 8601 instant in UTC as seconds since 1970."""
    text = text.rstrip("Z")
    whole, _, fraction = text.partition(".")
    stamp = datetime.datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=datetime.timezone.utc).timestamp()
    return stamp + (float("0." + fraction) if fraction else 0.0)


def money(amount):
    return f"{amount.minor_units / 100:.2f} {amount.currency}"


def count(number, thing):
    return f"{number} {thing}" + ("" if number == 1 else "s")


def type_word(event):
    """ "RECEIVED" of ORDER_EVENT_TYPE_RECEIVED."""
    field = event.DESCRIPTOR.fields_by_name["type"]
    return field.enum_type.values_by_number[event.type].name.removeprefix("ORDER_EVENT_TYPE_")


def one_line(record, event):
    order = event.order
    return visible(f"{type_word(event):<13} order {order.order_id} version {event.version}: {order.status_text}, "
                   f"{count(len(order.lines), 'line')}, {money(order.total_selling_price)}  (partition {record.partition}, "
                   f"offset {record.offset})")


def in_full(record, event):
    """The event as a consumer gets it: place, headers, and the decoded value."""
    order = event.order
    lines = [f"{record.topic}  partition {record.partition}  offset {record.offset}", f"  key            {record.key}"]
    names = [h for h in HEADERS if h in record.headers] + sorted(set(record.headers) - set(HEADERS))
    lines += [f"  {name:<14} {record.headers[name]}" for name in names]
    lines.append(f"  value          OrderEvent, {len(record.value)} bytes, decoded:")
    lines.append(f"    {type_word(event)}, version {event.version} of order {order.order_id}, status {order.status_text}, "
                 f"total {money(order.total_selling_price)}")
    for line in order.lines:
        lines.append(f"    {line.quantity} x {line.sku or '(no reference)'}  {money(line.selling_price.unit_price)}  {line.title}")
    return [visible(line) for line in lines]
