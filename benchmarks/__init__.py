"""Measurements against the bars that are set, and against other servers. Begin at `run.py`.

`load/` is the load program in C, `crowd.py` its handle; `service.py` starts ours, `rivals/` the others; each module of
`scenarios/` measures one thing; `results.py` keeps the figures, `report.py` writes them up. `scale/` reckons from them
what evenings would take that are larger than can be measured.
"""
