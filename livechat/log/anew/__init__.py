"""A meeting that begins anew: all that an epoch had is deleted in the step that starts the next one."""
