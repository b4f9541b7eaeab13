"""What a visitor is asked with the first message, where a shop wants to know something; never before."""

from typing import Any, Literal

import msgspec

from app.chat import wording
from app.chat.entered import Entered
from app.chat.errors import Refusal

Need = Literal["no", "optional", "required"]


class Choice(msgspec.Struct, frozen=True):
    """One of several, which a visitor chooses with the first message; both by language."""

    label: dict[str, str]
    options: dict[str, list[str]]
    required: bool = False


class Form(msgspec.Struct, frozen=True):
    """What a visitor is asked with the first message. `consent`: what they agree to, by language; {} asks for none."""

    name: Need = "optional"
    email: Need = "no"
    choice: Choice | None = None
    consent: dict[str, str] = {}

    def check(self, entered: Entered, *, newcomer: bool) -> None:
        """See that nothing else was chosen than there is and, of a `newcomer`, that nothing is lacking.

        Raises Refusal bad_form, naming the field.
        """
        options = {option for texts in self.choice.options.values() for option in texts} if self.choice else set()
        if entered.choice and entered.choice not in options:
            raise Refusal("bad_form", field="choice")
        needed = {
            "name": self.name == "required",
            "email": self.email == "required",
            "choice": self.choice is not None and self.choice.required,
            "consent": bool(self.consent),
        }
        for field, required in needed.items():
            if newcomer and required and not getattr(entered, field):
                raise Refusal("bad_form", field=field)

    def told(self, language: str) -> dict[str, Any]:
        """The same for who reads `language`; in the shop's first where something is not in it."""
        choice = self.choice and {
            "required": self.choice.required,
            "label": wording.told(self.choice.label, language, ""),
            "options": wording.told(self.choice.options, language, []),
        }
        consent = wording.told(self.consent, language, "")
        return {"name": self.name, "email": self.email, "choice": choice, "consent": consent}
