"""Hidden words: which are chosen, what is seen in their place, and what the guess costs."""

import copy

import pytest
import torch
from transformers import AutoModelForMaskedLM

from core.errors import SourceError
from core.models.classifier import load_tokenizer
from core.models.masked import SHARE, begins_word, hidden_tokens, kinds_of_tokens, load_masked, replaced
from core.training.batches import collate
from core.training.encoding import encode
from tests.conftest import sentences

CONTINUED = torch.tensor([False, False, False, True, True])  # tokens 3 and 4 go on with a word
SPECIAL = torch.tensor([True, False, False, False, False])


def test_a_word_is_hidden_whole_by_the_draw_of_its_first_token():
    ids = torch.tensor([[0, 1, 3, 2, 4, 4, 1, 0]])
    draws = torch.tensor([[0.0, 0.1, 0.9, 0.9, 0.0, 0.0, 0.14, 0.0]])
    assert hidden_tokens(ids, draws, CONTINUED, SPECIAL).tolist() == [
        [False, True, True, False, False, False, True, False]
    ]
    cut = torch.tensor([[3, 4, 1]])  # a row that begins within a word: nobody drew for it
    assert hidden_tokens(cut, torch.tensor([[0.0, 0.0, 0.0]]), CONTINUED, SPECIAL).tolist() == [[False, False, True]]


def test_the_shares_are_those_of_the_paper():
    torch.manual_seed(0)
    ids = torch.randint(1, 3, (400, 50))
    chosen = hidden_tokens(ids, torch.rand(ids.shape), CONTINUED, SPECIAL)
    assert chosen.float().mean().item() == pytest.approx(SHARE, abs=0.01)
    seen = replaced(ids, chosen, torch.rand(ids.shape), torch.rand(ids.shape), 99, 1000)
    assert torch.equal(seen[~chosen], ids[~chosen])
    masked, same = seen[chosen] == 99, seen[chosen] == ids[chosen]
    assert masked.float().mean().item() == pytest.approx(0.8, abs=0.02) and same.float().mean().item() == pytest.approx(
        0.1, abs=0.02
    )


class Spelt:
    all_special_ids = (0,)

    def __init__(self, *tokens):
        self.tokens = tokens

    def __len__(self):
        return len(self.tokens)

    def convert_ids_to_tokens(self, numbers):
        return [self.tokens[number] for number in numbers]


def test_word_pieces_and_marked_beginnings_are_told_apart():
    assert kinds_of_tokens(Spelt("[CLS]", "play", "##ing", "##s"), 4)[0].tolist() == [False, False, True, True]
    assert kinds_of_tokens(Spelt("<s>", "\u2581play", "ing", "\u2581a"), 5)[0].tolist() == [
        False,
        False,
        True,
        False,
        False,
    ]


@pytest.fixture
def batch(tiny_encoder):
    encoded = encode([text for text, _ in sentences(12)], load_tokenizer(str(tiny_encoder)), 32)
    return collate(encoded, torch.arange(12).numpy(), "cpu")


def test_masks_are_drawn_anew_in_training_and_stand_still_in_judging(tiny_encoder, batch):
    model = load_masked(str(tiny_encoder), None, 3)
    model.train()
    torch.manual_seed(1)
    first, second = model(**batch).logits, model(**batch).logits
    torch.manual_seed(1)
    assert not torch.equal(first, second) and torch.equal(first, model(**batch).logits), (
        "the generator that checkpoints keep"
    )
    model.eval()
    assert torch.equal(model(**batch).logits, model(**batch).logits)


def test_the_word_vectors_stand_still_and_everything_else_learns(tiny_encoder, batch):
    model = load_masked(str(tiny_encoder), None, 3)
    assert model.fresh
    logits = model.train()(**batch).logits
    (logits[:, 0].sum() / logits[:, 1].sum()).backward()
    still = {name for name, weight in model.named_parameters() if weight.grad is None}
    assert {name for name in still if "pooler" not in name} == {"encoder.embeddings.word_embeddings.weight"}
    assert model.config is model.encoder.config and model.base_model is model.encoder


def test_a_head_that_the_source_brings_is_used_and_gives_the_losses_of_transformers(tiny_encoder, tmp_path, batch):
    whole = AutoModelForMaskedLM.from_pretrained(tiny_encoder).eval()
    torch.nn.init.normal_(whole.cls.predictions.bias)
    whole.save_pretrained(tmp_path)
    load_tokenizer(str(tiny_encoder)).save_pretrained(tmp_path)
    model = load_masked(str(tmp_path), None, 3).eval()
    assert not model.fresh
    told = model(**batch).logits
    hides, becomes, other = model._draws(batch["input_ids"])
    chosen = hidden_tokens(batch["input_ids"], hides, model.continued, model.special)
    seen = replaced(batch["input_ids"], chosen, becomes, other, model._mask, model._words)
    logits = whole(**(batch | {"input_ids": seen})).logits
    by_hand = torch.nn.functional.cross_entropy(logits[chosen], batch["input_ids"][chosen], reduction="sum")
    assert told[:, 0].sum().item() == pytest.approx(by_hand.item(), rel=1e-4) and told[:, 1].sum() == chosen.sum()


def test_a_source_without_a_mask_is_told(tiny_encoder, monkeypatch):
    tokenizer = copy.deepcopy(load_tokenizer(str(tiny_encoder)))
    tokenizer.mask_token = None
    monkeypatch.setattr("core.models.classifier.load_tokenizer", lambda *_: tokenizer)
    with pytest.raises(SourceError, match="no mask for hidden words"):
        load_masked(str(tiny_encoder), None, 3)


def test_a_script_without_blanks_has_words_of_its_own():
    spelt = ["<s>", "\u2581", "这", "家", "酒店", "。", "\u2581a", "b", "この", "映画", "ไทย", "ing", ".", "'"]
    tokens = Spelt(*spelt, *["\u2581x"] * 8)
    continued, _ = kinds_of_tokens(tokens, len(tokens))
    assert [token for token, goes_on in zip(tokens.tokens, continued, strict=True) if goes_on] == ["b", "ing"]


def test_where_the_spelling_shows_no_words_none_is_longer_than_some_tokens():
    ids, nothing = torch.arange(20)[None], torch.zeros(20, dtype=torch.bool)
    continued = torch.ones(20, dtype=torch.bool)
    continued[3] = False
    begins = begins_word(ids, continued)[0]
    assert begins.nonzero()[:, 0].tolist() == [3, 9, 15], (
        "what stands before the first beginning is cut off, and no word"
    )
    draws = torch.tensor([[1.0] * 9 + [0.0] * 11])
    assert hidden_tokens(ids, draws, continued, nothing)[0].nonzero()[:, 0].tolist() == list(range(9, 20))
