import numpy as np
import pandas as pd

from core.data.cleaning.checks.health import check_dataset
from core.data.cleaning.checks.shift import two_sample_auc
from core.data.sets.add import add_dataset


def texts(words, rows, seed):
    random = np.random.default_rng(seed)
    return pd.Series([" ".join(random.choice(words, 12)) for _ in range(rows)])


SPORT = ["match", "goal", "team", "coach", "season", "win", "lost", "player", "the", "a", "of", "was"]
MONEY = ["bank", "market", "price", "share", "profit", "loan", "rate", "fund", "the", "a", "of", "was"]


def test_texts_of_one_kind_cannot_be_told_apart():
    auc, low, high = two_sample_auc(texts(SPORT, 200, 1), texts(SPORT, 200, 2))
    assert low < 0.5 < high and low < auc < high


def test_texts_of_two_kinds_are_told_apart_surely():
    auc, low, _ = two_sample_auc(texts(SPORT, 200, 1), texts(MONEY, 200, 2))
    assert auc > 0.99 and low > 0.95


def test_too_few_texts_give_no_answer():
    assert two_sample_auc(texts(SPORT, 20, 1), texts(MONEY, 200, 2)) is None


def test_a_test_part_from_elsewhere_is_a_warning_and_moved_labels_are_told(home, tmp_path):
    frame = pd.DataFrame({"text": [*texts(SPORT, 200, 1), *texts(MONEY, 100, 2)]})
    frame["label"] = ["won" if row % 2 else "lost" for row in range(200)] + [
        "won" if row % 10 == 0 else "lost" for row in range(100)
    ]
    frame["split"] = ["train"] * 200 + ["test"] * 100
    frame.to_csv(tmp_path / "x.csv", index=False)
    dataset, _ = add_dataset(tmp_path / "x.csv", text="text", label="label", split="split")
    check = {each.name: each for each in check_dataset(dataset)}["shift between parts"]
    assert check.level == "warning" and "AUC 1.00" in check.message and "is 50 % of training and" in check.message
    assert check.fix.operation == "resplit"
