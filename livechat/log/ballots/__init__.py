"""Ballots in the stores: a secret, and marks in sets whose order says nothing about the order of the votes."""
