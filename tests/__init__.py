"""Sentences about people: what a resident, a moderator, the chair and the display can do and what they see."""
