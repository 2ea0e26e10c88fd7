"""Pieces of the Data and Explore pages."""
