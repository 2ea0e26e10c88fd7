"""How often the test part of a set was looked at: each finished run that was judged by it is a look."""

from dataclasses import dataclass

from core.data.sets.store import DataSet
from core.data.sets.versions import family
from core.errors import GraftError
from core.runs.folder import Run, list_runs

MANY = 20


@dataclass(frozen=True, slots=True)
class Looks:
    """Finished runs judged by the test part of this version, and of other versions of the same origin."""

    here: int
    elsewhere: int

    @property
    def sentence(self) -> str:
        """What the count means."""
        if not self.here and not self.elsewhere:
            return "The test part has not been looked at yet: no run has been judged by it."
        times, again = ("once" if count == 1 else f"{count:,} times" for count in (self.here, self.elsewhere))
        sentence = f"The test part has been looked at {times}, by finished runs on this version"
        sentence += f", and {again} through other versions." if self.elsewhere else "."
        if self.here + self.elsewhere >= MANY:
            return (
                f"{sentence} The best of so many scores is partly luck: choose by validation, and confirm on new texts."
            )
        return f"{sentence} Choose between runs by validation, and look here for the final number only."


def looks_at_test(dataset: DataSet) -> Looks:
    """Count the looks at the test part of a set, from the run folders; folds that left that part aside never saw it."""
    kin = {version.id for version in family(dataset) if not (version.fold and _aside(version))} - {dataset.id}
    here = elsewhere = 0
    for run in list_runs():
        used = dataset_of(run)
        if (used == dataset.id or used in kin) and (run.result or {}).get("split") == "test":
            here += used == dataset.id
            elsewhere += used in kin
    return Looks(here, elsewhere)


def _aside(version: DataSet) -> bool:
    return bool((version.change or {}).get("parameters", {}).get("keep_test"))


def dataset_of(run: Run) -> str | None:
    """Id of the version that a run used; None where its settings can no longer be read."""
    try:
        return run.config.dataset
    except GraftError:
        return None
