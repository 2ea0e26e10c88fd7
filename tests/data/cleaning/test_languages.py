import pandas as pd
import pytest

from core.data.cleaning.languages import language_of, languages_of
from tests.conftest import DATA


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("这家酒店的位置非常好，离地铁站很近。", "zh"),
        ("このホテルはとても良かったです。", "ja"),
        ("이 호텔은 정말 좋았습니다.", "ko"),
        ("Das Hotel war sehr schön und das Frühstück ausgezeichnet.", "de"),
        ("The hotel was lovely and breakfast was the best part of it.", "en"),
        ("L'hôtel était très agréable et le petit déjeuner excellent.", "fr"),
        ("Отель был очень хорошим, и завтрак тоже понравился.", "ru"),
        ("The hotel 酒店 was lovely and breakfast was the best part of it.", "en"),
        ("ok", "unsure"),
        ("12345 !!!", "unsure"),
        ("", "unsure"),
    ],
)
def test_a_text_is_told_by_script_or_by_its_words(text, code):
    assert language_of(text) == code


@pytest.mark.skipif(
    not (DATA / "tweet_sentiment_8lang.parquet").exists(), reason="needs the test data: set GRAFT_TEST_DATA"
)
def test_real_tweets_are_mostly_told_right():
    codes = {
        "english": "en",
        "french": "fr",
        "german": "de",
        "italian": "it",
        "portuguese": "pt",
        "spanish": "es",
        "arabic": "ar",
    }
    tweets = pd.read_parquet(DATA / "tweet_sentiment_8lang.parquet")
    for domain, code in codes.items():
        texts = tweets.loc[tweets["domain"] == domain, "text"].head(100)
        told = languages_of([text for text in texts if len(text) > 40])
        assert (told == code).mean() > 0.85, domain
