"""Figures of days that are over: they answer at once, and stay when the people they count erase their data."""

from __future__ import annotations

from sqlalchemy import Column, Date, Integer, String

from bot.storage.database import Base


class DayFigure(Base):
    """How many of something there were on a day (UTC). `part` says of which kind; empty fields: not told apart."""

    __tablename__ = "day_figures"
    figure = Column(String(16), primary_key=True)
    day = Column(Date, primary_key=True)
    channel = Column(String(16), primary_key=True)
    language = Column(String(8), primary_key=True)
    part = Column(String(64), primary_key=True)
    count = Column(Integer, nullable=False)
