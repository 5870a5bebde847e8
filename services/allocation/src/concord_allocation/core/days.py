"""Days as numbers, without a calendar library: the core reads no clock, and contracts only need differences of days."""


def day_number(day: str) -> int:
    """Days since 1 March of year 0 of an ISO day `"2014-09-30"` (proleptic Gregorian)."""
    year, month, number = (int(part) for part in day.split("-"))
    if month < 3:
        year, month = year - 1, month + 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + number - 1


def months_later(day: str, months: int) -> str:
    """The same day `months` later, the last of the month where it has no such day."""
    year, month, number = (int(part) for part in day.split("-"))
    year, month = year + (month - 1 + months) // 12, (month - 1 + months) % 12 + 1
    return f"{year:04d}-{month:02d}-{min(number, days_in(year, month)):02d}"


def days_in(year: int, month: int) -> int:
    following = f"{year + month // 12:04d}-{month % 12 + 1:02d}-01"
    return day_number(following) - day_number(f"{year:04d}-{month:02d}-01")


def first_day(year: str) -> int:
    """Number of 1 April of a financial year `"2013-14"`."""
    return day_number(f"{year[:4]}-04-01")
