import pytest

from core.data.cleaning.checks.health import check_dataset
from core.data.sets.samples import SAMPLES, add_sample


def test_the_sample_is_sound(home):
    dataset = add_sample("reviews")
    frame = dataset.frame()
    assert dataset.rows >= 600 and dataset.labels == ("neg", "pos")
    assert set(frame["extra.domain"]) == {"films", "restaurants", "gadgets"}
    assert frame["label"].value_counts().nunique() == 1
    assert not [check for check in check_dataset(dataset) if check.level in ("warning", "error")]
    openings = frame["text"].str.lower().str.findall(r"\w+").str[:3].str.join(" ")
    assert not openings.duplicated().any()


@pytest.mark.parametrize(
    ("key", "task", "parts", "labels"),
    [
        ("support", "single_label", (140, 70, 518), 14),
        ("support_more", "single_label", (601, 70, 518), 14),
        ("notes", "multi_label", (148, 37, 110), 8),
        ("urgency", "regression", (150, 40, 110), 1),
    ],
)
def test_each_kind_of_task_has_a_sound_sample(home, key, task, parts, labels):
    dataset = add_sample(key)
    assert dataset.task == task and len(dataset.labels) == labels
    assert tuple(dataset.size(part) for part in ("train", "validation", "test")) == parts
    assert not [check for check in check_dataset(dataset) if check.level in ("warning", "error")]
    assert add_sample(key).id == dataset.id


def test_what_was_put_into_the_messy_file_is_found(home):
    dataset = add_sample("inbox")
    first = dataset.frame().iloc[0]
    assert (
        first["text"].startswith("Paid by instalments\n\nI have given the dishwasher back")
        and first["label"] == "Refund"
    )
    found = {check.name: check for check in check_dataset(dataset)}
    assert "'Routed to' (right in 100 % of the rows)" in found["columns that give the label away"].message
    assert all(slip in found["misspelt labels"].message for slip in ("'Refudn'", "'Acount'", "'Delivry'", "'Invioce'"))
    assert all(slip in found["label look-alikes"].message for slip in ("'card'", "'delivery'", "'INVOICE'"))
    assert "'---' (1)" in found["labels that say nothing"].message
    assert "8 rows repeat an earlier text" in found["duplicates"].message
    assert "3 texts occur with different labels (6 rows)" in found["conflicting labels"].message
    assert (
        "3 without label" in found["missing"].message
        and "'Complaint about staff' (1)" in found["small classes"].message
    )


def test_every_sample_is_told_in_the_notes_beside_it(home):
    notes = (SAMPLES["reviews"].path.parent / "README.md").read_text(encoding="utf-8")
    assert all(f"`{sample.path.name}`" in notes and sample.path.exists() for sample in SAMPLES.values())


def test_messages_of_the_support_sample_are_on_no_frame_and_every_kind_has_as_many(home):
    frame = add_sample("support").frame()
    assert (frame.groupby(["label", "split"]).size().unstack() == [37, 10, 5]).all().all()
    openings = frame["text"].str.lower().str.findall(r"\w+").str[:4]
    long = openings[openings.str.len() == 4].str.join(" ")
    assert not long.duplicated().any() and not frame["text"].str.lower().duplicated().any()


def test_the_pool_adds_to_what_is_learnt_from_and_leaves_what_judges_alone(home):
    few, more = add_sample("support").frame(), add_sample("support_more").frame()
    for part in ("validation", "test"):
        assert set(few.loc[few["split"] == part, "text"]) == set(more.loc[more["split"] == part, "text"])
    assert set(few["text"]) < set(more["text"])
    assert more["label"].value_counts().min() >= 70
    openings = more["text"].str.lower().str.findall(r"[a-z0-9']+").str[:4].str.join(" ")
    assert not openings[openings.str.count(" ") == 3].duplicated().any()
