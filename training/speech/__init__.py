"""Synthetic talks that the classifier of filled pauses learns from."""
