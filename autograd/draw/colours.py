"""Colours: those of a picture, told apart by colour-blind people, and never the only sign."""

from __future__ import annotations

# The colour of a title by role, and of the bar at one side of it, which says the same without any.
COLOURS = {
    "input": ("#d3e5ff", "#1d4ed8"),
    "weight": ("#ffe3ad", "#b45309"),
    "target": ("#f6d5ee", "#a21caf"),
    "intermediate": ("#eef1f5", ""),
    "output": ("#c4eccf", "#15803d"),
}
BARS = {"input": "left", "weight": "top", "target": "bottom", "output": "right"}
LINE, FAINT, DARK, TEXT = "#94a3b8", "#5b677a", "#334155", "#0f172a"
MARK, LOSS = "#c2410c", "#fecaca"
