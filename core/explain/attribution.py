"""Which words pulled an answer: integrated gradients of the answer over the word vectors, summed to words.

An approximation of what the answer would lose without a word: the gradient is taken at ``STEPS`` points on the way from a text of
nothing but padding to the text itself, and multiplied by that way. Source: Sundararajan et al. (2017). The gradient at the text alone
times its vectors costs a sixth and tells the wrong words: docs/benchmarks.md has both beside leaving each word out.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import SourceError
from core.explain.counted import explain_counted
from core.explain.explained import Explained, which_output
from core.explain.words import Word, gather
from core.results.answerer import Answerer
from core.results.counted_predictor import CountedPredictor
from core.results.predictor import Predictor
from core.training.truncation import pieces, special_counts

if TYPE_CHECKING:
    import torch

STEPS = 6  # more agree no better with leaving words out


def explain(predictor: Answerer, text: str, pair: str | None = None, target: str | None = None) -> Explained:
    """The pull of each word towards one answer: exact where words are counted, else as told above.

    Args:
        target: the class or label to explain; by default the one that the model gives the highest probability.

    Raises:
        SourceError: when the model's tokenizer does not tell where its tokens stand, or its word vectors cannot be reached.
    """
    if isinstance(predictor, CountedPredictor):
        return explain_counted(predictor, text, pair, target)
    if not isinstance(predictor, Predictor):
        raise SourceError("This model does not tell what its words do.")
    tokens = _tokens(predictor, text, pair)
    outputs, pull = _pull(predictor, tokens, target)
    which = which_output(predictor, outputs, target)
    spans, parts = tokens["spans"], np.asarray(tokens["parts"])
    read = [
        gather(each, [spans[at] for at in np.flatnonzero(parts == part)], pull[parts == part].tolist())
        for part, each in enumerate([text] if pair is None else [text, pair])
    ]
    return Explained(
        predictor.labels[which], tuple(read[0]), tuple(read[1]) if pair is not None else (), str(tokens["note"])
    )


def without(text: str, word: Word) -> str:
    """The text without one word, and without the blank that would be left twice."""
    before, after = text[: word.start], text[word.end :]
    if not before.strip():
        return after.lstrip(" ")
    return before.rstrip(" ") + after if after.startswith(" ") or not after else before + after


def _tokens(predictor: Predictor, text: str, pair: str | None) -> dict[str, Any]:
    """Token numbers as the model reads them, with the place of each: ``ids``, ``types``, ``spans``, ``parts`` (0, 1; -1 special)."""
    tokenizer, truncation = predictor.classifier.tokenizer, predictor.truncation
    if not tokenizer.is_fast:
        raise SourceError(
            "This model's tokenizer does not tell where its tokens stand in the text, so no word can be shaded.",
            "Use a source that has a tokenizer.json.",
        )
    cut = {"truncation": True, "max_length": predictor.max_length} if truncation == "head" else {}
    out = tokenizer(text, pair, return_offsets_mapping=True, **cut)
    kept, note = np.arange(len(out["input_ids"])), ""
    if truncation != "head":
        read = pieces(kept, predictor.max_length, truncation, *special_counts(tokenizer))
        kept = read[0]
        if len(read) > 1:
            note = f"The text is read in {len(read)} windows; the words of the first are shaded."
    elif any(each.overflowing for each in out.encodings):
        note = f"The model reads {predictor.max_length} tokens; what lies beyond has no say."
    sequence = [-1 if part is None else part for part in out.sequence_ids(0)]
    types = out.get("token_type_ids") if pair is not None else None
    return {
        "ids": [out["input_ids"][at] for at in kept], "types": None if types is None else [types[at] for at in kept],
        "spans": [tuple(out["offset_mapping"][at]) for at in kept], "parts": [sequence[at] for at in kept], "note": note,
    }  # fmt: skip


def _pull(predictor: Predictor, tokens: dict[str, Any], target: str | None) -> tuple[np.ndarray, np.ndarray]:
    """Outputs (classes,) and the pull (tokens,) of each token towards the target."""
    import torch

    model, points = predictor.classifier.model, []
    table = model.get_input_embeddings()
    if table is None:
        raise SourceError("This model's word vectors cannot be reached, so no word can be shaded.")
    ids = torch.tensor([tokens["ids"]], device=predictor.device)
    with torch.no_grad():
        outputs = model(**_batch(tokens, ids)).logits[0].float().cpu().numpy()
        vectors = table(ids)
        nothing = torch.where(_special(tokens, ids), vectors, _padding(predictor, table, vectors))
    shares = torch.arange(0.5, STEPS, device=predictor.device).view(-1, 1, 1) / STEPS
    way = (nothing + shares * (vectors - nothing)).requires_grad_(True)

    def on_the_way(_module: Any, _inputs: Any, _output: "torch.Tensor") -> "torch.Tensor":
        points.append(way)
        return way

    hook = table.register_forward_hook(on_the_way)
    try:
        with torch.enable_grad():
            logits = model(**_batch(tokens, ids.expand(STEPS, -1))).logits.float()
            aim = _aim(predictor, logits, which_output(predictor, outputs, target))
            (gradient,) = torch.autograd.grad(aim.sum(), way)
    finally:
        hook.remove()
    if not points:
        raise SourceError("This model does not look its words up in one table, so no word can be shaded.")
    pull = (gradient.mean(0) * (vectors - nothing)[0]).sum(-1)
    return outputs, pull.float().cpu().numpy()


def _batch(tokens: dict[str, Any], ids: "torch.Tensor") -> dict[str, "torch.Tensor"]:
    """What the model takes for these token numbers, (rows, tokens)."""
    import torch

    batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if tokens["types"] is not None:
        batch["token_type_ids"] = torch.tensor([tokens["types"]], device=ids.device).expand_as(ids)
    return batch


def _special(tokens: dict[str, Any], ids: "torch.Tensor") -> "torch.Tensor":
    """(1, tokens, 1) which tokens belong to no text: they stay as they are."""
    import torch

    return torch.tensor([part < 0 for part in tokens["parts"]], device=ids.device).view(1, -1, 1)


def _padding(predictor: Predictor, table: Any, vectors: "torch.Tensor") -> "torch.Tensor":
    """(1, tokens, width) the vectors of a text that says nothing."""
    import torch

    pad = predictor.classifier.tokenizer.pad_token_id
    if pad is None:
        return torch.zeros_like(vectors)
    return table(torch.full(vectors.shape[:2], pad, device=vectors.device))


def _aim(predictor: Predictor, logits: "torch.Tensor", which: int) -> "torch.Tensor":
    """(rows,) what is explained: the log-odds of a class against all others, the log-odds of a label, or the score."""
    if predictor.task.kind != "single_label" or logits.shape[1] < 2:
        return logits[:, which]
    others = [number for number in range(logits.shape[1]) if number != which]
    return logits[:, which] - logits[:, others].logsumexp(1)
