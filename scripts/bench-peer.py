"""The other side of `npm run bench -- --peer PYTHON`: the same work with transformers, PEFT and TRL on the CPU.

bench-peer.py WORKLOAD SETTINGS_JSON: SETTINGS_JSON holds model (a Hugging Face folder), folder (with
preferences.jsonl, demonstrations.jsonl and prompts.jsonl), batchSize, steps, maxLength, rank, prompts and newTokens.
Prints one line of JSON, the fields of `Measurement` in trainer/bench/measurement.ts. Wants torch, transformers, peft, trl and datasets
from PyPI; the project itself never does.
"""

import dataclasses
import json
import os
import resource
import sys
import tempfile
import time
import warnings

os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback

workload = sys.argv[1]
settings = json.loads(sys.argv[2])
MODEL, BATCH, STEPS = settings["model"], settings["batchSize"], settings["steps"]
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def read(name):
    with open(os.path.join(settings["folder"], name), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class Others:
    """Share of all cores that other processes used since it was made; None where there is no /proc/stat."""

    def __init__(self):
        self.busy, self.own, self.start = self.machine(), self.process(), time.perf_counter()

    @staticmethod
    def machine():
        try:
            with open("/proc/stat", encoding="ascii") as file:
                user, nice, system, _, _, irq, soft = map(int, file.readline().split()[1:8])
        except OSError:
            return None
        return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def process():
        times = os.times()
        return times.user + times.system

    def share(self):
        now = self.machine()
        if now is None or self.busy is None:
            return None
        available = (time.perf_counter() - self.start) * os.cpu_count()
        return max(0.0, now - self.busy - (self.process() - self.own)) / available


def answer(tokens, seconds, end_to_end, step_seconds, others):
    import peft
    import trl

    versions = f"PyTorch {torch.__version__}, transformers {transformers.__version__}, PEFT {peft.__version__}, TRL {trl.__version__}"
    # KiB on Linux, bytes on macOS.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    result = dict(
        workload=workload, tokens=tokens, seconds=seconds, endToEndSeconds=end_to_end, stepSeconds=step_seconds,
        peakMemory=peak / 1e6, othersShare=others, versions=versions,
    )
    print(json.dumps(result))


def generate():
    tokenizer = AutoTokenizer.from_pretrained(MODEL, padding_side="left")
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    model = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32)
    prompts = [row["prompt"] for row in read("prompts.jsonl")]
    texts = [tokenizer.apply_chat_template(p, add_generation_prompt=True, tokenize=False) for p in prompts]
    inputs = tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
    count = settings["newTokens"]

    def run():
        start = time.perf_counter()
        with torch.no_grad():
            model.generate(
                **inputs, max_new_tokens=count, min_new_tokens=count, do_sample=True, temperature=1.0, top_p=0.95,
                top_k=0, pad_token_id=tokenizer.pad_token_id,
            )
        return time.perf_counter() - start

    fresh = run()
    others = Others()
    steady = run()
    answer(len(prompts) * count, steady, fresh, [steady], others.share())


class Watch(TrainerCallback):
    """Times of the steps, and the machine's load from the first measured step on."""

    def __init__(self):
        self.seconds, self.others = [], None

    def on_step_begin(self, *_, **__):
        self.start = time.perf_counter()

    def on_step_end(self, *_, **__):
        self.seconds.append(time.perf_counter() - self.start)
        self.others = self.others or Others()


def known(config, **options):
    """Only the options that this version has."""
    fields = {field.name for field in dataclasses.fields(config)}
    return config(**{name: value for name, value in options.items() if name in fields})


def train():
    from datasets import Dataset
    from peft import LoraConfig

    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    task = "SEQ_CLS" if workload == "reward" else "CAUSAL_LM"
    lora = LoraConfig(
        r=settings["rank"], lora_alpha=2 * settings["rank"], lora_dropout=0.0, target_modules=TARGETS, task_type=task
    )
    # The first step warms up, so one more is taken.
    options = dict(
        per_device_train_batch_size=BATCH, max_steps=STEPS + 1, learning_rate=1e-4, lr_scheduler_type="constant",
        report_to=[], save_strategy="no", max_length=settings["maxLength"],
        gradient_checkpointing=settings["gradientCheckpointing"], bf16=False, use_cpu=True, disable_tqdm=True,
        logging_steps=1, train_sampling_strategy="sequential", output_dir=tempfile.mkdtemp(),
    )
    watch = Watch()
    rows = read("demonstrations.jsonl" if workload == "sft" else "preferences.jsonl")[: BATCH * STEPS]
    common = dict(train_dataset=Dataset.from_list(rows), processing_class=tokenizer, peft_config=lora, callbacks=[watch])
    if workload == "reward":
        from transformers import AutoModelForSequenceClassification
        from trl import RewardConfig, RewardTrainer

        model = AutoModelForSequenceClassification.from_pretrained(MODEL, num_labels=1, dtype=torch.float32)
        model.config.pad_token_id = tokenizer.pad_token_id or tokenizer.eos_token_id
        trainer = RewardTrainer(model=model, args=known(RewardConfig, **options), **common)
        lengths = [len(r["chosen_ids"]) + len(r["rejected_ids"]) for r in trainer.train_dataset]
    else:
        model = AutoModelForCausalLM.from_pretrained(MODEL, dtype=torch.float32)
        if workload == "dpo":
            from trl import DPOConfig, DPOTrainer

            trainer = DPOTrainer(model=model, args=known(DPOConfig, **options), **common)
            lengths = [
                2 * len(r["prompt_ids"]) + len(r["chosen_ids"]) + len(r["rejected_ids"]) for r in trainer.train_dataset
            ]
        else:
            from trl import SFTConfig, SFTTrainer

            trainer = SFTTrainer(model=model, args=known(SFTConfig, **options, packing=False), **common)
            lengths = [len(r["input_ids"]) for r in trainer.train_dataset]
    start = time.perf_counter()
    trainer.train()
    total = time.perf_counter() - start
    tokens = sum(lengths[: BATCH * STEPS])
    # Step 1 again is step STEPS + 1: all batches once, warm.
    steady = watch.seconds[1:]
    answer(tokens, sum(steady), total - watch.seconds[-1], steady, watch.others.share())


generate() if workload == "generate" else train()
