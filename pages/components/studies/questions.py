"""The questions that a study can ask, in the words of the Train page, and links that open one of them."""

QUESTIONS = {
    "ladder": "Does transfer pay?", "labels": "How many labels?", "strategies": "Which way to transfer?", "sources": "Which source?",
    "seeds": "How much is luck?", "settings": "Which settings?", "search": "Search settings", "auto": "The best in so many minutes",
    "domains": "From domain to domain?", "together": "Several tasks at once?",
}  # fmt: skip
KIND = "study_kind"  # in the session, and in the address


def asks_for(kind: str, dataset: str) -> dict[str, str]:
    """What the address of the Train page says to open the form of this kind on a set; choices stand in it by their label."""
    return {"dataset": dataset, "kind": "A study", KIND: QUESTIONS[kind]}
