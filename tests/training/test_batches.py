import numpy as np

from core.array_cache import ArrayCache
from core.models.classifier import load_tokenizer
from core.training.batches import collate, scoring_order, training_order
from core.training.encoding import encode, encode_once

TEXTS = ["short", "a somewhat longer text about a film", "x " * 200, "", "日本語のテキスト"]


def test_every_row_occurs_once_in_an_epoch():
    lengths = np.random.default_rng(0).integers(3, 200, 1003)
    order = np.concatenate(training_order(lengths, 16, seed=1, epoch=0))
    assert sorted(order) == list(range(1003))


def test_the_order_is_fixed_by_seed_and_epoch():
    lengths = np.arange(100)
    first, again, next_epoch = (training_order(lengths, 8, 5, epoch) for epoch in (0, 0, 1))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert any(len(a) != len(b) or (a != b).any() for a, b in zip(first, next_epoch, strict=True))


def test_batches_of_similar_length_waste_little_padding():
    lengths = np.random.default_rng(0).integers(3, 256, 4000)
    padded = sum(len(rows) * lengths[rows].max() for rows in training_order(lengths, 16, 0, 0))
    shuffled = np.random.default_rng(1).permutation(4000).reshape(-1, 16)
    unsorted = sum(len(rows) * lengths[rows].max() for rows in shuffled)
    assert padded < 1.05 * lengths.sum() < unsorted / 1.5


def test_texts_are_cut_at_the_max_length_and_the_cut_ones_counted():
    encoded = encode(TEXTS, load_tokenizer("minilm"), max_length=16)
    assert encoded.rows == 5 and encoded.lengths.max() == 16 and encoded.cut == 1


def test_a_batch_holds_each_row_padded_on_the_right():
    tokenizer = load_tokenizer("minilm")
    encoded = encode(TEXTS, tokenizer, max_length=16)
    batch = collate(encoded, np.array([2, 0]), "cpu")
    expected = tokenizer([TEXTS[2], TEXTS[0]], truncation=True, max_length=16, padding=True, return_tensors="pt")
    assert (batch["input_ids"] == expected["input_ids"]).all()
    assert (batch["attention_mask"] == expected["attention_mask"]).all()


def test_pairs_keep_their_segment_numbers():
    tokenizer = load_tokenizer("minilm")
    encoded = encode(["a b", "c"], tokenizer, 32, pairs=["d e f", "g"])
    batch = collate(encoded, np.array([0, 1]), "cpu")
    expected = tokenizer(["a b", "c"], ["d e f", "g"], padding=True, return_tensors="pt")
    assert (batch["token_type_ids"] == expected["token_type_ids"]).all()


def test_scoring_batches_respect_the_token_budget():
    lengths = np.random.default_rng(0).integers(3, 512, 500)
    batches = scoring_order(lengths, token_budget=4096)
    assert sorted(np.concatenate(batches)) == list(range(500))
    assert all(len(rows) == 1 or len(rows) * lengths[rows].max() <= 4096 for rows in batches)


def test_the_second_run_on_the_same_texts_finds_every_part_encoded(home, tiny_encoder):
    parts = {"train": ["one text", "two texts"], "validation": ["three"], "test": ["four", "five six"]}
    for _ in range(2):
        tokenizer = load_tokenizer(str(tiny_encoder))  # as each run does
        for texts in parts.values():
            encode_once(texts, tokenizer, 16, cache=ArrayCache("tokens"))
    assert len(list((home / "cache" / "tokens").iterdir())) == 3


def test_two_texts_and_one_pair_are_told_apart(home, tiny_encoder):
    tokenizer = load_tokenizer(str(tiny_encoder))
    single = encode_once(["one", "two"], tokenizer, 16, cache=ArrayCache("tokens"))
    pair = encode_once(["one"], tokenizer, 16, ["two"], cache=ArrayCache("tokens"))
    assert (single.rows, pair.rows) == (2, 1) and pair.types is not None
