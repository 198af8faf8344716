"""What it takes beyond this machine. Begin at `__main__.py`.

`costs.py` holds what one of everything costs, `model.py` adds it up, `simulation.py` plays the same through event by
event (`parts.py`, `process.py`), `trials.py` holds the one against the other, `plans.py` asks the model about evenings
larger than can be measured, `limits.py` says what breaks when.
"""
