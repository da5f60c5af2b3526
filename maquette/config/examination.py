"""One examination of all documents, phase by phase: syntax, shape, references, meaning; a later phase sees only what passed."""

from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from maquette.config.build import Materials
from maquette.config.build_model import make_model
from maquette.config.build_show import make_scenario
from maquette.config.companions_check import check_companion_feeds, check_companions
from maquette.config.computed_check import check_computed
from maquette.config.config_check import (
    Config,
    check_config_meaning,
    check_config_references,
    check_config_shape,
    check_dimming,
    hardware_file,
    read_settings,
    scenario_files,
)
from maquette.config.current_check import check_current
from maquette.config.documents import ScaleDocument, ScalesDocument, ScenarioDocument
from maquette.config.draft import Desk, Draft
from maquette.config.hardware_check import (
    RESERVED,
    Hardware,
    check_hardware_meaning,
    check_hardware_references,
    check_hardware_shape,
    check_hardware_texts,
)
from maquette.config.official_scales import official_scales
from maquette.config.problems import Problem
from maquette.config.registries import Registries
from maquette.config.scales_check import check_scales, check_value_scales, make_scale
from maquette.config.scenario_check import check_scenario
from maquette.config.shape import name_hint
from maquette.config.tree import Path
from maquette.config.triggers_check import check_questions, check_triggers
from maquette.config.watched import MOST_PLAN_BYTES
from maquette.config.world import VOTES, World, own_values
from maquette.config.zones_check import lay_alternatives, lay_zones
from maquette.core.message import Message, message
from maquette.show.own_values import FEED as MODEL


@dataclass(eq=False)
class Examination:
    """What an examination found.

    Attributes:
        config: the config document's draft.
        hardware: the hardware document's draft, or None when config.yaml does not say where it is.
        scales: drafts of the documents of scales.
        scenarios: drafts of the scenarios, those left out excepted.
        plan: a stand-in for the drawing when it is missing, else None.
        secrets: problems with secrets, in a draft of their own.
        materials: what an installation is built from; None when config, hardware or scales have errors.
    """

    config: Draft
    hardware: Draft | None = None
    scales: list[Draft] = field(default_factory=list)
    scenarios: list[Draft] = field(default_factory=list)
    plan: Draft | None = None
    secrets: Draft | None = None
    materials: Materials | None = None

    @property
    def sources(self) -> dict[str, bytes]:
        """The bytes of every document whose syntax is right."""
        return {draft.file: draft.source.raw for draft in self.drafts if draft.source is not None}

    @property
    def drafts(self) -> list[Draft]:
        """Every draft, in the order in which people read about them."""
        others = (self.secrets, self.hardware, self.plan)
        return [self.config, *(d for d in others if d is not None), *self.scales, *self.scenarios]

    @property
    def problems(self) -> list[Problem]:
        """All problems, document by document."""
        return [p for draft in self.drafts for p in draft.problems]

    @property
    def wrong(self) -> list[Draft]:
        """Drafts with errors, secrets excepted: no other copy of a document mends those."""
        return [draft for draft in self.drafts if draft is not self.secrets and not draft.passed]


class Examiner:
    """Examines the documents of one folder."""

    def __init__(self, desk: Desk, config_name: str, registries: Registries) -> None:
        self._desk, self._registries = desk, registries
        self._found = Examination(desk.draft(config_name))
        self._config: Config | None = None
        self._hardware: Hardware | None = None
        self._scales: dict[str, ScaleDocument] = dict(official_scales())
        self._scale_files: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._documents: dict[str, tuple[Draft, ScenarioDocument]] = {}

    def examine(self) -> Examination:
        """Return what was found."""
        config = self._found.config
        if config.source is not None:
            self._config = check_config_shape(config, self._registries)
            self._gather(config, config.source.root.plain)
            self._check_shapes()
            self._check_references_and_meaning()
        return self._found

    def _gather(self, config: Draft, plain: dict[str, Any]) -> None:
        """Read every other document, even where config.yaml has problems elsewhere."""
        hardware, folders = plain.get("hardware"), plain.get("scenarios", ["scenarios"])
        if isinstance(hardware, str):
            file = hardware_file(config, self._desk, hardware)
            self._found.hardware = None if file is None else self._desk.draft(file)
            self._blame_name(config, hardware)
        if isinstance(folders, list) and all(isinstance(folder, str) for folder in folders):
            scenarios, scales = scenario_files(config, self._desk, folders)
            self._found.scales = [self._desk.draft(file) for file in scales if not self._desk.left_out(file)]
            for file in scenarios:
                self._gather_scenario(file)

    def _blame_name(self, config: Draft, written: str) -> None:
        """Where the hardware document is missing, point at the line that names it."""
        draft = self._found.hardware
        if draft is not None and draft.source is None and not draft.path.is_file():
            draft.problems = [config.told("E201", ("hardware",), name=written)]

    def _gather_scenario(self, file: str) -> None:
        name = FilePath(file).stem
        if self._desk.left_out(file):
            self._ids.setdefault(name, file)
            return
        draft = self._desk.draft(file)
        self._found.scenarios.append(draft)
        if name in RESERVED:
            draft.report("E223.scenario", hint=message("rename_it"), name=name)
        elif name in self._ids:
            draft.report("E222.scenario", name=name, file=self._ids[name])
        elif not _is_stem(name):
            draft.report("E110", hint=name_hint(name, hyphens=True), name=name)
        self._ids.setdefault(name, file)

    def _check_shapes(self) -> None:
        hardware = self._found.hardware
        if hardware is not None and hardware.source is not None:
            self._hardware = check_hardware_shape(hardware, self._registries)
        for draft in self._found.scales:
            document = draft.shape(ScalesDocument) if draft.source is not None else None
            draft.document = document
            for name, scale in (document.scales if document is not None else {}).items():
                if name in official_scales():
                    draft.report("E240", ("scales", name), on_key=True, hint=message("official"), name=name)
                    continue
                if name in self._scales:
                    file = self._scale_files[name]
                    draft.report("E222.scale", ("scales", name), on_key=True, name=name, file=file)
                self._scales.setdefault(name, scale)
                self._scale_files.setdefault(name, draft.file)
        for draft in self._found.scenarios:
            scenario = draft.shape(ScenarioDocument) if draft.source is not None else None
            draft.document = scenario
            if scenario is not None and draft.passed:
                self._documents[FilePath(draft.file).stem] = (draft, scenario)

    def _check_references_and_meaning(self) -> None:
        found, config, hardware = self._found, self._config, self._hardware
        if config is not None:
            check_config_references(found.config, config, self._registries, self._ids)
            check_config_meaning(found.config, config)
            self._check_computed(config)
            if all(draft.document is not None for draft in found.scales):
                check_value_scales(found.config, {**config.shaped, **config.computed}, self._scales)
            found.secrets = Draft(found.config.file, found.config.path, found.config.source)
            read_settings(found.secrets, config)
        plan = self._check_hardware()
        if config is None or hardware is None:
            return
        check_dimming(found.config, config.document, self._own_values())
        config.feeds = lay_zones(found.config, config.feeds, hardware.document)
        config.alternatives = lay_alternatives(found.config, config.alternatives, hardware.document)
        languages = config.document.languages
        for draft in found.scales:
            if isinstance(draft.document, ScalesDocument) and draft.passed:
                check_scales(draft, draft.document, languages)
        assert found.hardware is not None
        check_hardware_texts(found.hardware, hardware.document, languages)
        check_companion_feeds(found.hardware, hardware, config.feeds, self._unread(config))
        if all(draft.document is not None for draft in found.scales):
            self._check_scenarios(config, hardware, found.hardware.file, plan)

    def _check_computed(self, config: Config) -> None:
        nothing: dict[str, Any] = {}
        world = World(
            languages=config.document.languages,
            zones=nothing,
            groups=nothing,
            buttons=nothing,
            servos=nothing,
            scales=self._scales,
            scenarios=self._ids,
            feeds=config.feeds,
            own=self._own_values(),
            questions=self._questions(),
            unread=self._unread(config),
        )
        config.computed = check_computed(self._found.config, config.computed, world)

    def _questions(self) -> frozenset[str]:
        return frozenset(step.ask.id for _, document in self._documents.values() for step in document.steps if step.ask)

    def _own_values(self) -> dict[str, str | None]:
        return {} if self._hardware is None else own_values(self._hardware.document)

    def _unread(self, config: Config) -> frozenset[str]:
        """Return the feeds of which nobody knows the values; while a scenario cannot be read, nobody knows all questions."""
        unread = set(config.shaped) - {*config.feeds, *config.computed}
        if len(self._documents) != len(self._found.scenarios):
            unread.add(VOTES)
        if self._hardware is None:
            unread.add(MODEL)
        return frozenset(unread)

    def _check_hardware(self) -> str:
        draft, hardware = self._found.hardware, self._hardware
        if draft is None or hardware is None:
            return ""
        check_hardware_references(draft, hardware)
        check_companions(draft, hardware)
        if draft.passed:
            check_hardware_meaning(draft, hardware)
        file = self._desk.name(draft.path.parent / hardware.document.plan.image)
        raw = None if file is None else self._desk.bytes_of(file)
        reason = None if raw is None else _not_a_drawing(raw)
        if raw is not None and reason is None:
            return raw.decode("utf-8")
        image = hardware.document.plan.image
        where: Path = ("plan", "image")
        if reason is not None:
            told = draft.told("E230", where, name=image, reason=reason)
        else:
            told = draft.told("E229" if file is None else "E201", where, name=image)
        self._found.plan = Draft(file or image, draft.path.parent / image, problems=[told])
        return ""

    def _check_scenarios(self, config: Config, hardware: Hardware, hardware_file: str, plan: str) -> None:
        world = World(
            languages=config.document.languages,
            zones=hardware.document.zones,
            groups=hardware.document.groups,
            buttons=hardware.document.buttons,
            servos=hardware.servos,
            scales=self._scales,
            scenarios=self._ids,
            feeds=config.feeds,
            computed=config.computed,
            own=self._own_values(),
            questions=self._questions(),
            unread=self._unread(config),
        )
        for draft, document in self._documents.values():
            check_scenario(draft, document, world)
        right = {name: (d, s) for name, (d, s) in self._documents.items() if d.passed}
        entries = [(draft, name, document) for name, (draft, document) in right.items()]
        check_triggers(entries, config.document.idle.show if config.document.idle else None)
        check_questions(entries)
        drafts = (self._found.config, self._found.hardware, self._found.plan, *self._found.scales)
        if not all(draft is None or draft.passed for draft in drafts):
            return
        right = {name: (d, s) for name, (d, s) in right.items() if d.passed}
        model, scales = make_model(hardware), {name: make_scale(name, s) for name, s in world.scales.items()}
        scenarios = {name: make_scenario(name, s, world, scales, tuple(right)) for name, (_, s) in right.items()}
        for name, (draft, document) in right.items():
            check_current(draft, document, scenarios[name], world, model)
        self._found.materials = Materials(
            config=config,
            hardware=hardware,
            hardware_file=hardware_file,
            model=model,
            scales=scales,
            scenarios=scenarios,
            warnings={name: len(draft.problems) for name, (draft, _) in right.items()},
            plan=plan,
            sources=dict(self._desk.read),
        )


def _not_a_drawing(raw: bytes) -> Message | None:
    if len(raw) > MOST_PLAN_BYTES:
        return message("too_large", limit=MOST_PLAN_BYTES / 1e6)
    try:
        return None if "<svg" in raw.decode("utf-8") else message("no_svg")
    except UnicodeDecodeError:
        return message("no_utf_8")


def _is_stem(name: str) -> bool:
    return name.isascii() and name[:1].islower() and all(c.islower() or c.isdigit() or c in "_-" for c in name)
