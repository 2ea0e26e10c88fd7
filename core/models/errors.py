"""What transformers raises for a missing or broken checkpoint, said so that a user can mend it."""

import pickle
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import GraftError, SourceError

DAMAGED = "Copy or download it again, or choose the built-in minilm."
LONGEST = 80  # letters of a source's name that a message shows


@contextmanager
def explained(source: str) -> Iterator[None]:
    """Turn the errors of loading ``source`` inside the block into a SourceError.

    Libraries meet damaged files and impossible settings with errors of every kind, so all are explained but our own and
    those that say that memory ran out.

    Raises:
        SourceError: where the block raises; what is wrong is told in a line.
    """
    try:
        yield
    except (GraftError, MemoryError):
        raise
    except Exception as error:
        if "out of memory" in str(error) or "allocate memory" in str(error):
            raise
        raise SourceError(f"The source {brief(source)} could not be loaded: {_reason(error)}", _hint(error)) from error


def brief(source: str) -> str:
    """A source's name for a sentence, quoted, and cut where it is very long."""
    return repr(source if len(source) <= LONGEST else f"{source[: LONGEST - 1]}…")


def _reason(error: Exception) -> str:
    from safetensors import SafetensorError

    first_line = str(error).strip().splitlines()[0] if str(error).strip() else ""
    if isinstance(error, SafetensorError):
        return f"its file with weights is cut off or damaged ({first_line})."
    if isinstance(error, pickle.UnpicklingError) or "weights_only" in str(error):
        return "its file with weights holds more than tensors or is damaged, and reading more would run code from it."
    if isinstance(error, OSError | ValueError | KeyError | ImportError) and first_line:
        return first_line
    if isinstance(error, RecursionError):
        return "one of its files is nested too deeply."
    return f"its files do not belong together or are damaged ({type(error).__name__}{': ' if first_line else ''}{first_line})."


def _hint(error: Exception) -> str:
    """What to do: these kinds may come from the name, the network or the installation, all else from the files."""
    if isinstance(error, OSError | ImportError | ValueError | KeyError):
        return "Check the name and the network, or choose the built-in minilm."
    return DAMAGED
