"""How a Label Studio server is let near a backend on its own machine."""

from __future__ import annotations

NOT_PUBLIC = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
    "240.0.0.0/4", "::/128", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32",
    "2001:20::/28", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "ff00::/8",
)  # fmt: skip
"""Networks that are no part of the public Internet (IANA's special-purpose registries), without loopback."""


def reach_loopback() -> dict[str, str]:
    """Variables for the environment of a Label Studio server of one's own, which let it ask a backend on loopback.

    By default it asks nobody on a private network, its own machine included, lest a user make it fetch what the user
    could not. With these, loopback alone is allowed; give them only to a server that strangers cannot log in to.

    >>> sorted(reach_loopback())
    ['USER_ADDITIONAL_BANNED_SUBNETS', 'USE_DEFAULT_BANNED_SUBNETS']
    """
    return {"USE_DEFAULT_BANNED_SUBNETS": "false", "USER_ADDITIONAL_BANNED_SUBNETS": ",".join(NOT_PUBLIC)}
