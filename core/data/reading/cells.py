"""One cell of a table as text."""

import json
from typing import Any

import pandas as pd


def cell_text(value: Any) -> str:
    """One cell as text: missing becomes empty, 1.0 becomes 1, booleans lower case, nested values JSON."""
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return str(bool(value)).lower()
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is pd.NaT else str(value)
