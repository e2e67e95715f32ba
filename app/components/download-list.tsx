import { Download } from "lucide-react";
import { formatBytes, plural } from "./format";

type File = { name: string; sizeBytes: number };

/** More than these are folded up: nobody looks for one of so many. */
const MOST_SHOWN = 10;

/** Files that can be downloaded one by one, or together. `base` is the address that their names are appended to. */
export function DownloadList({ base, files }: { base: string; files: File[] }) {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return (
    <div className="grid gap-3">
      {files.length > MOST_SHOWN ? (
        <details>
          <summary className="text-muted text-sm">
            {plural(files.length, "file")}, {formatBytes(bytes)}
          </summary>
          <div className="mt-2">
            <Files base={base} files={files} />
          </div>
        </details>
      ) : (
        <Files base={base} files={files} />
      )}
      {files.length > 0 && (
        <a href={`${base}/all.tar`} download className="link inline-flex items-center gap-1.5 justify-self-start">
          <Download aria-hidden className="size-4" /> All files (tar)
        </a>
      )}
    </div>
  );
}

function Files({ base, files }: { base: string; files: File[] }) {
  return (
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
  );
}
