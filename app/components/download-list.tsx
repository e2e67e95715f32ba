import { Download } from "lucide-react";
import { formatBytes } from "./format";

/** Files that can be downloaded one by one, or together. `base` is the address that their names are appended to. */
export function DownloadList({ base, files }: { base: string; files: { name: string; sizeBytes: number }[] }) {
  return (
    <div className="grid gap-3">
      <ul className="grid gap-1 font-mono text-xs">
        {files.map((file) => (
          <li key={file.name} className="flex justify-between gap-4">
            <a href={`${base}/${encodeURIComponent(file.name)}`} download className="link [overflow-wrap:anywhere]">
              {file.name}
            </a>
            <span className="whitespace-nowrap text-faint">{formatBytes(file.sizeBytes)}</span>
          </li>
        ))}
      </ul>
      {files.length > 0 && (
        <a href={`${base}/all.tar`} download className="link inline-flex items-center gap-1.5 justify-self-start">
          <Download aria-hidden className="size-4" /> All of them (tar)
        </a>
      )}
    </div>
  );
}
