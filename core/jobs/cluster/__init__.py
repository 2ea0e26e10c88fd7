"""Runs on a Ray cluster: submitted as jobs over HTTP and followed by their folders on a shared workspace."""
