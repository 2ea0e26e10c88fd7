"""Fixes: what can be done to the rows of a set. Each takes rows and gives rows, and says in a sentence what it did."""
