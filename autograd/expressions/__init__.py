"""Expressions as text: read as people write them, and made into graphs that fit into memory."""
