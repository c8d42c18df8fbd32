"""Every service of the domain, built once by the composition root."""

from dataclasses import dataclass
from typing import Any

from domain.accounts.service import Accounts
from domain.assistant.configs import ConfigService
from domain.assistant.ports import ConfigReads
from domain.assistant.watching import ReplyWatcher
from domain.chat.service import ChatService
from domain.system import SystemService


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    accounts: Accounts
    chat: ChatService[Any]
    configs: ConfigService
    config_reads: ConfigReads
    watcher: ReplyWatcher
    system: SystemService
