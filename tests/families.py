"""Small encoders of every family, with random weights, and rows of whole words that they read."""

from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import (
    AutoModel,
    BertConfig,
    DebertaConfig,
    DebertaV2Config,
    DistilBertConfig,
    ElectraConfig,
    ModernBertConfig,
    MPNetConfig,
    PreTrainedTokenizerFast,
    RobertaConfig,
    XLMRobertaConfig,
)

from core.config import RunConfig
from core.models.adapters import attach
from core.models.classifier import Classifier, load_classifier
from core.strategies.registry import STRATEGIES
from core.training.encoding import encode
from core.training.job import LabelledRows
from core.training.teachers import TEACHERS
from tests.conftest import BAD, GOOD, THINGS
from tests.training.jobs import job_of

LABELS = ("neg", "pos")
SIZES = {
    "vocab_size": 40, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64,
    "max_position_embeddings": 80,
}  # fmt: skip
FAMILIES = {
    "bert": BertConfig(**SIZES),
    "roberta": RobertaConfig(**SIZES),
    "xlm-roberta": XLMRobertaConfig(**SIZES),
    "electra": ElectraConfig(**SIZES, embedding_size=32),
    "mpnet": MPNetConfig(**SIZES),
    "deberta": DebertaConfig(**SIZES, relative_attention=True, pos_att_type=["p2c", "c2p"]),
    "deberta-v2": DebertaV2Config(**SIZES, relative_attention=True, pos_att_type=["p2c", "c2p"]),
    "distilbert": DistilBertConfig(
        vocab_size=40, dim=32, n_layers=2, n_heads=2, hidden_dim=64, max_position_embeddings=80
    ),
    "modernbert": ModernBertConfig(
        **SIZES, pad_token_id=0, cls_token_id=2, sep_token_id=3, bos_token_id=2, eos_token_id=3
    ),
}


def save_families(folder: Path) -> Path:
    """A checkpoint of each family in a folder of its name."""
    for name, config in FAMILIES.items():
        torch.manual_seed(0)
        AutoModel.from_config(config).save_pretrained(folder / name)
        word_tokenizer().save_pretrained(folder / name)
    return folder


def word_tokenizer() -> PreTrainedTokenizerFast:
    """A tokenizer of whole words, small and quick to load."""
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", *GOOD, *BAD, *THINGS]
    inner = Tokenizer(models.WordLevel({word: at for at, word in enumerate(vocabulary)}, unk_token="[UNK]"))
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    inner.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="[PAD]", unk_token="[UNK]")


def word_rows(pairs: list[tuple[str, str]]) -> LabelledRows:
    """Texts and labels as a training takes them."""
    numbers = np.array([LABELS.index(label) for _, label in pairs])
    return LabelledRows(encode([text for text, _ in pairs], word_tokenizer(), 32), numbers)


def config_of(strategy: str, **changes) -> RunConfig:
    """A short training by ``strategy``."""
    base = RunConfig("x", strategy=strategy, epochs=2, batch_size=8, learning_rate=3e-3, checkpoint_seconds=0)
    return base.changed(top_layers=1, **changes)


def fresh(checkpoints: Path, family: str, config: RunConfig) -> Classifier:
    """A classifier of the family, ready for the config's strategy."""
    classifier = load_classifier(
        str(checkpoints / family), LABELS, seed=7, scratch=STRATEGIES[config.strategy].from_scratch,
        pooling=config.pooling,
    )  # fmt: skip
    attach(classifier.model, config)
    return classifier


def taught(model, config: RunConfig, rows: tuple[LabelledRows, LabelledRows], **keywords):
    """The events of the training that the config's strategy asks for."""
    teach = TEACHERS[STRATEGIES[config.strategy].teacher.name]
    return teach(job_of(config, model, *rows, **keywords))
