"""A meeting that begins anew: all that an epoch had is deleted in the step that starts the next one, then in bytes.

Deleting takes a step of its own where a journal keeps what was written: until that is done the meeting counts as
unscrubbed, and whoever comes across it does it, also after a crash.
"""
