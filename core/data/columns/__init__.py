"""Columns: which column is what, guessed with a reason and checked by the user."""
