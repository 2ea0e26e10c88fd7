import pytest

from core.data.sets.add import add_dataset
from core.data.sets.domains import domains_of
from core.data.sets.join import join_sets
from core.errors import DatasetError
from tests.conftest import sentences


def stored(folder, name, labels=("neg", "pos"), seed=0):
    names = dict(zip(("neg", "pos"), labels, strict=True))
    lines = [f'"{text} {name}",{names[label]}' for text, label in sentences(40, seed)]
    path = folder / f"{name}.csv"
    path.write_text("\n".join(["text,label", *lines]) + "\n")
    return add_dataset(path)[0]


def test_two_sets_become_two_domains_of_one_and_their_parts_stay(home, tmp_path):
    one, two = stored(tmp_path, "films"), stored(tmp_path, "pans", seed=1)
    joined = join_sets([one, two])
    assert joined.name == "films + pans" and domains_of(joined) == ["films", "pans"]
    for part in ("train", "validation", "test"):
        assert set(joined.part(part)["text"]) == {*one.part(part)["text"], *two.part(part)["text"]}
    assert join_sets([one, two]).id == joined.id, "the same rows are stored once"


def test_labels_that_mean_the_same_are_mapped_and_others_refused_with_what_to_say(home, tmp_path):
    one, two = stored(tmp_path, "films"), stored(tmp_path, "pans", ("bad", "good"), seed=1)
    with pytest.raises(DatasetError, match="'bad' of 'pans' does not stand in 'films'") as refused:
        join_sets([one, two])
    assert "--same" in refused.value.hint
    joined = join_sets([one, two], {"bad": "neg", "good": "pos"}, "both")
    assert joined.labels == ("neg", "pos") and joined.name == "both" and joined.rows == 80
    with pytest.raises(DatasetError, match="None of these sets has the label 'ugly'"):
        join_sets([one, two], {"ugly": "neg"})


def test_one_set_alone_is_not_joined(home, tmp_path):
    one = stored(tmp_path, "films")
    with pytest.raises(DatasetError, match="two different sets"):
        join_sets([one, one])


def test_rows_of_a_label_that_no_other_set_has_can_be_left_out(home, tmp_path):
    one, two = stored(tmp_path, "films"), stored(tmp_path, "pans", ("mixed", "pos"), seed=1)
    more = stored(tmp_path, "books", ("neg", "pos"), seed=2)
    with pytest.raises(DatasetError, match="1 of the labels would be left"):
        join_sets([one, two], {"mixed": "", "neg": ""})
    path = tmp_path / "three.csv"
    lines = [f'"{text} three",{("neg", "pos", "mixed")[place % 3]}' for place, (text, _) in enumerate(sentences(60, 3))]
    path.write_text("\n".join(["text,label", *lines]) + "\n")
    three = add_dataset(path)[0]
    joined = join_sets([one, more, three], {"mixed": ""})
    assert joined.labels == ("neg", "pos") and joined.rows == 40 + 40 + 40


def test_sets_of_one_name_are_checked_each(home, tmp_path):
    one, two = stored(tmp_path, "films"), stored(tmp_path, "films", ("bad", "good"), seed=1)
    with pytest.raises(DatasetError, match="does not stand in 'films'"):
        join_sets([one, two])


def test_a_set_without_test_rows_is_not_joined_to_one_that_has_some(home, tmp_path):
    path = tmp_path / "songs.csv"
    lines = [
        f'"{text} song",{label},{"train" if place % 4 else "validation"}'
        for place, (text, label) in enumerate(sentences(40, 4))
    ]
    path.write_text("\n".join(["text,label,split", *lines]) + "\n")
    with pytest.raises(DatasetError, match="'songs' has no test rows"):
        join_sets([stored(tmp_path, "films"), add_dataset(path)[0]])
