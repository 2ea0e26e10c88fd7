"""Plans: which parameters of a model are trained, at which rate, and from when on.

One description serves every strategy: each parameter has a share of the learning rate (none means frozen) and the share
of the training after which it begins to move. A plan is made from a plain description of the encoder, without a model.
"""

from dataclasses import dataclass, field
from typing import Protocol


class Settings(Protocol):
    """What strategies read of a run's settings; a ``RunConfig`` has all of it."""

    @property
    def seed(self) -> int: ...
    @property
    def top_layers(self) -> int: ...
    @property
    def layer_decay(self) -> float: ...
    @property
    def lora_rank(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Encoder:
    """A model as a plan sees it.

    Attributes:
        depth: of each parameter that may be trained, by name: 0 for embeddings, 1 to ``layers`` for the layers from the
            bottom, ``head`` for what is above.
        layers: number of layers.
        kind: what transformers calls the architecture, for messages.
    """

    depth: dict[str, int]
    layers: int
    kind: str

    @property
    def head(self) -> int:
        """The depth of what stands above the layers: pooler and classifier."""
        return self.layers + 1


@dataclass(frozen=True, slots=True)
class Plan:
    """What is trained.

    Attributes:
        rates: share of the learning rate by parameter name; a parameter that is not named stays as it is.
        opens: share of the training (0 to 1) after which a parameter begins to move, where that is not the start.
        layers: number of layers of the encoder.
        frozen_layers: so many from the bottom stay frozen together with the embeddings throughout; 0 for none.
    """

    rates: dict[str, float]
    opens: dict[str, float] = field(default_factory=dict)
    layers: int = 0
    frozen_layers: int = 0


def train_all(encoder: Encoder, settings: Settings) -> Plan:
    """Every parameter at the full rate, from the start."""
    return Plan(dict.fromkeys(encoder.depth, 1.0), {}, encoder.layers)
