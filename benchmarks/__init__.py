"""Measurements. Figures differ from machine to machine, so nothing here is a test; docs/performance.md holds a table."""
