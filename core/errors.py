"""Errors that tell a user what was wrong and what to do next."""


class GraftError(Exception):
    """Something a user can understand and mend; pages and the command line show it, never a traceback.

    Args:
        message: what was wrong, with the offending value and its place.
        hint: what to do next, as a full sentence; may be empty.
    """

    def __init__(self, message: str, hint: str = ""):
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class DatasetError(GraftError):
    """A file or a stored data set that cannot be used as asked."""


class StorageError(GraftError):
    """A place that cannot be written or read: a full disk, a missing permission."""


class ConfigError(GraftError):
    """A setting whose value is out of range or does not fit the others."""


class SourceError(GraftError):
    """A pretrained model that cannot be found, reached or used."""


class DeviceError(GraftError):
    """A device that is missing or has run out of memory."""


class RunError(GraftError):
    """A run that does not exist or is in the wrong state for what was asked."""


class TrainingError(GraftError):
    """A training whose numbers no longer mean anything."""


class StudyError(GraftError):
    """A study that does not exist, is damaged, or is in the wrong state for what was asked."""
