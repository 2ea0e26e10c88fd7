"""The classifier: a pretrained encoder with a fresh head, loaded and saved in the format that others read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import SourceError
from core.models import pooling as pools
from core.models.errors import explained
from core.models.head import keep_exact
from core.models.soundness import check_tokenizer, check_weights, read_config
from core.models.sources import NO_CODE, locate_here

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel, PreTrainedTokenizerBase


@dataclass(slots=True)
class Classifier:
    """A sequence classifier and its tokenizer; ``fresh`` names the weights that no checkpoint provided."""

    model: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerBase"
    labels: tuple[str, ...]
    fresh: tuple[str, ...] = ()

    @property
    def max_length(self) -> int:
        """Longest input, in tokens, that the architecture's positions allow."""
        return position_limit(self.model.config)

    def save(self, folder: Path) -> None:
        """Write weights (safetensors), config and tokenizer so that transformers alone loads them.

        The tokenizer says how much the model reads, so that `truncation=True` elsewhere cuts where it has to.
        """
        self.model.save_pretrained(folder)
        unlimited, self.tokenizer.model_max_length = self.tokenizer.model_max_length, self.max_length
        self.tokenizer.save_pretrained(folder)
        self.tokenizer.model_max_length = unlimited


def load_classifier(
    source: str,
    labels: Sequence[str],
    *,
    seed: int,
    revision: str | None = None,
    scratch: bool = False,
    pooling: str = "auto",
    problem_type: str = "single_label_classification",
    prefer_mean: bool = False,
) -> Classifier:
    """The source's encoder with a new head for ``labels``; ``scratch`` keeps only its architecture.

    Weights are loaded as float32, whatever the checkpoint holds: half-precision weights do not train well.
    The head of an earlier run is kept where its labels are the same.

    Args:
        problem_type: what the head's outputs mean, in the words of transformers.
        pooling: "mean" or "cls" (the first token) reads the encoder so; "auto" as its source was trained.
        prefer_mean: with "auto", read any source by the mean where its architecture allows it.

    Raises:
        SourceError: when the source cannot be found or read.
    """
    import torch
    from transformers import AutoModelForSequenceClassification

    where, extra = locate_here(source, revision)
    torch.manual_seed(seed)  # the new head is the first random draw of a run
    config = read_config(source, where, extra)
    tokenizer = load_tokenizer(source, revision)
    check_tokenizer(source, tokenizer, getattr(config, "vocab_size", None))
    with explained(source):
        same_head = _has_head_for(config, labels, problem_type)
        _set_answers(config, labels, problem_type)
        averages = _averages(pooling, source, where, config, extra) or (
            prefer_mean and pooling == "auto" and pools.can_average(config)
        )
        if scratch:
            config.dtype = torch.float32
            pools.forget(config)  # random weights do not average; the layer is added anew
            model = AutoModelForSequenceClassification.from_config(config)
            fresh = ["all weights"]
        else:
            model, loading = AutoModelForSequenceClassification.from_pretrained(
                where, config=config, dtype=torch.float32, ignore_mismatched_sizes=True, output_loading_info=True, **extra
            )  # fmt: skip
            check_weights(source, model, loading)
            fresh = sorted(set(loading["missing_keys"]) | {key for key, *_ in loading["mismatched_keys"]})
    if not same_head and not fresh:
        # same number of classes, other labels: an old head would start out knowing the wrong task
        fresh = _renew_head(model)
    if averages:
        pools.average_tokens(model)
    return Classifier(model, tokenizer, tuple(labels), tuple(fresh))


def load_tokenizer(source: str, revision: str | None = None) -> "PreTrainedTokenizerBase":
    """The tokenizer of a source, without its model.

    Raises:
        SourceError: when it cannot be found or read.
    """
    from transformers import AutoTokenizer

    where, extra = locate_here(source, revision)
    with explained(source):
        tokenizer = AutoTokenizer.from_pretrained(where, **extra)
    check_tokenizer(source, tokenizer)
    tokenizer.model_max_length = 10**9  # cutting is ours; the warning about long texts would be noise
    return tokenizer


def load_saved(folder: Path) -> Classifier:
    """A finished model as a run wrote it, in evaluation mode.

    Raises:
        SourceError: when a file of it is missing or damaged.
    """
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    name = str(folder)
    config = read_config(name, name, NO_CODE)
    with explained(name):
        tokenizer = AutoTokenizer.from_pretrained(folder, **NO_CODE)
        check_tokenizer(name, tokenizer, config.vocab_size)
        model, loading = AutoModelForSequenceClassification.from_pretrained(
            folder, config=config, dtype=torch.float32, output_loading_info=True, **NO_CODE
        )
        if loading["missing_keys"]:  # a finished model is whole
            raise ValueError(f"its file with weights lacks {min(loading['missing_keys'])}.")
        pools.restore(model)
        if model.config.problem_type == "regression":
            keep_exact(model)
        labels = tuple(model.config.id2label[index] for index in range(model.config.num_labels))
    tokenizer.model_max_length = 10**9
    return Classifier(model.eval(), tokenizer, labels)


def position_limit(config: object) -> int:
    """Longest input in tokens; RoBERTa's kin spend two positions on padding (they count from ``pad + 1``)."""
    limit = getattr(config, "max_position_embeddings", None) or 512
    offset = 2 if getattr(config, "model_type", "") in ("roberta", "xlm-roberta", "camembert", "mpnet") else 0
    relative = getattr(config, "model_type", "") in ("deberta", "deberta-v2")
    return 131072 if relative else int(limit) - offset


def head_of(model: "PreTrainedModel") -> list[str]:
    """Names of the parameters outside the pretrained encoder: what a probe trains."""
    prefix = f"{model.base_model_prefix}."
    return [name for name, _ in model.named_parameters() if not name.startswith(prefix)]


def _averages(pooling: str, source: str, where: str, config: "PretrainedConfig", extra: dict[str, Any]) -> bool:
    """Whether the encoder is to be read by the mean of its tokens."""
    trained = pools.trained_pooling(where, config, extra)
    if pooling == "cls" and getattr(config, pools.MARK, None):
        raise SourceError(f"The source {source!r} already reads the mean of all tokens.", "Choose the pooling auto.")
    if pooling == "auto":
        return trained == "mean" and pools.can_average(config)
    return pooling == "mean"


def _has_head_for(config: "PretrainedConfig", labels: Sequence[str], problem_type: str) -> bool:
    """Whether the source's own head answers the same question; the units of a score are never known to be the same."""
    names = getattr(config, "id2label", None) or {}
    answered = getattr(config, "problem_type", None) or problem_type
    same = [names[index] for index in sorted(names)] == list(labels) and answered == problem_type
    return same and problem_type != "regression"


def _set_answers(config: "PretrainedConfig", labels: Sequence[str], problem_type: str) -> None:
    """Write into an architecture what its head is going to answer."""
    config.num_labels = len(labels)
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: index for index, label in enumerate(labels)}
    config.problem_type = problem_type  # type: ignore[assignment]
    if hasattr(config, "graft_thresholds"):  # those of an earlier run belong to its answers
        del config.graft_thresholds


def _renew_head(model: "PreTrainedModel") -> list[str]:
    """Draw the head anew; the names of its weights."""
    names = head_of(model)
    for path in {name.rsplit(".", 1)[0] for name in names}:
        module = model.get_submodule(path)
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()  # type: ignore[operator]
        model._init_weights(module)
    return names
