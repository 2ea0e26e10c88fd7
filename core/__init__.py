"""Graft's engine: data sets, training, evaluation and runs, with no screen attached."""

from core.threads import wait_without_spinning

__version__ = "0.1.0"

wait_without_spinning()  # an OpenMP library reads it when it is loaded, so this comes before every other import
