"""Texts about the director: who cuts, what is on air, what is proposed."""

from __future__ import annotations

from edge.i18n import Language, translate, translate_code
from edge.link.control_messages import DirectorStatus
from edge.terminal.value_text import track_name


def director_line(director: DirectorStatus, language: Language) -> str:
    """A line of its own about the director."""
    return _text("director.line", director, language)


def director_fact(director: DirectorStatus, language: Language) -> str:
    """The same beside a name that says whom it is about."""
    return _text("director.fact", director, language)


def why_text(why: str, language: Language) -> str:
    """A reason of the journal's cuts, in words."""
    return translate_code("director.why", language, why)


def _text(key: str, director: DirectorStatus, language: Language) -> str:
    return translate(
        f"{key}-proposed" if director.proposed else key,
        language,
        mode=translate(f"director.mode-{director.mode}", language),
        on_air=_role(director.on_air, director.on_air_why, language),
        proposed=_role(director.proposed, director.proposed_why, language),
    )


def _role(role: str, why: str, language: Language) -> str:
    if not role:
        return translate("director.nothing", language)
    name = track_name(role, language)
    return translate("director.with-why", language, role=name, why=why_text(why, language)) if why else name
