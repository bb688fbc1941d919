"""Compiled code of these tests is kept in a folder of their own, too."""

from tests.jit.conftest import own_cache

__all__ = ["own_cache"]
