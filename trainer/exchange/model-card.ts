import type { ExportFormat, WeightType } from "@/domain/models/export-options";
import { type MetricName, metricMeanings } from "@/domain/runs/metric-names";
import type { JsonObject } from "../file-formats/json-file";
import type { RunRecord } from "./run-record";

/** What is known of an export when its card is written. */
export interface CardContent {
  title: string;
  format: ExportFormat;
  type: WeightType;
  isReward: boolean;
  /**
   * Number of members; more than one makes an ensemble, and a program that knows no ensembles takes this folder for the
   * first member.
   */
  members: number;
  /** Number of parameters of one member. */
  parameters: number;
  /** The model that the adapter was put on, or the model itself if nothing was trained. */
  base: BaseModel;
  adapter: { rank: number; alpha: number; targets: string[] } | null;
  training: RunRecord | null;
  /** The models that this one comes from, one line each back to its base, if more is known than `training` says. */
  lineage: readonly string[];
}

export interface BaseModel {
  /** The name for people. */
  title: string;
  /** The model's id on the hub; null if it has none. */
  hubId: string | null;
  /** The licence's SPDX-like name in small letters, such as `apache-2.0`. */
  licence: string | null;
  /** Set if the weights trained on differ from those of `hubId` in any bit. */
  note: string | null;
}

/**
 * Writes README.md as the hub expects it: YAML for machines, then what the model is, how to load it, and how it was
 * made.
 */
export function writeModelCard(content: CardContent): string {
  const { title, training } = content;
  const parts = [
    frontMatter(content),
    `# ${title}`,
    describe(content),
    "## Use",
    usage(content),
    ...(training ? ["## Training", trainingTable(training, content), ...hyperparameters(training)] : []),
    ...(training ? results(training) : []),
    "## Lineage",
    describeLineage(content),
  ];
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

function frontMatter({ base, format, isReward, adapter, training }: CardContent): string {
  const method = training?.run.method;
  const lines = [
    ...(base.hubId ? [`base_model: ${base.hubId}`] : []),
    `library_name: ${format === "peft" ? "peft" : format === "gguf" ? "gguf" : "transformers"}`,
    ...(base.licence ? [`license: ${base.licence}`] : []),
    `pipeline_tag: ${isReward ? "text-classification" : "text-generation"}`,
    "tags:",
    ...["tuneloop", ...(typeof method === "string" ? [method] : []), ...(adapter ? ["lora"] : [])].map(
      (tag) => `  - ${tag}`,
    ),
  ];
  return ["---", ...lines, "---"].join("\n");
}

function describe(content: CardContent): string {
  const { format, type, isReward, members, parameters, base, adapter, training } = content;
  const kind =
    members > 1 ? `An ensemble of ${members} reward models` : isReward ? "A reward model" : "A language model";
  const made = training
    ? ` trained with Tuneloop by ${methodName(training)} on ${base.title}`
    : `: ${base.title} ${adapter ? "with an adapter" : "as it is"}`;
  const form =
    format === "peft"
      ? "This folder holds the adapter alone, as PEFT loads it; it needs its base."
      : `This folder holds the whole model${adapter ? ", the adapter merged in" : ""}: ${count(parameters)} parameters in ${type}.`;
  const others =
    members > 1
      ? `The other members lie in \`member-2\` … and are named by \`ensemble.json\`: Tuneloop scores with all of them and takes the mean, PEFT and transformers load the first.`
      : null;
  return [`${kind}${made}. ${form}`, others, base.note].filter(Boolean).join("\n\n");
}

function usage({ format, isReward, base, type }: CardContent): string {
  if (format === "gguf") {
    return `\`\`\`sh\nllama-cli --model model-${type}.gguf --conversation\n\`\`\`\n\nThe chat template is in the file.`;
  }
  const auto = isReward ? "AutoModelForSequenceClassification" : "AutoModelForCausalLM";
  const head = isReward ? ", num_labels=1" : "";
  const load =
    format === "peft"
      ? [
          "from peft import PeftModel",
          `from transformers import ${auto}, AutoTokenizer`,
          "",
          `base = ${auto}.from_pretrained("${base.hubId ?? "PATH_OF_THE_BASE"}"${head})`,
          'model = PeftModel.from_pretrained(base, ".")',
        ]
      : [`from transformers import ${auto}, AutoTokenizer`, "", `model = ${auto}.from_pretrained(".")`];
  return ["```python", ...load, 'tokenizer = AutoTokenizer.from_pretrained(".")', "```"].join("\n");
}

function trainingTable({ run, ledger }: RunRecord, { base, adapter }: CardContent): string {
  const leftOut = Array.isArray(ledger?.leftOut) ? (ledger.leftOut as { count: number; message: string }[]) : [];
  return table(
    ["", ""],
    [
      ["Method", methodName({ run })],
      ["Base", base.title],
      ...(adapter
        ? [["Adapter", `LoRA, rank ${adapter.rank}, alpha ${adapter.alpha}, on ${adapter.targets.join(", ")}`]]
        : []),
      ["Dataset", String(run.dataset)],
      ...(ledger
        ? [
            [
              "Records",
              `${ledger.records}: ${ledger.train} trained on, ${ledger.validation} for validation, ${sum(leftOut)} left out`,
            ],
          ]
        : []),
      ...leftOut.map(({ count, message }) => ["Left out", `${count}: ${message}`]),
    ],
  );
}

const sum = (entries: { count: number }[]) => entries.reduce((total, { count }) => total + count, 0);

/** Lists the rest of run.json: numbers, switches and choices. */
function hyperparameters({ run }: RunRecord): string[] {
  const said = ["method", "model", "adapter", "lora", "dataset", "validationDataset"];
  const rows = Object.entries(run).filter(([key]) => !said.includes(key));
  return rows.length > 0
    ? [
        table(
          ["Hyperparameter", "Value"],
          rows.map(([key, value]) => [key, JSON.stringify(value)]),
        ),
      ]
    : [];
}

function results({ lastStep, lastValidation }: RunRecord): string[] {
  const figures = (row: JsonObject | null, when: string) =>
    Object.entries(row ?? {})
      .filter((entry): entry is [MetricName, number] => entry[0] in metricMeanings && typeof entry[1] === "number")
      .map(([name, value]) => [
        `\`${name}\``,
        String(Number(value.toPrecision(5))),
        when,
        metricMeanings[name].meaning,
      ]);
  const rows = [
    ...figures(lastValidation, `validation, step ${lastValidation?.step}`),
    ...figures(lastStep, `training, step ${lastStep?.step}`),
  ];
  return rows.length > 0 ? ["## Results", table(["Figure", "Value", "Of", "Meaning"], rows)] : [];
}

function describeLineage({ base, training, lineage }: CardContent): string {
  const licence = base.licence
    ? `The base is under ${base.licence}, which holds for what is made of it too.`
    : "The licence of the base is not known here; look at where it comes from before passing this on.";
  const made = training
    ? `${base.title} → ${methodName(training)} on ${training.run.dataset} → this.`
    : `${base.title} → this.`;
  const record = training ? " The run as it was resolved, its ledger and its last figures are in `lineage.json`." : "";
  if (lineage.length > 0) return [lineage.map((line) => `- ${line}`).join("\n"), `${licence}${record}`].join("\n\n");
  return `${made} ${licence}${record}`;
}

const METHOD_NAMES: Record<string, string> = {
  sft: "supervised fine-tuning (SFT)",
  reward: "reward modelling",
  dpo: "direct preference optimisation (DPO)",
  kto: "KTO",
  orpo: "ORPO",
  simpo: "SimPO",
  ppo: "PPO",
};

function methodName({ run }: Pick<RunRecord, "run">): string {
  const method = String(run.method);
  return run.loss === "ipo" ? "identity preference optimisation (IPO)" : (METHOD_NAMES[method] ?? method);
}

const count = (n: number) => n.toLocaleString("en");

function table(head: string[], rows: string[][]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  const line = (cells: string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
