"""Do the shaded words tell what matters? Their pull beside leaving each word out and asking the model again.

    python -m benchmarks.attribution RUN [--texts 100]

For judged texts of a finished run: Spearman's rank correlation between the pull of its words and what the answer's log-odds lose when a
word is left out, how often the strongest word is the same, and how much of the largest possible loss the strongest word brings. Beside
integrated gradients stands the gradient at the text alone times its vectors.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
from scipy.stats import spearmanr

from core.explain.attribution import explain, without
from core.explain.words import gather
from core.results.predictor import Predictor
from core.runs.folder import get_run

FEWEST = 5  # words of a text whose order says something


def log_odds(share: np.ndarray) -> np.ndarray:
    """Of probabilities, any shape; clipped so that none is infinite."""
    kept = np.clip(share, 1e-9, 1 - 1e-9)
    return np.log(kept) - np.log1p(-kept)


def integrated(predictor: Predictor, text: str) -> np.ndarray:
    """(words,) as the page shades them."""
    return np.array([word.weight for word in explain(predictor, text).words])


def gradient_times_input(predictor: Predictor, text: str) -> np.ndarray:
    """(words,) one gradient, at the text itself, times the vectors as they are."""
    import torch

    model, held = predictor.classifier.model, []
    out = predictor.classifier.tokenizer(
        text, truncation=True, max_length=predictor.max_length, return_offsets_mapping=True, return_tensors="pt"
    )

    def keep(_module: object, _inputs: object, vectors: "torch.Tensor") -> "torch.Tensor":
        held.append(vectors.detach().requires_grad_(True))
        return held[-1]

    hook = model.get_input_embeddings().register_forward_hook(keep)
    logits = model(input_ids=out["input_ids"], attention_mask=out["attention_mask"]).logits[0].float()
    hook.remove()
    which = int(logits.argmax())
    others = [number for number in range(len(logits)) if number != which]
    (gradient,) = torch.autograd.grad(logits[which] - logits[others].logsumexp(0), held[0])
    pull = (gradient * held[0]).sum(-1)[0].detach().tolist()
    return np.array(
        [word.weight for word in gather(text, [tuple(span) for span in out["offset_mapping"][0].tolist()], pull)]
    )


WAYS: dict[str, Callable[[Predictor, str], np.ndarray]] = {
    "integrated gradients": integrated, "gradient x input": gradient_times_input
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("--texts", type=int, default=100)
    arguments = parser.parse_args()
    run = get_run(arguments.run)
    predictor = Predictor.load(run)
    table = run.read_predictions(str((run.result or {})["split"]))
    texts = [
        text for text in table.sample(frac=1.0, random_state=0)["text"] if len(explain(predictor, text).words) >= FEWEST
    ]
    found: dict[str, list[tuple[float, bool, float, float]]] = {way: [] for way in WAYS}
    for text in texts[: arguments.texts]:
        words, shares = explain(predictor, text).words, predictor.predict([text])[0]
        which = int(shares.argmax())
        left = predictor.predict([without(text, word) for word in words])[:, which]
        loss = log_odds(shares[which]) - log_odds(left)
        for way, pull in WAYS.items():
            began = time.perf_counter()
            told = pull(predictor, text)
            took = time.perf_counter() - began
            share = loss[told.argmax()] / max(loss.max(), 1e-9)
            found[way].append((spearmanr(told, loss)[0], told.argmax() == loss.argmax(), share, took))
    for way, lines in found.items():
        rank, same, share, took = np.nanmean(np.array(lines, dtype=float), axis=0)
        print(
            f"{way:22} rank {rank:+.2f}, same strongest word {same:.0%}, {share:.0%} of the largest loss, {1000 * took:.0f} ms a text"
        )


if __name__ == "__main__":
    main()
