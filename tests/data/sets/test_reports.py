"""Shapes of files that people reported about tools of this kind: each gives the right set, or says what it is."""

import pytest

from core.data.sets.add import add_dataset
from core.errors import DatasetError
from tests.conftest import DATA

REPORTS = DATA / "reports"
pytestmark = pytest.mark.skipif(not REPORTS.exists(), reason="needs the reported shapes: set GRAFT_TEST_DATA")
SENTIMENT, TOPICS = ("neg", "pos"), ("complaint", "fact", "praise")
RIGHT = {  # file -> rows, text, label, task, labels (None: too many to list)
    "one_column_line_breaks/comments.csv": (12, "text", None, "unlabelled", ()),
    "quoted_blank_crash/train.csv": (60, "Review Text", "Sentiment", "single_label", SENTIMENT),
    "classlabel_parquet/train.parquet": (120, "text", "label", "single_label", SENTIMENT),
    "save_to_disk/saved": (120, "text", "label", "single_label", SENTIMENT),
    "save_to_disk/saved.zip": (120, "text", "label", "single_label", SENTIMENT),
    "onehot_cell_csv/train.csv": (120, "text", "labels", "multi_label", ("place 1", "place 2", "place 3")),
    "labelstudio_csv_choices/export.csv":
        (120, "text", "topic", "multi_label", ("complaint", "delivery", "fact", "praise", "price")),
    "labelstudio_json/project-3.json": (120, "text", "topic", "single_label", TOPICS),
    "doccano_single_jsonl/all.jsonl": (120, "text", "label", "single_label", ("neg", "neu", "pos")),
    "spacy_cats_jsonl/train.jsonl": (120, "text", "cats", "single_label", ("COMPLAINT", "FACT", "PRAISE")),
    "prodigy_choice/annotations.jsonl": (94, "text", "label", "single_label", ("COMPLAINT", "FACT", "PRAISE")),
    "argilla_flat/records.jsonl": (85, "text", "topic", "single_label", TOPICS),
    "header_is_a_value/x.csv": (120, "comment", "toxic", "single_label", ("clean", "toxic")),
    "header_repeated/x.csv": (120, "text", "label", "single_label", SENTIMENT),
    "header_pandas_numbers/x.csv": (120, "0", "1", "single_label", SENTIMENT),
    "qualtrics_three_headers/survey.csv": (120, "Q1", "Q2", "single_label", ("Bad", "Good", "Neither")),
    "excel_two_row_header/survey.xlsx":
        (120, "Comment", "price, service, delivery", "multi_label", ("delivery", "price", "service")),
    "float_int_labels/x.csv": (114, "text", "label", "single_label", ("0", "1")),
    "industry_codes/x.csv": (600, "business_description", "naics_code", "single_label", None),
    "euro_thousands/x.csv": (120, "Titel", "Aufrufe", "regression", ("Aufrufe",)),
    "euro_scores/bewertung.csv": (120, "Kommentar", "Bewertung", "regression", ("Bewertung",)),
    "english_date_label/x.csv": (120, "comment", "compound", "regression", ("compound",)),
    "french_columns/avis.csv": (120, "Commentaire", "Avis", "single_label", ("neutre", "négatif", "positif")),
    "ja_nein/coded.csv":
        (120, "Antwort", "Preis, Service, Lieferung, Qualität", "multi_label", ("Lieferung", "Preis", "Qualität", "Service")),
    "hidden_minus_one/both.csv": (160, "sentence", "label", "single_label", ("0", "1")),
    "excel_merged_labels/coded.xlsx": (90, "Customer comment", "Category", "single_label", TOPICS),
    "excel_no_cached_values/x.xlsx": (80, "raw", "label", "single_label", SENTIMENT),
    "fasttext_txt/train.txt": (120, "text", "label", "single_label", SENTIMENT),
    "chat_jsonl/train.jsonl": (120, "text", "label", "single_label", TOPICS),
    "token_lists/x.jsonl": (120, "text", "label", "single_label", SENTIMENT),
    "kaggle_zip_blank_label/comp.zip": (160, "text", "label", "single_label", SENTIMENT),
}  # fmt: skip


@pytest.mark.parametrize("file", RIGHT)
def test_a_reported_shape_gives_the_right_set(home, file):
    rows, text, label, task, labels = RIGHT[file]
    dataset, _ = add_dataset(REPORTS / file)
    assert (dataset.rows, dataset.text, dataset.label, dataset.task) == (rows, text, label, task)
    assert labels is None or dataset.labels == labels
    assert label is None or dataset.sizes["test"] > 0


def test_a_set_of_one_class_says_so(home):
    with pytest.raises(DatasetError, match="holds only 'pos'"):
        add_dataset(REPORTS / "single_class" / "x.csv")
