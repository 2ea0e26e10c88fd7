"""Well-known data sets of the Hub that are added by one click: names, what they hold and what each shows.

Sizes are of the Parquet files that the Hub makes of them, rounded, as their pages told in 2025; what comes is what counts.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class WellKnown:
    """A public set.

    Attributes:
        name: on the Hub; ``configuration``: which of its tables, where it has several.
        roles: what ``add_dataset`` is told of its columns; the rest is guessed.
        megabytes: of the download.
    """

    title: str
    name: str
    sentence: str
    rows: int
    megabytes: int
    licence: str
    configuration: str | None = None
    roles: dict[str, Any] = field(default_factory=dict)


WELL_KNOWN = (
    WellKnown(
        "IMDB", "stanfordnlp/imdb", "Film reviews, positive or negative: the classic of every tutorial. Long texts.",
        50_000, 42, "not stated by its makers", "plain_text", {"text": "text", "label": "label"},
    ),
    WellKnown(
        "SST-2", "stanfordnlp/sst2", "Sentences from film reviews, positive or negative: short and many.",
        68_000, 5, "not stated by its makers", None, {"text": "sentence", "label": "label"},
    ),
    WellKnown(
        "AG News", "fancyzhx/ag_news", "News in four topics: easy, even for counted words.",
        127_600, 20, "for research, not for profit", None, {"text": "text", "label": "label"},
    ),
    WellKnown(
        "Emotion", "dair-ai/emotion", "Tweets with one of six emotions: what order and context add to words.",
        20_000, 1, "for education and research", "split", {"text": "text", "label": "label"},
    ),
    WellKnown(
        "Banking77", "mteb/banking77", "Questions to a bank, 77 intents: many classes that are neighbours.",
        13_083, 1, "CC BY 4.0", None, {"text": "text", "label": "label_text"},
    ),
    WellKnown(
        "GoEmotions", "google-research-datasets/go_emotions", "Comments with one or several of 28 emotions: several labels a row.",
        54_263, 4, "Apache 2.0", "simplified", {"text": "text", "label": "labels", "task": "multi_label"},
    ),
    WellKnown(
        "MNLI", "nyu-mll/multi_nli", "Pairs of sentences: does the second follow from the first? A task of reasoning.",
        402_517, 214, "several, see its page", None, {"text": "premise", "text_pair": "hypothesis", "label": "label"},
    ),
    WellKnown(
        "Tweet sentiment, eight languages", "cardiffnlp/tweet_sentiment_multilingual",
        "Tweets in Arabic, English, French, German, Hindi, Italian, Portuguese and Spanish: transfer across languages.",
        24_262, 3, "see its page", "all", {"text": "text", "label": "label"},
    ),
)  # fmt: skip
