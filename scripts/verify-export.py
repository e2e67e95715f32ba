"""Shows that what Tuneloop exports is what it trained: loads exports in transformers, PEFT and gguf and compares.

    PYTHON scripts/verify-export.py [--base MODEL]

PYTHON has torch, transformers (4.57 or 5), peft and gguf from PyPI; Tuneloop itself needs none of them. For a tiny Llama and a tiny
GPT-2 it trains each kind of model for some steps, exports it in each form, and lays the log-probs and rewards that the
trainer's `score` gives beside those of the reference implementation; for models whose positions are scaled, whose
heads are tied in some way, and adapters with heads and embeddings of their own likewise. --base adds a real model, such as
smollm2-135m-instruct. Prints a table; exit status 1 where a difference is above its bound.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

import gguf
import numpy
import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
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
    trained = file.with_suffix("")
    trainer("train", file, "--out", trained)
    return trained / ("adapter" if (trained / "adapter").exists() else "model")


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


def verify_gguf(folder, name, trained, dtypes=("F32", "F16", "Q8_0")):
    # transformers takes GPT-2's number of positions for 1024 whatever a GGUF says, so it is told.
    whole = export(trained, "safetensors")
    config = AutoConfig.from_pretrained(whole)
    for dtype in dtypes:
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


SCALED = {
    "linear": {"factor": 4.0},
    "dynamic": {"factor": 2.0},
    "llama3": {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 64},
    "yarn": {"factor": 3.0, "original_max_position_embeddings": 128},
}


def changed(folder, base, change, tensors=None):
    """A copy of a model with some keys of its config.json, and some tensors, changed."""
    shutil.copytree(base, folder)
    config = json.loads((folder / "config.json").read_text())
    for key, value in change.items():
        config.pop(key, None) if value is None else config.update({key: value})
    (folder / "config.json").write_text(json.dumps(config))
    if tensors:
        weights = load_file(folder / "model.safetensors")
        save_file(tensors(weights), folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def verify_scaled(folder):
    """Positions scaled in each way, read in both spellings: transformers 4 and 5 look for them in keys of their own."""
    folder.mkdir()
    for kind, scaling in SCALED.items():
        new = {"rope_parameters": {"rope_type": kind, "rope_theta": 5000.0, **scaling}}
        old = {"rope_parameters": None, "rope_theta": 5000.0, "rope_scaling": {"type": kind, **scaling}}
        for spelling, keys in (("new", new), ("old", old)):
            base = changed(folder / f"{kind}-{spelling}", GOLDENS / "llama", keys)
            verify_whole(folder, f"llama, positions {kind}, {spelling} spelling", base, half=False)
        verify_gguf(folder, f"llama, positions {kind}", base, ("F32",))


def verify_heads(folder):
    """Heads that are tied by flag alone or by file, and adapters that bring heads and embeddings of their own."""
    folder.mkdir()
    embeddings = {"llama": "model.embed_tokens.weight", "gpt2": "transformer.wte.weight"}
    tied_bases = {}
    for name, embedding in embeddings.items():
        own = lambda weights: {**weights, "lm_head.weight": weights[embedding] * 1.5}
        same = lambda weights: {**weights, "lm_head.weight": weights[embedding].clone()}
        none = lambda weights: {key: value for key, value in weights.items() if key != "lm_head.weight"}
        for what, tied, tensors in (("tied by flag alone", True, own), ("tied twice", True, same), ("tied", True, none), ("untied", False, own)):
            base = changed(folder / f"{name}-{what}", GOLDENS / name, {"tie_word_embeddings": tied}, tensors)
            verify_whole(folder, f"{name}, {what}", base, half=False)
            verify_gguf(folder, f"{name}, {what}", base, ("F32",))
        tied_bases[name] = folder / f"{name}-tied"
    for name, base, modules in (
        ("llama", GOLDENS / "llama", ["lm_head"]),
        ("llama", GOLDENS / "llama", ["embed_tokens", "lm_head"]),
        ("llama", tied_bases["llama"], ["lm_head"]),
        ("llama", tied_bases["llama"], ["embed_tokens"]),
        ("gpt2", tied_bases["gpt2"], ["wte"]),
    ):
        verify_saved(folder, name, base, modules)


def verify_saved(folder, name, base, modules):
    """An adapter that PEFT made, with whole tensors of its own: as it is, trained further, and merged."""
    tied = "tied " if base.parent == folder else ""
    what = f"{tied}{name} adapter with {' and '.join(modules)}"
    targets, fan = (["c_attn"], True) if name == "gpt2" else (["q_proj", "v_proj"], False)
    settings = LoraConfig(r=4, target_modules=targets, fan_in_fan_out=fan, modules_to_save=modules, task_type="CAUSAL_LM")
    model = get_peft_model(load(base), settings)
    torch.manual_seed(0)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.add_(0.05 * torch.randn(parameter.shape))
    adapter = folder / what.replace(" ", "-")
    model.save_pretrained(adapter)
    # transformers 4 does not know the tokenizer class that transformers 5 wrote into the base; an export names one of both.
    tokenizer = AutoTokenizer.from_pretrained(export(base, "safetensors"))
    compare_language(folder, f"{what}: read by us", adapter, model.eval(), tokenizer)
    trained = train(adapter, "sft", adapter, False)
    for trained_too, one in (("", adapter), (", trained further", trained)):
        verify_peft(folder, what + trained_too, base, one)
        verify_whole(folder, what + trained_too + " merged", one, half=False)
        verify_gguf(folder, what + trained_too + " merged", one, ("F32",))


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
    verify_scaled(work / "scaled")
    verify_heads(work / "heads")
    if options.base:
        verify_real(work / "real", options.base)
failed = sum(difference > bound for _, difference, bound in rows)
print(f"{len(rows) - failed} of {len(rows)} within bounds")
sys.exit(1 if failed else 0)
