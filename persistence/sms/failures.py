"""What the SMS vendors refuse a message with, in words for the person who waits for it."""

import logging
from collections.abc import Callable, Mapping
from functools import partial

from domain.errors import BadUserInput, DomainError, RateLimited, UpstreamUnavailable
from persistence.vendor import Vendor

SMS = Vendor(
    "短信服务", "The SMS service", "验证码可能已经发出，请留意短信", "the code may have been sent all the same"
)

Failure = Callable[[], DomainError]
log = logging.getLogger(__name__)

_MINUTE_MS, _HOUR_MS, _DAY_MS = 60_000, 3_600_000, 86_400_000


def refusal(vendor: str, failures: Mapping[str, Failure], code: str, request_id: str) -> DomainError:
    """The error for a vendor's code, or for its first part (`AuthFailure.SignatureFailure` → `AuthFailure`)."""
    log.warning("%s refused an SMS: %s (request %s)", vendor, code, request_id)
    failure = failures.get(code) or failures.get(code.partition(".")[0]) or SMS.unavailable
    return failure()


def too_often(wait_ms: int, zh: str, en: str) -> Failure:
    return partial(RateLimited, wait_ms, zh, en)


def bad_phone(zh: str, en: str) -> Failure:
    return partial(BadUserInput, zh, en, field="phone")


def misconfigured(zh: str, en: str) -> Failure:
    return partial(UpstreamUnavailable, f"短信服务{zh}，请联系管理员", f"The SMS service cannot be used: {en}.")


_SIGNATURE = misconfigured("签名未通过审核", "its signature is not approved")
_TEMPLATE = misconfigured("模板未通过审核", "its template is not approved")
_PARAMETERS = misconfigured("模板参数有误", "the parameters do not match the template")
_BALANCE = misconfigured("余额不足", "its balance is used up")
_KEYS = misconfigured("密钥配置有误", "its keys are wrong")
_CLOCK = misconfigured("所在服务器时间不准", "this server's clock is wrong")
_PERMISSION = misconfigured("没有发送权限", "its account may not send messages")
_BLACKLIST = bad_phone("该手机号已退订短信，无法接收验证码", "This phone number refuses messages.")
_ILLEGAL = bad_phone("手机号不正确", "This is not a phone number.")
_THIRTY_SECONDS = too_often(30_000, "验证码发送太频繁，请 30 秒后再试", "One code every 30 seconds.")
_MINUTE = too_often(_MINUTE_MS, "验证码发送太频繁，请稍后再试", "Too many codes for this phone number.")
_HOUR = too_often(
    _HOUR_MS, "该手机号一小时内收到的验证码太多，请稍后再试", "Too many codes for this phone number in an hour."
)
_DAY = too_often(_DAY_MS, "该手机号今天收到的验证码太多，请明天再试", "Too many codes for this phone number today.")
_MONTH = too_often(_DAY_MS, "本月短信数量已达上限，请联系管理员", "The month's messages are used up.")

# Source: cloud.tencent.com/document/api/382/59177 and the error codes page of the SMS product
TENCENT: Mapping[str, Failure] = {
    "LimitExceeded.DeliveryFrequencyLimit": _MINUTE,
    "LimitExceeded.PhoneNumberThirtySecondLimit": _THIRTY_SECONDS,
    "LimitExceeded.PhoneNumberOneHourLimit": _HOUR,
    "LimitExceeded.PhoneNumberDailyLimit": _DAY,
    "LimitExceeded": _MINUTE,
    "FailedOperation.SignatureIncorrectOrUnapproved": _SIGNATURE,
    "FailedOperation.TemplateIncorrectOrUnapproved": _TEMPLATE,
    "FailedOperation.PhoneNumberInBlacklist": _BLACKLIST,
    "FailedOperation.InsufficientBalanceInSmsPackage": _BALANCE,
    "InvalidParameterValue.IncorrectPhoneNumber": _ILLEGAL,
    "InvalidParameterValue.TemplateParameterFormatError": _PARAMETERS,
    "InvalidParameterValue.SdkAppIdNotExist": misconfigured("应用 ID 有误", "its application id is unknown"),
    "UnauthorizedOperation.RequestIpNotInWhitelist": misconfigured(
        "未放行本服务器地址", "this server's address is not allowed"
    ),
    "UnauthorizedOperation": _PERMISSION,
    "AuthFailure.SignatureExpire": _CLOCK,
    "AuthFailure": _KEYS,
    "RequestLimitExceeded": too_often(1_000, "短信服务繁忙，请稍后再试", "The SMS service is busy."),
    "InternalError.Timeout": SMS.silent,
}

# Source: help.aliyun.com/zh/sms/developer-reference/api-error-codes
ALIYUN: Mapping[str, Failure] = {
    "isv.BUSINESS_LIMIT_CONTROL": _MINUTE,
    "isv.DAY_LIMIT_CONTROL": _DAY,
    "isv.MONTH_LIMIT_CONTROL": _MONTH,
    "isv.MOBILE_NUMBER_ILLEGAL": _ILLEGAL,
    "isv.SMS_SIGNATURE_ILLEGAL": _SIGNATURE,
    "isv.SMS_TEMPLATE_ILLEGAL": _TEMPLATE,
    "isv.TEMPLATE_MISSING_PARAMETERS": _PARAMETERS,
    "isv.INVALID_JSON_PARAM": _PARAMETERS,
    "isv.INVALID_PARAMETERS": _PARAMETERS,
    "isv.AMOUNT_NOT_ENOUGH": _BALANCE,
    "isv.OUT_OF_SERVICE": misconfigured("已停机", "its account is suspended"),
    "isv.BLACK_KEY_CONTROL_LIMIT": _BLACKLIST,
    "isp.RAM_PERMISSION_DENY": _PERMISSION,
    "isp.SYSTEM_ERROR": SMS.unavailable,
    "InvalidAccessKeyId": _KEYS,
    "SignatureDoesNotMatch": _KEYS,
    "InvalidTimeStamp": _CLOCK,
    "Throttling": too_often(1_000, "短信服务繁忙，请稍后再试", "The SMS service is busy."),
}
