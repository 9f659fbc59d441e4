"""Recruiters: official lists of licensed and struck-off agencies and of employers, their import, search and verdict."""
