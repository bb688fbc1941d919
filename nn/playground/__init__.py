"""playground: a network being trained in a page."""

from __future__ import annotations

from nn.playground.page import SETTINGS, Playground

__all__ = ["Playground", "playground"]


def playground() -> Playground:
    return Playground(SETTINGS, [])
