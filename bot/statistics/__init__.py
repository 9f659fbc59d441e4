"""Figures for the dashboard: counted once a day from what is stored, then series and charts; nothing of anybody."""
