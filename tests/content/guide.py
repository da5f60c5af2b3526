"""The tables of the guide of scenarios, made from what the program knows: keys, effects, official scales, priorities.

Each stands between ``<!-- fr: name -->`` and ``<!-- end -->``; ``MAQUETTE_UPDATE_GUIDE=1`` writes them anew when the tests run.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from maquette.config.documents import (
    AskDocument,
    BoundDocument,
    ChoiceDocument,
    ClassDocument,
    ComputedDocument,
    ComputedValueDocument,
    ContinuousDocument,
    Document,
    LightDocument,
    ScaleDocument,
    ScenarioDocument,
    ServoCueDocument,
    StartDocument,
    StepDocument,
    ThroughDocument,
    UntilDocument,
    VariantDocument,
)
from maquette.config.documents_scales import DivergingDocument
from maquette.config.official_scales import official_scales
from maquette.config.reference import field_texts, french
from maquette.core.readings import Nature
from maquette.core.text import words
from maquette.show.effects import EFFECTS, ParameterKind
from maquette.show.own_values import FEED as MODEL
from maquette.show.own_values import OWN_VALUES
from maquette.show.priorities import PRIORITIES, Situation, Source, Verdict

GUIDE = Path(__file__).parents[2] / "scenarios" / "README.md"
LANGUAGES = ("fr", "en")

KEYS: Mapping[str, tuple[type[Document], ...]] = {
    "scenario": (ScenarioDocument,),
    "start": (StartDocument,),
    "step": (StepDocument,),
    "until": (UntilDocument,),
    "say": (VariantDocument,),
    "through": (ThroughDocument,),
    "ask": (AskDocument,),
    "choice": (ChoiceDocument,),
    "computed": (ComputedDocument, ComputedValueDocument),
    "light": (LightDocument,),
    "bound": (BoundDocument,),
    "scale": (ScaleDocument,),
    "class": (ClassDocument,),
    "band": (ContinuousDocument, DivergingDocument),
    "servo": (ServoCueDocument,),
}
"""Table → the documents whose keys it holds."""

_HEADS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "keys": {"fr": ("clé", "ce qu'elle dit"), "en": ("key", "what it says")},
    "effects": {
        "fr": ("effet", "ce qu'on voit", "paramètres (sans cette clé)"),
        "en": ("effect", "what one sees", "parameters (default)"),
    },
    "own": {
        "fr": ("valeur", "ce qu'elle dit", "unité", "nature"),
        "en": ("value", "what it tells", "unit", "nature"),
    },
    "scales": {
        "fr": ("échelle", "ce qu'elle dit", "classes"),
        "en": ("scale", "what it tells", "classes"),
    },
}
_NATURES = {
    Nature.ESTIMATED: {"fr": "estimée", "en": "estimated"},
    Nature.MEASURED: {"fr": "mesurée", "en": "measured"},
}
_LEDS = {"fr": "LED", "en": "LEDs"}
_SOURCES = {
    Source.MEDIATOR: {"fr": "la médiation", "en": "the mediator"},
    Source.VISITOR: {"fr": "un visiteur", "en": "a visitor"},
    Source.CLOCK: {"fr": "l'heure (`at`)", "en": "the clock (`at`)"},
    Source.DATA: {"fr": "une donnée (`when`)", "en": "data (`when`)"},
}
_SITUATIONS = {
    Situation.BLACKOUT: {"fr": "noir demandé", "en": "blackout"},
    Situation.ASLEEP: {"fr": "endormie", "en": "asleep"},
    Situation.ASKED: {"fr": "question posée", "en": "a question stands"},
    Situation.GUIDED: {"fr": "visite guidée", "en": "guided visit"},
    Situation.PAUSED: {"fr": "pause", "en": "paused"},
    Situation.PLAYING: {"fr": "scénario en cours", "en": "playing"},
    Situation.REST: {"fr": "au repos", "en": "at rest"},
}
_VERDICTS = {
    Verdict.NOW: {"fr": "tout de suite", "en": "at once"},
    Verdict.IN_TURN: {"fr": "selon `interrupt`", "en": "as `interrupt` says"},
    Verdict.WAITS: {"fr": "attend, dix minutes au plus", "en": "waits, ten minutes at most"},
    Verdict.WAKES: {"fr": "réveille et joue", "en": "wakes and plays"},
    Verdict.VOTES: {"fr": "vote", "en": "votes"},
    Verdict.HAND: {"fr": "lève la main", "en": "raises a hand"},
    Verdict.NOTHING: {"fr": "rien", "en": "nothing"},
}


def with_tables(text: str) -> str:
    """Return the guide with every table as it should be."""
    return re.sub(
        r"<!-- (fr|en): (\w+) -->\n.*?<!-- end -->",
        lambda found: f"<!-- {found[1]}: {found[2]} -->\n{table(found[2], found[1])}\n<!-- end -->",
        text,
        flags=re.DOTALL,
    )


def table(name: str, language: str) -> str:
    """Return a table in Markdown."""
    made: dict[str, Callable[[str], Iterator[tuple[str, ...]]]] = {
        "effects": _effects,
        "own": _own,
        "scales": _scales,
        "priorities": _priorities,
    }
    rows = list(made[name](language) if name in made else _keys(name, language))
    return "\n".join(_line(row) for row in (rows[0], ("---",) * len(rows[0]), *rows[1:]))


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |".replace("| --- ", "|---").replace("--- |", "---|")


def _keys(name: str, language: str) -> Iterator[tuple[str, ...]]:
    yield _HEADS["keys"][language]
    told: set[tuple[str, str]] = set()
    for document in KEYS[name]:
        for field, english in field_texts(document).items():
            key = document.model_fields[field].alias or field
            if (key, english) in told or key in ("words", "maquette"):
                continue
            told.add((key, english))
            yield f"`{key}`", (english if language == "en" else french()[english]).replace("\n", " ")


def _effects(language: str) -> Iterator[tuple[str, ...]]:
    yield _HEADS["effects"][language]
    for name, effect in EFFECTS.items():
        parameters = (_parameter(p, kind, language) for p, kind in effect.parameters.items() if p != "phase")
        yield f"`{name}`", words(effect.doc, language), "<br>".join(parameters)


def _parameter(name: str, kind: ParameterKind, language: str) -> str:
    unit = f" {kind.unit}" if kind.unit else ""
    limits = f"{kind.minimum:g} … {kind.maximum:g}{unit}"
    return f"`{name}` ({kind.default:g}{unit}; {limits}) {words(kind.doc, language)}"


def _scales(language: str) -> Iterator[tuple[str, ...]]:
    yield _HEADS["scales"][language]
    for name, scale in official_scales().items():
        assert scale.title is not None
        classes = (_class(entry, language) for entry in scale.steps)
        yield f"`{name}`", words(scale.title, language), ", ".join(classes)


def _own(language: str) -> Iterator[tuple[str, ...]]:
    yield _HEADS["own"][language]
    for name, own in OWN_VALUES.items():
        yield f"`{MODEL}.{name}`", words(own.doc, language), own.unit or "", _NATURES[own.nature][language]


def _class(entry: ClassDocument, language: str) -> str:
    title = re.split(r"\s*:", words(entry.title, language))[0]
    return title if entry.value is None else f"{entry.value:g} {title}"


def _priorities(language: str) -> Iterator[tuple[str, ...]]:
    yield ("", *(_SOURCES[source][language] for source in Source))
    for situation, verdicts in PRIORITIES.items():
        yield _SITUATIONS[situation][language], *(_VERDICTS[verdicts[source]][language] for source in Source)


def examples(text: str) -> list[str]:
    """Return the YAML examples of a guide, in order."""
    return re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
