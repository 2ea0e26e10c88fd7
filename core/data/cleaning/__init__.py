"""Cleaning: what is wrong with a set, shown with its rows, and the fixes for it."""
