"""Every table, typed. Only the stores of this package read or write them."""

from data.tables.access import ApiKeyRow, AuditRow, SessionRow, SignInRow
from data.tables.base import Base
from data.tables.categories import CategoryMarkRow, CategoryMatchRow, CategoryRow, CategoryVersionRow
from data.tables.customers import CustomerChangeRow, CustomerIdentifierRow, CustomerRow, OutcomeRow
from data.tables.interactions import (
    InteractionRow,
    RedactionRow,
    SearchDocumentRow,
    SearchWordsRow,
    SoundRow,
    TenantRow,
    TurnRow,
    TurnVectorRow,
)
from data.tables.lexicon import LexiconRow
from data.tables.reasons import (
    AssignmentRow,
    CorrectionRow,
    DiscoveryRow,
    EmbeddingRow,
    FurtherEmbeddingRow,
    ReasonEventRow,
    ReasonRow,
)
from data.tables.redaction import RedactionPolicyRow
from data.tables.trends import AlertRow, TrendBlockRow, TrendMarkRow, TrendValueRow
from data.tables.vocabulary import PhraseBackgroundRow, VocabularyRow
from data.tables.work import CheckpointRow, InboxItemRow, PendingMetadataRow, StageRunRow

__all__ = [
    "AlertRow",
    "ApiKeyRow",
    "AssignmentRow",
    "AuditRow",
    "Base",
    "CategoryMarkRow",
    "CategoryMatchRow",
    "CategoryRow",
    "CategoryVersionRow",
    "CheckpointRow",
    "CorrectionRow",
    "CustomerChangeRow",
    "CustomerIdentifierRow",
    "CustomerRow",
    "DiscoveryRow",
    "EmbeddingRow",
    "FurtherEmbeddingRow",
    "InboxItemRow",
    "InteractionRow",
    "LexiconRow",
    "OutcomeRow",
    "PendingMetadataRow",
    "PhraseBackgroundRow",
    "ReasonEventRow",
    "ReasonRow",
    "RedactionPolicyRow",
    "RedactionRow",
    "SearchDocumentRow",
    "SearchWordsRow",
    "SessionRow",
    "SoundRow",
    "SignInRow",
    "StageRunRow",
    "TenantRow",
    "TrendBlockRow",
    "TrendMarkRow",
    "TrendValueRow",
    "TurnRow",
    "TurnVectorRow",
    "VocabularyRow",
]
