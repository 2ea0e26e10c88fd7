"""Pieces that show and start studies."""
