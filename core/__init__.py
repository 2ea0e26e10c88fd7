"""Graft's engine: data sets, training, evaluation and runs, with no screen attached."""

from core.threads import let_waiting_threads_sleep

__version__ = "0.1.0"

let_waiting_threads_sleep()  # an OpenMP library reads it when it is loaded, so this comes before every other import
