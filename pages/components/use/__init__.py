"""Pieces that read texts with a finished model: on the Use page, and in tabs of a run."""
