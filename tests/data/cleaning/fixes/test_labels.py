import pandas as pd

from core.data.cleaning.mending import make_version
from core.data.sets.add import add_dataset
from core.data.sets.versions import changed_rows
from tests.conftest import sentences


def test_a_relabelled_row_is_kept_with_its_label_before_and_after(untidy):
    version = make_version(untidy, "relabel", {"labels": {99: "pos"}})
    assert version.labels == ("neg", "pos")
    assert changed_rows(version).to_dict("records") == [{"row": 99, "what": "label", "before": "Pos", "after": "pos"}]
    frame = version.frame()
    assert frame.loc[frame["row"] == 99, "label"].item() == "pos"


def test_labels_with_braces_can_be_merged(home, tmp_path):
    frame = pd.DataFrame(sentences(60), columns=["review", "label"])
    frame.loc[frame["label"] == "neg", "label"] = "{bad}"
    frame.loc[:9, "label"] = "{}"
    frame.to_csv(tmp_path / "x.csv", index=False)
    dataset, _ = add_dataset(tmp_path / "x.csv", text="review", label="label")
    version = make_version(dataset, "merge_labels", {"names": {"{}": "{bad}"}})
    assert version.change["sentence"] == "Merged '{}' into '{bad}': 10 rows." and version.labels == ("pos", "{bad}")


def test_of_several_labels_a_row_two_that_become_one_stand_there_once(home, tmp_path):
    rows = ["battery|sync", "Battery|battery", "sync", "Battery"] * 10
    frame = pd.DataFrame({"text": [text for text, _ in sentences(40)], "labels": rows})
    frame.to_csv(tmp_path / "x.csv", index=False)
    dataset, _ = add_dataset(tmp_path / "x.csv", text="text", label="labels", task="multi_label", separator="|")
    version = make_version(dataset, "merge_labels", {"names": {"Battery": "battery"}})
    assert version.labels == ("battery", "sync")
    kept = version.frame().sort_values("row")["label"].tolist()
    assert kept[:4] == ["battery|sync", "battery", "sync", "battery"]
