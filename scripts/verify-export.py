"""Shows that what Tuneloop exports is what it trained: loads exports in transformers, PEFT and gguf and compares.

    PYTHON scripts/verify-export.py [--base MODEL]

PYTHON has torch, transformers (4.57 or 5), peft and gguf from PyPI; Tuneloop itself needs none of them. For a tiny Llama and a tiny
GPT-2 it trains each kind of model for some steps, exports it in each form, and lays the log-probs and rewards that the
trainer's `score` gives beside those of the reference implementation. --base adds a real model, such as
smollm2-135m-instruct. Prints a table; exit status 1 where a difference is above its bound.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import gguf
import numpy
import torch
import transformers
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDENS = ROOT / "trainer/fixtures/goldens"
TEXTS = ["The quick brown fox jumps over the lazy dog.", "Überraschung: 12 345 €, naïve café\n\n  def f(x): return x", "你好 👋🏽"]
LOGITS = 1e-4
torch.set_grad_enabled(False)
logging.set_verbosity_error()
print(f"transformers {transformers.__version__}, torch {torch.__version__}", flush=True)
logging.disable_progress_bar()
warnings.filterwarnings("ignore")
rows = []


def trainer(*args):
    command = ["node", ROOT / "scripts/trainer.mjs", *args]
    run = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{' '.join(map(str, args))}\n{run.stderr}")
    return run.stdout


def report(what, difference, bound):
    rows.append((what, difference, bound))
    print(f"{'ok  ' if difference <= bound else 'FAIL'} {what:<62} {difference:.2e}  (bound {bound:.0e})", flush=True)


def train(folder, method, model, adapter):
    dataset = GOLDENS / ("demonstrations.jsonl" if method == "sft" else "preferences.jsonl")
    run = {"method": method, "model": str(model), "dataset": str(dataset), "maxSteps": 4, "batchSize": 4, "learningRate": 1e-3}
    if adapter:
        run["lora"] = {"rank": 4}
    file = folder / f"{method}-{'adapter' if adapter else 'model'}.json"
    file.write_text(json.dumps(run))
    trainer("train", file, "--out", file.with_suffix(""))
    return file.with_suffix("") / ("adapter" if adapter else "model")


def export(model, form, dtype=None, *more):
    to = pathlib.Path(tempfile.mkdtemp()) / "export"
    trainer("export", "--model", model, "--format", form, "--to", to, *(["--dtype", dtype] if dtype else []), *more)
    return to


def score(folder, model, lines):
    file = folder / "lines.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)))
    return [json.loads(line) for line in trainer("score", "--model", model, "--input", file).splitlines()]


def messages(text):
    return {"prompt": [{"role": "user", "content": text}], "completion": [{"role": "assistant", "content": "Yes, " + text}]}


def chat_ids(tokenizer, text):
    """The trainer's one tokenization: the prompt's own rendering, and the rest of the whole one."""
    prompt = messages(text)["prompt"]
    begin = tokenizer.apply_chat_template(prompt, tokenize=False, add_generation_prompt=True)
    whole = tokenizer.apply_chat_template(prompt + messages(text)["completion"], tokenize=False)
    ids = [tokenizer(part, add_special_tokens=False)["input_ids"] for part in (begin, whole)]
    shared = next((i for i, (a, b) in enumerate(zip(*ids)) if a != b), min(map(len, ids)))
    return ids[1], shared


def log_probs(model, ids):
    return torch.log_softmax(model(torch.tensor([ids])).logits[0].double(), -1)


def compare_language(folder, what, ours, theirs, tokenizer, bound=LOGITS):
    """Every next-token distribution by its own tokens; the last one whole where the vocabulary is small."""
    encoded = [chat_ids(tokenizer, text) for text in TEXTS]
    lines = [messages(text) for text in TEXTS] + [{"ids": ids} for ids, _ in encoded]
    vocabulary = theirs.config.vocab_size
    if vocabulary <= 1024:
        lines += [{"ids": encoded[0][0] + [token]} for token in range(vocabulary)]
    scored = [line["logProbs"] for line in score(folder, ours, lines)]
    worst = 0
    for n, (ids, shared) in enumerate(encoded):
        expected = log_probs(theirs, ids)
        picked = torch.tensor([expected[at, ids[at + 1]] for at in range(len(ids) - 1)])
        worst = max(worst, (picked - torch.tensor(scored[len(TEXTS) + n])).abs().max().item())
        if len(scored[n]) != len(ids) - shared:
            return report(f"{what}: tokens of the completion", abs(len(scored[n]) - len(ids) + shared), 0)
        worst = max(worst, (picked[shared - 1 :] - torch.tensor(scored[n])).abs().max().item())
    if vocabulary <= 1024:
        last = torch.tensor([line[-1] for line in scored[2 * len(TEXTS) :]])
        worst = max(worst, (log_probs(theirs, encoded[0][0])[-1] - last).abs().max().item())
    report(what, worst, bound)


def compare_reward(folder, what, ours, theirs, tokenizer):
    scored = score(folder, ours, [messages(text) for text in TEXTS])
    rewards = [theirs(torch.tensor([chat_ids(tokenizer, text)[0]])).logits.item() for text in TEXTS]
    report(what, max(abs(reward - line["reward"]) for reward, line in zip(rewards, scored)), LOGITS)


def load(folder, reward=False, **options):
    kind = AutoModelForSequenceClassification if reward else AutoModelForCausalLM
    return kind.from_pretrained(folder, dtype=torch.float32, **options).eval()


def verify_peft(folder, name, base, adapter, reward=False):
    exported = export(adapter, "peft")
    model = PeftModel.from_pretrained(load(base, reward, **({"num_labels": 1} if reward else {})), exported).eval()
    compare = compare_reward if reward else compare_language
    compare(folder, f"{name}: adapter in PEFT", adapter, model, AutoTokenizer.from_pretrained(exported))


def verify_whole(folder, name, trained, reward=False, half=True):
    exported = export(trained, "safetensors")
    compare = compare_reward if reward else compare_language
    compare(folder, f"{name}: safetensors in transformers", trained, load(exported, reward), AutoTokenizer.from_pretrained(exported))
    sharded = export(trained, "safetensors", None, "--max-shard-size", str((exported / "model.safetensors").stat().st_size // 3))
    shards = len(list(sharded.glob("model-*-of-*.safetensors")))
    compare(folder, f"{name}: {shards} shards in transformers", sharded, load(sharded, reward), AutoTokenizer.from_pretrained(sharded))
    if not half:
        return
    full = load_file(exported / "model.safetensors")
    for dtype in ("F16", "BF16"):
        narrow = load_file(export(trained, "safetensors", dtype) / "model.safetensors")
        torch_type = torch.float16 if dtype == "F16" else torch.bfloat16
        wrong = sum((narrow[key] != full[key].to(torch_type)).sum().item() for key in full)
        report(f"{name}: {dtype} weights other than PyTorch rounds them", wrong, 0)


def verify_gguf(folder, name, trained):
    # transformers takes GPT-2's number of positions for 1024 whatever a GGUF says, so it is told.
    whole = export(trained, "safetensors")
    config = AutoConfig.from_pretrained(whole)
    for dtype in ("F32", "F16", "Q8_0"):
        exported = export(trained, "gguf", dtype)
        file = f"model-{dtype}.gguf"
        model = load(exported, gguf_file=file, config=config)
        # transformers 4 reads no GGUF tokenizer that has no beginning-of-sequence token.
        is_old = transformers.__version__.startswith("4.")
        tokenizer = AutoTokenizer.from_pretrained(whole) if is_old else AutoTokenizer.from_pretrained(exported, gguf_file=file)
        compare_language(folder, f"{name}: GGUF {dtype} read by transformers and by us", exported / file, model, tokenizer)
        bound = {"F32": LOGITS, "F16": 0.02, "Q8_0": 0.3}[dtype]
        compare_language(folder, f"{name}: GGUF {dtype} beside what was trained", trained, model, tokenizer, bound)
        verify_blocks(name, exported / file, export(trained, "gguf", "F32") / "model-F32.gguf", dtype)


def verify_blocks(name, file, full, dtype):
    """Quantised by us as gguf-py quantises: the same bytes."""
    full = {tensor.name: tensor.data for tensor in gguf.GGUFReader(full).tensors}
    wrong = 0
    for tensor in gguf.GGUFReader(file).tensors:
        expected = gguf.quants.quantize(numpy.asarray(full[tensor.name]), tensor.tensor_type)
        wrong += int((numpy.asarray(tensor.data).view(numpy.uint8) != expected.view(numpy.uint8)).sum())
    report(f"{name}: GGUF {dtype} bytes other than gguf-py's", wrong, 0)


def verify_put_on(name, base, adapter):
    """An adapter put on a base by --adapter, also one that was exported before: the same bytes as from its own folder."""
    weights = lambda folder: {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.suffix in (".safetensors", ".gguf")}
    exported = export(adapter, "peft")
    for form in ("peft", "safetensors", "gguf"):
        expected = weights(export(adapter, form))
        for what, folder in (("--adapter", adapter), ("--adapter of an export", exported)):
            same = weights(export(base, form, None, "--adapter", folder)) == expected
            report(f"{name}: {form} by {what} other than from its folder", 0 if same and expected else 1, 0)


def verify_family(folder, base, name):
    folder.mkdir()
    adapter, model = train(folder, "sft", base, True), train(folder, "sft", base, False)
    verify_peft(folder, name, base, adapter)
    verify_put_on(name, base, adapter)
    verify_whole(folder, f"{name} merged", adapter)
    verify_whole(folder, f"{name} all weights", model)
    verify_gguf(folder, f"{name} merged", adapter)
    reward_adapter, reward_model = train(folder, "reward", base, True), train(folder, "reward", base, False)
    verify_peft(folder, f"{name} reward", base, reward_adapter, reward=True)
    verify_whole(folder, f"{name} reward merged", reward_adapter, reward=True, half=False)
    verify_whole(folder, f"{name} reward all weights", reward_model, reward=True, half=False)


def verify_scaled(folder, base, name):
    """Positions scaled as Llama 3.1 has it: transformers 4 and 5 read them from keys of their own."""
    folder.mkdir()
    verify_whole(folder, f"{name} all weights", train(folder, "sft", base, False), half=False)


def verify_real(folder, base):
    """A base of the catalogue or the hub, its safetensors export standing in for it in PEFT."""
    folder.mkdir()
    exported = export(base, "safetensors")
    adapter = train(folder, "sft", base, True)
    compare_language(folder, f"{base}: safetensors in transformers", base, load(exported), AutoTokenizer.from_pretrained(exported))
    verify_peft(folder, base, exported, adapter)
    verify_put_on(base, base, adapter)
    verify_whole(folder, f"{base} merged", adapter, half=False)
    verify_gguf(folder, f"{base} merged", adapter)
    rewarding = train(folder, "reward", base, True)
    verify_peft(folder, f"{base} reward", exported, rewarding, reward=True)
    verify_whole(folder, f"{base} reward merged", rewarding, reward=True, half=False)


arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("--base", help="a real base model to verify as well")
options = arguments.parse_args()
with tempfile.TemporaryDirectory() as temporary:
    tempfile.tempdir = temporary
    work = pathlib.Path(temporary)
    for family in ("llama", "gpt2"):
        verify_family(work / family, GOLDENS / family, family)
    verify_scaled(work / "llama3", GOLDENS / "llama3", "llama3")
    if options.base:
        verify_real(work / "real", options.base)
failed = sum(difference > bound for _, difference, bound in rows)
print(f"{len(rows) - failed} of {len(rows)} within bounds")
sys.exit(1 if failed else 0)
