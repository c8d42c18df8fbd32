"""A vendor's wording, one file each: pure, bytes in, events out."""

from domain.assistant.dialects.coze import Coze
from domain.assistant.dialects.demo import Demo
from domain.assistant.dialects.fastgpt import FastGPT
from domain.assistant.dialects.openai import OpenAI
from domain.assistant.dialects.step_vision import StepVision
from domain.assistant.dialects.words import ApiType, Dialect

DIALECTS: dict[ApiType, Dialect] = {
    ApiType.FASTGPT: FastGPT(),
    ApiType.STEP_VISION: StepVision(),
    ApiType.OPENAI_COMPATIBLE: OpenAI(),
    ApiType.COZE: Coze(),
    ApiType.DEMO: Demo(),
}
