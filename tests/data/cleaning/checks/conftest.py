"""Sets with a fault, and what the checks find in them."""

import pandas as pd

from core.data.cleaning.checks.health import check_dataset
from core.data.sets.add import add_dataset
from tests.conftest import sentences

CHINESE = [
    "这家酒店的位置非常好离地铁站很近",
    "早餐很丰富服务员态度也热情",
    "手机屏幕很大但是电池不太耐用",
    "书的内容很好孩子非常喜欢看",
]


def english(rows=120):
    return [text for text, _ in sentences(rows)]


def distinct_rows(rows=120, split=False):
    """Distinct texts, none near another."""
    frame = pd.DataFrame(sentences(rows), columns=["review", "label"])
    frame["review"] = [
        f"{text} {' '.join(f'{place}{letter}' for letter in 'abcdefghij')}"
        for place, text in enumerate(frame["review"])
    ]
    return frame.assign(split=["train"] * (rows - 40) + ["validation"] * 10 + ["test"] * 30) if split else frame


def checks_of_texts(tmp_path, texts, model=None, max_length=256):
    """Name -> finding, of texts that are positive and negative in turns."""
    labels = [("pos", "neg")[place % 2] for place in range(len(texts))]
    return checks_of(tmp_path, pd.DataFrame({"review": texts, "label": labels}), model, max_length)


def checks_of(tmp_path, frame, model=None, max_length=256, **roles):
    """Name -> finding, of a frame with the columns review and label."""
    frame.to_parquet(tmp_path / "x.parquet")
    dataset, _ = add_dataset(tmp_path / "x.parquet", text="review", label="label", **roles)
    return {check.name: check for check in check_dataset(dataset, model, max_length)}
