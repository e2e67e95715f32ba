"use client";

import { Upload } from "lucide-react";
import { type DragEvent, useEffect, useRef, useState } from "react";
import { Button } from "@/app/components/button";
import { cx } from "@/app/components/class-names";
import { Textarea } from "@/app/components/form-fields";
import { formatBytes } from "@/app/components/format";
import { Notice } from "@/app/components/notice";
import { guessFormat, type ImportFile, MAX_FILE_BYTES, pastedFile, toBase64 } from "./import-file";

/** A text field that also takes a file: dropped on it or chosen. */
export function ImportSource({ onFile }: { onFile: (file: ImportFile | null) => void }) {
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
        `${file.name} is ${formatBytes(file.size)}, and a file may have at most 10 MB. Split the file and import the parts.`,
      );
      onFile(null);
      return;
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    const start = new TextDecoder().decode(bytes.subarray(0, 200));
    onFile({ fileName: file.name, format: guessFormat(file.name, start), contentBase64: toBase64(bytes) });
  }
  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    void read(event.dataTransfer.files[0]);
  }

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
          aria-label="JSONL, JSON or CSV file"
          accept=".jsonl,.ndjson,.json,.csv,.tsv"
          className="sr-only"
          tabIndex={-1}
          onChange={(event) => void read(event.target.files?.[0])}
        />
        <Button size="sm" icon={<Upload />} onClick={() => input.current?.click()}>
          Upload a file
        </Button>
        {chosen && (
          <span className="min-w-0 truncate text-muted">
            {chosen.name}, {formatBytes(chosen.size)}
          </span>
        )}
      </div>
      {problem && <Notice tone="bad">{problem}</Notice>}
    </div>
  );
}
