"""Which part of a long text is read, with the special tokens of each family."""

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from core.errors import ConfigError
from core.models.classifier import load_classifier, load_tokenizer
from core.training.encoding import encode
from core.training.job import LabelledRows
from core.training.scoring import score
from core.training.truncation import mean_by_owner, special_counts, tokens_read, window_starts

TEXT = " ".join(str(number) for number in range(1, 41))  # 40 words, each a token of its own below
WORDS = {word: index for index, word in enumerate(["[PAD]", "<s>", "</s>", "a", *TEXT.split()])}


def tokenizer_of(template):
    """A tokenizer of whole words with the special tokens that ``template`` puts around a text."""
    inner = Tokenizer(models.WordLevel(WORDS, unk_token="[PAD]"))
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    inner.post_processor = processors.TemplateProcessing(single=template, special_tokens=[("<s>", 1), ("</s>", 2)])
    return PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="[PAD]")


TEMPLATES = {"<s> $A </s>": (1, 1), "$A": (0, 0), "<s> <s> $A": (2, 0), "$A </s>": (0, 1)}


@pytest.mark.parametrize("template", TEMPLATES)
def test_special_tokens_stay_where_the_family_puts_them(template):
    tokenizer = tokenizer_of(template)
    before, after = special_counts(tokenizer)
    assert (before, after) == TEMPLATES[template]
    for way in ("tail", "head_tail", "windows"):
        found = encode([TEXT], tokenizer, 12, truncation=way)
        for row in range(found.rows):
            ids = found.ids[found.offsets[row] : found.offsets[row + 1]].tolist()
            assert len(ids) == 12
            assert ids[:before] == [1] * before and ids[12 - after :] == [2] * after
            assert min(ids[before : 12 - after]) >= 3


def words(tokenizer, way, max_length=12):
    found = encode([TEXT], tokenizer, max_length, truncation=way)
    rows = [found.ids[found.offsets[row] + 1 : found.offsets[row + 1] - 1] for row in range(found.rows)]
    return [[int(tokenizer.convert_ids_to_tokens(int(each))) for each in row] for row in rows]


def test_each_way_reads_its_part():
    tokenizer = tokenizer_of("<s> $A </s>")
    assert words(tokenizer, "head") == [list(range(1, 11))]
    assert words(tokenizer, "tail") == [list(range(31, 41))]
    assert words(tokenizer, "head_tail") == [[1, 2, 3, *range(34, 41)]]  # a quarter of 10 tokens is rounded to 3
    assert len(words(tokenizer, "head_tail", 32)[0]) == 30


def test_windows_overlap_and_reach_both_ends():
    read = words(tokenizer_of("<s> $A </s>"), "windows")
    assert read[0][0] == 1 and read[-1][-1] == 40
    assert set().union(*read) == set(range(1, 41))
    assert all(len(row) == 10 for row in read)
    assert read[1][0] == 9  # 8 new tokens a window, 2 read again
    assert window_starts(10, 10) == [0] and window_starts(11, 10) == [0, 1]


def test_short_texts_are_the_same_however_long_ones_are_cut(home):
    tokenizer = load_tokenizer("minilm")
    texts = ["a short text", "another one", ""]
    ways = [encode(texts, tokenizer, 32, truncation=way) for way in ("head", "tail", "head_tail", "windows")]
    for way in ways[1:]:
        assert np.array_equal(way.ids, ways[0].ids) and np.array_equal(way.offsets, ways[0].offsets)
    assert [each.cut for each in ways] == [0, 0, 0, 0]


def test_pairs_can_only_be_cut_at_the_end(home):
    with pytest.raises(ConfigError, match="truncation is 'tail'"):
        encode(["a"], load_tokenizer("minilm"), 32, ["b"], truncation="tail")


def test_scores_of_windows_are_averaged_by_text(home, tiny_encoder):
    classifier = load_classifier(str(tiny_encoder), ("neg", "pos"), seed=0)
    texts = ["good film " * 40, "short", "dull book " * 30]
    found = encode(texts, classifier.tokenizer, 16, truncation="windows")
    assert found.owners is not None and found.rows > 3 and found.cut == 0
    pooled = score(classifier.model, found, "cpu", False)
    single = LabelledRows(found, np.array([0, 1, 0])).by_window()
    each = score(classifier.model, single.encoded, "cpu", False)
    assert pooled.shape == (3, 2) and len(single.labels) == len(each) == found.rows
    assert single.labels.tolist() == [[0, 1, 0][owner] for owner in found.owners]
    for row in range(3):
        assert pooled[row] == pytest.approx(each[found.owners == row].mean(axis=0), abs=1e-5)


def test_means_by_owner_match_their_definition():
    values = np.array([[1.0], [3.0], [5.0], [7.0]], dtype=np.float32)
    assert mean_by_owner(values, np.array([0, 0, 1, 2])).ravel().tolist() == [2.0, 5.0, 7.0]
    assert mean_by_owner(values, None) is values


@pytest.mark.parametrize("way", ["head", "tail", "windows"])
def test_the_tokens_that_will_be_read_are_known_beforehand(home, way):
    tokenizer = load_tokenizer("minilm")
    texts = ["word " * count for count in (3, 14, 15, 29, 60, 200)]
    lengths = encode(texts, tokenizer, 1000).lengths
    read = encode(texts, tokenizer, 16, truncation=way)
    assert tokens_read(lengths, 16, way).sum() == read.tokens
