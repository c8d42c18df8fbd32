"""StepFun's vision models: OpenAI's shapes, with a `detail` for each image (platform.stepfun.com, image-chat)."""

from typing import Any

from domain.assistant.dialects.addresses import openai_chat
from domain.assistant.dialects.messages import bearer, messages
from domain.assistant.dialects.openai import OpenAIGrammar
from domain.assistant.dialects.reading import AnswerReader
from domain.assistant.dialects.words import Endpoint, NotCallable, Prompt, Reader
from domain.outbound import Call, json_call


class StepVision:
    def call(self, endpoint: Endpoint, prompt: Prompt) -> Call:
        """StepFun retires its models every few months, so none is assumed. Usage comes unasked, in every chunk."""
        model = prompt.model or endpoint.model
        if not model:
            raise NotCallable("Step-Vision needs a model name (WELLMATE_STEP_MODEL or defaultModel)")
        body = {"model": model, "messages": messages(prompt, detailed_image), "stream": True}
        return json_call(openai_chat(endpoint.base_url), body, bearer(endpoint.api_key))

    def reader(self) -> Reader:
        return AnswerReader(OpenAIGrammar())


def detailed_image(url: str) -> dict[str, Any]:
    """`high` although it is slower: patients send laboratory reports, whose small print `low` (the default) loses."""
    return {"type": "image_url", "image_url": {"url": url, "detail": "high"}}
