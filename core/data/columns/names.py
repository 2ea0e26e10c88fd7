"""Names that columns of each role usually bear."""

import re

TEXT_NAMES = ("text", "review", "sentence", "message", "tweet", "comment", "content", "body", "document", "premise")
PAIR_NAMES = ("text_pair", "sentence2", "hypothesis", "question2", "text2", "text_b", "sentence_b", "premise2")
LABEL_NAMES = (
    "label", "class", "sentiment", "target", "category", "emotion", "answer", "y", "topic", "rating", "intent", "stars",
)  # fmt: skip
SEVERAL_NAMES = ("labels", "tags", "emotions", "topics", "categories", "classes", "genres", "keywords", "intents")
SCORE_NAMES = ("score", "rating", "stars", "similarity", "grade", "points", "value", "price", "intensity", "strength")
DOMAIN_NAMES = ("domain", "source", "genre", "product", "airline", "platform", "website", "channel", "publisher")
LANGUAGE_NAMES = ("language", "lang", "locale", "language_code", "lang_code")
ID_NAMES = ("id", "index", "idx", "uid", "uuid", "guid", "row_id", "text_id", "comment_id", "tweet_id", "unnamed__0")
SPLIT_NAMES = ("split", "part", "partition", "set", "fold", "subset")
GROUP_NAMES = (
    "group", "group_id", "author", "author_id", "user", "user_id", "movie_id", "document_id", "doc_id", "thread",
)  # fmt: skip


def plain_name(name: str) -> str:
    """A name as the lists above spell it: lower case, anything but letters and digits as an underscore."""
    return re.sub(r"[^a-z0-9_]", "_", name.strip().lower())
