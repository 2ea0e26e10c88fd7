from core.data.reading.fasttext import split_labels
from core.data.sets.add import add_dataset
from tests.conftest import sentences
from tests.data.reading.conftest import read


def test_labels_of_fasttext_are_taken_out_of_the_text(home, tmp_path):
    rows = sentences(60)
    path = tmp_path / "train.txt"
    path.write_text("\n".join(f"__label__{label} {text}" for text, label in rows), encoding="utf-8")
    dataset, _ = add_dataset(path)
    assert (dataset.format, dataset.task, dataset.labels) == ("fasttext", "single_label", ("neg", "pos"))
    assert dataset.frame()["text"].tolist() == [text for text, _ in rows]


def test_several_labels_labels_at_the_end_and_lines_without_any():
    assert split_labels("__label__a __label__b-c some words") == ("some words", ["a", "b-c"])
    assert split_labels("some words __label__a") == ("some words", ["a"])
    assert split_labels("__label__a , some words") == ("some words", ["a"])
    assert split_labels("some words") == ("some words", None)


def test_a_table_that_mentions_such_a_label_stays_a_table(tmp_path):
    content = "text,label\n" + "\n".join(f"a text of some words {n},__label__{'ab'[n % 2]}" for n in range(20))
    assert read(tmp_path, content).frame.columns.tolist() == ["text", "label"]
