"""Free ports that stay ours while a process is down."""

import random
import socket

_reserved = {}


class NoFreePort(RuntimeError):
    pass


def _first_ephemeral_port():
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as f:
            return int(f.read().split()[0])
    except (OSError, ValueError, IndexError):
        return 32768


def _reserve(port):
    """Keeps other stacks off the port. The name is in the kernel and goes with this process, however it ends."""
    lock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        lock.bind(f"\0cdiscount-port-{port}")
    except OSError:
        lock.close()
        return False
    _reserved[port] = lock
    return True


def _is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def take_port():
    """A loopback port without a listener.

    It lies below the kernel's range for outgoing connections, for two reasons: no client is given it by chance while
    its owner is being restarted, and a client that dials again and again without a listener cannot meet itself.
    """
    top = _first_ephemeral_port()
    low, high = (10000, top) if top > 12000 else (top, 65000)
    for _ in range(500):
        port = random.randrange(low, high)
        if port not in _reserved and _reserve(port):
            if _is_free(port):
                return port
            release_port(port)
    raise NoFreePort(f"no free loopback port between {low} and {high} after 500 tries: are many stacks left running?")


def release_port(port):
    lock = _reserved.pop(port, None)
    if lock is not None:
        lock.close()
