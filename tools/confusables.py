"""Write app/chat/confusables.py anew: the characters that Unicode (UTS 39, confusables.txt) says look alike.

The data come by the package confusable-homoglyphs, which the tests have too; they compare.
"""

import json
import sys
import textwrap
import unicodedata
from collections import defaultdict
from importlib import resources
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "app" / "chat" / "confusables.py"
MODULE = '''"""Characters that look alike, set by set, and in each before the others what they are taken for.

From the Unicode Consortium's confusables.txt (UTS 39) by tools/confusables.py: not to be edited. What NFKD makes
something else, sequences, and what cannot be seen are left out.
"""

ALIKE = """
{}
"""
'''


def sets() -> list[str]:
    """The sets; of each first what a name is taken for: an ASCII letter or digit, else the first letter there is."""
    data = json.loads(resources.files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
    parents: dict[str, str] = {}

    def root(character: str) -> str:
        while (parent := parents.setdefault(character, character)) != character:
            character = parent
        return character

    for one, others in data.items():
        for other in others:
            pair = _bare(one), _bare(other["c"])
            if all(len(text) == 1 and unicodedata.normalize("NFKD", text) == text for text in pair):
                parents[root(pair[1])] = root(pair[0])
    found = defaultdict(list)
    for character in sorted(parents, key=_rank):
        found[root(character)].append(character)
    return ["".join(alike) for alike in found.values() if len(alike) > 1 and alike[0].isalnum()]


def _bare(text: str) -> str:
    """Without the marks that the file has around what is written from right to left."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def _rank(character: str) -> tuple[bool, bool, bool, str]:
    """A small letter stands for its set, then a capital, then a digit: `l` for I and 1."""
    alphabetic = character.isalnum()
    return not (character.isascii() and alphabetic), not alphabetic, character.isdigit(), character.swapcase()


if __name__ == "__main__":
    TARGET.write_text(MODULE.format(textwrap.fill(" ".join(sets()), 58)), "utf-8")
    sys.exit(0)
