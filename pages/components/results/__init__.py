"""Pieces of the pages about runs."""
