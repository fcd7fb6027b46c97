"""Identifiers that look random and are not: the same world gives the same ones again."""

from hashlib import blake2b
from uuid import UUID

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def make_uuid(*parts: object) -> str:
    """A version-4 UUID that depends on `parts` only."""
    digest = blake2b(repr(parts).encode(), digest_size=16).digest()
    return str(UUID(bytes=digest, version=4))


def make_code(length: int, *parts: object) -> str:
    """`length` letters and digits that nobody mistakes for each other, from `parts` only."""
    digest = blake2b(repr(parts).encode(), digest_size=length).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest)
