"""What may be asked, and how it is answered: the shapes of ``/predict`` and of ``/v1/systemone``."""

from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from core.serve.engine import Engine
from core.tasks import split_labels

MOST_TEXTS = 256  # of a request
LONGEST = 20_000  # characters of a text


def _whole(text: str) -> str:
    """A text that can be told again: JSON may hold halves of characters, which no tokenizer reads and no answer can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half a character, a surrogate without its other half") from None
    return text


Text = Annotated[str, Field(max_length=LONGEST), AfterValidator(_whole)]


class Wrong(Exception):
    """A request that cannot be answered as it is asked; ``hint`` says what to do."""

    def __init__(self, message: str, hint: str):
        super().__init__(message)
        self.message, self.hint = message, hint


class Question(BaseModel):
    """Texts, or pairs of texts where the model reads two."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"texts": ["The film was long."]}]})

    texts: list[Text] | None = Field(None, max_length=MOST_TEXTS)
    pairs: list[tuple[Text, Text]] | None = Field(None, max_length=MOST_TEXTS)


class Said(BaseModel):
    """The answer to one text.

    Attributes:
        answer: a class, the labels that reach their thresholds, or a score.
        probabilities: of each class or label; None for scores.
    """

    answer: str | list[str] | float
    probabilities: dict[str, float] | None


class Answer(BaseModel):
    """Answers in the order of the texts."""

    model: str
    answers: list[Said]


class Choice(BaseModel):
    """A question of System One: which of these? The criteria are the model's own labels, in any order."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["choice"]
    criteria: dict[str, Any]
    instructions: Any = None


class SystemOne(BaseModel):
    """A request of System One (the shape that decision models answer), as ``transformers serve`` takes it too."""

    model_config = ConfigDict(extra="forbid")

    state: Text | dict[str, Text]
    questions: dict[Text, Choice] = Field(min_length=1, max_length=64)
    model: Text = ""
    assets: dict[str, Any] = Field(default_factory=dict, max_length=0)


def rows_of(question: Question, engine: Engine) -> tuple[list[str], list[str] | None]:
    """First and second texts of what was asked.

    Raises:
        Wrong: when the model reads two texts and got one, or the other way round.
    """
    if engine.takes_pairs and question.pairs is not None and question.texts is None:
        return [first for first, _ in question.pairs], [second for _, second in question.pairs]
    if not engine.takes_pairs and question.texts is not None and question.pairs is None:
        return question.texts, None
    shape = '{"pairs": [["one text", "another"]]}' if engine.takes_pairs else '{"texts": ["a text"]}'
    raise Wrong(f"This model reads {'two texts' if engine.takes_pairs else 'one text'} a row.", f"Ask {shape}.")


def said(engine: Engine, outputs: np.ndarray) -> list[Said]:
    """Outputs as they are told."""
    answers = engine.answers(outputs)
    if engine.task.kind == "regression":
        return [Said(answer=float(score), probabilities=None) for score in outputs]
    several = engine.task.kind == "multi_label"
    return [
        Said(
            answer=list(split_labels(str(answer))) if several else str(answer),
            probabilities=dict(zip(engine.labels, map(float, shares), strict=True)),
        )
        for answer, shares in zip(answers, outputs, strict=True)
    ]


def state_of(request: SystemOne, engine: Engine) -> tuple[str, str | None]:
    """The texts of a System One request: the state itself, or its ``text`` (and ``text_pair``).

    Raises:
        Wrong: when it holds something else, or the criteria are not the labels that the model was trained on.
    """
    if engine.task.kind != "single_label":
        raise Wrong(f"This model gives {engine.task.title} a row, which is no choice.", "Ask /predict.")
    for name, question in request.questions.items():
        if set(question.criteria) != set(engine.labels):
            raise Wrong(
                f"The criteria of {name[:80]!r} are not the labels of this model.",
                f"It was trained on {', '.join(engine.labels[:20])}, and chooses among all of them.",
            )
    state = request.state if isinstance(request.state, dict) else {"text": request.state}
    wanted = {"text", "text_pair"} if engine.takes_pairs else {"text"}
    if set(state) != wanted:
        raise Wrong(
            f"The state must be {'an object with' if engine.takes_pairs else 'a text, or an object with'} "
            f"{' and '.join(sorted(wanted))}, each a text of at most {LONGEST:,} characters.",
            "Put what is to be judged there.",
        )
    return state["text"], state.get("text_pair")


def chosen_answer(engine: Engine, shares: np.ndarray) -> dict[str, Any]:
    """One answer of System One; ``confidence`` is 0 where all labels are as likely and 1 where one is certain."""
    even, best = 1 / len(shares), int(shares.argmax())
    confidence = 1.0 if len(shares) == 1 else max(0.0, (float(shares[best]) - even) / (1 - even))
    probabilities = dict(zip(engine.labels, map(float, shares), strict=True))
    return {"type": "choice", "choice": engine.labels[best], "confidence": confidence, "probabilities": probabilities}
