"""Neurons, layers and their training, on Values."""
