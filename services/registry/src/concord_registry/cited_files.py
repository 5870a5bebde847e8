"""How words of a source cite a publisher's file that was imported: `file-12`, its number among `/v1/files`. Pure."""

import re
from collections.abc import Collection

CITED = re.compile(r"(?<![\w-])file-(\d{1,18})(?![\w-])")


def file_key(number: int) -> str:
    return f"file-{number}"


def cited_files(words: str | None) -> list[int]:
    """The files that words cite, by number, each once."""
    return list(dict.fromkeys(int(number) for number in CITED.findall(words or "")))


def withdrawn_among(words: str | None, withdrawn: Collection[str]) -> list[str]:
    """Which of the files that words cite were taken back, as cited."""
    if not withdrawn:
        return []
    return [key for number in cited_files(words) if (key := file_key(number)) in withdrawn]
