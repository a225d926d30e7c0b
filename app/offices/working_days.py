"""Whole working days: what a promise made "by the 15th" and its chasing are counted in. Pure arithmetic."""

from datetime import date, timedelta

from app.offices.working_time import Calendar

DAY = timedelta(days=1)
_FAR = 400  # days without any work: the calendar is wrong


def works(day: date, calendar: Calendar) -> bool:
    return bool(calendar.hours(day))


def next_worked(day: date, calendar: Calendar) -> date:
    """The day itself when it is worked, else the next one that is."""
    return day if works(day, calendar) else moved(day, 1, calendar)


def moved(day: date, count: int, calendar: Calendar) -> date:
    """The day so many working days later (or, below zero, earlier); zero is the day itself, worked or not."""
    step, left, idle = DAY if count > 0 else -DAY, abs(count), 0
    while left:
        day += step
        idle = 0 if works(day, calendar) else idle + 1
        left -= not idle
        if idle > _FAR:
            raise ValueError("a calendar without working days")
    return day


def between(first: date, last: date, calendar: Calendar) -> int:
    """The working days from the first day on, before the last one."""
    return sum(works(first + DAY * n, calendar) for n in range(max(0, (last - first).days)))
