from dataclasses import replace

import pytest

from core.data.sets.descriptions import FILE, read_descriptions, write_descriptions
from core.errors import DatasetError


def test_descriptions_are_kept_beside_the_set_and_blank_ones_taken_away(dataset):
    assert read_descriptions(dataset) == {}
    write_descriptions(dataset, {"neg": " They did not like it. ", "pos": "They liked it."})
    assert read_descriptions(dataset) == {"neg": "They did not like it.", "pos": "They liked it."}
    write_descriptions(dataset, {"neg": "They did not like it.", "pos": "  "})
    assert read_descriptions(dataset) == {"neg": "They did not like it."}


def test_a_version_has_those_of_the_set_it_was_made_from_for_the_classes_it_still_has(dataset):
    write_descriptions(dataset, {"neg": "Bad.", "pos": "Good."})
    version = replace(dataset, id="reviews-later", parent=dataset.id, labels=("pos", "mixed"))
    assert read_descriptions(version) == {"pos": "Good."}
    assert read_descriptions(replace(version, parent="gone")) == {}


def test_a_damaged_file_counts_as_none_and_can_be_replaced(dataset):
    for content in ("", "[1]", '{"neg": 3}'):
        (dataset.folder / FILE).write_text(content)
        assert read_descriptions(dataset) == {}
    write_descriptions(dataset, {"neg": "Bad."})
    assert read_descriptions(dataset) == {"neg": "Bad."}


def test_unknown_classes_and_long_texts_are_refused(dataset):
    with pytest.raises(DatasetError, match="no class 'neutral'"):
        write_descriptions(dataset, {"neutral": "So so."})
    with pytest.raises(DatasetError, match="501 characters"):
        write_descriptions(dataset, {"neg": "x" * 501})
