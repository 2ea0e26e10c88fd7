"""What transformers raises for a missing or broken checkpoint, said so that a user can mend it."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import SourceError


@contextmanager
def explained(source: str) -> Iterator[None]:
    """Turn the errors of loading ``source`` inside the block into a SourceError.

    Raises:
        SourceError: where the block raises OSError, ValueError, KeyError or ImportError; its first line is told.
    """
    try:
        yield
    except SourceError:
        raise
    except (OSError, ValueError, KeyError, ImportError) as error:
        first_line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise SourceError(
            f"The source {source!r} could not be loaded: {first_line}",
            "Check the name and the network, or choose the built-in minilm.",
        ) from error
