"""The meeting: its state, its log and its live channel. Knows no HTTP.

The path of a comment:

    browser ─command→ socket → channel.submit → handle(meeting, command, actor, minute) → log.append(at=offset)
    log.follow → fold(projection, entry) → delta(projection, since, role) → one frame → every subscriber of that role

A ballot goes beside it, with others that have gathered, and comes back as a number:

    channel.cast → handle → log.cast(at=offset), which writes TalliesCounted → …

The log is the only truth; everything else is folded from it. Begin with :mod:`livechat.events` (what can have
happened), then :mod:`livechat.meeting` (what it adds up to), :mod:`livechat.commands` (who may ask for what),
:mod:`livechat.handle` (what comes of it), :mod:`livechat.projection` (who sees what) and
:mod:`livechat.channel` (how it stays live). What is true of a moment only, and no event, is in
:mod:`livechat.attendance`; what happens when a store has lost something, in :mod:`livechat.epochs`; how a rehearsal
ends, in :mod:`livechat.rehearsal` and :mod:`livechat.opening`.
"""
