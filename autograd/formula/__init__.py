"""Formulas: trees, and what writes them as text, TeX and MathML."""
