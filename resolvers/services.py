"""Every service of the domain, built once by the composition root."""

from dataclasses import dataclass
from typing import Any

from domain.accounts.service import Accounts
from domain.assistant.configs import ConfigService
from domain.assistant.interactions import InteractionReads
from domain.assistant.ports import ConfigReads
from domain.assistant.service import ReplyService
from domain.assistant.summaries import SummaryService
from domain.assistant.watching import ReplyWatcher
from domain.audit import AuditService
from domain.books.service import BookService
from domain.chat.events import EventService
from domain.chat.groups import GroupService
from domain.chat.service import ChatService
from domain.figures import FigureService
from domain.files.service import FileService
from domain.health.service import HealthService
from domain.logs import LogService
from domain.records.service import RecordService
from domain.system import SystemService
from resolvers.events import SharedEvents


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    accounts: Accounts
    chat: ChatService[Any]
    groups: GroupService[Any]
    events: EventService
    shared_events: SharedEvents
    configs: ConfigService
    config_reads: ConfigReads
    watcher: ReplyWatcher
    replies: ReplyService
    interactions: InteractionReads
    files: FileService
    books: BookService
    health: HealthService
    records: RecordService
    summaries: SummaryService[Any]
    system: SystemService
    audit: AuditService
    logs: LogService
    figures: FigureService
