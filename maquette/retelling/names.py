"""Names: what people call zones, buttons, servos, values and scales, as they stand in the middle of a sentence."""

from collections.abc import Sequence
from itertools import combinations

from maquette.core.exhibition import Exhibition
from maquette.retelling.phrases import Phrases
from maquette.show.scenario import Show

_ARTICLES = ("Le ", "La ", "L'", "L’", "Les ", "The ")
_MOST_LISTED = 5


class Names:
    """Names in one language."""

    def __init__(self, show: Show, exhibition: Exhibition, phrases: Phrases) -> None:
        self._show, self._model, self._phrases = show, show.model, phrases
        self._values = {(card.feed, card.name): card for card in exhibition.values}
        self._places = {card.id: card.place for card in exhibition.feeds}
        self._keys = dict(exhibition.key_titles)

    def scenario(self, name: str) -> str:
        """Return a scenario's title, quoted."""
        scenario = self._show.scenarios.get(name)
        return self._phrases.quoted(self._phrases.text(scenario.title) if scenario else name)

    def button(self, name: str) -> str:
        """Return a button's label, quoted."""
        button = self._model.buttons.get(name)
        return self._phrases.quoted((self._phrases.text(button.label) if button else "") or name)

    def servo(self, name: str) -> str:
        """Return a servo's title, quoted."""
        servo = self._model.servos.get(name)
        return self._phrases.quoted((self._phrases.text(servo.title) if servo else "") or name)

    def park(self, name: str) -> float | None:
        """Return where a servo rests, degrees."""
        servo = self._model.servos.get(name)
        return None if servo is None else servo.park

    def zone(self, name: str) -> str:
        """Return a zone's title, its article small; quoted where a comma in it would be taken for one between zones."""
        zone = self._model.zones.get(name)
        title = (self._phrases.text(zone.title) if zone else "") or name
        if "," in title:
            return self._phrases.quoted(title)
        article = next((article for article in _ARTICLES if title.startswith(article)), "")
        return f"{article.lower()}{title[len(article) :]}"

    def are_many(self, zones: Sequence[str], *, rest: bool = False) -> bool:
        """Tell whether zones are spoken of in the plural."""
        if rest or len(zones) == len(self._model.zones):
            return False
        return len(zones) > 1 or any(self.zone(name).startswith("les ") for name in zones)

    def value(self, feed: str, name: str, key: str | None = None, *, inner: bool = False) -> str:
        """Return what people call a value, and where it is (nowhere for an empty ``key``), quoted; ``inner``: within other quotes."""
        card = self._values.get((feed, name))
        title = (self._phrases.text(card.title) if card else "") or f"{feed}.{name}"
        place = self._places.get(feed) if key is None else self._phrases.text(self._keys.get(key, {"": key}))
        if place and place not in title:
            title = f"{title}, {place}" if "(" in title else f"{title} ({place})"
        return self._phrases.quoted(title, inner=inner)

    def unit(self, feed: str, name: str) -> str | None:
        """Return a value's unit, or None."""
        card = self._values.get((feed, name))
        return None if card is None else card.unit

    def zones(self, zones: Sequence[str], *, rest: bool = False) -> str:
        """Return what zones are, together: the whole model, the rest of it, groups, or each by its name.

        Args:
            zones: their names.
            rest: whether they are what no other light of the step names.
        """
        if rest or len(zones) == len(self._model.zones):
            return self._phrases.say("rest_zones" if rest else "all_zones")
        groups = self._groups(set(zones))
        named = [self._group(name) for name in groups]
        left = [name for name in zones if not any(name in self._model.groups[group] for group in groups)]
        titles = [self.zone(name) for name in left]
        if len(titles) > _MOST_LISTED:
            kept = _MOST_LISTED - 1
            titles = [*titles[:kept], self._phrases.say("other_zones", count=len(titles) - kept)]
        return self._phrases.listed([*named, *titles])

    def is_rest(self, zones: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
        """Tell whether zones look like what no other light names: all that is left, and neither one zone nor one group."""
        left = set(self._model.zones) - {name for names in others for name in names}
        one_group = any(set(zones) == set(members) for members in self._model.groups.values())
        return len(zones) > 1 and bool(others) and set(zones) == left and not one_group

    def _group(self, name: str) -> str:
        return self._phrases.say("group", count=len(self._model.groups[name]), name=self._phrases.quoted(name))

    def _groups(self, zones: set[str]) -> Sequence[str]:
        """Return groups of several zones that lie wholly in ``zones`` and do not overlap: those that cover the most."""
        inside = [name for name, members in self._model.groups.items() if len(members) > 1 and set(members) <= zones]
        best: Sequence[str] = ()
        covered = 0
        for count in range(1, min(3, len(inside)) + 1):
            for some in combinations(inside, count):
                members = [name for group in some for name in self._model.groups[group]]
                if len(members) == len(set(members)) > covered:
                    best, covered = some, len(members)
        return best
