"use client";

import { Copy } from "lucide-react";
import { useRef } from "react";
import { Button } from "./button";
import { Input } from "./form-fields";
import { toast } from "./toast";

/** A link that is shown this once, to be handed on. */
export function SecretLink({ path, label }: { path: string; label: string }) {
  const field = useRef<HTMLInputElement>(null);
  const address = new URL(path, window.location.origin).href;

  async function copy() {
    field.current?.select();
    // There is no clipboard where the site is reached by plain http from another machine: then the text is selected.
    if (!navigator.clipboard) return void toast({ title: "Press Ctrl+C to copy the selected link" });
    await navigator.clipboard.writeText(address).then(
      () => toast({ tone: "good", title: "Link copied" }),
      () => toast({ title: "Press Ctrl+C to copy the selected link" }),
    );
  }

  return (
    <div className="flex gap-2">
      <Input
        ref={field}
        readOnly
        aria-label={label}
        value={address}
        onFocus={(event) => event.target.select()}
        className="font-mono text-xs"
      />
      <Button variant="primary" icon={<Copy />} onClick={() => void copy()}>
        Copy
      </Button>
    </div>
  );
}
