"""Judged texts that can be asked by a click."""

import pandas as pd

MOST, LONGEST = 8, 90  # chips, and letters of a text that still reads well on one


def pick_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Short judged texts, where there are classes one of each, with some that were answered wrongly; the same every time.

    Args:
        table: row, text, label, prediction of the judged rows.

    Returns:
        some of these rows, at most ``MOST``, each text once.
    """
    short = table[table["text"].str.len().between(12, LONGEST)].sort_values("row").drop_duplicates("text")
    if pd.api.types.is_numeric_dtype(short["label"]):  # scores: spread over what there is
        return short.sort_values("label", kind="stable").iloc[:: max(1, len(short) // MOST)].head(MOST)
    wrong = short[short["label"] != short["prediction"]].head(2)
    right = short[short["label"] == short["prediction"]].drop_duplicates("label")
    right = right[~right["label"].isin(wrong["label"])]
    return pd.concat([right.head(MOST - len(wrong)), wrong])
