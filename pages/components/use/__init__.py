"""Pieces of the Predict page."""
