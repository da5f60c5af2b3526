"""The documents, as pydantic models. The text under a field is its reference: editors show it, the schemas carry it.

Drivers of strips and servos and kinds of feeds add their own options: each is a subclass here of `StripDocument`, `ServoDocument` or
`FeedDocument` that stands in the driver's own file and is handed over in `maquette.config.check.Registries`.
"""

from maquette.config.document import Document, Factor, Name, Pair, Point, Stem, TextValue, Words
from maquette.config.documents_computed import ComputedDocument, ComputedValueDocument
from maquette.config.documents_config import (
    CatalogueDocument,
    ConfigDocument,
    ConsoleDocument,
    FeedDocument,
    IdleDocument,
    MqttDocument,
    OpeningHoursDocument,
    ParameterDocument,
    PlaceDocument,
    UseDocument,
    ValueDocument,
)
from maquette.config.documents_hardware import (
    ButtonDocument,
    HardwareDocument,
    PlanDocument,
    ServoDocument,
    StripDocument,
    SupplyDocument,
    ZoneDocument,
)
from maquette.config.documents_rows import PickedValueDocument, RowsDocument, TableDocument, ZonesDocument
from maquette.config.documents_scales import (
    ClassDocument,
    ContinuousDocument,
    DivergingDocument,
    ScaleDocument,
    ScalesDocument,
)
from maquette.config.documents_scenario import (
    AskDocument,
    BoundDocument,
    ChoiceDocument,
    LightDocument,
    SayDocument,
    ScenarioDocument,
    ServoCueDocument,
    StartDocument,
    StepDocument,
    ThroughDocument,
    UntilDocument,
    VariantDocument,
)

__all__ = [
    "AskDocument",
    "BoundDocument",
    "ButtonDocument",
    "CatalogueDocument",
    "ChoiceDocument",
    "ClassDocument",
    "ComputedDocument",
    "ComputedValueDocument",
    "ConfigDocument",
    "ConsoleDocument",
    "ContinuousDocument",
    "DivergingDocument",
    "Document",
    "Factor",
    "FeedDocument",
    "HardwareDocument",
    "IdleDocument",
    "LightDocument",
    "MqttDocument",
    "Name",
    "OpeningHoursDocument",
    "Pair",
    "ParameterDocument",
    "PickedValueDocument",
    "PlaceDocument",
    "PlanDocument",
    "Point",
    "RowsDocument",
    "SayDocument",
    "ScaleDocument",
    "ScalesDocument",
    "ScenarioDocument",
    "ServoCueDocument",
    "ServoDocument",
    "StartDocument",
    "Stem",
    "StepDocument",
    "StripDocument",
    "SupplyDocument",
    "TableDocument",
    "TextValue",
    "ThroughDocument",
    "UntilDocument",
    "UseDocument",
    "ValueDocument",
    "VariantDocument",
    "Words",
    "ZoneDocument",
    "ZonesDocument",
]
