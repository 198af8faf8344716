"""The form a comment's text must have. What it says is for a person to judge.

Length is counted in Unicode code points after cleaning, here and in the browser alike.
"""

import re
import unicodedata

LONGEST = 500
"""Code points in a comment, at most: what a display can show at a size that reads at eight metres."""

_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")

# Control characters other than line feed and tab, and letters that show nothing.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u115f\u1160\u3164\uffa0]")

# Of the format characters (Cf) only joiners stay, which make one emoji or one word of several marks. The others turn
# the direction of text, or are invisible and could carry a text that the moderator never saw: on the display a
# sentence could read as another one than was approved (Unicode Technical Report 36, 2.5).
_JOINERS = "\u200c\u200d"

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def clean(text: str) -> str:
    """The text as it is stored and shown: line ends as line feeds, unseen marks out, NFC, blank space trimmed.

    Runs of blank lines become one. Lone surrogates, which no encoding can carry, are dropped.
    """
    text = text.encode("utf-8", "ignore").decode("utf-8")
    text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
    if not text.isascii():
        text = "".join(mark for mark in text if mark in _JOINERS or unicodedata.category(mark) != "Cf")
    text = unicodedata.normalize("NFC", _BLANK_LINES.sub("\n\n", text)).strip()
    return text if text.strip(_JOINERS) else ""
