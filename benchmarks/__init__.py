"""Measurements. Figures differ from machine to machine, so nothing here is a test."""
