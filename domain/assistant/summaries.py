"""A person's records as a question to the assistant who puts them in order."""

from collections.abc import Sequence
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from domain.accounts.ports import AccountReads
from domain.chat.models import Outgoing, Sent
from domain.chat.ports import ChatWork
from domain.chat.service import ChatService
from domain.errors import BadUserInput, Unauthenticated
from domain.paging import MAX_PAGE
from domain.records.models import Record, RecordFilter, RecordKind
from domain.records.ports import RecordReads
from domain.records.rules import check_filter
from domain.viewer import Viewer

RECORDER = "recorder"
MAX_RECORDS = 300
MAX_MATERIAL = 10_000
"""Characters: little enough that later questions in the session still have it before them."""
CUT = "……（过长，其余没有列出）"
KINDS = {
    RecordKind.NOTE: "笔记",
    RecordKind.SYMPTOM: "症状",
    RecordKind.VISIT: "就诊",
    RecordKind.MEDICATION: "用药",
    RecordKind.REPORT: "检查报告",
    RecordKind.MOOD: "情绪",
    RecordKind.DIET: "饮食",
    RecordKind.EXERCISE: "运动",
}
W = TypeVar("W", bound=ChatWork)


class SummaryService(Generic[W]):
    def __init__(self, chat: ChatService[W], records: RecordReads, accounts: AccountReads) -> None:
        self._chat = chat
        self._records = records
        self._accounts = accounts

    async def summarise(self, viewer: Viewer, wanted: RecordFilter, client_key: str) -> Sent:
        """Begins a session with the recorder, once for each client key. Raises BadUserInput when nothing is wanted."""
        check_filter(wanted)
        [user] = await self._accounts.users([viewer.user_id])
        if user is None:
            raise Unauthenticated
        chosen, more = await self._chosen(viewer, wanted)
        if not chosen:
            raise BadUserInput("没有符合条件的记录", "There are no such records.", field="from")
        text = material(chosen, ZoneInfo(user.timezone), all_of_them=not more)
        return await self._chat.send(viewer, Outgoing(None, RECORDER, text, client_key))

    async def _chosen(self, viewer: Viewer, wanted: RecordFilter) -> tuple[list[Record], bool]:
        """The newest first, and whether there are more."""
        chosen: list[Record] = []
        more, after = True, None
        while more and len(chosen) < MAX_RECORDS:
            page = await self._records.page(viewer.user_id, wanted, limit=MAX_PAGE, after=after)
            chosen += page.nodes
            more, after = page.has_next_page, page.page_info.end_cursor
        return chosen, more


def material(newest_first: Sequence[Record], zone: ZoneInfo, *, all_of_them: bool) -> str:
    """Oldest first, times on the writer's clock. What does not fit any more is older than the rest, and is said."""
    kept: list[str] = []
    room = MAX_MATERIAL
    for record in newest_first:
        told = _told(record, zone)
        if len(told) > MAX_MATERIAL:
            told = told[: MAX_MATERIAL - len(CUT)] + CUT
        room -= len(told)
        if room < 0:
            all_of_them = False
            break
        kept.append(told)
    which = f"共 {len(kept)} 条" if all_of_them else f"最近的 {len(kept)} 条，更早的没有列出"
    return "\n\n".join([f"请整理我的健康记录（{which}）。", *reversed(kept)])


def _told(record: Record, zone: ZoneInfo) -> str:
    when = record.occurred_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    tags = f"\n标签：{'、'.join(record.tags)}" if record.tags else ""
    body = f"\n{record.body}" if record.body else ""
    return f"【{when} {KINDS[record.kind]}】{record.title}{body}{tags}"
