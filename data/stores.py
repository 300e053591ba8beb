"""The stores of one tenant within one transaction: the only place with SELECTs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from psycopg import Connection
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from data.access import AccessStore
    from data.alerts import AlertStore
    from data.audit import AuditStore
    from data.categories import CategoryStore
    from data.category_contacts import CategoryContactStore
    from data.category_counts import CategoryCountStore
    from data.category_matches import CategoryMatchStore
    from data.corrections import CorrectionStore
    from data.customer_changes import CustomerChangeStore
    from data.customers import CustomerStore
    from data.dispositions import DispositionStore
    from data.drift import DriftStore
    from data.embeddings import EmbeddingStore
    from data.episodes import EpisodeStore
    from data.inbox import InboxStore
    from data.interactions import InteractionStore
    from data.keys import TenantKeys
    from data.lexicon import LexiconStore
    from data.meaning import MeaningStore
    from data.metadata import MetadataStore
    from data.outcomes import OutcomeStore
    from data.phrases import PhraseStore
    from data.reasons import ReasonStore
    from data.redaction import RedactionPolicyStore
    from data.registry import RegistryStore
    from data.search import SearchStore
    from data.sounds import SoundStore
    from data.stages import StageStore
    from data.tenants import TenantStore
    from data.trends import TrendStore
    from data.turns import TurnStore
    from data.vocabulary import VocabularyStore


class Stores:
    """All see and change only ``tenant``'s rows, and become durable together when the transaction ends."""

    def __init__(self, session: Session, tenant: str, keys: TenantKeys | None = None) -> None:
        self.session = session
        self.tenant = tenant
        self._keys = keys

    @property
    def keys(self) -> TenantKeys:
        """Raises MasterKeyMissing (permanent) where the database was opened without a master key."""
        from data.errors import MasterKeyMissing

        if self._keys is None:
            raise MasterKeyMissing()
        return self._keys

    @property
    def driver_connection(self) -> Connection[Any]:
        """psycopg's connection of this transaction, so that a job is deferred together with its row."""
        connection = self.session.connection().connection.driver_connection
        assert isinstance(connection, Connection)
        return connection

    @cached_property
    def tenants(self) -> TenantStore:
        from data.tenants import TenantStore

        return TenantStore(self.session, self.tenant)

    @cached_property
    def interactions(self) -> InteractionStore:
        from data.interactions import InteractionStore

        return InteractionStore(self.session, self.tenant, self._keys)

    @cached_property
    def turns(self) -> TurnStore:
        from data.turns import TurnStore

        return TurnStore(self.session, self.tenant)

    @cached_property
    def metadata(self) -> MetadataStore:
        from data.metadata import MetadataStore

        return MetadataStore(self.session, self.tenant, self.keys)

    @cached_property
    def reasons(self) -> ReasonStore:
        from data.reasons import ReasonStore

        return ReasonStore(self.session, self.tenant, self._keys)

    @cached_property
    def registry(self) -> RegistryStore:
        from data.registry import RegistryStore

        return RegistryStore(self.session, self.tenant)

    @cached_property
    def corrections(self) -> CorrectionStore:
        from data.corrections import CorrectionStore

        return CorrectionStore(self.session, self.tenant)

    @cached_property
    def drift(self) -> DriftStore:
        from data.drift import DriftStore

        return DriftStore(self.session, self.tenant)

    @cached_property
    def embeddings(self) -> EmbeddingStore:
        from data.embeddings import EmbeddingStore

        return EmbeddingStore(self.session, self.tenant, self._keys)

    @cached_property
    def sounds(self) -> SoundStore:
        from data.sounds import SoundStore

        return SoundStore(self.session, self.tenant)

    @cached_property
    def meaning(self) -> MeaningStore:
        from data.meaning import MeaningStore

        return MeaningStore(self.session, self.tenant)

    @cached_property
    def search(self) -> SearchStore:
        from data.search import SearchStore

        return SearchStore(self.session, self.tenant, self._keys)

    @cached_property
    def trends(self) -> TrendStore:
        from data.trends import TrendStore

        return TrendStore(self.session, self.tenant, self._keys)

    @cached_property
    def alerts(self) -> AlertStore:
        from data.alerts import AlertStore

        return AlertStore(self.session, self.tenant, self._keys)

    @cached_property
    def categories(self) -> CategoryStore:
        from data.categories import CategoryStore

        return CategoryStore(self.session, self.tenant)

    @cached_property
    def category_matches(self) -> CategoryMatchStore:
        from data.category_matches import CategoryMatchStore

        return CategoryMatchStore(self.session, self.tenant, self._keys)

    @cached_property
    def category_contacts(self) -> CategoryContactStore:
        from data.category_contacts import CategoryContactStore

        return CategoryContactStore(self.session, self.tenant)

    @cached_property
    def category_counts(self) -> CategoryCountStore:
        from data.category_counts import CategoryCountStore

        return CategoryCountStore(self.session, self.tenant, self._keys)

    @cached_property
    def customers(self) -> CustomerStore:
        from data.customers import CustomerStore

        return CustomerStore(self.session, self.tenant, self._keys)

    @cached_property
    def episodes(self) -> EpisodeStore:
        from data.episodes import EpisodeStore

        return EpisodeStore(self.session, self.tenant, self._keys)

    @cached_property
    def dispositions(self) -> DispositionStore:
        from data.dispositions import DispositionStore

        return DispositionStore(self.session, self.tenant, self._keys)

    @cached_property
    def customer_changes(self) -> CustomerChangeStore:
        from data.customer_changes import CustomerChangeStore

        return CustomerChangeStore(self.session, self.tenant, self._keys)

    @cached_property
    def outcomes(self) -> OutcomeStore:
        from data.outcomes import OutcomeStore

        return OutcomeStore(self.session, self.tenant, self._keys)

    @cached_property
    def vocabulary(self) -> VocabularyStore:
        from data.vocabulary import VocabularyStore

        return VocabularyStore(self.session, self.tenant)

    @cached_property
    def lexicon(self) -> LexiconStore:
        from data.lexicon import LexiconStore

        return LexiconStore(self.session, self.tenant)

    @cached_property
    def redaction(self) -> RedactionPolicyStore:
        from data.redaction import RedactionPolicyStore

        return RedactionPolicyStore(self.session, self.tenant)

    @cached_property
    def phrases(self) -> PhraseStore:
        from data.phrases import PhraseStore

        return PhraseStore(self.session, self.tenant)

    @cached_property
    def stages(self) -> StageStore:
        from data.stages import StageStore

        return StageStore(self.session, self.tenant)

    @cached_property
    def inbox(self) -> InboxStore:
        from data.inbox import InboxStore

        return InboxStore(self.session, self.tenant)

    @cached_property
    def access(self) -> AccessStore:
        from data.access import AccessStore

        return AccessStore(self.session, self.tenant)

    @cached_property
    def audit(self) -> AuditStore:
        from data.audit import AuditStore

        return AuditStore(self.session, self.tenant)
