"""Runs on disk: the folder of each run, and the run store that mirrors it."""
