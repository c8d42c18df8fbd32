"""Puts accounts together: what they reach outside, by the settings."""

from domain.accounts.passwords import PasswordCost
from domain.accounts.service import Accounts, AccountSettings, Outside, accounts_from
from domain.clock import utc_now
from domain.limits import Limiter
from domain.outbound import Outbound
from domain.secrets import SecretBox
from persistence.account_reads import AccountReadStatements
from persistence.engine import Database
from persistence.work import work_on
from settings import Settings
from wiring.installation import Secrets
from wiring.outside import sms_of, wechat_of


def build_accounts(
    settings: Settings, secrets: Secrets, database: Database, limiter: Limiter, outbound: Outbound, cost: PasswordCost
) -> Accounts:
    given = AccountSettings(
        secrets.jwt_keys, settings.access_token_seconds, settings.refresh_token_seconds, cost, settings.phones_of
    )
    outside = Outside(
        work=work_on(database),
        reads=AccountReadStatements(database),
        limiter=limiter,
        sms=sms_of(settings, outbound),
        wechat=wechat_of(settings, outbound),
        box=SecretBox(secrets.data_keys),
        clock=utc_now,
        networks=settings.networks,
    )
    return accounts_from(given, outside)
