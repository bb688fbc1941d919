"""Colours: those of a picture, told apart by colour-blind people, and never the only sign."""

from __future__ import annotations

# The colour of a title by role, and of the bar at one side of it, which says the same without any.
COLOURS = {
    "input": ("#cbd9ff", "#1d4ed8"),
    "weight": ("#ffe79b", "#b45309"),
    "target": ("#f0c4d3", "#a21caf"),
    "intermediate": ("#f1f3f6", ""),
    "output": ("#aae3b6", "#15803d"),
}
BARS = {"input": "bottom", "weight": "top", "target": "middle", "output": "right"}
LINE, FAINT, DARK, TEXT = "#94a3b8", "#5b677a", "#334155", "#0f172a"
MARK, LOSS = "#c2410c", "#fecaca"
