from core.data.cleaning.checks.health import check_dataset
from core.data.sets.samples import add_sample


def test_the_sample_is_sound(home):
    dataset = add_sample("reviews")
    frame = dataset.frame()
    assert dataset.rows >= 600 and dataset.labels == ("neg", "pos")
    assert set(frame["extra.domain"]) == {"films", "restaurants", "gadgets"}
    assert frame["label"].value_counts().nunique() == 1
    assert not [check for check in check_dataset(dataset) if check.level in ("warning", "error")]
    openings = frame["text"].str.lower().str.findall(r"\w+").str[:3].str.join(" ")
    assert not openings.duplicated().any()
