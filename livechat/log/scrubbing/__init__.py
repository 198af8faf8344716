"""What has been deleted goes in bytes, too: from a journal that kept what was written.

Whoever deletes leaves a note in the same step, so that the scrubbing is done however often it breaks off, and by
whichever process comes across it.
"""
