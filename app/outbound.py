"""Where this server may connect to because somebody typed it into the console, and not because its operator said so."""

import ipaddress

# What answers there knows the keys of the machine. Of Alibaba, Azure, AWS and Google; all others have link-local ones.
_METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254")))
# IPv4 inside of IPv6: RFC 6052. What is inside of ::ffff:0:0/96 and 2002::/16 the standard library knows.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# What private networks were at first (RFC 3879), which the library takes for addresses of all the world.
_SITES = ipaddress.ip_network("fec0::/10")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def may_connect(address: str, *, private: bool) -> bool:
    """Whether it may be connected to: what all the world can reach, and with `private` this machine and its networks.

    Addresses that are nobody's own (link-local, multicast, reserved, cloud metadata) never.
    """
    meant = _meant(ipaddress.ip_address(address.partition("%")[0]))
    if meant.is_loopback:
        return private
    if meant in _METADATA or meant.is_link_local or meant.is_multicast or meant.is_unspecified or meant.is_reserved:
        return False
    return private or (meant.is_global and meant not in _SITES)


def _meant(address: _Address) -> _Address:
    """The address that is reached in the end."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
