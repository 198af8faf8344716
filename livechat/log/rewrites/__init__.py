"""The writing anew of what still holds what has been erased: Redis only, SQLite overwrites."""
