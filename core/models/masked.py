"""A source as it was first trained: words of a text are hidden and guessed from what stands around them."""

import unicodedata
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional

from core.models.pooling import token_states

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

SHARE = 0.15  # of the words are hidden (Devlin et al., 2019, https://arxiv.org/abs/1810.04805)
AS_MASK, AS_OTHER = 0.8, 0.1  # of their tokens become the mask, and a token drawn at random; the rest stays as it is
CONTINUED, BEGUN = ("##",), ("\u2581", "\u0120")  # how tokens are spelt that go on with a word, or begin one
LONGEST = 6  # tokens of a word
WITHOUT_BLANKS = (  # from and to: Thai and Lao, Tibetan and Myanmar, Khmer, kana, Han
    (0xE00, 0xF00), (0xF00, 0x10A0), (0x1780, 0x1800), (0x3005, 0x3008), (0x3040, 0x3100), (0x31F0, 0x3200),
    (0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0xFF66, 0xFFA0), (0x20000, 0x32000),
)  # fmt: skip
HEADS = (  # how kinds of models call the weights of their heads: dense layer, norm, bias of the words
    ("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias"),
    ("lm_head.dense", "lm_head.layer_norm", "lm_head.bias"),
    ("vocab_transform", "vocab_layer_norm", "vocab_projector.bias"),
)


class MaskedModel(nn.Module):
    """An encoder with a head that guesses hidden words: a dense layer, a norm, and the word vectors.

    Called as a classifier is, it gives for each row the sum of the losses (nats) over hidden tokens, and their number: (rows, 2). In
    training the words are drawn from torch's generator; else by a fixed one, so that the same batch hides the same words.

    Attributes:
        fresh: whether the head began at random, since the source came without one.
    """

    base_model_prefix = "encoder"

    def __init__(
        self,
        encoder: "PreTrainedModel",
        tokenizer: "PreTrainedTokenizerBase",
        head: dict[str, torch.Tensor] | None,
        seed: int,
    ):
        super().__init__()
        self.encoder = encoder
        self.fresh = head is None
        words, width = self._table().shape
        torch.manual_seed(seed)
        self.dense, self.norm = nn.Linear(int(width), int(width)), nn.LayerNorm(int(width), eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(int(words)))
        if head is not None:
            self.load_state_dict(head, strict=False)
        self._mask = int(tokenizer.mask_token_id)
        self._words = int(words)
        continued, special = kinds_of_tokens(tokenizer, int(words))
        self.register_buffer("continued", continued, persistent=False)
        self.register_buffer("special", special, persistent=False)

    @property
    def base_model(self) -> "PreTrainedModel":
        """The encoder."""
        return self.encoder

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("encoder"), name)  # such as its config, and how it attends

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, **more: torch.Tensor) -> SimpleNamespace:
        """Args:
        input_ids, attention_mask: (rows, tokens).
        """
        draws = self._draws(input_ids)
        chosen = hidden_tokens(input_ids, draws[0], self.continued, self.special)  # (rows, tokens) bool
        seen = replaced(input_ids, chosen, draws[1], draws[2], self._mask, self._words)
        states = token_states(self.encoder, input_ids=seen, attention_mask=attention_mask, **more)
        found = self.norm(functional.gelu(self.dense(states[chosen])))  # only hidden tokens are compared with all words
        logits = functional.linear(found, self._table(), self.bias)
        losses = functional.cross_entropy(logits.float(), input_ids[chosen], reduction="none")
        rows = chosen.nonzero()[:, 0]
        sums = torch.zeros(len(input_ids), device=input_ids.device).index_add(0, rows, losses)
        return SimpleNamespace(logits=torch.stack([sums, chosen.sum(dim=1).float()], dim=1))

    def guesses(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        """Whether each row's hidden tokens are all guessed, by the likeliest word for each.

        Args:
            input_ids, attention_mask: (rows, tokens), the whole text.
            hidden: (rows, tokens) bool, what is hidden from the encoder; of each row at least one.

        Returns:
            (rows,) bool.
        """
        seen = torch.where(hidden, torch.full_like(input_ids, self._mask), input_ids)
        states = token_states(self.encoder, input_ids=seen, attention_mask=attention_mask)
        found = self.norm(functional.gelu(self.dense(states[hidden])))
        right = functional.linear(found, self._table(), self.bias).argmax(dim=1) == input_ids[hidden]
        wrong = torch.zeros(len(input_ids), device=input_ids.device).index_add(
            0, hidden.nonzero()[:, 0], (~right).float()
        )
        return wrong == 0

    def head(self) -> nn.Module:
        """What it has beside the encoder, as a module of its own that holds the same weights."""
        head = nn.Module()
        head.dense, head.norm, head.bias = self.dense, self.norm, self.bias
        return head

    def _table(self) -> torch.Tensor:
        """(words, width) the word vectors."""
        weight: torch.Tensor = self.encoder.get_input_embeddings().weight  # type: ignore[assignment]
        return weight

    def _draws(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Even numbers in [0, 1) for each token: whether its word is hidden, what becomes of it, and which token takes its place."""
        generator = None if self.training else torch.Generator().manual_seed(len(input_ids))
        draws = torch.rand(3, *input_ids.shape, generator=generator)
        becomes, other, hides = draws.to(input_ids.device)
        return hides, becomes, other


def kinds_of_tokens(tokenizer: "PreTrainedTokenizerBase", words: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(words,) bool each: which tokens go on with the word before them, and which are no words at all.

    Marks begin words of their own, and so does each token of a script that sets no blanks: a text of these is not one word.
    """
    spelt = tokenizer.convert_ids_to_tokens(list(range(min(words, len(tokenizer)))))
    marks_beginnings = sum(token.startswith(BEGUN) for token in spelt) > len(spelt) / 5
    continued = torch.zeros(words, dtype=torch.bool)
    for number, token in enumerate(spelt):
        goes_on = not token.startswith(BEGUN) if marks_beginnings else token.startswith(CONTINUED)
        continued[number] = goes_on and not _stands_alone(token.removeprefix("##"))
    special = torch.zeros(words, dtype=torch.bool)
    special[tokenizer.all_special_ids] = True
    return continued & ~special, special


def _stands_alone(spelt: str) -> bool:
    """Whether a token is a mark, or of a script without blanks between words."""
    if not spelt:
        return False
    return unicodedata.category(spelt[0])[0] in "PS" or any(
        first <= ord(spelt[0]) < end for first, end in WITHOUT_BLANKS
    )


def begins_word(ids: torch.Tensor, continued: torch.Tensor) -> torch.Tensor:
    """(rows, tokens) bool: where a word begins; one of more than ``LONGEST`` tokens is cut, since some spellings show no words at all."""
    begins = ~continued[ids]
    places = torch.arange(ids.shape[1], device=ids.device).expand_as(ids)
    first = torch.where(begins, places, torch.full_like(places, -1)).cummax(dim=1).values
    return begins | ((first >= 0) & ((places - first) % LONGEST == 0))


def hidden_tokens(
    ids: torch.Tensor, draws: torch.Tensor, continued: torch.Tensor, special: torch.Tensor
) -> torch.Tensor:
    """Which tokens are hidden: all of a word, or none.

    Args:
        ids: (rows, tokens).
        draws: even numbers in [0, 1), of the same shape; that of a word's first token decides.

    Returns:
        (rows, tokens) bool.
    """
    begins = begins_word(ids, continued)
    word = begins.cumsum(dim=1) - 1  # number of the word in its row; -1 where a row begins within one
    first = torch.ones_like(draws)
    first.scatter_reduce_(1, word.clamp(min=0), torch.where(begins, draws, torch.ones_like(draws)), reduce="amin")
    return (first.gather(1, word.clamp(min=0)) < SHARE) & (word >= 0) & ~special[ids]


def replaced(
    ids: torch.Tensor, chosen: torch.Tensor, draws: torch.Tensor, others: torch.Tensor, mask: int, words: int
) -> torch.Tensor:
    """What the encoder sees in place of ``ids``: of hidden tokens 80 % the mask, 10 % another token, 10 % the token itself."""
    seen = torch.where(chosen & (draws < AS_MASK), torch.full_like(ids, mask), ids)
    other = (others * words).long().clamp(max=words - 1)
    return torch.where(chosen & (draws >= AS_MASK) & (draws < AS_MASK + AS_OTHER), other, seen)


def head_of_source(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor] | None:
    """The head's weights as ``MaskedModel`` calls them, out of those of a checkpoint; None where it holds none."""
    for dense, norm, bias in HEADS:
        names = {"dense.weight": f"{dense}.weight", "dense.bias": f"{dense}.bias", "norm.weight": f"{norm}.weight",
                 "norm.bias": f"{norm}.bias", "bias": bias}  # fmt: skip
        if all(name in state for name in names.values()):
            return {own: state[name] for own, name in names.items()}
    return None


def load_masked(source: str, revision: str | None, seed: int) -> MaskedModel:
    """A source with its own head for hidden words, or with a fresh one; its word vectors stand still.

    Raises:
        SourceError: when it cannot be had, or its tokenizer has no mask.
    """
    from transformers import AutoModelForMaskedLM

    from core.errors import SourceError
    from core.models.classifier import load_tokenizer
    from core.models.errors import explained
    from core.models.pooling import without_averaging
    from core.models.sources import locate_here

    where, extra = locate_here(source, revision)
    tokenizer = load_tokenizer(source, revision)
    if tokenizer.mask_token_id is None:
        raise SourceError(
            f"The tokenizer of {source!r} has no mask for hidden words.", "Choose a source like BERT, or adapt none."
        )
    with explained(source):
        whole, loading = AutoModelForMaskedLM.from_pretrained(
            where, dtype=torch.float32, output_loading_info=True, **extra
        )
        lacking = [name for name in loading["missing_keys"] if not name.startswith(f"{whole.base_model_prefix}.")]
        head = None if lacking else head_of_source(whole.state_dict())
        encoder = without_averaging(whole.base_model)
    model = MaskedModel(encoder, tokenizer, head, seed)
    encoder.get_input_embeddings().weight.requires_grad_(False)
    encoder.config.num_labels = 2  # what it gives for a row
    return model


def one_word_each(
    ids: torch.Tensor, continued: torch.Tensor, special: torch.Tensor, draws: torch.Tensor
) -> torch.Tensor:
    """One whole word of each row.

    Args:
        ids: (rows, tokens).
        continued, special: as ``kinds_of_tokens`` gives them.
        draws: (rows,) even numbers in [0, 1) that choose it.

    Returns:
        (rows, tokens) bool; nothing of a row without words.
    """
    begins = begins_word(ids, continued) & ~special[ids]
    word = begins.cumsum(dim=1)  # number of the word from 1 on
    words = word.max(dim=1).values
    wanted = (draws * words).floor() + 1
    return (word == wanted[:, None]) & ~special[ids] & (words > 0)[:, None]
