"""Teachers: by which procedure weights learn. ``core.training.teachers`` has the function of each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Teacher:
    """A procedure of training, and what follows from it for the rest of a run.

    Attributes:
        name: its key in the table of the functions.
        steps: whether weights move by gradient steps; else the last layer is solved for, which knows neither learning
            rate nor schedule nor checkpoints.
        by_epochs: whether a step is a batch of labelled rows that come round every epoch. Then epochs can be chosen,
            rates be tried in a short training, the best validations be averaged, and its speed tells that of others.
        pairs: whether a step is a batch of pairs of rows.
        reads_features: whether the last layer is fitted on what the source's own encoder says of each text, which runs
            on equal texts can share.
        processes: whether several processes can train one model together.
        encodes: whether an encoder reads the texts, which a source gives; else their words are counted, and a run has no
            source, no tokens and nothing that another run could start from.
    """

    name: str
    steps: bool = True
    by_epochs: bool = True
    pairs: bool = False
    reads_features: bool = False
    processes: bool = True
    encodes: bool = True


STEPS = Teacher("steps")
FEATURES = Teacher("features", steps=False, by_epochs=False, reads_features=True, processes=False)
FEATURES_THEN_STEPS = Teacher("features_then_steps", reads_features=True, processes=False)
PAIRS = Teacher("pairs", by_epochs=False, pairs=True, processes=False)
COUNTS = Teacher("counts", steps=False, by_epochs=False, processes=False, encodes=False)
