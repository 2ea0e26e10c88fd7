"""Why a model answers as it does, for one text at a time."""
