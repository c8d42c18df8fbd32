"""`make standins`: the stand-in vendors by hand, to try the product without any network."""

import threading

from tests.standins.chat import Fault, Manner
from tests.standins.coze import Coze
from tests.standins.fastgpt import FastGPT
from tests.standins.openai import OpenAI
from tests.standins.stepfun import StepFun

PORTS = {"fastgpt": 9101, "openai": 9102, "stepfun": 9103, "coze": 9104}


def main() -> None:
    fastgpt, openai = FastGPT(PORTS["fastgpt"]), OpenAI(PORTS["openai"])
    stepfun, coze = StepFun(PORTS["stepfun"]), Coze(PORTS["coze"])
    for vendor in (fastgpt, openai, stepfun, coze):
        vendor.manner = Manner(tokens_per_s=20)
        vendor.start()
    print(  # noqa: T201
        f"""The stand-in vendors are listening (Ctrl-C stops them). Put one group into .env and start `make serve`:

WELLMATE_FASTGPT_BASE_URL={fastgpt.base_url}
WELLMATE_FASTGPT_API_KEY={fastgpt.key}

WELLMATE_OPENAI_BASE_URL={openai.base_url}
WELLMATE_OPENAI_API_KEY={openai.key}
WELLMATE_OPENAI_MODEL={openai.models[0]}

WELLMATE_STEP_BASE_URL={stepfun.base_url}
WELLMATE_STEP_API_KEY={stepfun.key}
WELLMATE_STEP_MODEL={stepfun.models[0]}

Coze, by createApiConfig: baseUrl {coze.base_url}, apiKey {coze.key}, defaultModel {coze.bots[0]}

Each repeats what it was asked. To see a fault, write one of these into a message:
{"  ".join(f"fault:{fault.value}" for fault in Fault)}""",
        flush=True,
    )
    threading.Event().wait()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit(0) from None
