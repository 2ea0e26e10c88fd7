"""The command line: everything the pages do, for scripts."""
