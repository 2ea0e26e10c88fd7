"""Names that columns of each role usually bear, in the languages that files come in.

All are spelt as ``plain_name`` gives them: small letters, no accents, blanks and marks as underscores.
"""

import re
import unicodedata

TEXT_NAMES = (
    "text", "review", "sentence", "message", "tweet", "comment", "content", "body", "document", "premise", "input",
    "utterance", "feedback", "kommentar", "nachricht", "beschreibung", "antwort", "satz", "commentaire", "texte", "phrase",
    "comentario", "texto", "mensaje", "resena", "commento", "testo", "recensione", "comentarios", "mensagem", "tekst",
    "opmerking", "bericht", "komentarz", "tresc", "yorum", "metin", "текст", "комментарии", "сообщение", "отзыв", "评论",
    "文本", "内容", "正文", "句子", "評論", "留言", "レビュー", "コメント", "本文", "テキスト", "文章", "리뷰", "댓글", "내용", "텍스트",
    "문장", "نص", "التعليق",
)  # fmt: skip
PAIR_NAMES = ("text_pair", "sentence2", "hypothesis", "question2", "text2", "text_b", "sentence_b", "premise2")
LABEL_NAMES = (
    "label", "class", "sentiment", "target", "category", "emotion", "answer", "y", "topic", "rating", "intent", "stars",
    "output", "etikett", "kategorie", "klasse", "stimmung", "bewertung", "note", "thema", "avis", "categorie", "classe",
    "etiquette", "theme", "opinion", "categoria", "clase", "etiqueta", "sentimiento", "valoracion", "calificacion", "tema",
    "etichetta", "giudizio", "valutazione", "sentimento", "avaliacao", "rotulo", "categorie", "oordeel", "kategoria", "ocena",
    "etykieta", "etiket", "kategori", "duygu", "sinif", "метка", "класс", "категория", "тональность", "оценка", "тема",
    "标签", "类别", "分类", "情感", "标注", "標籤", "類別", "分類", "ラベル", "カテゴリ", "感情", "評価", "라벨", "레이블", "감정",
    "카테고리", "분류",
    "التصنيف",
)  # fmt: skip
SEVERAL_NAMES = (
    "labels", "tags", "emotions", "topics", "categories", "classes", "genres", "keywords", "intents", "cats", "themen",
    "kategorien", "themes", "etiquetas", "categorias", "标签",
)  # fmt: skip
SCORE_NAMES = (
    "score", "rating", "stars", "similarity", "grade", "points", "value", "price", "intensity", "strength", "compound",
    "polarity", "bewertung", "punkte", "sterne", "note", "etoiles", "puntuacion", "valoracion", "calificacion", "estrellas",
    "punteggio", "voto", "stelle", "valutazione", "nota", "avaliacao", "ocena", "puan", "оценка", "балл", "рейтинг", "评分",
    "分数", "星级", "得分", "評価", "点数", "점수", "평점", "별점",
)  # fmt: skip
CODE_NAMES = (
    "code", "codes", "class", "category", "label", "target", "naics", "sic", "nace", "isco", "soc", "icd", "icd10", "cpv",
    "hs", "kategorie", "klasse", "schluessel", "schlussel", "branche", "categorie", "classe", "codigo", "codice", "категория",
    "код", "类别", "代码",
)  # fmt: skip
DATE_NAMES = (
    "date", "time", "datetime", "timestamp", "created", "created_at", "updated", "updated_at", "year", "month", "day",
    "posted", "published", "datum", "zeit", "jahr", "monat", "tag", "heure", "annee", "fecha", "hora", "ano", "data", "ora",
    "anno", "datetime_utc", "дата", "время", "год", "日期", "时间", "年", "日付", "日時", "날짜", "시간", "tarih", "التاريخ",
)  # fmt: skip
CONTEXT_NAMES = (  # places, shops and people: what a row comes from, seldom what it says
    "location", "place", "city", "town", "country", "region", "state", "address", "zip", "postcode", "shop", "store",
    "branch", "author", "user", "username", "user_name", "screenname", "screen_name", "name", "reviewer", "annotator",
    "customer", "ort", "stadt", "land", "adresse", "plz", "geschaft", "filiale", "laden", "markt", "autor", "verfasser",
    "benutzer", "nutzer", "kunde", "lieu", "ville", "pays", "magasin", "boutique", "agence", "auteur", "utilisateur", "client",
    "lugar", "ciudad", "pais", "tienda", "sucursal", "usuario", "cliente", "luogo", "citta", "paese", "negozio", "autore",
    "utente", "cidade", "loja", "autor_a", "plaats", "winkel", "miasto", "sklep", "sehir", "magaza", "город", "страна",
    "магазин", "автор", "пользователь", "城市", "地点", "门店", "店铺", "作者", "用户", "国家", "店舗", "都市", "著者", "도시", "매장",
    "작성자",
)  # fmt: skip
DOMAIN_NAMES = ("domain", "source", "genre", "product", "airline", "platform", "website", "channel", "publisher")
LANGUAGE_NAMES = ("language", "lang", "locale", "language_code", "lang_code")
ID_NAMES = (
    "id", "index", "idx", "uid", "uuid", "guid", "row_id", "text_id", "comment_id", "tweet_id", "unnamed__0", "nr", "no",
    "number", "nummer", "numero", "lfd_nr",
)  # fmt: skip
SPLIT_NAMES = ("split", "part", "partition", "set", "fold", "subset")
GROUP_NAMES = (
    "group", "group_id", "author", "author_id", "user", "user_id", "movie_id", "document_id", "doc_id", "thread",
)  # fmt: skip


def plain_name(name: str) -> str:
    """A name as the lists above spell it: small letters without accents, what is no letter or digit as an underscore."""
    # only the accents of European letters go: what is taken apart of Korean and Japanese is put together again
    bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFKD", name))
    return re.sub(r"\W", "_", unicodedata.normalize("NFC", bare).replace("ß", "ss").strip().lower())


def is_called(name: str, usual_names: tuple[str, ...]) -> bool:
    """Whether a plain name is one of the usual ones, or begins or ends with one as a word of its own."""
    return any(name == usual or name.endswith(f"_{usual}") or name.startswith(f"{usual}_") for usual in usual_names)
