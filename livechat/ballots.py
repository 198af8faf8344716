"""Ballots: what a browser holds to support comments with, and what is kept of it.

A ballot is random, with a signature under the meeting's ballot secret, so that only ballots that were issued count.
What is kept is a mark for each comment it supports. The marks of one ballot have nothing in common for whoever has
not the secret; when the secret is gone, nobody can tell which ballot a mark came from, or try one out.
"""

import hmac

SECRET_SIZE = 32
"""Random bytes in a meeting's ballot secret."""

RANDOM_SIZE = 16
"""Random bytes in a ballot, and bytes of its signature."""

MARK_SIZE = 16
"""Bytes in a mark: with 128 bits, two of a meeting's marks are never the same by chance."""


def issue(secret: bytes, random: bytes) -> str:
    """A ballot in hex, made of `RANDOM_SIZE` random bytes."""
    return (random + _signature(secret, random)).hex()


def is_ours(secret: bytes, ballot: str) -> bool:
    """Whether the ballot was issued under this secret."""
    held = bytes.fromhex(ballot)
    return hmac.compare_digest(held[RANDOM_SIZE:], _signature(secret, held[:RANDOM_SIZE]))


def mark(secret: bytes, ballot: str, comment: str) -> bytes:
    """What is kept of a ballot that supports a comment."""
    return hmac.digest(secret, bytes.fromhex(ballot) + comment.encode(), "sha256")[:MARK_SIZE]


def _signature(secret: bytes, random: bytes) -> bytes:
    return hmac.digest(secret, b"ballot" + random, "sha256")[:RANDOM_SIZE]
