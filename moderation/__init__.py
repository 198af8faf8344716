"""The rules: what a comment may become, and what form its text must have.

Pure functions and tables. No input or output, no clock, and nothing of ours is imported.

Begin with :mod:`moderation.decisions` (the life of a comment), then :mod:`moderation.text`.
"""
