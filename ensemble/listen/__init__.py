"""Measuring audio: what signal analysis can be trusted for, and 'unmeasurable' for the rest."""
