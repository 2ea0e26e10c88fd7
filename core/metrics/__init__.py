"""Metrics: what each is called, for which tasks it is, and how it is computed. One table names them all (``table.py``).

Settings and screens ask that table for names alone, so its modules import SciPy where they compute and not before.
"""
