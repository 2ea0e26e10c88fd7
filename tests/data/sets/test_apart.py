"""Sets that are kept apart by their texts."""

import pytest

from core.data.sets.add import add_dataset
from core.data.sets.apart import keys_of, learnable, measuring_keys
from core.errors import DatasetError


def stored(folder, name, **parts):
    """A set with these texts in its parts, of two classes in turns; a text with a bar is a pair."""
    is_pair = "|" in next(iter(parts.values()))[0]
    path = folder / f"{name}.csv"
    rows = [
        f"{text.replace('|', ',')},{'ab'[place % 2]},{part}"
        for part, texts in parts.items()
        for place, text in enumerate(texts)
    ]
    path.write_text("\n".join([f"text,{'second,' if is_pair else ''}label,split", *rows]))
    return add_dataset(path, text="text", text_pair="second" if is_pair else None, label="label", split="split")[0]


@pytest.fixture
def sets(home, tmp_path):
    one = stored(tmp_path, "one", train=["a", "b", "c", "d", "e"], dev=["f", "g"], test=["h", "i"])
    two = stored(tmp_path, "two", train=["F", " h", "q", "r", "s"], dev=["a", "i", "g"], test=["B", "g"])
    return one, two


def left(dataset, part, *others):
    return learnable(dataset.frame(), dataset, part, None, [other.id for other in others])["text"].tolist()


def test_texts_that_judge_elsewhere_neither_teach_nor_choose_and_those_that_choose_do_not_teach(sets):
    one, two = sets
    assert left(one, "train") == ["a", "b", "c", "d", "e"]
    assert left(one, "train", two) == ["c", "d", "e"]
    assert left(one, "validation", two) == ["f"]
    assert left(two, "train", one) == ["q", "r", "s"], "whatever the case and the blanks around"
    assert left(two, "validation", one) == ["a", "g"], "what only chooses in both stays"


def test_both_texts_of_a_pair_count_on_either_side(sets, tmp_path):
    one, _ = sets
    pairs = stored(tmp_path, "pairs", train=["x|h", "f|y", "z|z", "u|v"], dev=["k|l", "m|n"], test=["o|d", "c|p"])
    assert left(pairs, "train", one) == ["z", "u"]
    assert left(one, "train", pairs) == ["a", "b", "e"]
    assert len(measuring_keys(pairs)) == 8 and len(measuring_keys(pairs, ("test",))) == 4


def test_where_no_row_is_left_the_sets_are_named(sets, tmp_path):
    one, _ = sets
    all_judged = stored(tmp_path, "judged", train=["h", "i"], dev=["k", "l"], test=["m", "n"])
    with pytest.raises(DatasetError, match="Of 'judged' no training row is left: the texts of all 2 measure 'one'"):
        left(all_judged, "train", one)


def test_equal_keys_are_equal_texts_but_for_case_and_blanks():
    same, other = keys_of(["Good  film", "good film\n"]), keys_of(["good films"])
    assert same[0] == same[1] != other[0] and not len(keys_of([]))
