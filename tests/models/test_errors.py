"""What loading raises becomes a message that a user can mend."""

import pytest

from core.errors import SourceError
from core.models.errors import explained


@pytest.mark.parametrize(
    "error", [OSError("no such file\nat line 3"), ValueError("no such file"), ImportError("no such file")]
)
def test_the_first_line_of_the_error_is_told_with_the_source(error):
    with (
        pytest.raises(SourceError, match="could not be loaded: no such file Check") as caught,
        explained("a/b"),
    ):
        raise error
    assert caught.value.__cause__ is error and "minilm" in caught.value.hint


def test_an_error_without_words_is_told_by_its_kind_and_others_pass():
    with pytest.raises(SourceError, match=r"damaged \(OSError\)"), explained("a/b"):
        raise OSError
    known = SourceError("Known.", "Do this.")
    with pytest.raises(SourceError) as caught, explained("a/b"):
        raise known
    assert caught.value is known
    with pytest.raises(MemoryError), explained("a/b"):
        raise MemoryError


def test_an_error_of_any_other_kind_says_that_the_files_are_wrong():
    with pytest.raises(SourceError, match=r"damaged \(ZeroDivisionError: by zero\)"), explained("a/b"):
        raise ZeroDivisionError("by zero")
