"""The rules: what a comment may become, what form its text must have, and what screening finds in it.

Pure functions and tables. No clock, no input or output but the word lists read at import, and nothing of ours is
imported.

Begin with :mod:`moderation.decisions` (the life of a comment), then :mod:`moderation.text` and
:mod:`moderation.screening` (what automatic rules find in it).
"""
