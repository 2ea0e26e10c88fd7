"""Small finished runs of each kind, as the exports have them."""

from tests.export.conftest import run, run_of_each_kind

__all__ = ["run", "run_of_each_kind"]
