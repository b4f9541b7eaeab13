"""Tells pip which wheels this Python takes (PEP 600): those that run with glibc 2.28, wherever the build is made."""


def manylinux_compatible(major: int, minor: int, _arch: str) -> bool:
    return (major, minor) <= (2, 28)
