"use client";

import { Upload } from "lucide-react";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { Button } from "@/app/components/button";
import { cx } from "@/app/components/class-names";
import { Textarea } from "@/app/components/form-fields";
import { formatBytes } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { guessFormat, type ImportFile, MAX_FILE_BYTES, pastedFile } from "./import-file";

interface Props {
  onFile: (file: ImportFile | null) => void;
  /** The file that is being looked at, where it was chosen before this page was loaded. */
  current: { name: string; size: number } | null;
}

/** A text field that also takes a file: dropped on it or chosen. */
export function ImportSource({ onFile, current }: Props) {
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<{ name: string; size: number } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const send = useRef(onFile);
  useEffect(() => {
    send.current = onFile;
  });

  useEffect(() => {
    if (!text.trim()) return;
    const timer = setTimeout(() => send.current(pastedFile(text)), 350);
    return () => clearTimeout(timer);
  }, [text]);

  async function read(file: File | undefined) {
    if (!file) return;
    setText("");
    setProblem(null);
    setChosen({ name: file.name, size: file.size });
    if (file.size > MAX_FILE_BYTES) {
      setProblem(
        `${file.name} is ${formatBytes(file.size)}, and a file may have at most 512 MB. Split the file and import the parts.`,
      );
      onFile(null);
      return;
    }
    const start = await file.slice(0, 200).text();
    onFile({ fileName: file.name, hint: guessFormat(file.name, start), content: file });
  }
  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    void read(event.dataTransfer.files[0]);
  }

  const named = chosen ?? (text === "" ? current : null);
  return (
    <div className="grid gap-2">
      <Textarea
        aria-label="Prompts"
        rows={7}
        value={text}
        placeholder={
          'One prompt per line, or JSONL:\n{"prompt": "Why is the sky blue?", "taskType": "explanation"}\nor CSV with the columns prompt and taskType. A row that also has "completion", or "chosen" and "rejected", brings its label along. You can also drop a file here.'
        }
        onChange={(event) => {
          setText(event.target.value);
          setChosen(null);
          setProblem(null);
          if (!event.target.value.trim()) onFile(null);
        }}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cx("font-mono text-xs", over && "border-accent bg-accent-soft")}
      />
      <div className="flex flex-wrap items-center gap-3">
        <input
          ref={input}
          type="file"
          aria-label="JSONL, JSON, CSV or Parquet file"
          accept=".jsonl,.ndjson,.json,.csv,.tsv,.parquet"
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => {
            void read(event.target.files?.[0]);
            event.target.value = ""; // the same file, mended, may be chosen again
          }}
        />
        <Button size="sm" icon={<Upload />} onClick={() => input.current?.click()}>
          Upload a file
        </Button>
        {named && (
          <span className="min-w-0 truncate text-muted">
            {named.name}, {formatBytes(named.size)}
          </span>
        )}
      </div>
      {problem && <Notice tone="bad">{problem}</Notice>}
    </div>
  );
}
