"""Notices that are ready to be put up, in every language, with a place for the time of day."""

from web.texts import LANGUAGES, N_, Text, texts

READY: tuple[Text, ...] = (
    N_("Paus till %(time)s"),
    N_("Vi börjar strax"),
    N_("Ljudproblem, vi arbetar på det"),
    N_("Mötet är slut, tack för i kväll"),
)


def ready() -> list[dict[str, str]]:
    """Each ready notice as language → words. `%(time)s` in it stands for a time of day that staff fill in."""
    return [{language: texts(language).gettext(notice) for language in LANGUAGES} for notice in READY]
