"use client";

import type { ReactNode } from "react";
import { CommandPalette } from "./components/command-palette";
import { ShortcutListener } from "./components/shortcuts";
import { Toaster } from "./components/toast";
import { TrpcClientProvider } from "./trpc-client";

/** `nonce` lets the dialog library lock the page's scrolling with a style of its own under the content policy. */
export function Providers({ nonce, children }: { nonce: string | null; children: ReactNode }) {
  if (nonce && typeof window !== "undefined") Object.assign(window, { __webpack_nonce__: nonce });
  return (
    <TrpcClientProvider>
      {children}
      <ShortcutListener />
      <CommandPalette />
      <Toaster />
    </TrpcClientProvider>
  );
}
