"""Metrics: what each is called, for which tasks it is, and how it is computed. One table names them all (``table.py``)."""
