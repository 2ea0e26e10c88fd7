"""Graft's engine: data sets, training, evaluation and runs, with no screen attached."""

__version__ = "0.1.0"
