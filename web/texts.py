"""Every text a person reads, in every language, through gettext.

Swedish is the language of the source: a message's id is the Swedish sentence. The catalogues are
`web/locale/*/LC_MESSAGES/messages.po`, read as they are; `python -m web.catalogues` keeps them complete.
"""

import io
import json
from functools import cache
from pathlib import Path
from typing import NewType

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LOCALE = Path(__file__).parent / "locale"
LANGUAGES = {"sv": "Svenska", "en": "English", "fi": "Suomi"}
DEFAULT = "sv"

Text = NewType("Text", str)
"""A message that will be translated where it is shown."""


def N_(message: str) -> Text:
    """Marks a message for the catalogues; it is translated later."""
    return Text(message)


class Texts:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        catalogue = read_catalogue(language)
        self._translations = _translations(catalogue)
        self.for_browser = json.dumps(_for_browser(catalogue), ensure_ascii=False).replace("<", "\\u003c")

    def gettext(self, message: str) -> str:
        """The message in this language."""
        return self._translations.ugettext(message) if message else ""

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The message for this number of things."""
        return self._translations.ungettext(one, many, number)


@cache
def texts(language: str) -> Texts:
    """The texts of a language, Swedish if it is not one of ours."""
    return Texts(language if language in LANGUAGES else DEFAULT)


def catalogue_file(language: str) -> Path:
    """Where a language's catalogue is."""
    return LOCALE / language / "LC_MESSAGES" / "messages.po"


def read_catalogue(language: str) -> Catalog:
    """The catalogue as it is on disk; an empty one if there is none."""
    path = catalogue_file(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _translations(catalogue: Catalog) -> Translations:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def _for_browser(catalogue: Catalog) -> dict[str, str | list[str]]:
    """The messages that the browser's modules use: a message to its translation, or to its plural forms."""
    used = (message for message in catalogue if any(name.endswith(".js") for name, _ in message.locations))
    return dict(_entry(message.id, message.string) for message in used if message.string)


def _entry(
    id: str | tuple[str, ...] | list[str], string: str | tuple[str, ...] | list[str]
) -> tuple[str, str | list[str]]:
    if isinstance(id, str):
        return id, str(string)
    return id[0], list(string)
