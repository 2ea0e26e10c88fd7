"""Strategies: the ways to transfer. Each has a file of its own and its line in the registry; all others read its fields."""
