"""Keeps the catalogues of all languages complete.

python -m web.catalogues update     collect all messages from the source into the catalogues
python -m web.catalogues check      fail if a message is missing, untranslated or translated wrongly
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from web.texts import DEFAULT, LANGUAGES, catalogue_file, read_catalogue

ROOT = Path(__file__).parent.parent
METHODS = [("web/**.py", "python"), ("web/templates/**.html", "jinja2.ext:babel_extract"), ("web/**.js", "javascript")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "n_": (1, 2)}


def main(arguments: list[str]) -> int:
    """Runs `update` or `check`; gives the exit status."""
    if arguments == ["update"]:
        update()
        return 0
    if arguments == ["check"]:
        wrong = [sentence for language in LANGUAGES for sentence in faults(language)]
        print("\n".join(wrong) or f"{len(list(source()))} messages, complete in {', '.join(LANGUAGES)}")
        return 1 if wrong else 0
    print(__doc__)
    return 2


def source() -> Catalog:
    """All messages in the source, as an untranslated catalogue."""
    catalogue = Catalog(project="livechat", fuzzy=False)
    found = extract_from_dir(ROOT, method_map=METHODS, keywords=KEYWORDS, directory_filter=_ours)
    for file, line, message, _, _ in sorted(found, key=lambda one: (one[0], one[1])):
        catalogue.add(message, locations=[(file, line)])
    return catalogue


def update() -> None:
    """Writes every language's catalogue anew from the source; translations that are there stay."""
    for language in LANGUAGES:
        catalogue = read_catalogue(language)
        catalogue.update(source(), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        if language == DEFAULT:
            for message in _messages(catalogue):
                message.string = message.id
        path = catalogue_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=0, omit_header=False, include_lineno=False, sort_output=True)


def faults(language: str) -> Iterator[str]:
    """One line for each message that is not right in a language."""
    catalogue, wanted = read_catalogue(language), source()
    for message in _messages(wanted):
        found = catalogue.get(message.id)
        if found is None:
            yield f"{language}: not in the catalogue: {message.id!r} (run: make texts)"
        elif not found.string or not all(_forms(found.string)):
            yield f"{language}: not translated: {message.id!r}"
        elif any(_placeholders(form) != _placeholders(_forms(message.id)[-1]) for form in _forms(found.string)):
            yield f"{language}: other placeholders than the source: {message.id!r}"
    for message in _messages(catalogue):
        if message.id not in wanted:
            yield f"{language}: not in the source any more: {message.id!r} (run: make texts)"


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


def _ours(folder: str) -> bool:
    return Path(folder).name not in {".venv", "build", "locale", "node_modules"} and not Path(folder).name.startswith(
        "."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
