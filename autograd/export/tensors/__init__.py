"""Tensors: a listing on whole tensors, for frameworks that work on samples side by side."""
